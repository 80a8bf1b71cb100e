"""Salvage of a damaged ledger: polls, presses, scores and xAPI statements, which are nowhere else, are copied."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from edge.ledger.database import Database

log = logging.getLogger(__name__)

# The tables, and the order in which SQLite finds their rows without a sort.
_TABLES = {"polls": ("lesson", "number"), "presses": ("number",), "scores": ("number",), "statements": ("number",)}


def salvage_rows(damaged: Path, database: Database) -> None:
    """Copy to ``database`` the rows that can be read from a damaged ledger; the damaged file stays as it is.

    Rows are read from both ends of a table up to the damage; those that break the table's rules are left out.

    Raises:
        LedgerError: the rows cannot be written.
    """
    for table, order in _TABLES.items():
        columns, rows = _read(damaged, table, order)
        with database.transaction() as connection:
            known = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
            chosen = [name for name in columns if name in known]
            statement = f"INSERT OR IGNORE INTO {table} ({', '.join(chosen)}) VALUES ({', '.join('?' * len(chosen))})"
            for row in rows if chosen else ():
                with suppress(sqlite3.IntegrityError):
                    connection.execute(statement, [row[columns.index(name)] for name in chosen])
        if rows:
            log.warning("%s: up to %d rows of %s were salvaged", damaged.name, len(rows), table)


def _read(damaged: Path, table: str, order: tuple[str, ...]) -> tuple[list[str], list[tuple[object, ...]]]:
    """The columns of a table, and its readable rows; both empty where nothing can be read."""
    found: dict[tuple[object, ...], None] = {}
    columns: list[str] = []
    mode = "mode=ro" if damaged.with_name(f"{damaged.name}-wal").exists() else "immutable=1"
    for direction in ("ASC", "DESC"):
        with (
            suppress(sqlite3.Error, UnicodeDecodeError),
            closing(sqlite3.connect(f"{damaged.absolute().as_uri()}?{mode}", uri=True)) as source,
        ):
            source.text_factory = partial(str, encoding="utf-8", errors="replace")
            by = ", ".join(f"{name} {direction}" for name in order)
            cursor = source.execute(f"SELECT * FROM {table} ORDER BY {by}")
            columns = [name for name, *_ in cursor.description]
            for row in cursor:
                if table != "statements" or _is_json(row[columns.index("body")]):
                    found.setdefault(row)
    return columns, list(found)


def _is_json(text: object) -> bool:
    try:
        json.loads(str(text))
    except ValueError:
        return False
    return True
