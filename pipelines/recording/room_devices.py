"""The room's supervised cameras and microphones, by role and all together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.samples import Picture, PictureFormat, SoundBlock, SoundFormat
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.recording.audio_mixer import CapturedBlock
from pipelines.recording.still_tap import StillTap
from pipelines.recording.track_thread import TrackThread


@dataclass(frozen=True, slots=True)
class RoomDevices:
    """Device supervisors by role, and the tap from which stills of the cameras are made."""

    cameras: Mapping[str, DeviceSupervisor[Picture, PictureFormat]]
    microphones: Mapping[str, DeviceSupervisor[SoundBlock, SoundFormat]]
    stills: StillTap = field(default_factory=StillTap)

    def __iter__(self) -> Iterator[DeviceSupervisor[Any, Any]]:
        yield from self.cameras.values()
        yield from self.microphones.values()

    def preroll_start_ns(self, since_ns: int, now_ns: int) -> int:
        """The first moment from ``since_ns`` on that the pre-roll of any camera contains.

        Without pictures the microphones decide; without any pre-roll it is ``now_ns``.
        """
        for devices in (self.cameras.values(), self.microphones.values()):
            starts = [at_ns for device in devices if (at_ns := device.preroll_start_ns) is not None]
            if starts:
                return min(now_ns, max(since_ns, min(starts)))
        return now_ns

    def attach_video(self, track: TrackThread[Picture]) -> None:
        """Attach a video track to its camera: pre-roll first, then live pictures."""
        self.cameras[track.name].attach(_video_listener(track), track.make_room_for)

    def attach_audio(self, mixer: TrackThread[CapturedBlock]) -> None:
        """Attach the audio mixer to every microphone: pre-roll first, then live blocks."""
        for role, device in self.microphones.items():
            device.attach(_audio_listener(mixer, role))

    def microphone_condition(self, role: str) -> DeviceCondition[SoundFormat]:
        """The present condition of a microphone."""
        return self.microphones[role].condition

    def retry_cameras(self) -> None:
        """Retry missing cameras at once: one was plugged in."""
        for camera in self.cameras.values():
            camera.retry_now()

    def retry_microphones(self) -> None:
        """Retry missing microphones at once: a sound card was plugged in."""
        for microphone in self.microphones.values():
            microphone.retry_now()

    def lend(self) -> None:
        """Close all devices, so that another process can open them, until ``take_back``; waits for each. Idempotent."""
        closers = [threading.Thread(target=device.lend, name=f"lend-{device.role}", daemon=True) for device in self]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()

    def take_back(self) -> None:
        """Open all devices again that were lent. Idempotent."""
        for device in self:
            device.take_back()

    @property
    def are_lent(self) -> bool:
        """Whether another process may have the devices."""
        return any(device.condition.state is DeviceState.LENT for device in self)

    def detach(self) -> None:
        """Detach every device from its track."""
        for device in self:
            device.detach()

    def suspend_preroll(self) -> None:
        """Clear and stop every pre-roll, and every still: nothing of a pause may be kept, not even for a moment."""
        for device in self:
            device.suspend_preroll()
        self.stills.suspend()

    def resume_preroll(self) -> None:
        """Let every pre-roll fill again, and stills be made."""
        for device in self:
            device.resume_preroll()
        self.stills.resume()


def _video_listener(track: TrackThread[Picture]) -> Callable[[PictureFormat, Picture], None]:
    def put(_form: PictureFormat, picture: Picture) -> None:
        track.put(picture)

    return put


def _audio_listener(mixer: TrackThread[CapturedBlock], role: str) -> Callable[[SoundFormat, SoundBlock], None]:
    def put(format: SoundFormat, block: SoundBlock) -> None:
        mixer.put(CapturedBlock(role, format, block, time.monotonic_ns()))

    return put
