"""The controller is killed in mid-lesson, again and again: it costs no picture, and the next one carries on."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from tests.system import media
from tests.system.room import Room
from tests.waiting import pass_time

pytestmark = pytest.mark.realtime

FOUND_S = 10.0


def test_a_lesson_does_not_notice_kills_of_the_controller(
    room: Room, dice: random.Random, scoreboard: Scoreboard
) -> None:
    room.start()
    lesson = room.begin_lesson()
    lit_s = time.monotonic()
    found_s = []
    for _ in range(scoreboard.times):
        pass_time(dice.uniform(0.2, 2.0))
        room.kill("controller")
        launched_s = time.monotonic()
        room.launch("controller")
        room.wait(lambda: _finds(room, lesson, "recording"), FOUND_S)
        found_s.append(time.monotonic() - launched_s)
    print(f"the lesson was found again after {sum(found_s) / len(found_s):.2f} (mean), {max(found_s):.2f} (worst) s")
    room.wait(lambda: "status" in room.eyes("controller"), 5)
    assert room.recorder_pins is not None
    assert [change for change in room.recorder_pins.changes if change[0] > lit_s] == [], "it was lit all the time"
    assert room.eyes("recorder") == {"recording": "on"}
    room.end_lesson()
    assert room.status()["check"]["recording"] == "good"
    missing = 0
    for track in ("teacher", "students"):
        frames = [shown.reading.frame for shown in media.pictures(lesson / f"{track}.m3u8") if shown.reading]
        assert frames == list(range(frames[0], frames[-1] + 1)), "not one bar code is missing"
        missing += frames[-1] - frames[0] + 1 - len(frames)
    for back_s in found_s:
        scoreboard.record("controller-killed", pictures=missing, back_s=back_s)
    assert media.ffmpeg_complaints(lesson / "main.m3u8") == ""
    assert room.lessons() == [lesson]
    _is_stored(room, lesson)


def test_an_end_that_its_controller_did_not_outlive_is_checked_and_stored(room: Room, scoreboard: Scoreboard) -> None:
    room.start()
    lesson = room.begin_lesson()
    room.teach(2.0)
    assert room.controller_pins is not None
    room.controller_pins.down("lesson")
    room.wait(lambda: _finds(room, lesson, "finishing"), 5)
    room.kill("controller")
    assert not (lesson / "receipt.json").exists()
    room.launch("controller")
    launched_s = time.monotonic()
    _is_stored(room, lesson)
    scoreboard.record("controller-killed-at-end", files=0, back_s=time.monotonic() - launched_s)
    assert json.loads((lesson / "receipt.json").read_text())["recording"] == "good"
    assert media.ffmpeg_complaints(room.store / "school" / "r204" / lesson.name / "main.m3u8") == ""


def _finds(room: Room, lesson: Path, state: str) -> bool:
    status = room.status()
    return (status.get("state"), status.get("lesson")) == (state, lesson.name)


def _is_stored(room: Room, lesson: Path) -> None:
    """Once the end cannot be taken back any more, every file of the lesson is in the store, byte for byte."""
    copy = room.store / "school" / "r204" / lesson.name
    room.wait(lambda: _files(copy) == _files(lesson), 40)
    assert "lesson.json" in _files(copy)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
