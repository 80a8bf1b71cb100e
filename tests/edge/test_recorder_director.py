"""The director at work in a recorder: its cuts are in the journal, it goes on after a crash, and it harms no lesson."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from waiting import until

from drivers.samples import Coding, JpegPicture, Picture, PictureFormat
from edge.classroom.recorder_messages import (
    Activity,
    ChooseMode,
    CutCamera,
    DesiredState,
    FromRecorder,
    RecordingEnded,
)
from edge.recorder.recording_manager import RecordingManager
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.directing.decisions import CutReason, Decision
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.motion_meter import MotionMeter
from pipelines.directing.observations import CameraLook, DirectorMode, Observation
from pipelines.directing.recorded_director import RecordedDirector
from pipelines.directing.replay import recut
from pipelines.encoding.constant_qp_encoder import ConstantQpEncoder
from pipelines.encoding.x264_encoder import H264Settings
from pipelines.journal.entries import Cut, Fragment, Looks
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.recording import director_desk
from pipelines.recording.director_desk import FAILED, HUNG, DirectingSettings, LessonDirector
from pipelines.recording.load_control import LoadControl
from pipelines.recording.recording_settings import CameraSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices

LESSON = "r1-0000-000001"
ROLES = ("teacher", "screen")
PATIENCE_S = 20.0
SIZE = (160, 90)
RULES = DirectorRules(min_shot_s=1.0, busy_shot_s=1.0, return_s=1.0, screen_s=2.0, screen_rest_s=0.0, hold_s=1.0)


MakeDirector = Callable[[Sequence[str], int, Callable[[Looks], None]], LessonDirector]


class Slides:
    """A camera that shows slides; ``number`` is that of the present one."""

    def __init__(self) -> None:
        self.number = 0
        self._pictures = [self._slide(number) for number in range(4)]

    def open(self) -> PictureFormat:
        return PictureFormat(*SIZE, Fraction(25), Coding.MJPEG)

    def read(self, timeout_s: float) -> Picture:
        time.sleep(0.04)
        return JpegPicture(time.monotonic_ns(), self._pictures[self.number % 4])

    def close(self) -> None:
        """Nothing is held."""

    @staticmethod
    def _slide(number: int) -> bytes:
        blocks = np.random.default_rng(number).integers(40, 200, (9, 16), np.uint8)
        return cv2.imencode(".jpg", np.kron(blocks, np.ones((10, 10), np.uint8)))[1].tobytes()


class Room:
    """A recorder's manager with two cameras and a director."""

    def __init__(self, spool: Path, make_director: MakeDirector) -> None:
        self.screen = Slides()
        self.messages: list[FromRecorder] = []
        cameras = {
            role: DeviceSupervisor[Picture, PictureFormat](role, lambda made=made: made, lambda _role, _condition: None)
            for role, made in (("teacher", Slides()), ("screen", self.screen))
        }
        settings = RecordingSettings(
            "s",
            "r1",
            "boot",
            spool,
            tuple(CameraSettings(role, *SIZE, Fraction(25), 200) for role in ROLES),
            (),
            "ultrafast",
            250,
            4,
            64,
            directing=DirectingSettings(DirectorMode.AUTO, make_director, MotionMeter),
        )
        self.manager = RecordingManager(settings, RoomDevices(cameras, {}), self.messages.append, 3600 * 10**9)
        self._cameras = list(cameras.values())
        for camera in self._cameras:
            camera.start()

    def begin(self) -> None:
        self.manager.reconcile(DesiredState(activity=Activity.RECORDING, lesson=LESSON, at_ns=time.monotonic_ns()))

    def end(self) -> None:
        self.manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
        self.until(lambda: any(isinstance(message, RecordingEnded) for message in self.messages))

    def choose(self, mode: DirectorMode) -> None:
        self.manager.direct(ChooseMode(at_ns=time.monotonic_ns(), mode=mode))

    def cut(self, role: str = "") -> None:
        self.manager.direct(CutCamera(at_ns=time.monotonic_ns(), role=role))

    def until(self, true: Callable[[], object]) -> None:
        def ticked() -> object:
            self.manager.tick()
            return true()

        until(ticked, PATIENCE_S, lambda: str(self.manager.state()))

    def until_on_air(self, role: str) -> None:
        self.until(lambda: self.manager.state().on_air == role)

    def close(self) -> None:
        self.manager.close()
        for camera in self._cameras:
            camera.close()


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Callable[..., Room]]:
    made: list[Room] = []

    def make(make_director: MakeDirector | None = None) -> Room:
        made.append(Room(tmp_path / "spool", make_director or partial(RecordedDirector, RULES)))
        return made[-1]

    (tmp_path / "spool").mkdir()
    yield make
    for room in made:
        room.close()


