"""The outbox of xAPI statements in the ledger: those that the LRS has not accepted yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.ledger.database import Database


class XapiOutbox:
    """Queue of statements to be sent; methods block for a disk write at most.

    Raises:
        LedgerError: from every method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, statements: Mapping[str, str]) -> None:
        """Queue statements (JSON by id); those that are queued already stay as they are."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO statements (id, body) VALUES (?, ?)", list(statements.items())
            )

    def pending(self, most: int) -> list[tuple[str, str]]:
        """The oldest statements to be sent, at most ``most``: id and JSON."""
        with self._database.connection() as connection:
            return connection.execute(
                "SELECT id, body FROM statements WHERE refused IS NULL ORDER BY number LIMIT ?", (most,)
            ).fetchall()

    def mark_accepted(self, ids: Sequence[str]) -> None:
        """Delete statements that the LRS has."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM statements WHERE id = ?", [(one,) for one in ids])

    def mark_refused(self, statement: str, reason: str) -> None:
        """Keep a statement that the LRS will never accept, with its reason, and do not send it again."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE statements SET refused = ? WHERE id = ?", (reason, statement))

    def pending_count(self) -> int:
        """The number of statements to be sent."""
        with self._database.connection() as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM statements WHERE refused IS NULL").fetchone()
        return int(count)
