"""Writes the records of an ended lesson: its ledger entry, receipt and lesson.json."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from edge.config.model import RoomConfig
from edge.controller import lesson_metadata
from edge.controller.maintenance.date_backfill import DateBackfill
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonState, UnknownLesson
from pipelines.files.lesson_layout import LESSON_JSON, RECEIPT_JSON
from pipelines.journal.replay import has_ended
from pipelines.receipt import receipt
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import Receipt, StoredVerdict

log = logging.getLogger(__name__)


class LessonRecordWriter:
    """Everything here may wait for the disk. OSError, LedgerError.

    ``finish_results`` writes down what else a lesson leaves behind.
    """

    def __init__(self, spool: Path, room: RoomConfig, ledger: Ledger, finish_results: Callable[[str], None]) -> None:
        self._spool = spool
        self._room = room
        self._ledger = ledger
        self._finish_results = finish_results
        self._date_backfill = DateBackfill(spool, room, ledger)

    def unstored_lessons(self) -> list[str]:
        """The lessons that have an end and are not stored."""
        unfinished = self._ledger.lessons.in_state(LessonState.RUNNING, LessonState.ENDED, LessonState.CHECKED)
        return [lesson.id for lesson in unfinished if _has_ended(self._spool / lesson.id)]

    def update_entry(self, lesson: str) -> LessonState | None:
        """The ledger's word on a lesson, brought up to what its journal says; None where it has no folder."""
        folder = self._spool / lesson
        if not folder.is_dir():
            return None
        found = self._date_backfill.read_record(folder)
        try:
            known = self._ledger.lessons.get(lesson)
        except UnknownLesson:
            self._ledger.lessons.insert([found])
            known = self._ledger.lessons.get(lesson)
        if known.state is LessonState.RUNNING and found.lesson_time_ns is not None:
            self._ledger.lessons.end(lesson, found.lesson_time_ns, found.cause or "", found.ended_wall_ns)
            self._ledger.lessons.fill_in_dates(lesson, found.began_wall_ns, None)
            return LessonState.ENDED
        return known.state

    def write_receipt(self, lesson: str, found: Receipt) -> None:
        """It has been checked."""
        receipt.write_receipt(self._spool / lesson, found)
        self._ledger.lessons.set_recording(lesson, found.recording)
        log.info("%s: the recording is %s (%d findings)", lesson, found.recording, len(found.findings))

    def write_metadata(self, lesson: str) -> None:
        """Its end can no longer be taken back."""
        self._finish_results(lesson)
        lesson_metadata.write(
            self._spool / lesson, lesson_metadata.lesson_metadata(self._ledger.lessons.get(lesson), self._room)
        )

    def fill_in_dates(self) -> list[str]:
        """Fill in when lessons were held; those whose lesson.json has changed by that."""
        return self._date_backfill.fill_in()

    def mark_stored(self, lesson: str) -> bool:
        """Whether the receipt has said so before, and its copy too; now it does."""
        folder = self._spool / lesson
        found = _try_read_receipt(folder) or check_lesson(folder)
        if found.stored is not StoredVerdict.YES:
            receipt.write_receipt(folder, found.with_stored(StoredVerdict.YES))
            return False
        self._ledger.lessons.set_stored(lesson)
        return True

    def discard_check(self, lesson: str) -> None:
        """It goes on: what was found counts no more."""
        with suppress(UnknownLesson):
            self._ledger.lessons.reopen(lesson)
        for name in (RECEIPT_JSON, LESSON_JSON):
            (self._spool / lesson / name).unlink(missing_ok=True)


def _has_ended(folder: Path) -> bool:
    """One that cannot be read holds up no other; a lesson without a folder has not begun."""
    try:
        return folder.is_dir() and has_ended(folder)
    except OSError as error:
        log.error("%s cannot be read: %s", folder, error)
        return False


def _try_read_receipt(folder: Path) -> Receipt | None:
    try:
        return receipt.read_receipt(folder)
    except ValueError as error:
        log.error("%s: the receipt is damaged, and the lesson is checked anew: %s", folder.name, error)
        return None
