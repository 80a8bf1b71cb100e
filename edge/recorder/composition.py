"""Composition root of the recorder: the configured drivers in their roles, and the settings of recordings."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from drivers import registry
from drivers.discovered_device import DiscoveredDevice
from drivers.protocols import Camera, CaptureGain, Loudspeaker, Microphone, Panel, Wand
from drivers.samples import Coding, Picture, PictureFormat, SoundBlock, SoundFormat
from edge.config import model
from edge.config.director_rules import director_rules
from edge.config.storage_demand import storage_demand
from edge.link.socket_paths import with_run_folder
from pipelines.capture.preroll_buffer import MIN_PREROLL_NS, VideoPrerollBuffer, audio_preroll_buffer
from pipelines.capture.speech_mix import SpeechMixSettings
from pipelines.devices.device_state import DeviceCondition
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.directing.motion_meter import MotionMeter
from pipelines.directing.observations import DirectorMode
from pipelines.directing.recorded_director import RecordedDirector
from pipelines.recording.director_desk import DirectingSettings
from pipelines.recording.recording_settings import CameraSettings, MicrophoneSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.speech_monitor import SpeechMonitor
from pipelines.system_clocks import boot_id

OnChange = Callable[[str, DeviceCondition[object]], None]


def recording_settings(config: model.Config) -> RecordingSettings:
    """Return the settings that all lessons of the configured room have in common."""
    return RecordingSettings(
        school=config.room.school,
        room=config.room.room,
        boot_id=boot_id(),
        spool=config.paths.spool,
        cameras=tuple(
            CameraSettings(
                role,
                camera.width,
                camera.height,
                Fraction(camera.fps),
                camera.bitrate_kbps,
                camera.latency_ms * 1_000_000,
            )
            for role, camera in config.cameras.items()
        ),
        microphones=tuple(
            MicrophoneSettings(role, microphone.channels, microphone.gain_db, microphone.late_ms * 1_000_000)
            for role, microphone in config.microphones.items()
        ),
        preset=config.recording.preset,
        fragment_ms=config.recording.fragment_ms,
        segment_s=config.recording.segment_s,
        sync_at_once=config.recording.sync == "fragment",
        audio_kbps=config.recording.sound_kbps,
        storage_demand=storage_demand(config),
        encoder=config.recording.encoder,
        rate=config.recording.rate,
        speech_mix=_speech_mix(config),
        directing=_directing(config),
    )


def _speech_mix(config: model.Config) -> SpeechMixSettings | None:
    sound = config.sound
    if sound.mix != "speech":
        return None
    return SpeechMixSettings(sound.high_pass_hz, sound.loudness_lufs if sound.level else None)


def _directing(config: model.Config) -> DirectingSettings | None:
    if not config.is_directed:
        return None
    return DirectingSettings(
        DirectorMode(config.director.mode), partial(RecordedDirector, director_rules(config.director)), MotionMeter
    )


def preroll_ns(config: model.Config) -> int:
    """Return how long before the press a lesson begins."""
    return round(config.recording.preroll_s * 1e9)


def room_devices(config: model.Config, on_change: OnChange) -> RoomDevices:
    """Return a supervisor for each configured device, not started yet."""
    remembered_ns = preroll_ns(config) + MIN_PREROLL_NS
    cameras: dict[str, DeviceSupervisor[Picture, PictureFormat]] = {
        role: DeviceSupervisor(role, _camera(role, camera), on_change, VideoPrerollBuffer(remembered_ns))
        for role, camera in config.cameras.items()
    }
    microphones: dict[str, DeviceSupervisor[SoundBlock, SoundFormat]] = {
        role: DeviceSupervisor(role, _microphone(role, microphone), on_change, audio_preroll_buffer(remembered_ns))
        for role, microphone in config.microphones.items()
    }
    return RoomDevices(cameras, microphones)


def speech_monitor(config: model.Config) -> SpeechMonitor | None:
    """Return what listens for speech, not started yet; None where nothing in this room depends on it."""
    directs = config.is_directed and config.sound.detector
    listens = directs or config.day.listens_for_speech or config.sound.listens_for_speech
    return SpeechMonitor() if listens and config.microphones else None


def panel(config: model.Config) -> Panel | None:
    """Return the panel driver for this process's lamp; None in a room without a panel."""
    if config.panel is None:
        return None
    driver = registry.load_driver(registry.PANELS, config.panel.driver)
    made: Panel = driver("recorder", with_run_folder(config.panel.options, config.paths.run))
    return made


def capture_gain(config: model.Config, role: model.MicrophoneRole) -> CaptureGain | None:
    """Open the gain of the card behind a microphone; None where its driver or card has none. Raises DeviceError."""
    microphone = config.microphones[role]
    if microphone.driver not in registry.CAPTURE_GAINS:
        return None
    opened: CaptureGain | None = registry.load_driver(registry.CAPTURE_GAINS, microphone.driver)(
        role, microphone.options
    )
    return opened


def loudspeaker() -> Loudspeaker:
    """Return the driver of this box's loudspeaker, not opened yet."""
    made: Loudspeaker = registry.load_driver(registry.LOUDSPEAKERS, "sounddevice")()
    return made


def wand(config: model.Config) -> Wand | None:
    """Return the driver of the sync wand, not opened yet; None in a room without one."""
    if config.wand is None:
        return None
    driver = registry.load_driver(registry.WANDS, config.wand.driver)
    made: Wand = driver(with_run_folder(config.wand.options, config.paths.run))
    return made


def discovered_devices() -> list[DiscoveredDevice]:
    """Return the devices that are plugged into this box, whether the config names them or not."""
    return [one for name in registry.DISCOVERY for one in registry.load_driver(registry.DISCOVERY, name)()]


def _camera(role: str, camera: model.CameraConfig) -> Callable[[], Camera]:
    driver = registry.load_driver(registry.CAMERAS, camera.driver)
    wanted = PictureFormat(camera.width, camera.height, Fraction(camera.fps), Coding.MJPEG)

    def make() -> Camera:
        made: Camera = driver(role, wanted, camera.options)
        return made

    return make


def _microphone(role: str, microphone: model.MicrophoneConfig) -> Callable[[], Microphone]:
    driver = registry.load_driver(registry.MICROPHONES, microphone.driver)
    wanted = SoundFormat(microphone.rate_hz, microphone.channels)

    def make() -> Microphone:
        made: Microphone = driver(role, wanted, microphone.options)
        return made

    return make
