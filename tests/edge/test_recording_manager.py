"""The recording manager: the newest desired state counts, an ended lesson stays ended, and none runs for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from waiting import stays, until

from drivers.errors import DeviceMissing
from drivers.samples import Coding, JpegPicture, Pattern, Picture, PictureFormat
from edge.classroom.recorder_messages import (
    NOTHING_CAPTURED,
    Activity,
    AddMarker,
    CommandRefused,
    DesiredState,
    FileFinished,
    FromRecorder,
    RecordingEnded,
)
from edge.recorder import recording_manager
from edge.recorder.recording_manager import RecordingManager
from pipelines import system_clocks
from pipelines.capture import signal_faults
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.journal.entries import Begin, Cause, ClockReading, End, LessonSubject, Resumed
from pipelines.journal.entries import Marker as Marked
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.recording.recording_settings import CameraSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from pipelines.system_clocks import ClockSnapshot

LESSON = "r1-0000-000001"
PATIENCE_S = 8.0
FORMAT = PictureFormat(64, 48, Fraction(25), Coding.MJPEG)


class Still:
    """A camera that shows the same picture 25 times a second."""

    def __init__(self) -> None:
        self._closed = threading.Event()

    def open(self) -> PictureFormat:
        self.picture = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
        return FORMAT

    def read(self, timeout_s: float) -> Picture:
        self._closed.wait(min(timeout_s, 0.04))
        return JpegPicture(time.monotonic_ns(), self.picture)

    def close(self) -> None:
        self._closed.set()


class Unplugged(Still):
    """A camera that is not there until ``is_there``."""

    def __init__(self, is_there: threading.Event) -> None:
        super().__init__()
        self._is_there = is_there

    def open(self) -> PictureFormat:
        if not self._is_there.is_set():
            raise DeviceMissing("teacher", "no camera on port 2")
        return super().open()


class Room:
    """A manager with one camera, and the messages it sent; ``clock`` replaces the system's clocks unless it is None."""

    def __init__(self, spool: Path, boot: str = "boot", camera: Callable[[], Still] = Still) -> None:
        self.clock: ClockSnapshot | None = None
        self.messages: list[FromRecorder] = []
        self.camera: DeviceSupervisor[Picture, PictureFormat] = DeviceSupervisor("teacher", camera, self._changed)
        wanted = CameraSettings("teacher", 64, 48, Fraction(25), 200)
        plan = RecordingSettings("s", "r1", boot, spool, (wanted,), (), "ultrafast", 250, 4, 64)
        self.manager = RecordingManager(
            plan, RoomDevices({"teacher": self.camera}, {}), self.messages.append, 3600 * 10**9, now=self._now
        )
        self.camera.start()

    def _changed(self, role: str, condition: object) -> None:
        """The manager reads conditions from the supervisors."""

    def _now(self, boot_id: str) -> ClockSnapshot:
        return self.clock or system_clocks.read_clocks(boot_id)

    def messages_of(self, kind: type) -> list[FromRecorder]:
        return [message for message in self.messages if isinstance(message, kind)]

    def until(self, true: Callable[[], object]) -> None:
        def ticked() -> object:
            self.manager.tick()
            return true()

        until(ticked, PATIENCE_S)

    def close(self) -> None:
        self.manager.close()
        self.camera.close()


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Room]]:
    made: list[Room] = []
    monkeypatch.setattr(recording_manager, "_RETRY_NS", 100_000_000)

    def make(boot: str = "boot", camera: Callable[[], Still] = Still) -> Room:
        made.append(Room(tmp_path / "spool", boot, camera))
        return made[-1]

    (tmp_path / "spool").mkdir()
    yield make
    for room in made:
        room.close()


def desired_state(lesson: str = LESSON, activity: Activity = Activity.RECORDING, **more: int) -> DesiredState:
    return DesiredState(activity=activity, lesson=lesson, at_ns=time.monotonic_ns(), **more)


