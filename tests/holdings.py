"""What a process holds - memory, open files, threads - while lessons pass through it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from drivers.camera.simulation.simulated_camera import SimulatedCamera, SimulatedCameraOptions
from drivers.microphone.simulation.simulated_microphone import SimulatedMicrophone, SimulatedMicrophoneOptions
from drivers.samples import Coding, PictureFormat, SoundFormat
from edge.classroom.recorder_messages import Activity, DesiredState, RecordingEnded
from edge.recorder.recording_manager import RecordingManager
from pipelines.capture.preroll_buffer import MIN_PREROLL_NS, VideoPrerollBuffer
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.recording.recording_config import CameraSettings, MicrophoneSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from tests.waiting import until

_FORM = PictureFormat(320, 180, Fraction(30), Coding.MJPEG)


@dataclass(frozen=True, slots=True)
class Holdings:
    """Memory that is resident, in MB; a share of it would change with what else runs."""

    memory_mb: float
    files: int
    threads: int


def holdings() -> Holdings:
    """Of this process, now."""
    rollup = Path("/proc/self/smaps_rollup").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in rollup if line.startswith("Rss:"))
    return Holdings(resident / 1024, len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task")))


def short_lessons(spool: Path, count: int, seconds: float) -> list[Holdings]:
    """After each of so many lessons in a row through the recorder's keeper, with simulated devices."""
    ended: list[RecordingEnded] = []
    held: list[Holdings] = []
    spool.mkdir(parents=True)
    with _room(spool, ended) as keeper:
        for number in range(1, count + 1):
            keeper.reconcile(_wish(f"r1-0000-{number:06d}"))
            until_s = time.monotonic() + seconds

            def ticked(until_s: float = until_s) -> bool:
                keeper.tick()
                keeper.state()
                return time.monotonic() > until_s

            until(ticked)
            keeper.reconcile(_wish(None))
            held.append(holdings())
    lost = [one.lesson for one in ended if one.lesson_time_ns < seconds * 1e9]
    if lost or len(ended) != count:
        raise ValueError(f"{len(ended)} of {count} lessons ended, too short: {lost}")
    return held


@contextmanager
def _room(spool: Path, ended: list[RecordingEnded]) -> Iterator[RecordingManager]:
    camera = SimulatedCameraOptions(seed=1)
    microphone = SimulatedMicrophoneOptions(seed=1)
    sound = SoundFormat(48_000, 1)
    pictures = VideoPrerollBuffer(MIN_PREROLL_NS)
    sources = RoomDevices(
        {"teacher": DeviceSupervisor("teacher", lambda: SimulatedCamera("teacher", _FORM, camera), _unheard, pictures)},
        {"ceiling": DeviceSupervisor("ceiling", lambda: SimulatedMicrophone("ceiling", sound, microphone), _unheard)},
    )
    plan = RecordingSettings(
        school="s",
        room="r1",
        boot_id="boot",
        spool=spool,
        cameras=(CameraSettings("teacher", _FORM.width, _FORM.height, _FORM.fps, 200),),
        microphones=(MicrophoneSettings("ceiling"),),
        preset="ultrafast",
        fragment_ms=250,
        segment_s=4,
        audio_kbps=64,
    )

    def told(message: object) -> None:
        if isinstance(message, RecordingEnded):
            ended.append(message)

    keeper = RecordingManager(plan, sources, told, 3600 * 10**9)
    for source in sources:
        source.start()
    try:
        until(lambda: all(source.condition.state is DeviceState.RUNNING for source in sources))
        yield keeper
    finally:
        keeper.close()
        for source in sources:
            source.close()


def _wish(lesson: str | None) -> DesiredState:
    activity = Activity.RECORDING if lesson else Activity.IDLE
    return DesiredState(activity=activity, lesson=lesson, at_ns=time.monotonic_ns())


def _unheard(_role: str, _condition: object) -> None:
    """The keeper reads conditions from the sources."""
