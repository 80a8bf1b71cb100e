"""Read-only access to the ledger, for the command line; the controller may run or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge.ledger.lessons import LessonRecord, LessonState
from pipelines.receipt.receipt import RecordingVerdict, StoredVerdict

_PATIENCE_S = 5.0


class NoLedger(Exception):
    """There is no ledger that can be read; the message says why."""


def read_lessons(path: Path) -> list[LessonRecord]:
    """Every lesson of the ledger in the order they were entered. NoLedger."""
    with open_read_only(path) as ledger:
        return [_lesson(row) for row in ledger.execute("SELECT * FROM lessons ORDER BY rowid")]


@contextmanager
def open_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads the ledger and changes nothing. NoLedger, for what is read in the block as well."""
    if not path.exists():
        raise NoLedger(f"{path} is not there")
    # Without a WAL nobody writes and the file is whole; SQLite would make a new WAL to find that out.
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=_PATIENCE_S)) as ledger:
            ledger.row_factory = sqlite3.Row
            yield ledger
    except (sqlite3.Error, ValueError) as error:
        raise NoLedger(f"{path}: {error}") from error


def _lesson(row: sqlite3.Row) -> LessonRecord:
    return LessonRecord(
        row["id"],
        LessonState(row["state"]),
        row["began_wall_ns"],
        row["ended_wall_ns"],
        row["lesson_time_ns"],
        row["cause"],
        RecordingVerdict(row["recording"]) if row["recording"] else None,
        StoredVerdict(row["stored"]),
    )
