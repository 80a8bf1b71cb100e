"""What moves a PTZ head: the moments of a lesson, each once, and people; one that is broken stops nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import until

from drivers.protocols import PtzDevice
from drivers.ptz.simulation.simulated_head import SimulatedHead
from drivers.ptz.visca_serial_head import ViscaSerialHead
from edge.classroom.lesson_events import (
    LessonAdopted,
    LessonEnded,
    LessonEndTakenBack,
    LessonMarked,
    LessonStarted,
)
from edge.config import model
from edge.controller.ptz.head import PtzHead
from edge.controller.ptz.heads import PtzHeads
from edge.link.control_requests import DriveHead, HeadRequest, RecallPreset, StopHead, StorePreset

LESSON = "r1-0000-000001"


def marked(label: str) -> LessonMarked:
    return LessonMarked(LESSON, 0, label)


class Room:
    """Two heads: the teacher's is there, the students' is not."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "truth.jsonl"
        teacher = model.PtzConfig(
            driver="simulated",
            presets={"podium": 1, "board": 2},
            on_start="podium",
            on_end="board",
            marks={"板书": "board"},
        )
        students = model.PtzConfig(driver="visca-serial", presets={"wide": 1}, on_start="wide")
        self.heads = PtzHeads(
            [PtzHead("students", self._absent(folder), students), PtzHead("teacher", self._simulated(), teacher)]
        )

    def _simulated(self) -> Callable[[], PtzDevice]:
        options = SimulatedHead.Options(log=self.log, travel_s=0.2, delay_ms=1)
        return lambda: SimulatedHead("teacher", options)

    def _absent(self, folder: Path) -> Callable[[], PtzDevice]:
        options = ViscaSerialHead.Options(str(folder / "tty"))
        return lambda: ViscaSerialHead("students", options)

    def recalled(self) -> list[int]:
        return [entry["preset"] for entry in self.did() if entry["what"] == "recall"]

    def did(self) -> list[dict[str, int]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def ask(self, request: HeadRequest) -> str:
        return asyncio.run(self.heads.handle(request))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    for head in made.heads._heads.values():
        head.start()
    until(lambda: made.heads.status()["teacher"].state == "running")
    yield made
    made.heads.close()


def test_a_lesson_sends_its_heads_where_the_config_says(room: Room) -> None:
    room.heads.on_event(LessonStarted(LESSON, 0))
    until(lambda: room.recalled() == [1])
    room.heads.on_event(marked("something else"))
    room.heads.on_event(marked("板书"))
    until(lambda: room.recalled() == [1, 2])
    room.heads.on_event(LessonAdopted(LESSON, 0))
    room.heads.on_event(LessonEnded(LESSON, 0))
    until(lambda: room.recalled() == [1, 2, 2])
    room.heads.on_event(LessonEndTakenBack(LESSON, 0))
    until(lambda: room.recalled() == [1, 2, 2, 1])
    room.heads.on_event(LessonEnded(LESSON, 0))
    until(lambda: room.heads.status()["teacher"].preset == "board")
    broken = room.heads.status()["students"]
    assert (broken.state, broken.moving) == ("missing", False)
    assert "plugged in" in broken.reason


def test_people_ask_and_are_told_what_came_of_it(room: Room) -> None:
    assert room.ask(RecallPreset(role="teacher", preset="podium")) == ""
    assert room.recalled() == [1]
    assert room.ask(RecallPreset(role="teacher", preset="sky")) == "no-preset"
    assert room.ask(StopHead(role="screen")) == "no-head"
    assert "plugged in" in room.ask(RecallPreset(role="students", preset="wide"))
    assert "plugged in" in room.ask(DriveHead(role="students", pan=1))
    assert room.ask(DriveHead(role="teacher", pan=-1, zoom=0.5)) == ""
    assert room.heads.status()["teacher"].state == "running"
    until(lambda: [entry["pan"] for entry in room.did() if entry["what"] == "drive"][-1:] == [-24])
    assert room.ask(StopHead(role="teacher")) == ""
    until(lambda: [entry["pan"] for entry in room.did() if entry["what"] == "drive"][-1:] == [0])


def test_where_a_head_stands_is_stored_under_a_number_that_no_name_has_yet(room: Room) -> None:
    assert room.ask(RecallPreset(role="teacher", preset="podium")) == ""
    assert room.ask(StorePreset(role="teacher", number=2)) == ""
    assert [entry["preset"] for entry in room.did() if entry["what"] == "stored"] == [2]
    assert room.heads.status()["teacher"].preset == "board"
    assert "plugged in" in room.ask(StorePreset(role="students", number=0))


def test_who_waits_for_a_head_that_is_sent_elsewhere_is_told(room: Room) -> None:
    async def both() -> tuple[str, str]:
        recall = RecallPreset(role="teacher", preset="board")
        first = asyncio.create_task(room.heads.handle(recall))
        await asyncio.sleep(0)
        return await room.heads.handle(recall.model_copy(update={"preset": "podium"})), await first

    assert asyncio.run(both()) == ("", "superseded")
