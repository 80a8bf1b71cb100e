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
from edge.ledger.lessons import LessonRecord, LessonState, UnknownLesson
from pipelines.files.lesson_layout import LESSON_JSON, PLAYER_JSON, RECEIPT_JSON
from pipelines.journal.replay import has_ended
from pipelines.previews.preview_state import set_listed
from pipelines.receipt import receipt
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import Receipt, StoredVerdict

log = logging.getLogger(__name__)


class LessonRecordWriter:
    """Writes the records of lessons; every method blocks for the disk.

    ``finish_results`` writes the results of the lesson's polls.

    Raises:
        OSError, LedgerError: from every method.
    """

    def __init__(self, spool: Path, room: RoomConfig, ledger: Ledger, finish_results: Callable[[str], None]) -> None:
        self._spool = spool
        self._room = room
        self._ledger = ledger
        self._finish_results = finish_results
        self._date_backfill = DateBackfill(spool, room, ledger)

    def unstored_lessons(self) -> list[str]:
        """The lessons that have ended and are not stored."""
        unfinished = self._ledger.lessons.in_state(LessonState.RUNNING, LessonState.ENDED, LessonState.CHECKED)
        return [lesson.id for lesson in unfinished if _has_ended(self._spool / lesson.id)]

    def update_entry(self, lesson: str) -> LessonState | None:
        """Bring the ledger's entry up to the journal; the lesson's state, None where it has no folder.

        A verdict without its receipt, or on an earlier end than the journal's, is void: a process died while the end
        was taken back.
        """
        folder = self._spool / lesson
        if not folder.is_dir():
            return None
        found = self._date_backfill.read_record(folder)
        try:
            known = self._ledger.lessons.get(lesson)
        except UnknownLesson:
            self._ledger.lessons.insert([found])
            known = self._ledger.lessons.get(lesson)
        if known.state is LessonState.CHECKED and _is_outdated(known, found):
            self._ledger.lessons.reopen(lesson)
            known = self._ledger.lessons.get(lesson)
        if known.state is LessonState.RUNNING and found.lesson_time_ns is not None:
            self._ledger.lessons.end(lesson, found.lesson_time_ns, found.cause or "", found.ended_wall_ns)
            self._ledger.lessons.fill_in_dates(lesson, found.began_wall_ns, None)
            return LessonState.ENDED
        return known.state

    def write_receipt(self, lesson: str, found: Receipt) -> None:
        """Write the receipt, and its verdict into the ledger."""
        receipt.write_receipt(self._spool / lesson, found)
        self._ledger.lessons.set_recording(lesson, found.recording)
        log.info("%s: the recording is %s (%d findings)", lesson, found.recording, len(found.findings))

    def write_metadata(self, lesson: str) -> None:
        """Write the results, player.json and lesson.json of a lesson whose end can no longer be taken back."""
        self._finish_results(lesson)
        lesson_metadata.write(self._spool / lesson, self._ledger.lessons.get(lesson), self._room)

    def list_previews(self, lesson: str) -> bool:
        """Write results and lesson.json of a described lesson again, with its previews; False where it is none now."""
        folder = self._spool / lesson
        if not (folder / LESSON_JSON).exists():
            return False
        self.write_metadata(lesson)
        set_listed(folder)
        return True

    def fill_in_dates(self) -> list[str]:
        """Fill in the dates of lessons; those whose lesson.json has changed."""
        return self._date_backfill.fill_in()

    def mark_stored(self, lesson: str) -> bool:
        """Write into the receipt that it is stored; if it was there already, into the ledger, and return True."""
        folder = self._spool / lesson
        found = _try_read_receipt(folder) or check_lesson(folder)
        if found.stored is not StoredVerdict.YES:
            receipt.write_receipt(folder, found.with_stored(StoredVerdict.YES))
            return False
        self._ledger.lessons.set_stored(lesson)
        return True

    def discard_check(self, lesson: str) -> None:
        """Delete receipt, lesson.json and player.json of a lesson that goes on, and reopen its entry."""
        with suppress(UnknownLesson):
            self._ledger.lessons.reopen(lesson)
        for name in (RECEIPT_JSON, LESSON_JSON, PLAYER_JSON):
            (self._spool / lesson / name).unlink(missing_ok=True)


def _is_outdated(known: LessonRecord, found: LessonRecord) -> bool:
    return found.recording is None or known.lesson_time_ns != found.lesson_time_ns


def _has_ended(folder: Path) -> bool:
    """False also for a lesson that cannot be read, or has no folder yet."""
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
