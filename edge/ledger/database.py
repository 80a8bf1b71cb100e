"""The ledger's SQLite connection: one transaction at a time, each commit durable, errors sorted by reaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path


class LedgerError(Exception):
    """Root of the ledger's errors."""


class LedgerFull(LedgerError):
    """The disk is full: nothing was written; free space and try again."""


class LedgerDamaged(LedgerError):
    """The file is damaged, or another file lies at its path: the ledger has to be opened again.

    A file that is no ledger is set aside then.
    """


class LedgerUnusable(LedgerError):
    """The file cannot be opened, read or written, because of access rights or the disk."""


class LedgerNewer(LedgerUnusable):
    """A newer version of this program made the file: it is left as it is, for that version."""


_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_UNUSABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
}


class Database:
    """One SQLite connection for all threads: transactions wait for each other.

    WAL, so that another process may read meanwhile; synchronous=FULL, so that what was committed survives a power cut.

    ``is_open`` is false before ``open`` and ``replace``, after ``close``, and from when on the file was found to
    be damaged or displaced; transactions raise LedgerUnusable before it is opened, or LedgerNewer where that is why.
    ``refusal`` is why it could not be opened the last time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_open = False
        self.refusal: LedgerError | None = None
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def open(self) -> None:
        """Open the file, or make one.

        Raises:
            LedgerError: as from every transaction.
        """
        if _size(self.path) == 0 and _size(self.path.with_name(f"{self.path.name}-wal")):
            # SQLite would delete the WAL, which has all that there is. Without one the file was being made.
            raise LedgerDamaged(f"{self.path} is empty")
        with self._translate_errors():
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            # A flipped bit in a name makes it a name nobody asks for; it must not make the table unreadable.
            connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        try:
            self._set_up(connection)
        except (LedgerError, sqlite3.Error):
            connection.close()
            raise
        self._connection, self.is_open = connection, True

    def replace(self, opened: Database) -> None:
        """Take over the connection of another Database, which is not to be used any more."""
        with self._lock:
            before, self._connection = self._connection, opened._connection
            self._identity, self.is_open, self.refusal = opened._identity, opened.is_open, None
            opened._connection, opened.is_open = None, False
        if before is not None:
            before.close()

    def _set_up(self, connection: sqlite3.Connection) -> None:
        with self._translate_errors():
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA busy_timeout = 5000")
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            self._identity = _identity(self.path)
        if verdict != "ok":
            raise LedgerDamaged(f"{self.path}: {verdict}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction, durable once it is left."""
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for a query, or for a script with a transaction of its own."""
        with self._lock, self._translate_errors():
            if self._connection is None and isinstance(self.refusal, LedgerNewer):
                raise LedgerNewer(str(self.refusal))
            if self._connection is None:
                raise LedgerUnusable(f"{self.path} is not open")
            yield self._connection

    def close(self) -> None:
        """Close the file. Idempotent."""
        with self._lock:
            connection, self._connection, self.is_open = self._connection, None, False
        if connection is not None:
            connection.close()

    def check_place(self) -> None:
        """Require the file to be opened anew if it is not the one at its path any more: what is written is lost there.

        A disk that is away is waited for.
        """
        if self.is_open and self._is_displaced():
            self.is_open = False

    def mark_damaged(self, what: str) -> LedgerDamaged:
        """Require the file to be opened anew, since it is no ledger any more; the error to raise for that."""
        self.is_open = False
        return LedgerDamaged(f"{self.path}{what}")

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise self.mark_damaged(": SQLite's own message about it cannot be read") from error
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code == sqlite3.SQLITE_FULL:
                raise LedgerFull(f"{self.path}: no room left on the disk; free some") from error
            if code in _DAMAGED:
                raise self.mark_damaged(f": {error}") from error
            if code in _UNUSABLE and self._is_displaced():
                raise self.mark_damaged(" is another file by now: was its disk pulled out?") from error
            if code in _UNUSABLE:
                raise LedgerUnusable(f"{self.path}: {error}; check the disk and the file's rights") from error
            raise

    def _is_displaced(self) -> bool:
        """Whether another file is at the path, or the file was removed from a folder that is still on its disk."""
        if self._identity is None:
            return False
        if (found := _identity(self.path)) is not None:
            return found != self._identity
        folder = _identity(self.path.parent)
        return folder is not None and folder[0] == self._identity[0]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
