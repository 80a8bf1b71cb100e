"""When a lesson begins: at its press or so much before it, but never in the lesson before nor in time forgotten."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from waiting import pass_time

from drivers.samples import Coding, JpegPicture, Pattern, Picture, PictureFormat
from edge.classroom.recorder_messages import Activity, DesiredState
from edge.recorder import resume_interrupted
from edge.recorder.recording_manager import RecordingManager
from pipelines.capture.preroll_buffer import MIN_PREROLL_NS, VideoPrerollBuffer
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.journal.entries import Begin, End, Gap, Pause, PictureMeasurement
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.recording.recording_settings import CameraSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices

MS = 1_000_000
PREROLL_NS = 300 * MS
FORM = PictureFormat(64, 48, Fraction(25), Coding.MJPEG)
JPEG = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()


class Room:
    """A manager, and a camera that gave a picture every 10 ms up to now."""

    def __init__(self, spool: Path, preroll_ns: int) -> None:
        self.spool = spool
        memory = VideoPrerollBuffer(preroll_ns + MIN_PREROLL_NS)
        self.camera: DeviceSupervisor[Picture, PictureFormat] = DeviceSupervisor("teacher", _unmade, _unheard, memory)
        self.camera.condition = DeviceCondition(DeviceState.RUNNING, format=FORM)
        self.show(1_000)
        plan = CameraSettings("teacher", 64, 48, Fraction(25), 200)
        room = RecordingSettings("s", "r1", "boot", spool, (plan,), (), "ultrafast", 250, 4, 64)
        self.manager = RecordingManager(
            room, RoomDevices({"teacher": self.camera}, {}), _unheard, 3600 * 10**9, preroll_ns
        )

    def show(self, for_ms: int) -> None:
        now_ns = time.monotonic_ns()
        for before_ms in range(for_ms, -10, -10):
            self.camera.deliver(FORM, JpegPicture(now_ns - before_ms * MS, JPEG))

    def desired_state(self, lesson: str | None, since_ns: int | None = None) -> None:
        activity = Activity.RECORDING if lesson else Activity.IDLE
        self.manager.reconcile(
            DesiredState(activity=activity, lesson=lesson, at_ns=time.monotonic_ns(), since_ns=since_ns)
        )

    def begins_ns(self, lesson: str) -> int:
        """Where a lesson begins that has been ended."""
        self.desired_state(None)
        return next(filter_kinds(read_journal(self.spool / lesson).entries, Begin)).at_ns


def _unmade() -> object:
    raise AssertionError("no device is opened")


def _pulled_out(*_args: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


def _unheard(*_told: object) -> None:
    """Nobody listens."""


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Callable[[int], Room]]:
    made: list[Room] = []

    def make(preroll_ns: int) -> Room:
        made.append(Room(tmp_path, preroll_ns))
        return made[-1]

    yield make
    for room in made:
        room.manager.close()


def test_nothing_of_a_pause_that_the_journal_does_not_know_is_recorded(rooms: Callable[[int], Room]) -> None:
    room = rooms(PREROLL_NS)
    room.desired_state("L1")
    room.manager.close()
    pressed_ns = time.monotonic_ns()
    pass_time(0.2)
    room.show(150)
    room.manager.reconcile(DesiredState(activity=Activity.PAUSED, lesson="L1", at_ns=pressed_ns))
    assert room.manager.state().activity is Activity.PAUSED
    room.show(0)
    room.desired_state(None)
    entries = read_journal(room.spool / "L1").entries
    (pause,) = filter_kinds(entries, Pause)
    assert 0 <= pause.at_ns - pressed_ns < 100 * MS
    assert max(hole.to_ns for hole in filter_kinds(entries, Gap)) == pause.lesson_ns
    assert list(filter_kinds(entries, PictureMeasurement)) == []


def test_nothing_that_is_remembered_is_in_a_lesson_that_goes_on(rooms: Callable[[int], Room]) -> None:
    """It may be of a pause that its disk did not take."""
    room = rooms(PREROLL_NS)
    room.desired_state("L1")
    room.manager.close()
    pass_time(0.2)
    room.show(150)
    room.desired_state("L1")
    back_ns = room.manager.state().lesson_time_ns
    room.desired_state(None)
    entries = read_journal(room.spool / "L1").entries
    assert max(hole.to_ns for hole in filter_kinds(entries, Gap)) >= back_ns
    assert list(filter_kinds(entries, PictureMeasurement)) == []


@pytest.mark.parametrize("preroll_ns", [0, PREROLL_NS])
def test_it_begins_at_the_press_or_so_much_before(rooms: Callable[[int], Room], preroll_ns: int) -> None:
    room = rooms(preroll_ns)
    press_ns = time.monotonic_ns() - 100 * MS
    room.desired_state("L1", press_ns)
    assert room.begins_ns("L1") == press_ns - preroll_ns


@pytest.mark.parametrize("preroll_ns", [0, PREROLL_NS])
def test_an_old_press_is_recorded_from_where_it_is_remembered(rooms: Callable[[int], Room], preroll_ns: int) -> None:
    room = rooms(preroll_ns)
    now_ns = time.monotonic_ns()
    room.desired_state("L1", now_ns - 100_000 * MS)
    assert now_ns - preroll_ns - MIN_PREROLL_NS <= room.begins_ns("L1") < time.monotonic_ns() - preroll_ns


def test_a_lesson_that_was_not_just_pressed_begins_now(rooms: Callable[[int], Room]) -> None:
    room = rooms(PREROLL_NS)
    now_ns = time.monotonic_ns()
    room.desired_state("L1")
    assert room.begins_ns("L1") >= now_ns


def test_nothing_of_the_lesson_before_is_in_the_next(rooms: Callable[[int], Room]) -> None:
    room = rooms(PREROLL_NS)
    room.desired_state("L1", time.monotonic_ns())
    room.begins_ns("L1")
    room.show(1_000)
    room.desired_state("L2", time.monotonic_ns())
    end = next(filter_kinds(read_journal(room.spool / "L1").entries, End))
    assert room.begins_ns("L2") >= end.at_ns


def test_nothing_of_a_lesson_that_waits_for_its_disk_is_in_the_next(
    rooms: Callable[[int], Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = rooms(PREROLL_NS)
    room.desired_state("L1")
    room.manager.close()
    monkeypatch.setattr(resume_interrupted, "resume_ended", _pulled_out)
    room.desired_state("L1")
    assert room.manager.state().faults != []
    room.show(1_000)
    now_ns = time.monotonic_ns()
    room.desired_state("L2", now_ns)
    assert room.begins_ns("L2") >= now_ns


def test_the_lamp_blinks_while_a_pre_roll_is_filled_and_only_then(rooms: Callable[[int], Room]) -> None:
    assert rooms(0).manager.lamp() is Pattern.OFF
    room = rooms(PREROLL_NS)
    assert room.manager.lamp() is Pattern.SHORT_BLINK
    room.camera.condition = DeviceCondition(DeviceState.MISSING, "unplugged")
    assert room.manager.lamp() is Pattern.OFF
