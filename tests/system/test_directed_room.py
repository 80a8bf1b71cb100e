"""A directed lesson of real processes: cut by the director, by the command line and by a key, also after a crash."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.journal.entries import Cut, Looks
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system.room import Room

pytestmark = pytest.mark.realtime


def test_a_lesson_is_directed_by_all_who_may(room: Room) -> None:
    room.more += '[clickers]\ndriver = "simulated"\nstudents = 0\n'
    room.start()
    lesson = room.begin_lesson()

    def directed() -> dict[str, Any]:
        return room.status().get("director") or {}

    def until_on_air(role: str, why: str) -> None:
        room.wait(lambda: (directed().get("on_air"), directed().get("on_air_why")) == (role, why), 20)

    until_on_air("teacher", "start")
    room.fault("teacher", "lost")
    until_on_air("students", "camera-lost")
    room.fault("teacher")
    room.wait(lambda: room.status()["devices"]["teacher"]["state"] == "running", 20)
    assert room.asked({"type": "request", "act": "director-mode", "mode": "manual"})["ok"]
    done = room.cli("director", "cut", "teacher")
    assert done.stdout == "director: manual; on air: teacher (a person's choice)\n"
    room.key("up")
    until_on_air("students", "person")
    room.kill("recorder")
    room.launch("recorder")
    room.wait(lambda: directed().get("mode") == "manual", 20)
    assert directed()["on_air"] == "students"
    room.teach(1)
    room.end_lesson()
    entries = read_journal(lesson).entries
    assert [(one.role, one.reason, one.mode) for one in filter_kinds(entries, Cut)] == [
        ("teacher", "start", "auto"),
        ("students", "camera-lost", "auto"),
        ("students", "person", "manual"),
        ("teacher", "person", "manual"),
        ("students", "person", "manual"),
    ]
    assert list(filter_kinds(entries, Looks))
