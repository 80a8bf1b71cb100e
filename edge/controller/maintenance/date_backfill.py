"""Fills in the dates of lessons as soon as this box knows the time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from edge.config.model import RoomConfig
from edge.controller import lesson_metadata
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonRecord, LessonState
from edge.ledger.rebuild_from_spool import record_from_folder
from pipelines import system_clocks
from pipelines.files.lesson_layout import LESSON_JSON
from pipelines.system_clocks import ClockSnapshot

log = logging.getLogger(__name__)


class DateBackfill:
    """Dates lessons by this box's clocks, which ``now`` reads; every method blocks for the disk."""

    def __init__(
        self,
        spool: Path,
        room: RoomConfig,
        ledger: Ledger,
        now: Callable[[str], ClockSnapshot] = system_clocks.read_clocks,
    ) -> None:
        self._spool = spool
        self._room = room
        self._ledger = ledger
        self._now = now
        self._boot = system_clocks.boot_id()
        self._tried: set[tuple[str, LessonState]] = set()

    def read_record(self, folder: Path) -> LessonRecord:
        """Read a lesson's record from its folder, dated by this boot's clock where the journal knows no date.

        Raises:
            OSError: the journal or the receipt cannot be read.
        """
        return record_from_folder(folder, self._now(self._boot))

    def fill_in(self) -> list[str]:
        """Fill in dates that are known by now, in ledger and lesson.json; the lessons whose lesson.json has changed.

        Raises:
            OSError, LedgerError: ledger or lesson.json cannot be read or written.
        """
        if not self._now(self._boot).is_synchronised:
            return []
        undated = [lesson for lesson in self._ledger.lessons.all() if _is_undated(lesson)]
        new = [lesson for lesson in undated if (lesson.id, lesson.state) not in self._tried]
        return [lesson.id for lesson in new if self._fill_in(lesson)]

    def _fill_in(self, lesson: LessonRecord) -> bool:
        """Whether its lesson.json has changed; one of a boot without a clock stays undated."""
        folder = self._spool / lesson.id
        try:
            found: LessonRecord | None = self.read_record(folder)
        except OSError as error:
            log.error("%s cannot be read, and stays without a date: %s", folder, error)
            found = None
        if found is None or (found.began_wall_ns is None and found.ended_wall_ns is None):
            self._tried.add((lesson.id, lesson.state))
            return False
        log.info("%s: its date is known now", lesson.id)
        # The ledger last: what it knows is not looked for again, whatever became of lesson.json.
        is_described = (folder / LESSON_JSON).exists()
        if is_described:
            lesson_metadata.write(folder, _dated(lesson, found), self._room)
        self._ledger.lessons.fill_in_dates(lesson.id, found.began_wall_ns, found.ended_wall_ns)
        self._tried.add((lesson.id, lesson.state))
        return is_described


def _dated(lesson: LessonRecord, found: LessonRecord) -> LessonRecord:
    """The lesson with missing dates filled in."""
    began_ns = found.began_wall_ns if lesson.began_wall_ns is None else lesson.began_wall_ns
    ended_ns = found.ended_wall_ns if lesson.ended_wall_ns is None else lesson.ended_wall_ns
    return replace(lesson, began_wall_ns=began_ns, ended_wall_ns=ended_ns)


def _is_undated(lesson: LessonRecord) -> bool:
    return lesson.began_wall_ns is None or (lesson.state is not LessonState.RUNNING and lesson.ended_wall_ns is None)
