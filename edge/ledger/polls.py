"""The tables of polls and clicker presses in the ledger; responses are evaluated again from the presses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from drivers.samples import AnswerForm
from edge.classroom.polls import ClickerPress, Poll, PollKind, Question, StoredPoll
from edge.ledger.database import Database


@dataclass(frozen=True, slots=True)
class PressBatch:
    """What the clicker base delivered for one poll: presses in their order, and how many are lost by its own count."""

    lesson: str
    poll: int
    presses: Sequence[ClickerPress]
    lost: int = 0


class PollTables:
    """Reads and writes the tables of polls, presses and group scores; methods block for a disk write at most.

    Raises:
        LedgerError: from every method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, stored: StoredPoll) -> None:
        """Insert a poll that opens."""
        poll, question = stored.poll, stored.poll.question
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO polls (lesson, number, kind, choices, text, answer, class, boot_id, opened_ns)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (stored.lesson, poll.number, *astuple(question), stored.school_class, stored.boot_id, poll.opened_ns),
            )

    def set_closed(self, lesson: str, number: int, at_ns: int) -> None:
        """Set when a poll was closed; one that is closed already stays as it is."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE polls SET closed_ns = MAX(?, opened_ns) WHERE lesson = ? AND number = ? AND closed_ns IS NULL",
                (at_ns, lesson, number),
            )

    def insert_presses(self, batches: Iterable[PressBatch]) -> None:
        """Insert presses; all of them are durable on return, in one transaction."""
        with self._database.transaction() as connection:
            for batch in batches:
                connection.executemany(
                    "INSERT INTO presses (lesson, poll, captured_ns, device, form, text, sequence, ticks)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [(batch.lesson, batch.poll, *astuple(press)) for press in batch.presses],
                )
                if batch.lost:
                    connection.execute(
                        "UPDATE polls SET lost = lost + ? WHERE lesson = ? AND number = ?",
                        (batch.lost, batch.lesson, batch.poll),
                    )

    def for_lesson(self, lesson: str) -> list[StoredPoll]:
        """Read the polls of a lesson in their order, with their presses."""
        with self._database.connection() as connection:
            polls = connection.execute(
                "SELECT number, kind, choices, text, answer, class, boot_id, opened_ns, closed_ns, lost"
                " FROM polls WHERE lesson = ? ORDER BY number",
                (lesson,),
            ).fetchall()
            presses = connection.execute(
                "SELECT poll, captured_ns, device, form, text, sequence, ticks"
                " FROM presses WHERE lesson = ? ORDER BY number",
                (lesson,),
            ).fetchall()
        pressed: dict[int, list[ClickerPress]] = {}
        try:
            for poll, captured_ns, device, form, text, sequence, ticks in presses:
                press = ClickerPress(captured_ns, device, AnswerForm(form), text, sequence, ticks)
                pressed.setdefault(poll, []).append(press)
            return [_stored_poll(lesson, row, pressed.get(row[0], [])) for row in polls]
        except ValueError as error:
            raise self._database.mark_damaged(f": a poll of {lesson} makes no sense: {error}") from error

    def add_points(self, lesson: str, team: str, points: int) -> None:
        """Give a group points; negative ones are taken from it."""
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO scores (lesson, team, points) VALUES (?, ?, ?)", (lesson, team, points))

    def points(self, lesson: str) -> dict[str, int]:
        """The sum of the points of each group in a lesson."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT team, SUM(points) FROM scores WHERE lesson = ? GROUP BY team ORDER BY team", (lesson,)
            ).fetchall()
        return dict(rows)

    def delete_lesson(self, lesson: str) -> None:
        """Delete the polls of a lesson that has left this box, its polls.json included."""
        with self._database.transaction() as connection:
            for table in ("polls", "presses", "scores"):
                connection.execute(f"DELETE FROM {table} WHERE lesson = ?", (lesson,))


_Row = tuple[int, str, int, str, str, str, str, int, int | None, int]


def _stored_poll(lesson: str, row: _Row, presses: Iterable[ClickerPress]) -> StoredPoll:
    number, kind, choices, text, answer, school_class, boot_id, opened_ns, closed_ns, lost = row
    poll = Poll(number, Question(PollKind(kind), choices, text, answer), opened_ns)
    if closed_ns is not None:
        poll.close(closed_ns)
    for press in presses:
        poll.add_press(press)
    poll.lost = lost
    return StoredPoll(lesson, school_class, boot_id, poll)
