"""The ledger's SQL schema and its migrations."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Set

from edge.classroom.lesson_ids import UNKNOWN_EPOCH

# One script a version, applied in order and never changed afterwards: a new version is a new script.
# The CHECKs are for the integrity check at start: a flipped bit in a word is damage like any other.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE meta (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        epoch TEXT NOT NULL CHECK (epoch GLOB '[0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
        next_lesson INTEGER NOT NULL CHECK (next_lesson > 0)
    ) STRICT;
    CREATE TABLE lessons (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('running', 'ended', 'checked', 'stored')),
        began_wall_ns INTEGER,
        ended_wall_ns INTEGER,
        lesson_time_ns INTEGER,
        cause TEXT,
        recording TEXT CHECK (recording IN ('good', 'bad')),
        stored TEXT NOT NULL CHECK (stored IN ('pending', 'yes', 'no'))
    ) STRICT;
    CREATE TABLE outbox (
        lesson TEXT NOT NULL,
        path TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        delivery TEXT NOT NULL CHECK (delivery IN ('pending', 'unsure', 'stored')),
        sha256 TEXT,
        stored_size INTEGER,
        tag TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        fault TEXT,
        PRIMARY KEY (lesson, path)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE polls (
        lesson TEXT NOT NULL,
        number INTEGER NOT NULL CHECK (number > 0),
        kind TEXT NOT NULL CHECK (kind IN ('single', 'multiple', 'truefalse', 'number', 'rush', 'rollcall')),
        choices INTEGER NOT NULL,
        text TEXT NOT NULL,
        answer TEXT NOT NULL,
        class TEXT NOT NULL,
        boot_id TEXT NOT NULL,
        opened_ns INTEGER NOT NULL,
        closed_ns INTEGER,
        lost INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (lesson, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE presses (
        number INTEGER PRIMARY KEY,
        lesson TEXT NOT NULL,
        poll INTEGER NOT NULL,
        captured_ns INTEGER NOT NULL,
        device TEXT NOT NULL,
        form TEXT NOT NULL CHECK (form IN ('keys', 'number', 'rush')),
        text TEXT NOT NULL,
        sequence INTEGER,
        ticks INTEGER
    ) STRICT;
    CREATE INDEX presses_of_a_poll ON presses (lesson, poll);
    CREATE TABLE scores (
        number INTEGER PRIMARY KEY,
        lesson TEXT NOT NULL,
        team TEXT NOT NULL,
        points INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE statements (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        refused TEXT
    ) STRICT;
    """,
    """
    CREATE TABLE store (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        mark TEXT NOT NULL,
        traits TEXT NOT NULL
    ) STRICT;
    """,
)


def migrate(connection: sqlite3.Connection, taken_epochs: Set[str]) -> None:
    """Migrate the ledger to the newest version; a new one is given an epoch that is none of ``taken_epochs``."""
    version = version_of(connection)
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        birth = _birth(taken_epochs) if number == 1 else ""
        connection.executescript(f"BEGIN; {script} {birth} PRAGMA user_version = {number}; COMMIT;")


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of the ledger, 0 for one without tables."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def tables_of(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """The tables and indexes of the ledger: name and the SQL that made each."""
    return set(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def tables_of_today() -> set[tuple[str, str]]:
    """The tables and indexes of a ledger of the newest version."""
    model = sqlite3.connect(":memory:")
    try:
        migrate(model, set())
        return tables_of(model)
    finally:
        model.close()


def _birth(taken_epochs: Set[str]) -> str:
    epoch = UNKNOWN_EPOCH
    while epoch == UNKNOWN_EPOCH or epoch in taken_epochs:
        epoch = secrets.token_hex(2)
    return f"INSERT INTO meta VALUES (1, '{epoch}', 1);"
