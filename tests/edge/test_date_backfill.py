"""A lesson of a box that did not know the time has its date as soon as the box knows it, and not before."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ledgers import begin_lesson

from edge.config.model import RoomConfig
from edge.controller import lesson_metadata
from edge.controller.maintenance.date_backfill import DateBackfill
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.lessons import LessonState
from pipelines import system_clocks
from pipelines.files.lesson_layout import LESSON_JSON
from pipelines.journal.entries import Begin, Cause, ClockReading, End, Entry, LessonSubject
from pipelines.journal.journal_file import JournalFile
from pipelines.system_clocks import ClockSnapshot

S = 1_000_000_000
ROOM = RoomConfig(school="s", room="r1")
BOOT = system_clocks.boot_id()
# 2026-09-01 08:00 in UTC, when the box has been up for an hour.
NOW_NS = 1_788_249_600 * S
KNOWN = ClockSnapshot(BOOT, 3600 * S, NOW_NS, True, 3600 * S)
NOT_YET = ClockSnapshot(BOOT, 3000 * S, 3000 * S, False, 3000 * S)
UNSYNCHRONISED = ClockReading(at_ns=700 * S, wall_ns=700 * S, synchronised=False)
END = End(at_ns=2600 * S, lesson_ns=2000 * S, cause=Cause.TEACHER)

SUBJECT = LessonSubject(
    title="三2班 · 语文 · 张敏",
    subject="语文",
    teacher="张敏",
    class_name="三2班",
    period="第一节",
    start_wall_ns=NOW_NS - 8 * 3600 * S,
    end_wall_ns=NOW_NS - 8 * 3600 * S + 2400 * S,
)


class Box:
    """A ledger with a lesson that began ten minutes after the start of the box, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.now = NOT_YET
        self.ledger: Ledger = open_ledger(folder / "ledger.db", folder)
        self.dating = DateBackfill(folder, ROOM, self.ledger, lambda _boot: self.now)
        self.lesson = begin_lesson(self.ledger, "r1")
        self.folder = folder / self.lesson
        self.folder.mkdir()

    def write(self, *entries: Entry) -> None:
        file = JournalFile(self.folder)
        file.append(entries)
        file.close()

    def begin(self, boot_id: str = BOOT) -> None:
        self.write(Begin(lesson=self.lesson, school="s", room="r1", boot_id=boot_id, at_ns=600 * S), UNSYNCHRONISED)

    def end(self) -> None:
        self.write(END)
        self.ledger.lessons.end(self.lesson, 2000 * S, "teacher", None)

    def dates(self) -> tuple[int | None, int | None]:
        lesson = self.ledger.lessons.get(self.lesson)
        return lesson.began_wall_ns, lesson.ended_wall_ns


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.ledger.close()


def test_nothing_is_guessed_before_the_clock_is_known_and_all_is_dated_then(box: Box) -> None:
    box.begin()
    box.end()
    assert box.dating.fill_in() == []
    assert box.dates() == (None, None)
    box.now = KNOWN
    assert box.dating.fill_in() == [], "it has no lesson.json yet"
    assert box.dates() == (NOW_NS - 3000 * S, NOW_NS - 1000 * S)


def test_a_lesson_json_that_was_written_without_a_date_gets_it(box: Box) -> None:
    box.begin()
    box.end()
    card = box.folder / LESSON_JSON
    lesson_metadata.write(box.folder, box.ledger.lessons.get(box.lesson), ROOM)
    assert json.loads(card.read_text())["began"] is None
    box.now = KNOWN
    assert box.dating.fill_in() == [box.lesson]
    assert json.loads(card.read_text())["began"] == "2026-09-01T07:10:00Z"
    assert box.dating.fill_in() == []


def test_a_lesson_json_says_which_lesson_of_the_timetable_it_was(box: Box) -> None:
    box.begin()
    box.write(SUBJECT)
    box.end()
    lesson_metadata.write(box.folder, box.ledger.lessons.get(box.lesson), ROOM)
    card = json.loads((box.folder / LESSON_JSON).read_text())
    assert card["title"] == "三2班 · 语文 · 张敏"
    assert card["timetable"] == {
        "subject": "语文",
        "teacher": "张敏",
        "class_name": "三2班",
        "period": "第一节",
        "start": "2026-09-01T00:00:00Z",
        "end": "2026-09-01T00:40:00Z",
    }


def test_a_disk_that_takes_no_lesson_json_now_gets_it_later(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.begin()
    box.end()
    card = box.folder / LESSON_JSON
    lesson_metadata.write(box.folder, box.ledger.lessons.get(box.lesson), ROOM)
    box.now = KNOWN
    with monkeypatch.context() as full:
        full.setattr(lesson_metadata, "write_atomically", refuse)
        with pytest.raises(OSError, match="No space"):
            box.dating.fill_in()
    assert DateBackfill(box.folder.parent, ROOM, box.ledger, lambda _boot: KNOWN).fill_in() == [box.lesson]
    assert json.loads(card.read_text())["began"] == "2026-09-01T07:10:00Z"


def refuse(_path: Path, _body: bytes) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_running_lesson_has_its_beginning_and_later_its_end(box: Box) -> None:
    box.begin()
    box.now = KNOWN
    box.dating.fill_in()
    assert box.dates() == (NOW_NS - 3000 * S, None)
    box.end()
    box.dating.fill_in()
    assert box.dates() == (NOW_NS - 3000 * S, NOW_NS - 1000 * S)


def test_a_clock_that_is_set_years_ahead_later_changes_no_date(box: Box) -> None:
    box.begin()
    box.end()
    box.now = KNOWN
    box.dating.fill_in()
    before = box.dates()
    box.now = ClockSnapshot(BOOT, 3700 * S, NOW_NS + 5 * 365 * 86_400 * S, True, 3700 * S)
    box.dating.fill_in()
    assert box.dates() == before


def test_another_boots_time_is_not_to_be_had(box: Box) -> None:
    box.begin("an earlier boot")
    box.end()
    box.now = KNOWN
    assert box.dating.fill_in() == []
    assert box.dates() == (None, None)
    assert box.ledger.lessons.get(box.lesson).state is LessonState.ENDED