def test_slates_alone_do_not_light_the_lamp(rooms: Callable[..., Room], tmp_path: Path) -> None:
    is_there = threading.Event()
    room = rooms(camera=lambda: Unplugged(is_there))
    room.until(lambda: room.camera.condition.state is DeviceState.MISSING)
    room.manager.reconcile(desired_state())
    state = room.manager.state()
    assert (state.activity, state.faults) == (Activity.RECORDING, [NOTHING_CAPTURED])
    slates = tmp_path / "spool" / LESSON / "teacher"
    room.until(lambda: list(slates.glob("*.m4s*")))
    assert room.manager.lamp() is Pattern.OFF
    is_there.set()
    room.camera.retry_now()
    room.until(lambda: room.manager.lamp() is Pattern.ON)
    assert room.manager.state().faults == []


def test_what_a_camera_delivers_is_judged_while_it_is_recorded(
    rooms: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal_faults, "PICTURE_RUN_S", 3)
    room = rooms()
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.state().devices["teacher"].signal == "frozen")
    assert room.manager.lamp() is Pattern.ON
    room.manager.reconcile(desired_state(activity=Activity.PAUSED))
    assert room.manager.state().devices["teacher"].signal == ""


def test_a_desired_state_with_another_lesson_ends_the_first(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = rooms()
    room.manager.reconcile(desired_state())
    room.manager.reconcile(AddMarker(at_ns=time.monotonic_ns(), label="here"))
    subject = LessonSubject(title="语文", subject="语文", start_wall_ns=1, end_wall_ns=2)
    for _ in range(2):
        room.manager.reconcile(desired_state().model_copy(update={"subject": subject}))
    room.until(lambda: room.manager.lamp() is Pattern.ON)
    other = "r1-0000-000002"
    room.manager.reconcile(desired_state(other))
    ended = room.messages_of(RecordingEnded)
    assert [(one.lesson, one.cause) for one in ended] == [(LESSON, Cause.TEACHER)]
    assert room.manager.state().lesson == other
    room.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    assert [one.lesson for one in room.messages_of(RecordingEnded)] == [LESSON, other]
    assert room.manager.state().activity is Activity.IDLE
    assert room.manager.lamp() is Pattern.OFF
    entries = read_journal(tmp_path / "spool" / LESSON).entries
    assert [mark.label for mark in filter_kinds(entries, Marked)] == ["here"]
    assert list(filter_kinds(entries, LessonSubject)) == [subject]
    folder = tmp_path / "spool" / LESSON
    modes = {path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert modes == {0o750, 0o640}, "children's pictures are for owner and group"
    files = {message.path for message in room.messages_of(FileFinished) if message.lesson == LESSON}
    assert files >= {"teacher/init.mp4", "teacher/000001.m4s", "programme.m3u8", "main.m3u8"}


def test_an_idle_desired_state_ends_the_lesson_it_names(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.manager.reconcile(desired_state())
    room.manager.reconcile(desired_state(activity=Activity.IDLE))
    assert room.manager.recording is None


def test_a_lesson_ends_by_itself_and_its_old_desired_state_does_not_begin_it_again(
    rooms: Callable[..., Room], tmp_path: Path
) -> None:
    room = rooms()
    desired = desired_state(longest_s=1)
    room.manager.reconcile(desired)
    room.until(lambda: room.messages_of(RecordingEnded))
    journal = tmp_path / "spool" / LESSON / "journal.jsonl"
    before = journal.read_bytes()
    for _ in range(2):
        room.manager.reconcile(desired)
        assert room.manager.recording is None
    assert journal.read_bytes() == before
    ended = room.messages_of(RecordingEnded)
    assert len(ended) == 3
    assert {(one.lesson, one.cause) for one in ended} == {(LESSON, Cause.LONGEST)}
    assert len({one.lesson_time_ns for one in ended}) == 1


def test_an_end_is_taken_back_by_a_newer_desired_state(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = rooms()
    room.manager.reconcile(desired_state())
    room.until(lambda: room.manager.state().lesson_time_ns > 500_000_000)
    room.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    (ended,) = room.messages_of(RecordingEnded)
    room.manager.reconcile(desired_state())
    assert room.manager.state().lesson_time_ns >= ended.lesson_time_ns
    room.until(lambda: room.manager.state().lesson_time_ns > ended.lesson_time_ns + 500_000_000)
    room.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    entries = read_journal(tmp_path / "spool" / LESSON).entries
    (goes,) = filter_kinds(entries, Resumed)
    assert (goes.cause, goes.lesson_ns) == (Cause.TAKEN_BACK, ended.lesson_time_ns)
    assert len(list(filter_kinds(entries, End))) == 2


def test_the_planned_end_ends_it(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.manager.reconcile(desired_state(ends_by_ns=time.monotonic_ns()))
    room.manager.tick()
    (ended,) = room.messages_of(RecordingEnded)
    assert ended.cause == Cause.PLANNED


def test_the_journal_says_that_the_timetable_began_it(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = rooms()
    room.manager.reconcile(desired_state().model_copy(update={"begins_by": Cause.PLANNED}))
    room.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    (begin,) = filter_kinds(read_journal(tmp_path / "spool" / LESSON).entries, Begin)
    assert begin.cause == Cause.PLANNED


def test_a_pause_is_no_lesson_time(rooms: Callable[..., Room]) -> None:
    room = rooms()
    room.manager.reconcile(desired_state(activity=Activity.PAUSED))
    state = room.manager.state()
    assert state.activity is Activity.PAUSED
    assert state.rates_fps == {}
    stays(lambda: room.manager.state().lesson_time_ns == state.lesson_time_ns, 0.1)
    room.manager.reconcile(desired_state())
    assert room.manager.state().activity is Activity.RECORDING


def test_without_a_place_to_write_it_refuses_and_says_why(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = rooms()
    (tmp_path / "spool" / LESSON).write_text("a file where a folder should be")
    room.manager.reconcile(desired_state())
    (refused,) = room.messages_of(CommandRefused)
    assert refused.lesson == LESSON
    assert refused.reason.startswith("disk: ")
    assert room.manager.state().activity is Activity.IDLE


@pytest.mark.parametrize("activity", [Activity.RECORDING, Activity.PAUSED])
def test_a_new_recorder_takes_the_lesson_up_as_it_was(rooms: Callable[..., Room], activity: Activity) -> None:
    first = rooms()
    first.manager.reconcile(desired_state())
    first.until(lambda: first.manager.state().lesson_time_ns > 600_000_000)
    first.manager.reconcile(desired_state(activity=activity))
    first.close()
    assert first.messages_of(RecordingEnded) == []
    second = rooms()
    second.manager.resume_interrupted()
    state = second.manager.state()
    assert (state.lesson, state.activity) == (LESSON, activity)
    assert state.lesson_time_ns > 500_000_000
    second.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    assert len(second.messages_of(RecordingEnded)) == 1


S = 1_000_000_000
# When the power failed, by the clock on the wall.
FAILED_NS = 1_800_000_000 * S


def after_power_failed(rooms: Callable[..., Room], up_s: int) -> Room:
    """A manager of the next boot, up for so long, whose clock begins with 1970; the lesson's boot knew the time."""
    first = rooms()
    at_ns = time.monotonic_ns()
    first.clock = ClockSnapshot("boot", at_ns, FAILED_NS, True, at_ns)
    first.manager.reconcile(desired_state())
    first.until(lambda: first.manager.state().lesson_time_ns > 600_000_000)
    first.close()
    second = rooms("next")
    second.clock = ClockSnapshot("next", time.monotonic_ns(), up_s * S, False, up_s * S)
    second.manager.resume_interrupted()
    return second


def clock_is_set(room: Room, off_s: int) -> None:
    assert room.clock is not None
    room.clock = replace(room.clock, at_ns=time.monotonic_ns(), wall_ns=FAILED_NS + off_s * S, is_synchronised=True)


def journal(tmp_path: Path, kind: type) -> list[object]:
    return list(filter_kinds(read_journal(tmp_path / "spool" / LESSON).entries, kind))


def test_after_a_power_cut_a_lesson_goes_on_when_the_clock_says_that_it_was_short(
    rooms: Callable[..., Room], tmp_path: Path
) -> None:
    room = after_power_failed(rooms, up_s=20)
    assert room.manager.state().activity is Activity.IDLE
    assert journal(tmp_path, End) == []
    clock_is_set(room, off_s=90)
    room.until(lambda: room.manager.state().lesson == LESSON)
    room.until(lambda: room.manager.lamp() is Pattern.ON)
    (goes,) = journal(tmp_path, Resumed)
    assert isinstance(goes, Resumed)
    assert (goes.cause, goes.boot_id) == (Cause.REBOOT, "next")


def test_after_a_long_power_cut_it_ends(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = after_power_failed(rooms, up_s=20)
    clock_is_set(room, off_s=3600)
    room.until(lambda: journal(tmp_path, End))
    assert room.manager.state().activity is Activity.IDLE


def test_a_box_that_never_learns_the_time_ends_it_after_ten_minutes(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = after_power_failed(rooms, up_s=20)
    room.clock = ClockSnapshot("next", time.monotonic_ns(), 601 * S, False, 601 * S)
    room.until(lambda: journal(tmp_path, End))
    (end,) = journal(tmp_path, End)
    assert isinstance(end, End)
    assert end.cause == Cause.POWER


def test_a_lesson_that_begins_meanwhile_settles_it(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = after_power_failed(rooms, up_s=20)
    other = "r1-0000-000002"
    room.manager.reconcile(desired_state(other))
    room.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    clock_is_set(room, off_s=90)
    room.until(lambda: journal(tmp_path, End))
    assert room.manager.state().activity is Activity.IDLE


def test_a_clock_that_is_set_is_an_annotation(rooms: Callable[..., Room], tmp_path: Path) -> None:
    room = rooms()
    room.clock = ClockSnapshot("boot", time.monotonic_ns(), 0, False, 0)
    room.manager.reconcile(desired_state())
    for years in (0, 5):
        wall_ns = FAILED_NS + years * 365 * 86_400 * S
        room.clock = ClockSnapshot("boot", time.monotonic_ns(), wall_ns, years == 0, 0)
        before_ns = room.manager.state().lesson_time_ns
        room.until(lambda wall_ns=wall_ns: [one for one in journal(tmp_path, ClockReading) if one.wall_ns == wall_ns])  # type: ignore[misc]
        assert 0 < room.manager.state().lesson_time_ns - before_ns < PATIENCE_S * S
    room.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    anchors = [(one.wall_ns, one.synchronised) for one in journal(tmp_path, ClockReading)]  # type: ignore[attr-defined]
    assert anchors[:2] == [(0, False), (FAILED_NS, True)]


def test_a_disk_that_refuses_at_the_start_is_tried_again(rooms: Callable[..., Room], tmp_path: Path) -> None:
    first = rooms()
    first.manager.reconcile(desired_state())
    first.until(lambda: first.manager.state().lesson_time_ns > 600_000_000)
    first.close()
    spool, away = tmp_path / "spool", tmp_path / "away"
    spool.rename(away)
    spool.write_text("a file where a folder should be")
    second = rooms()
    second.manager.resume_interrupted()
    assert second.manager.state().faults != []
    spool.unlink()
    away.rename(spool)
    second.until(lambda: second.manager.state().lesson == LESSON)
    assert second.manager.state().faults == []
