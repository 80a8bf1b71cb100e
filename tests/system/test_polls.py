"""A lesson with polls in a room of real processes: killed in mid-poll, and found in every file afterwards."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from edge.cli.main import main
from edge.school import polls_json as books
from tests.system.room import Room
from tests.waiting import stays
from tests.xapi_statements import mistakes

pytestmark = pytest.mark.realtime

STUDENTS = 30
SCHEMA = json.loads(Path(books.__file__).with_name("polls.schema.json").read_text())


class Terminal:
    """The command line of a room, in this process; ``said`` is what it printed."""

    def __init__(self, room: Room, captured: pytest.CaptureFixture[str]) -> None:
        self._room, self._captured = room, captured
        self.said = ""

    def run(self, *words: str) -> int:
        code = main(["--config", str(self._room.file), *words])
        self.said = "".join(self._captured.readouterr())
        return code

    def poll(self, *words: str) -> dict[str, Any]:
        assert self.run("poll", *words, "--json") == 0, self.said
        shown: dict[str, Any] = json.loads(self.said)
        return shown


def asked(room: Room, act: str) -> dict[str, Any]:
    """The same, faster than a command starts."""
    return room.asked({"type": "request", "act": act}).get("poll") or {}


def furnish(room: Room) -> None:
    room.cameras = {}
    room.more += (
        f'[clickers]\ndriver = "simulated"\nstudents = {STUDENTS}\nanswer_within_s = 0.8\nduplicates = 0.1\n'
        f'seed = 5\nlog = "{room.folder}/truth"\n[lesson]\ntake_back_s = 0.2\n'
    )
    rows = [f"2023{number:04},学生{number},{number},第{number % 3 + 1}组" for number in range(1, STUDENTS + 1)]
    rows.append("20239999,新学生,,")
    (room.folder / "三年级二班.csv").write_bytes("\r\n".join(["学号,姓名,反馈器,小组", *rows]).encode("gb18030"))


def bind(room: Room, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newcomer has a clicker, bound by a press while the others play with theirs."""
    finger = threading.Timer(0.6, room.finger, ["press 31 C"])
    reading, writing = os.pipe()
    with os.fdopen(reading) as keyboard, os.fdopen(writing, "w"):
        monkeypatch.setattr(sys, "stdin", keyboard)
        finger.start()
        assert terminal.run("roster", "bind") == 0
        finger.join()
    assert "1/1  新学生: press a key" in terminal.said
    assert "新学生: clicker 31" in terminal.said
    assert terminal.run("roster", "show") == 0
    assert "学生30" in terminal.said


def test_answers_that_were_shown_outlive_the_controller_and_reach_every_file(
    room: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(room)
    room.start()
    terminal = Terminal(room, capsys)
    assert terminal.run("roster", "import", str(room.folder / "三年级二班.csv")) == 0
    assert terminal.run("poll", "open", "rush") == 1
    assert "no lesson runs" in terminal.said
    bind(room, terminal, monkeypatch)
    lesson = room.begin_lesson()

    terminal.poll("open", "single", "--choices", "4", "--answer", "B", "--text", "9 的平方根？")
    room.wait(lambda: len(asked(room, "poll-show")["given"]) > STUDENTS // 3, 10)
    shown = asked(room, "poll-show")
    room.kill("controller")
    room.launch("controller")
    room.wait(lambda: asked(room, "poll-show").get("is_open"), 10)
    found = asked(room, "poll-show")
    assert found["open_s"] > shown["open_s"]
    before = {(one["device"], one["after_ms"]) for one in shown["given"]}
    room.finger("press 77 A")
    room.wait(lambda: len(asked(room, "poll-show")["given"]) == STUDENTS, 10)
    room.wait(lambda: asked(room, "poll-show")["unknown"] == ["77"], 5)
    assert "30 of 31 have answered" in (terminal.run("poll", "show"), terminal.said)[1]
    closed = terminal.poll("close")
    assert sum(closed["tally"].values()) == STUDENTS == closed["expected"] - 1
    kept = {(one["participant"], one["after_ns"]) for one in _book(lesson, room)["polls"][0]["responses"]}
    assert {round(after_ms * 1e6) for _, after_ms in before} <= {round(after_ns, -3) for _, after_ns in kept}

    room.key("f2")  # a rush, from the teacher's keypad
    room.wait(lambda: asked(room, "poll-show")["kind"] == "rush" and asked(room, "poll-show")["given"][4:], 10)
    room.key("result")
    room.wait(lambda: asked(room, "poll-show").get("is_open") is False, 5)
    rush = asked(room, "poll-show")
    assert room.asked({"type": "request", "act": "poll-score", "team": "第1组", "points": 5})["ok"]
    room.key("stop")
    stays(lambda: room.status()["state"] == "recording", 0.5)  # one press does not end a lesson
    room.key("stop")
    copy = room.store / "school" / "r204" / lesson.name
    room.wait(lambda: (copy / "lesson.json").exists(), 20)

    book = _book(lesson, room)
    Draft202012Validator(SCHEMA).validate(book)
    assert [one["kind"] for one in book["polls"]] == ["single", "rush"]
    assert [one["tally"] for one in book["polls"][:1]] == [closed["tally"]]
    first = next(one for one in book["polls"][1]["responses"] if one["counts"])
    assert round(first["after_ns"] / 1e6, 3) == rush["given"][0]["after_ms"]
    assert {team["group"]: team["bonus"] for team in book["groups"]}["第1组"] == 5
    chapters = (lesson / "chapters.vtt").read_text()
    assert chapters.count(" --> ") == 2
    assert "1 single choice: 9 的平方根？" in chapters
    statements = [json.loads(line) for line in (lesson / "xapi.jsonl").read_text().splitlines()]
    assert [wrong for one in statements for wrong in mistakes(one)] == []
    counting = sum(one["counts"] for each in book["polls"] for one in each["responses"])
    assert len(statements) == counting + STUDENTS
    named = (room.folder / "results" / f"{lesson.name}.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(named.splitlines()))
    known = [*(f"学生{number}" for number in range(1, STUDENTS + 1)), "新学生"]
    assert [row["name"] for row in rows] == [*known, "(not in the class list)"]

    card = json.loads((lesson / "lesson.json").read_text())
    assert set(card["papers"]) == {"chapters.vtt", "player.json", "polls.json", "students.csv", "xapi.jsonl"}
    for name, paper in card["papers"].items():
        body = (copy / name).read_bytes()
        assert "学生".encode() not in body, "nobody is named outside the room"
        assert (len(body), hashlib.sha256(body).hexdigest()) == (paper["size"], paper["sha256"])
    for log in room.folder.glob("*.out"):
        assert "学生" not in log.read_text(errors="replace")
    assert terminal.run("verify", "--quick", lesson.name) == 0
    assert terminal.run("poll", "results", lesson.name) == 0
    assert f"{room.folder}/results/{lesson.name}.csv" in terminal.said.replace("\n", "")


def _book(lesson: Path, room: Room) -> dict[str, Any]:
    room.wait((lesson / "polls.json").exists, 5)
    book: dict[str, Any] = json.loads((lesson / "polls.json").read_text())
    return book
