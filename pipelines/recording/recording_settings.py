"""Settings of a recording: cameras, microphones, encoding, segments and storage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from pipelines.capture.speech_mix import SpeechMixSettings
from pipelines.encoding.encoder_benchmark import EncodingCosts
from pipelines.encoding.encoder_selection import DEFAULT_RATE_CONTROL, EncoderPreference, RateControl
from pipelines.encoding.load_governor import PRESETS
from pipelines.recording.director_desk import DirectingSettings
from pipelines.recording.storage_budget import StorageDemand

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """A camera's track; size and frame rate apply where the camera's own are not known yet.

    ``latency_ns``: how much later than its pictures were exposed it stamps them, which is taken off.
    """

    role: str
    width: int
    height: int
    fps: Fraction
    bitrate_kbps: int
    latency_ns: int = 0

    @property
    def pixels_per_second(self) -> float:
        """The load of its encoder."""
        return float(self.width * self.height * self.fps)


@dataclass(frozen=True, slots=True)
class MicrophoneSettings:
    """A microphone of the mix, with its gain; ``latency_ns`` as of a camera."""

    role: str
    channels: int = 1
    gain_db: float = 0.0
    latency_ns: int = 0


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """What all lessons of a room have in common; ``storage_demand`` is None where the disk is not budgeted.

    ``sync_at_once``: a fragment is made durable as soon as it is written, not with those of the same second.
    ``preset`` is libx264's, or AUTO: then the measured ``encoding_costs`` decide. Bit rates are in kbit/s; ``rate``
    says who controls that of libx264.
    ``speech_mix`` is how microphones are mixed by who speaks; None where the mix is their plain sum.
    ``directing`` is None where nobody directs.
    """

    school: str
    room: str
    boot_id: str
    spool: Path
    cameras: tuple[CameraSettings, ...]
    microphones: tuple[MicrophoneSettings, ...]
    preset: str
    fragment_ms: int
    segment_s: int
    audio_kbps: int
    sync_at_once: bool = False
    storage_demand: StorageDemand | None = None
    encoder: EncoderPreference = "auto"
    rate: RateControl = DEFAULT_RATE_CONTROL
    encoding_costs: EncodingCosts | None = None
    speech_mix: SpeechMixSettings | None = field(default_factory=SpeechMixSettings)
    directing: DirectingSettings | None = None

    def at_bitrate_share(self, share: float) -> RecordingSettings:
        """These settings with the video bit rates multiplied by ``share``."""
        cameras = (replace(camera, bitrate_kbps=round(camera.bitrate_kbps * share)) for camera in self.cameras)
        return replace(self, cameras=tuple(cameras))

    @property
    def is_cheapest(self) -> bool:
        """Whether the config pins the cheapest way to encode pictures, because this box is a weak one."""
        return self.preset == PRESETS[-1]

    def initial_preset(self, cores: int) -> str:
        """The preset with which a lesson begins on a machine with so many cores."""
        if self.preset != AUTO:
            return self.preset
        if self.encoding_costs is None:
            return PRESETS[0]
        return self.encoding_costs.best_preset(sum(camera.pixels_per_second for camera in self.cameras), cores)

    @property
    def programme_role(self) -> str | None:
        """The role of the video track that is the programme: the teacher's, or the first there is."""
        roles = [camera.role for camera in self.cameras]
        return "teacher" if "teacher" in roles else next(iter(roles), None)
