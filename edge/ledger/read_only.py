"""Read-only access to the ledger, for the command line; the controller may run or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from edge.ledger.lessons import LessonRecord, select_lessons

_BUSY_TIMEOUT_S = 5.0


class NoLedger(Exception):
    """No ledger can be read; the message says why."""


def read_lessons(path: Path) -> list[LessonRecord]:
    """Read every lesson of the ledger, in the order of insertion.

    Raises:
        NoLedger: the ledger cannot be read.
    """
    with open_read_only(path) as ledger:
        return select_lessons(ledger, "ORDER BY rowid")


@contextmanager
def open_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Connect to the ledger without changing anything.

    Raises:
        NoLedger: it cannot be opened, or what the block reads from it makes no sense.
    """
    if not path.exists():
        raise NoLedger(f"{path} is not there")
    # Without a WAL nobody writes and the file is whole; SQLite would make a new WAL to find that out.
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=_BUSY_TIMEOUT_S)
        ) as ledger:
            yield ledger
    except (sqlite3.Error, ValueError) as error:
        raise NoLedger(f"{path}: {error}") from error
