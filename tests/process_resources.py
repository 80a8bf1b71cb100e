"""Measure the memory, open files and threads of this process while it records lessons."""

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
from pipelines.recording.recording_settings import CameraSettings, MicrophoneSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from tests.waiting import until

_FORM = PictureFormat(320, 180, Fraction(30), Coding.MJPEG)


@dataclass(frozen=True, slots=True)
class ProcessResources:
    """Resident memory in MB (a proportional share would depend on other processes), open files and threads."""

    memory_mb: float
    files: int
    threads: int


def read_process_resources() -> ProcessResources:
    """The resources of this process now, from /proc."""
    rollup = Path("/proc/self/smaps_rollup").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in rollup if line.startswith("Rss:"))
    return ProcessResources(resident / 1024, len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task")))


def record_short_lessons(spool: Path, count: int, seconds: float) -> list[ProcessResources]:
    """Record short lessons in a row through the recording manager, with simulated devices; measure after each."""
    ended: list[RecordingEnded] = []
    resources: list[ProcessResources] = []
    spool.mkdir(parents=True)
    with _room(spool, ended) as manager:
        for number in range(1, count + 1):
            manager.reconcile(_desired_state(f"r1-0000-{number:06d}"))
            until_s = time.monotonic() + seconds

            def ticked(until_s: float = until_s) -> bool:
                manager.tick()
                manager.state()
                return time.monotonic() > until_s

            until(ticked)
            manager.reconcile(_desired_state(None))
            resources.append(read_process_resources())
    too_short = [one.lesson for one in ended if one.lesson_time_ns < seconds * 1e9]
    if too_short or len(ended) != count:
        raise ValueError(f"{len(ended)} of {count} lessons ended, too short: {too_short}")
    return resources


@contextmanager
def _room(spool: Path, ended: list[RecordingEnded]) -> Iterator[RecordingManager]:
    camera = SimulatedCameraOptions(seed=1)
    microphone = SimulatedMicrophoneOptions(seed=1)
    sound = SoundFormat(48_000, 1)
    pictures = VideoPrerollBuffer(MIN_PREROLL_NS)
    devices = RoomDevices(
        {"teacher": DeviceSupervisor("teacher", lambda: SimulatedCamera("teacher", _FORM, camera), _ignore, pictures)},
        {"ceiling": DeviceSupervisor("ceiling", lambda: SimulatedMicrophone("ceiling", sound, microphone), _ignore)},
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

    def on_message(message: object) -> None:
        if isinstance(message, RecordingEnded):
            ended.append(message)

    manager = RecordingManager(plan, devices, on_message, 3600 * 10**9)
    for device in devices:
        device.start()
    try:
        until(lambda: all(device.condition.state is DeviceState.RUNNING for device in devices))
        yield manager
    finally:
        manager.close()
        for device in devices:
            device.close()


def _desired_state(lesson: str | None) -> DesiredState:
    activity = Activity.RECORDING if lesson else Activity.IDLE
    return DesiredState(activity=activity, lesson=lesson, at_ns=time.monotonic_ns())


def _ignore(_role: str, _condition: object) -> None:
    """The manager reads conditions from the sources."""
