"""The recorder's meters between lessons: only while somebody looks, of what the microphones deliver now."""

from __future__ import annotations

import time

import numpy as np

from drivers.samples import Pattern, SoundBlock, SoundFormat
from edge.recorder.meters import Meters
from edge.recorder.state_report import recorder_state
from pipelines.capture.preroll_buffer import audio_preroll_buffer
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.recording.room_devices import RoomDevices

FORM = SoundFormat(48_000, 2)
SECOND_NS = 1_000_000_000


def test_between_lessons_the_newest_half_second_is_measured_while_somebody_looks() -> None:
    microphone: DeviceSupervisor[SoundBlock, SoundFormat] = DeviceSupervisor(
        "ceiling",
        _unheard,
        _unheard,
        audio_preroll_buffer(5 * SECOND_NS),  # type: ignore[arg-type]
    )
    devices = RoomDevices({}, {"ceiling": microphone})
    meters = Meters(devices)

    def levels(*, is_watched: bool) -> dict[str, float]:
        return recorder_state(None, devices, meters, Pattern.OFF, [], is_watched=is_watched).meters_dbfs

    assert levels(is_watched=True) == {}
    now_ns = time.monotonic_ns()
    loud, quiet = np.full((480, 2), 32767, np.int16), np.full((480, 2), 3277, np.int16)
    microphone.deliver(FORM, SoundBlock(now_ns - SECOND_NS, loud))
    microphone.deliver(FORM, SoundBlock(now_ns, quiet))
    assert levels(is_watched=True) == {"ceiling": -20.0}
    assert levels(is_watched=False) == {}
    microphone.suspend_preroll()
    assert levels(is_watched=True) == {}


def _unheard(*_told: object) -> None:
    """Nobody listens."""
