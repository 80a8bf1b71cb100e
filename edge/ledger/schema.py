"""The ledger's SQL schema and its migrations."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from collections.abc import Iterator, Set
from contextlib import closing, contextmanager
from itertools import count

from edge.classroom.lesson_ids import UNKNOWN_EPOCH

log = logging.getLogger(__name__)

# One script a version, applied in order and never changed afterwards: a new version is a new script. Each changes a
# table's columns: a version is known by them, too.
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
        traits TEXT NOT NULL,
        apart INTEGER NOT NULL
    ) STRICT;
    """,
)


class NewerSchema(Exception):
    """The tables are those of a newer version of this program."""


def migrate(connection: sqlite3.Connection, taken_epochs: Set[str]) -> None:
    """Migrate the ledger to the newest version, and make whole what a table, an index or the epoch was lost of.

    A new ledger, or one whose epoch is lost, is given an epoch that is none of ``taken_epochs``. What somebody added,
    such as an index, stays. A table that is not as it was made is renamed to ``<name>_altered_N``, and its rows are
    copied to a new one.

    Raises:
        NewerSchema: nothing was changed.
        sqlite3.Error: the tables make no sense.
    """
    version = _true_version(connection)
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        birth = _birth(taken_epochs) if number == 1 else ""
        connection.executescript(f"BEGIN; {script} {birth} PRAGMA user_version = {number}; COMMIT;")
    _make_whole(connection, taken_epochs)


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version that the ledger claims, 0 for one without tables."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _true_version(connection: sqlite3.Connection) -> int:
    """The version by what the tables are; the number in the file, a few bits of its header, may be damaged alone."""
    claimed, columns = version_of(connection), _columns(connection)
    with _new_ledger(len(MIGRATIONS)) as newest:
        if claimed > len(MIGRATIONS) and columns != _columns(newest):
            raise NewerSchema(f"its tables are of version {claimed}, this program knows {len(MIGRATIONS)}")
    found = min(claimed, len(MIGRATIONS))
    for version in range(found + 1, len(MIGRATIONS) + 1):
        with _new_ledger(version) as made:
            found = version if _columns(made) <= columns else found
    if found != claimed:
        connection.execute(f"PRAGMA user_version = {found}")
    return found


def _make_whole(connection: sqlite3.Connection, taken_epochs: Set[str]) -> None:
    with _new_ledger(len(MIGRATIONS)) as newest:
        made, found = _statements(newest), _statements(connection)
        wrong = {kind: [name for name in made[kind] if found[kind].get(name) != made[kind][name]] for kind in made}
        if any(wrong.values()):
            log.warning("the ledger's schema was altered, and is made whole: %s", wrong)
            repair = "".join(f"DROP INDEX IF EXISTS {name};" for name in made["index"])
            for name in wrong["table"]:
                repair += _renewed(connection, name, made["table"][name], newest)
            repair += "".join(f"{sql};" for sql in made["index"].values())
            connection.executescript(f"BEGIN; {repair} COMMIT;")
    if connection.execute("SELECT 1 FROM meta").fetchone() is None:
        log.warning("the ledger has lost its epoch, and is given a new one")
        connection.execute(_birth(taken_epochs))


def _renewed(connection: sqlite3.Connection, name: str, sql: str, newest: sqlite3.Connection) -> str:
    """The statements that make a table anew, with the rows that it has."""
    before = {column for table, column in _columns(connection) if table == name}
    if not before:
        return f"{sql};"
    names = {table for table, _ in _columns(connection)}
    old = next(one for one in (f"{name}_altered_{number}" for number in count(1)) if one not in names)
    shared = ", ".join(sorted(before & {column for table, column in _columns(newest) if table == name}))
    copied = f"INSERT OR IGNORE INTO {name} ({shared}) SELECT {shared} FROM {old};" if shared else ""
    return f"ALTER TABLE {name} RENAME TO {old}; {sql}; {copied}"


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """The tables and their columns, as pairs of names."""
    return set(
        connection.execute(
            "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns"
            " WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'"
        )
    )


def _statements(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """The SQL that made each table and each index, by kind and name."""
    statements: dict[str, dict[str, str]] = {"table": {}, "index": {}}
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"):
        if kind in statements and not name.startswith("sqlite_"):
            statements[kind][name] = sql
    return statements


@contextmanager
def _new_ledger(version: int) -> Iterator[sqlite3.Connection]:
    """An empty ledger of a version, in memory."""
    with closing(sqlite3.connect(":memory:")) as made:
        for script in MIGRATIONS[:version]:
            made.executescript(script)
        yield made


def _birth(taken_epochs: Set[str]) -> str:
    epoch = UNKNOWN_EPOCH
    while epoch == UNKNOWN_EPOCH or epoch in taken_epochs:
        epoch = secrets.token_hex(2)
    return f"INSERT INTO meta VALUES (1, '{epoch}', 1);"
