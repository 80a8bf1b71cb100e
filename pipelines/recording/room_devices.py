"""The room's devices as a lesson uses them: all together, or each by its role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drivers.samples import Picture, PictureFormat, SoundBlock, SoundFormat
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.recording.audio_mixer import CapturedBlock
from pipelines.recording.track_thread import TrackThread


@dataclass(frozen=True, slots=True)
class RoomDevices:
    """The room's devices by role."""

    cameras: Mapping[str, DeviceSupervisor[Picture, PictureFormat]]
    microphones: Mapping[str, DeviceSupervisor[SoundBlock, SoundFormat]]

    def __iter__(self) -> Iterator[DeviceSupervisor[Any, Any]]:
        yield from self.cameras.values()
        yield from self.microphones.values()

    def preroll_start_ns(self, since_ns: int, now_ns: int) -> int:
        """The first moment since ``since_ns`` of which a picture is remembered, or sound where no picture is;
        ``now_ns`` where nothing is.
        """
        for sources in (self.cameras.values(), self.microphones.values()):
            remembered = [at_ns for source in sources if (at_ns := source.preroll_start_ns) is not None]
            if remembered:
                return min(now_ns, max(since_ns, min(remembered)))
        return now_ns

    def attach_video(self, track: TrackThread[Picture]) -> None:
        """Give a track what its camera remembers, and then sends."""
        self.cameras[track.name].attach(_pictures_to(track), track.make_room_for)

    def attach_audio(self, desk: TrackThread[CapturedBlock]) -> None:
        """Give the desk what every microphone remembers, and then sends."""
        for role, source in self.microphones.items():
            source.attach(_sound_to(desk, role))

    def retry_cameras(self) -> None:
        """A camera was plugged in: those that are missing are tried again now."""
        for camera in self.cameras.values():
            camera.retry_now()

    def retry_microphones(self) -> None:
        """A sound card was plugged in: those that are missing are tried again now."""
        for microphone in self.microphones.values():
            microphone.retry_now()

    def detach(self) -> None:
        """What comes goes nowhere again."""
        for source in self:
            source.detach()

    def suspend_preroll(self) -> None:
        """Nothing of a pause may be kept, not even for a moment."""
        for source in self:
            source.suspend_preroll()

    def resume_preroll(self) -> None:
        """What comes from now on may be remembered."""
        for source in self:
            source.resume_preroll()


def _pictures_to(track: TrackThread[Picture]) -> Callable[[PictureFormat, Picture], None]:
    def put(_form: PictureFormat, picture: Picture) -> None:
        track.put(picture)

    return put


def _sound_to(desk: TrackThread[CapturedBlock], role: str) -> Callable[[SoundFormat, SoundBlock], None]:
    def put(form: SoundFormat, block: SoundBlock) -> None:
        desk.put(CapturedBlock(role, form, block))

    return put