def cuts(spool: Path) -> list[tuple[str, str, str]]:
    return [(one.role, one.reason, one.mode) for one in filter_kinds(read_journal(spool / LESSON).entries, Cut)]


def test_it_cuts_proposes_and_obeys_and_goes_on_after_a_crash(
    rooms: Callable[..., Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoders: list[ConstantQpEncoder] = []
    make = ConstantQpEncoder.__init__

    def count(self: ConstantQpEncoder, settings: H264Settings) -> None:
        make(self, settings)
        encoders.append(self)

    monkeypatch.setattr(ConstantQpEncoder, "__init__", count)
    # A machine that cannot keep up opens encoders anew, for less; that is not what is counted.
    monkeypatch.setattr(LoadControl, "tick", lambda *_: None)
    room = rooms()
    room.begin()
    room.until_on_air("teacher")
    room.until(lambda: room.manager.state().lesson_time_ns > 2 * 10**9)
    room.screen.number += 1
    room.until_on_air("screen")
    room.choose(DirectorMode.SEMI)
    room.until(lambda: room.manager.state().proposed == "teacher")
    room.cut()
    room.until_on_air("teacher")
    room.choose(DirectorMode.MANUAL)
    room.until(lambda: room.manager.state().mode is DirectorMode.MANUAL)
    room.cut("screen")
    room.until_on_air("screen")
    assert len(encoders) == len(ROLES), "one encoder a role, whatever the director does"
    room.close()
    again = rooms()
    again.manager.resume_interrupted()
    state = again.manager.state()
    assert (state.on_air, state.mode) == ("screen", DirectorMode.MANUAL)
    # In automatic mode a camera that is opened later than another would be lost for that moment.
    again.until(lambda: again.manager.state().lesson_time_ns > state.lesson_time_ns + 2 * 10**9)
    again.choose(DirectorMode.AUTO)
    again.until_on_air("teacher")
    again.end()
    assert len(encoders) == 2 * len(ROLES)
    assert cuts(tmp_path / "spool") == [
        ("teacher", "start", "auto"),
        ("screen", "screen-changes", "auto"),
        ("screen", "person", "semi"),
        ("teacher", "teacher-still", "semi"),
        ("teacher", "person", "manual"),
        ("screen", "person", "manual"),
        ("screen", "person", "auto"),
        ("teacher", "teacher-still", "auto"),
    ]
    entries = read_journal(tmp_path / "spool" / LESSON).entries
    assert all(one.lesson_ns % 10**9 == 0 for one in filter_kinds(entries, Cut))
    anew = recut(entries, RULES)
    seconds = range(1, max(one.lesson_ns for one in anew) // 10**9 + 1)
    made = list(filter_kinds(entries, Cut))
    assert [on_air(anew, second) for second in seconds] == [on_air(made, second) for second in seconds]


def on_air(cuts: Sequence[Cut], second: int) -> str:
    return [one.role for one in cuts if one.lesson_ns <= second * 10**9][-1]


class Ill:
    """A director that does what it should not when it is told of a camera."""

    def __init__(self, harm: Callable[[], None]) -> None:
        self._harm = harm

    def push(self, observation: Observation) -> None:
        if isinstance(observation, CameraLook):
            self._harm()

    def tick(self, lesson_ns: int) -> list[Decision]:
        return []

    def flush(self) -> None:
        """It has nothing to write."""


def fail() -> None:
    raise RuntimeError("a bug of the director")


@pytest.mark.parametrize("fault", [FAILED, HUNG])
def test_a_director_that_fails_or_hangs_harms_no_lesson(
    rooms: Callable[..., Room], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(director_desk, "HUNG_NS", 500_000_000)
    monkeypatch.setattr(director_desk, "_JOIN_TIMEOUT_S", 0.1)
    let_go = threading.Event()
    harm = fail if fault == FAILED else lambda: let_go.wait() and None
    room = rooms(lambda _roles, _at_ns, _write: Ill(harm))
    room.begin()
    room.until(lambda: fault in room.manager.state().faults)
    room.cut("screen")
    room.until_on_air("screen")
    room.until(lambda: room.manager.state().lesson_time_ns > 3 * 10**9)
    room.end()
    let_go.set()
    assert cuts(tmp_path / "spool") == [("screen", CutReason.PERSON, "auto")]
    fragments = list(filter_kinds(read_journal(tmp_path / "spool" / LESSON).entries, Fragment))
    for role in ROLES:
        assert sum(one.duration for one in fragments if one.track == role) >= 2.9 * 90_000
