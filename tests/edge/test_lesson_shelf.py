"""What pages may read of the spool: lessons that have ended, and of them the media and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from edge.web.lesson_shelf import LessonShelf

LESSON = "r1-7f3a-000123-9c41d2e7"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool" / LESSON
    (folder / "teacher").mkdir(parents=True)
    for name in ("teacher.m3u8", "teacher/000001.m4s", "teacher/init.mp4", "chapters.vtt", "journal.jsonl", "claim"):
        (folder / name).write_text("x")
    (folder / "polls.json").write_text("names")
    (folder / "students.csv").write_text("names")
    (folder / "receipt.json").write_text('{"recording": "good", "stored": "yes"}')
    (folder / "lesson.json").write_text(json.dumps({"lesson_time_s": 61.5, "began": "2026-11-10T01:00:00Z"}))
    (tmp_path / "ledger.db").write_text("secret")
    return tmp_path / "spool"


def test_a_lesson_that_has_ended_is_there_and_one_that_changes_is_read_again(spool: Path) -> None:
    shelf = LessonShelf(spool)
    (card,) = shelf.cards()
    assert (card.id, card.length_s, card.recording, card.stored, card.title) == (LESSON, 61.5, "good", "yes", "")
    (spool / LESSON / "receipt.json").write_text('{"recording": "bad", "stored": "pending"}')
    os.utime(spool / LESSON / "receipt.json", ns=(1, 1))
    (card,) = shelf.cards()
    assert card.recording == "bad"
    for broken in ("[]", "{}", "{", '{"recording": 3'):
        (spool / LESSON / "receipt.json").write_text(broken)
        os.utime(spool / LESSON / "receipt.json", ns=(2, len(broken)))
        assert shelf.cards() == []


@pytest.mark.parametrize("path", ["teacher.m3u8", "teacher/000001.m4s", "teacher/init.mp4", "chapters.vtt"])
def test_its_media_can_be_read(spool: Path, path: str) -> None:
    assert LessonShelf(spool).file(LESSON, path) == spool / LESSON / path


@pytest.mark.parametrize(
    ("lesson", "path"),
    [
        (LESSON, "journal.jsonl"),
        (LESSON, "polls.json"),
        (LESSON, "students.csv"),
        (LESSON, "claim"),
        (LESSON, "receipt.json"),
        (LESSON, "../ledger.db"),
        (LESSON, "teacher/../../../ledger.db"),
        (LESSON, "/etc/passwd"),
        (LESSON, "teacher/000001.m4s\0"),
        (LESSON, "teacher/link.mp4"),
        (LESSON, "away/000001.m4s"),
        (LESSON, "missing.m3u8"),
        ("..", "ledger.m3u8"),
        (".", "teacher.m3u8"),
        (f".{LESSON}.erased", "teacher.m3u8"),
        ("linked", "teacher.m3u8"),
        (f"{LESSON}/teacher", "000001.m4s"),
    ],
)
def test_nothing_else_can(spool: Path, lesson: str, path: str) -> None:
    (spool / LESSON / "teacher" / "init-2.mp4").symlink_to(spool.parent / "ledger.db")
    (spool / LESSON / "away").symlink_to(spool.parent)
    (spool.parent / "000001.m4s").write_text("x")
    (spool / "linked").symlink_to(spool / LESSON)
    shelf = LessonShelf(spool)
    assert shelf.file(lesson, path) is None
    assert shelf.file(LESSON, "teacher/init-2.mp4") is None
    assert shelf.card("linked") is None
