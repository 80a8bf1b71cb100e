"""Writes the result files of a lesson's polls: after each poll, and finally at the lesson's end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from edge.classroom.roster import Roster, students_by_pseudonym
from edge.config.model import RoomConfig
from edge.ledger.database import LedgerError
from edge.ledger.ledger import Ledger
from edge.school import polls_json, students_csv, xapi_statements
from edge.school.build_poll_results import ResultSources, build_poll_results
from edge.school.chapters_file import write_chapters
from edge.school.polls_json import PollResults, write_if_changed
from pipelines.files.lesson_layout import STUDENTS_CSV, XAPI_JSONL
from pipelines.journal.lesson_clock import LessonClock, read_lesson_clock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SharingPolicy:
    """What leaves the room: names or not, the home page of the statements' accounts, and whether an LRS exists."""

    names: bool
    home_page: str
    to_lrs: bool


class PollResultFiles:
    """Writes result files; thread-safe. All methods but ``schedule`` and ``run`` block for the disk.

    In the lesson's folder lie polls.json, students.csv, chapters.vtt and xapi.jsonl, which go to the store: unless
    names may leave the room, students are pseudonyms there. The table with names lies in ``tables``.
    """

    def __init__(
        self,
        spool: Path,
        tables: Path,
        room: RoomConfig,
        ledger: Ledger,
        roster: Callable[[], Roster],
        sharing: SharingPolicy,
    ) -> None:
        self._spool = spool
        self._tables = tables
        self._room = room
        self._ledger = ledger
        self._roster = roster
        self._sharing = sharing
        self._write_lock = Lock()
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def schedule(self, lesson: str) -> None:
        """Have ``run`` write the results of a running lesson, of which a poll was closed."""
        self._waiting.put_nowait(lesson)

    async def run(self) -> None:
        """Write scheduled results until cancelled; a failure is made good when the lesson has ended."""
        while True:
            lesson = await self._waiting.get()
            try:
                await asyncio.to_thread(self.write, lesson)
            except (OSError, LedgerError) as error:
                log.warning("%s: its polls cannot be written down now: %s", lesson, error)

    def next_number(self, lesson: str) -> int:
        """The least number of a lesson's next poll, by the polls.json in its folder.

        Raises:
            OSError: the file cannot be read.
        """
        found = polls_json.read(self._spool / lesson)
        return max((poll.number for poll in found.polls), default=0) + 1 if found is not None else 1

    def write(self, lesson: str) -> None:
        """Write the results as they are; a lesson without a folder has none.

        Raises:
            OSError, LedgerError: they cannot be read or written now.
        """
        with self._write_lock:
            self._write(lesson)

    def finish(self, lesson: str) -> None:
        """Write everything for a lesson that has ended for good, statements included; raises as ``write`` does."""
        with self._write_lock:
            results, clock = self._write(lesson)
            if results is None:
                return
            statements = xapi_statements.statement_lines(self._statement_context(clock).statements(results))
            body = "".join(f"{line}\n" for line in statements.values())
            write_if_changed(self._spool / lesson / XAPI_JSONL, body.encode())
            if self._sharing.to_lrs:
                self._ledger.statements.add(statements)

    def _write(self, lesson: str) -> tuple[PollResults | None, LessonClock]:
        folder = self._spool / lesson
        if not folder.is_dir():
            return None, LessonClock()
        roster, clock = self._roster(), read_lesson_clock(folder)
        sources = ResultSources(
            self._room.school,
            self._room.room,
            lesson,
            self._ledger.polls.for_lesson(lesson),
            self._ledger.polls.points(lesson),
            roster,
            clock,
            polls_json.read(folder),
        )
        results = build_poll_results(sources, names=self._sharing.names) if sources.polls or sources.before else None
        language = self._room.language
        write_chapters(folder, results.polls if results else (), clock, language)
        if results is not None:
            polls_json.write(folder, results)
            write_if_changed(folder / STUDENTS_CSV, students_csv.students_csv(results, language))
            table = students_csv.named_table_path(self._tables, lesson)
            self._tables.mkdir(mode=0o750, exist_ok=True)
            write_if_changed(table, students_csv.students_csv(results, language, students_by_pseudonym(roster)))
        return results, clock

    def _statement_context(self, clock: LessonClock) -> xapi_statements.StatementContext:
        began = clock.changes[0] if clock.changes else None
        wall_ns = clock.wall_ns(began.boot_id, began.at_ns) if began is not None else None
        at = None if wall_ns is None else datetime.fromtimestamp(wall_ns / 1e9, UTC)
        return xapi_statements.StatementContext(self._sharing.home_page, self._room.language, at)
