"""The outbox of xAPI statements in the ledger: those that the LRS has not accepted yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.ledger.database import Database


class XapiOutbox:
    """The outbox of statements. Methods block for a disk write at most; LedgerError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, statements: Mapping[str, str]) -> None:
        """These are to be sent, by their ids, as JSON; those that wait already are left as they are."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO statements (id, body) VALUES (?, ?)", list(statements.items())
            )

    def pending(self, most: int) -> list[tuple[str, str]]:
        """The oldest of those to be sent: id and JSON."""
        with self._database.connection() as connection:
            return connection.execute(
                "SELECT id, body FROM statements WHERE refused IS NULL ORDER BY number LIMIT ?", (most,)
            ).fetchall()

    def mark_accepted(self, ids: Sequence[str]) -> None:
        """The LRS has them."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM statements WHERE id = ?", [(one,) for one in ids])

    def mark_refused(self, statement: str, reason: str) -> None:
        """The LRS will never take this one: it is kept, with the reason, and not sent again."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE statements SET refused = ? WHERE id = ?", (reason, statement))

    def pending_count(self) -> int:
        """How many are still to be sent."""
        with self._database.connection() as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM statements WHERE refused IS NULL").fetchone()
        return int(count)
