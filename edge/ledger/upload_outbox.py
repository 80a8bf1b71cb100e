"""The upload outbox in the ledger: the delivery state of each file of each lesson."""

from __future__ import annotations

from collections.abc import Mapping

from edge.ledger.database import Database
from edge.ledger.lessons import LessonState
from pipelines.delivery.interfaces import DeliveryState, FileState, KnownStore, OutboxItem, StoredFile
from pipelines.receipt.receipt import StoredVerdict


class UploadOutbox:
    """The ``Outbox`` of the uploader, in the ledger's table.

    Raises:
        LedgerError: from every method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def known_store(self) -> KnownStore | None:
        """See Outbox.known_store."""
        with self._database.connection() as connection:
            row = connection.execute("SELECT mark, traits, apart FROM store").fetchone()
        return None if row is None else KnownStore(row[0], row[1], bool(row[2]))

    def use_store(self, store: KnownStore) -> None:
        """See Outbox.use_store: every file that was stored may be in the new one or not, and so may every lesson."""
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM store WHERE mark != ?", (store.mark,)).fetchone():
                connection.execute(
                    "UPDATE outbox SET delivery = ?, sha256 = NULL, stored_size = NULL, tag = NULL WHERE delivery = ?",
                    (DeliveryState.UNSURE, DeliveryState.STORED),
                )
                connection.execute(
                    "UPDATE lessons SET state = ?, stored = ? WHERE state = ? AND id IN (SELECT lesson FROM outbox)",
                    (LessonState.CHECKED, StoredVerdict.PENDING, LessonState.STORED),
                )
            values = (store.mark, store.traits, store.is_apart)
            connection.execute("INSERT OR REPLACE INTO store VALUES (1, ?, ?, ?)", values)

    def oldest_waiting_wall_ns(self) -> int | None:
        """When the oldest lesson that is not stored yet ended, as Unix time; None where that is not known."""
        with self._database.connection() as connection:
            (oldest,) = connection.execute(
                "SELECT MIN(ended_wall_ns) FROM lessons WHERE state IN (?, ?)", (LessonState.ENDED, LessonState.CHECKED)
            ).fetchone()
        return None if oldest is None else int(oldest)

    def is_stored(self, lesson: str) -> bool:
        """See Outbox.is_stored."""
        with self._database.connection() as connection:
            row = connection.execute("SELECT stored FROM lessons WHERE id = ?", (lesson,)).fetchone()
        return row is not None and row[0] == StoredVerdict.YES

    def items(self, lesson: str) -> dict[str, OutboxItem]:
        """See Outbox.items."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT path, size, mtime_ns, delivery, sha256, stored_size, tag FROM outbox WHERE lesson = ?",
                (lesson,),
            ).fetchall()
        return {
            path: OutboxItem(
                FileState(size, mtime_ns),
                DeliveryState(delivery),
                StoredFile(sha256, stored_size, tag) if delivery == DeliveryState.STORED else None,
            )
            for path, size, mtime_ns, delivery, sha256, stored_size, tag in rows
        }

    def mark_pending(self, lesson: str, files: Mapping[str, FileState]) -> None:
        """See Outbox.mark_pending."""
        self._enter(lesson, files, DeliveryState.PENDING)

    def mark_unsure(self, lesson: str, files: Mapping[str, FileState]) -> None:
        """Mark files of which the record was lost: they may be in the store or not."""
        self._enter(lesson, files, DeliveryState.UNSURE)

    def mark_stored(self, lesson: str, path: str, state: FileState, copy: StoredFile) -> None:
        """See Outbox.mark_stored."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO outbox (lesson, path, size, mtime_ns, delivery, sha256, stored_size, tag)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"
                " delivery = excluded.delivery, sha256 = excluded.sha256, stored_size = excluded.stored_size,"
                " tag = excluded.tag, fault = NULL",
                (lesson, path, state.size, state.mtime_ns, DeliveryState.STORED, copy.sha256, copy.size, copy.etag),
            )

    def mark_failed(self, lesson: str, path: str, fault: str) -> None:
        """See Outbox.mark_failed."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET attempts = attempts + 1, fault = ? WHERE lesson = ? AND path = ?",
                (fault, lesson, path),
            )

    def delete_lesson(self, lesson: str) -> None:
        """Delete the files of a lesson: nothing of it is to be sent any more."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM outbox WHERE lesson = ?", (lesson,))

    def faults(self, lesson: str) -> dict[str, tuple[int, str]]:
        """The files whose last try failed: number of tries in all, and the fault's word."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT path, attempts, fault FROM outbox WHERE lesson = ? AND fault IS NOT NULL", (lesson,)
            ).fetchall()
        return {path: (attempts, fault) for path, attempts, fault in rows}

    def _enter(self, lesson: str, files: Mapping[str, FileState], delivery: DeliveryState) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO outbox (lesson, path, size, mtime_ns, delivery) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"
                " delivery = excluded.delivery, sha256 = NULL, stored_size = NULL, tag = NULL",
                [(lesson, path, state.size, state.mtime_ns, delivery) for path, state in files.items()],
            )
