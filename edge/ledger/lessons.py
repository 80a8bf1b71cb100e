"""The table of lessons in the ledger: their state, times, and the two verdicts of the receipt."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from enum import StrEnum

from edge.classroom.lesson_ids import parse_lesson_id
from edge.ledger.database import Database
from pipelines.receipt.receipt import RecordingVerdict, StoredVerdict


class LessonState(StrEnum):
    """State of a lesson: running or paused; ended, to be checked; checked, to be uploaded; stored."""

    RUNNING = "running"
    ENDED = "ended"
    CHECKED = "checked"
    STORED = "stored"


@dataclass(frozen=True, slots=True)
class LessonRecord:
    """One lesson; wall times are nanoseconds of Unix time and None where this box did not know the time."""

    id: str
    state: LessonState
    began_wall_ns: int | None = None
    ended_wall_ns: int | None = None
    lesson_time_ns: int | None = None
    cause: str | None = None
    recording: RecordingVerdict | None = None
    stored: StoredVerdict = StoredVerdict.PENDING


class UnknownLesson(LookupError):
    """The ledger has no lesson of that id."""


class LessonTable:
    """Reads and writes the table of lessons; methods block for a disk write at most.

    Raises:
        LedgerError: from every method.
        UnknownLesson: from the methods that change or get one lesson, where it is not in the table.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def epoch(self) -> str:
        """The epoch of this ledger."""
        with self._database.connection() as connection:
            (epoch,) = connection.execute("SELECT epoch FROM meta").fetchone()
        return str(epoch)

    def last_number(self) -> int:
        """The highest number that a lesson of this ledger had, whatever became of it; 0 for none."""
        with self._database.connection() as connection:
            (following,) = connection.execute("SELECT next_lesson FROM meta").fetchone()
        return max([int(following) - 1, *(_number(lesson.id) for lesson in self.all())])

    def begin(self, lesson: str, began_wall_ns: int | None) -> None:
        """Insert a lesson that begins; one that is known stays as it is."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE meta SET next_lesson = MAX(next_lesson, ?)", (_number(lesson) + 1,))
            _insert(connection, LessonRecord(lesson, LessonState.RUNNING, began_wall_ns))

    def insert(self, lessons: Iterable[LessonRecord]) -> None:
        """Insert lessons that were found elsewhere; those already known stay as they are."""
        with self._database.transaction() as connection:
            for lesson in lessons:
                _insert(connection, lesson)

    def end(self, lesson: str, lesson_time_ns: int, cause: str, ended_wall_ns: int | None) -> None:
        """Record the end of a lesson."""
        self._update(
            lesson, state=LessonState.ENDED, lesson_time_ns=lesson_time_ns, cause=cause, ended_wall_ns=ended_wall_ns
        )

    def fill_in_dates(self, lesson: str, began_wall_ns: int | None, ended_wall_ns: int | None) -> None:
        """Fill in the wall times that are missing; those that are known stay."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE lessons SET began_wall_ns = COALESCE(began_wall_ns, ?),"
                " ended_wall_ns = COALESCE(ended_wall_ns, ?) WHERE id = ?",
                (began_wall_ns, ended_wall_ns, lesson),
            )

    def reopen(self, lesson: str) -> None:
        """Take the end of a lesson back: it runs again, and the verdicts on it are void."""
        cleared = dict.fromkeys(("lesson_time_ns", "cause", "ended_wall_ns", "recording"))
        self._update(lesson, state=LessonState.RUNNING, stored=StoredVerdict.PENDING, **cleared)

    def delete(self, lesson: str) -> None:
        """Delete a lesson that never began, or that was erased, if it is known."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM lessons WHERE id = ?", (lesson,))

    def set_recording(self, lesson: str, verdict: RecordingVerdict) -> None:
        """Set the receipt's verdict: the lesson is checked and may be completed in the store."""
        self._update(lesson, state=LessonState.CHECKED, recording=verdict)

    def set_stored(self, lesson: str) -> None:
        """Mark a lesson as stored, after every file was compared with the store."""
        self._update(lesson, state=LessonState.STORED, stored=StoredVerdict.YES)

    def set_lost(self, lesson: str) -> None:
        """Mark a lesson as no longer in the store, to be sent again."""
        self._update(lesson, state=LessonState.CHECKED, stored=StoredVerdict.PENDING)

    def get(self, lesson: str) -> LessonRecord:
        """The record of one lesson."""
        with self._database.connection() as connection:
            found = select_lessons(connection, "WHERE id = ?", lesson)
        if not found:
            raise UnknownLesson(lesson)
        return found[0]

    def all(self) -> list[LessonRecord]:
        """Every lesson, in the order of insertion."""
        with self._database.connection() as connection:
            return select_lessons(connection, "ORDER BY rowid")

    def in_state(self, *states: LessonState) -> list[LessonRecord]:
        """The lessons in one of these states, in the order of insertion."""
        return [lesson for lesson in self.all() if lesson.state in states]

    def _update(self, lesson: str, **values: str | int | None) -> None:
        assignments = ", ".join(f"{column} = :{column}" for column in values)
        with self._database.transaction() as connection:
            done = connection.execute(f"UPDATE lessons SET {assignments} WHERE id = :id", {**values, "id": lesson})
            if not done.rowcount:
                raise UnknownLesson(lesson)


def _number(lesson: str) -> int:
    parts = parse_lesson_id(lesson)
    return parts.number if parts else 0


_COLUMNS = ", ".join(field.name for field in fields(LessonRecord))


def _insert(connection: sqlite3.Connection, lesson: LessonRecord) -> None:
    statement = f"INSERT OR IGNORE INTO lessons ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    connection.execute(statement, astuple(lesson))


def select_lessons(connection: sqlite3.Connection, clause: str, *values: str) -> list[LessonRecord]:
    """Read the lessons that ``clause`` selects or orders.

    Raises:
        ValueError: a row has a state or a verdict that does not exist.
    """
    rows = connection.execute(f"SELECT {_COLUMNS} FROM lessons {clause}", values)
    return [
        LessonRecord(
            lesson,
            LessonState(state),
            began,
            ended,
            length,
            cause,
            RecordingVerdict(recording) if recording else None,
            StoredVerdict(stored),
        )
        for lesson, state, began, ended, length, cause, recording, stored in rows
    ]
