"""The ledger's file: one SQLite connection, one transaction at a time, every commit on the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path


class LedgerError(Exception):
    """Something is wrong with the ledger's file."""


class LedgerFull(LedgerError):
    """The disk is full: nothing was written; free space and try again."""


class LedgerDamaged(LedgerError):
    """The file is not a ledger any more: close it and open it anew, which sets it aside."""


class LedgerUnusable(LedgerError):
    """The file cannot be opened, read or written: a matter of rights or of the disk."""


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
    """May be used from any thread, as ``asyncio.to_thread`` does: transactions wait for each other.

    WAL, so that another process may read meanwhile; synchronous=FULL, so that what was committed survives
    a power cut. Opening raises LedgerUnusable, LedgerDamaged or LedgerFull, as does every transaction.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        if path.exists() and path.stat().st_size == 0:
            raise LedgerDamaged(f"{path} is empty")
        with self._as_ledger_errors():
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            # A flipped bit in a name makes it a name nobody asks for; it must not make the table unreadable.
            self._connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        try:
            self._set_up()
        except (LedgerError, sqlite3.Error):
            self._connection.close()
            raise

    def _set_up(self) -> None:
        with self._as_ledger_errors():
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA busy_timeout = 5000")
            (verdict,) = self._connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise LedgerDamaged(f"{self.path}: {verdict}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; durable once the block is left."""
        with self._lock, self._as_ledger_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """The bare connection: for a query, or for a script that brings a transaction of its own."""
        with self._lock, self._as_ledger_errors():
            yield self._connection

    def close(self) -> None:
        """Close the file; again does nothing."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _as_ledger_errors(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:
            raise LedgerDamaged(f"{self.path}: SQLite's own message about it cannot be read") from error
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if code == sqlite3.SQLITE_FULL:
                raise LedgerFull(f"{self.path}: no room left on the disk; free some") from error
            if code in _DAMAGED:
                raise LedgerDamaged(f"{self.path}: {error}") from error
            if code in _UNUSABLE:
                raise LedgerUnusable(f"{self.path}: {error}; check the disk and the file's rights") from error
            raise
