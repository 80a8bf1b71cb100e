"""The controller between people, heads, polls and the recorder's director: what they want arrives, and comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from controller_room import running, until, until_status
from fake_recorder import FakeRecorder
from pydantic import BaseModel

from edge.classroom.recorder_messages import (
    Activity,
    ChooseMode,
    CutCamera,
    ForDirector,
    HeadNotice,
    PollNotice,
    RecorderState,
    ToRecorder,
    TurnHead,
)
from edge.classroom.teacher_keypad import KeypadAction
from edge.controller.directing.director_requests import DirectorRequests
from edge.controller.lesson_service import LessonService
from edge.i18n.director import MESSAGES
from pipelines.directing.decisions import CutReason
from pipelines.directing.observations import DirectorMode

MORE = """
[cameras.students]
driver = "simulated"
[ptz.students]
driver = "simulated"
travel_s = 1.0
presets = { wide = 1, close = 2 }
"""


class DirectedRecorder(FakeRecorder):
    """One whose director does as it is told at once, and proposes the students."""

    def __init__(self, run: Path) -> None:
        super().__init__(run)
        self.told: list[ForDirector] = []
        self._mode, self._on_air = DirectorMode.AUTO, "teacher"

    def turn(self, role: str, preset: str) -> None:
        self._server.send(TurnHead(role=role, preset=preset))

    def polls(self) -> list[bool]:
        return [one.is_open for one in self.told if isinstance(one, PollNotice)]

    def heads(self, role: str) -> list[tuple[bool, str]]:
        return [(one.is_turning, one.preset) for one in self.told if isinstance(one, HeadNotice) and one.role == role]

    def _hello(self) -> list[BaseModel]:
        (state,) = super()._hello()
        directed = {"mode": self._mode, "on_air": self._on_air, "on_air_why": "person", "proposed": "students"}
        return [state if self.lesson is None else state.model_copy(update=directed)]

    def _obey(self, message: ToRecorder) -> None:
        if not isinstance(message, ForDirector):
            super()._obey(message)
            return
        self.told.append(message)
        match message:
            case ChooseMode(mode=mode):
                self._mode = mode
            case CutCamera(role=role):
                self._on_air = role
            case _:
                return
        self._server.send(self._hello()[0])


async def test_people_polls_and_heads_reach_the_director_and_its_wishes_the_heads(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="room-") as run:
        recorder = DirectedRecorder(Path(run))
        async with running(tmp_path, Path(run), recorder, MORE) as room:
            assert (await room.ask("director-cut", role="students"))["reason"] == "none-running"
            assert (await room.ask("start"))["ok"]
            status = (await room.ask("director-mode", mode="semi"))["status"]
            assert status["director"]["mode"] == "semi"
            assert (await room.ask("director-cut"))["status"]["director"]["on_air"] == "students", "what is proposed"
            assert (await room.ask("director-cut", role="teacher"))["status"]["director"]["on_air_why"] == "person"
            assert (await room.ask("director-cut", role="screen"))["reason"] == "no-camera"
            await until_status(room, lambda status: status.clickers and status.clickers.state == "running")
            for act, polls in (("poll-open", [True]), ("poll-close", [True, False])):
                assert (await room.ask(act, poll={"kind": "rush"}))["ok"]
                await until(lambda polls=polls: recorder.polls() == polls)
            await until_status(room, lambda status: status.ptz["students"].state == "running")
            recorder.turn("students", "close")
            await until(lambda: recorder.heads("students") == [(True, "close"), (False, "close")])
            recorder.turn("students", "ceiling")
            assert (await room.ask("ptz-recall", role="students", preset="wide"))["ok"]
            await until(lambda: recorder.heads("students")[2:] == [(True, "wide"), (False, "wide")])
            assert (await room.ask("pause"))["ok"]
            assert (await room.ask("director-cut", role="students"))["reason"] == "none-recorded"


@pytest.mark.parametrize(
    ("action", "mode", "wanted"),
    [
        (KeypadAction.DIRECTOR_MANUAL, DirectorMode.AUTO, ChooseMode(at_ns=7, mode=DirectorMode.MANUAL)),
        (KeypadAction.DIRECTOR_MODE, DirectorMode.MANUAL, ChooseMode(at_ns=7, mode=DirectorMode.AUTO)),
        (KeypadAction.DIRECTOR_TAKE, DirectorMode.SEMI, CutCamera(at_ns=7)),
        (KeypadAction.CUT_NEXT, DirectorMode.AUTO, CutCamera(at_ns=7, role="students")),
        (KeypadAction.CUT_STUDENTS, DirectorMode.AUTO, CutCamera(at_ns=7, role="students")),
        (KeypadAction.CUT_SCREEN, DirectorMode.AUTO, None),
        (KeypadAction.CUT_NEXT, None, None),
    ],
)
def test_keys_of_the_teacher(action: KeypadAction, mode: DirectorMode | None, wanted: ForDirector | None) -> None:
    sent: list[ForDirector] = []

    def send(message: ForDirector) -> bool:
        sent.append(message)
        return True

    state = RecorderState(activity=Activity.RECORDING, lamp="on", devices={}, mode=mode, on_air="teacher")
    lessons = cast(LessonService, SimpleNamespace(recorder=state))
    requests = DirectorRequests(lessons, ("teacher", "students"), send)
    assert requests.on_key(action, 7)
    assert sent == ([] if wanted is None else [wanted])
    assert not requests.on_key(KeypadAction.MARK, 7)


def test_every_reason_of_a_cut_is_told_in_words() -> None:
    assert {f"why-{reason}" for reason in CutReason} == {key for key in MESSAGES if key.startswith("why-")}
