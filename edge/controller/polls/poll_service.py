"""Service for the polls of the running lesson: opened, answered and closed; durable before anybody sees them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from drivers.errors import DeviceMisconfigured
from drivers.samples import ClickerAnswer, LostAnswers, ReceiverEvent
from edge.classroom.lesson_events import (
    LessonAdopted,
    LessonEnded,
    LessonEndTakenBack,
    LessonEvent,
    LessonRejected,
    LessonStarted,
)
from edge.classroom.polls import ClickerPress, Poll, Question, StoredPoll
from edge.controller.fault_registry import LEDGER, FaultRegistry, fault_code
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.ledger.database import LedgerError
from edge.ledger.polls import PollTables, PressBatch

log = logging.getLogger(__name__)

EVENTS = (LessonStarted, LessonAdopted, LessonEndTakenBack, LessonEnded, LessonRejected)
SOURCE = "answers"
"""The source of faults that hold up answers on their way to the ledger."""
# A press later than this after a poll was closed does not belong to it.
LATE_NS = 60_000_000_000
MOST_UNSAVED = 10_000
_RETRY_S = 1.0


class PollRejected(Exception):
    """A command cannot be carried out now: ``word`` says why, as a word or a sentence."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class PollService:
    """Opens and closes polls, and saves answers; everything here belongs to the loop.

    ``polls`` are those of the running lesson, as they are in the ledger: a poll is open once it is durable there, and
    so is an answer. What cannot be saved is retried every second. ``first_number`` returns, in a thread, the least
    number of a lesson's next poll. ``on_closed`` is called with the lesson whenever a poll of it was closed, or has had
    an answer after that. With ``phones`` a room without clickers has polls too.
    """

    def __init__(
        self,
        ledger: PollTables,
        clickers: AsyncClickerBase,
        faults: FaultRegistry,
        boot_id: str,
        school_class: Callable[[], str],
        first_number: Callable[[str], int],
        on_closed: Callable[[str], None],
        *,
        phones: bool = False,
    ) -> None:
        self.lesson: str | None = None
        self.polls: list[StoredPoll] = []
        self._ledger = ledger
        self._clickers = clickers
        self._faults = faults
        self._boot_id = boot_id
        self._school_class = school_class
        self._first_number = first_number
        self._on_closed = on_closed
        self._phones = phones
        self._next_number = 1
        self._is_loaded = True
        self._events: asyncio.Queue[LessonEvent] = asyncio.Queue()
        self._lock = asyncio.Lock()
        self._unsaved: list[PressBatch] = []

    @property
    def unsaved(self) -> int:
        """The number of answers that wait for the disk."""
        return sum(len(one.presses) for one in self._unsaved)

    @property
    def open_poll(self) -> StoredPoll | None:
        """The poll that is open; None if none is."""
        return self.polls[-1] if self.polls and self.polls[-1].poll.is_open else None

    def on_event(self, event: LessonEvent) -> None:
        """Queue an event of the lesson; ``run`` follows it."""
        self._events.put_nowait(event)

    async def run(self) -> None:
        """Follow the lesson, and retry what could not be saved, until cancelled."""
        while True:
            event: LessonEvent | None = None
            with suppress(TimeoutError):
                async with asyncio.timeout(_RETRY_S):
                    event = await self._events.get()
            if event is not None:
                async with self._lock:
                    await self._apply(event)
            if not self._is_loaded:
                async with self._lock:
                    await self._load_polls()
            if self._unsaved:
                await self._save()

    async def open(self, question: Question) -> StoredPoll:
        """Open a poll: ask the class a question.

        Raises:
            PollRejected: there is no clicker base, no lesson, a poll is open, or the ledger cannot be written.
        """
        async with self._lock:
            await self._catch_up()
            if not (self._clickers.base.is_installed or self._phones):
                raise PollRejected("no-clickers")
            if self.lesson is None:
                raise PollRejected("no-lesson")
            if not self._is_loaded:
                raise PollRejected(self._faults.code_of(SOURCE) or LEDGER)
            if self.open_poll is not None:
                raise PollRejected("poll-open")
            try:
                self._clickers.base.ask(question.to_command())
            except DeviceMisconfigured as error:
                raise PollRejected(error.reason) from error
            poll = Poll(self._next_number, question, time.monotonic_ns())
            stored = StoredPoll(self.lesson, self._school_class(), self._boot_id, poll)
            try:
                await self._write(lambda: self._ledger.insert(stored))
            except PollRejected:
                self._clickers.base.stop_asking()
                raise
            self.polls.append(stored)
            self._next_number += 1
            log.info("%s: poll %d is open (%s)", stored.lesson, poll.number, question.kind)
            return stored

    async def close(self, at_ns: int) -> StoredPoll:
        """Close the open poll: what was pressed until ``at_ns`` counts.

        Raises:
            PollRejected: none is open, or the ledger cannot be written.
        """
        async with self._lock:
            await self._catch_up()
            stored = self.open_poll
            if stored is None:
                raise PollRejected("no-poll")
            await self._close(stored, at_ns)
            return stored

    async def award_points(self, team: str, points: int) -> None:
        """Give a group points, or take some away.

        Raises:
            PollRejected: there is no lesson, or the ledger cannot be written.
        """
        async with self._lock:
            await self._catch_up()
            lesson = self.lesson
            if lesson is None:
                raise PollRejected("no-lesson")
            await self._write(lambda: self._ledger.add_points(lesson, team, points))

    async def on_receiver_events(self, events: Sequence[ReceiverEvent]) -> None:
        """Save the answers among these events; on return they are durable, or wait for the disk."""
        async with self._lock:
            await self._catch_up()
            if self.unsaved > MOST_UNSAVED:
                log.error("%d answers wait for the disk: no more are taken", self.unsaved)
                return
            self._unsaved += self._batches_by_poll(events)
        await self._save()

    async def _catch_up(self) -> None:
        while not self._events.empty():
            await self._apply(self._events.get_nowait())
        await self._load_polls()

    async def _apply(self, event: LessonEvent) -> None:
        lesson = None if isinstance(event, LessonEnded | LessonRejected) else event.lesson
        if lesson == self.lesson:
            return
        if self.open_poll is not None:
            try:
                await self._close(self.open_poll, event.at_ns)
            except PollRejected as error:
                log.error("%s: its last poll is closed with the lesson: %s", self.lesson, error.word)
        self._clickers.base.stop_asking()
        self.lesson, self.polls = lesson, []
        self._is_loaded = lesson is None
        if not self._unsaved:
            self._faults.report(SOURCE)
        await self._load_polls()

    async def _load_polls(self) -> None:
        """Load the lesson's polls once the ledger can be read; one that is open there goes on."""
        lesson = self.lesson
        if lesson is None or self._is_loaded:
            return
        try:
            self.polls = await asyncio.to_thread(self._ledger.for_lesson, lesson)
            from_spool = await asyncio.to_thread(self._first_number, lesson)
        except (LedgerError, OSError) as error:
            log.debug("%s: its polls cannot be read yet: %s", lesson, error)
            self._faults.report(SOURCE, fault_code(error))
            return
        self._is_loaded = True
        self._faults.report(SOURCE)
        self._next_number = max([from_spool, *(stored.poll.number + 1 for stored in self.polls)])
        stored = self.open_poll
        if stored is None:
            return
        if stored.boot_id != self._boot_id:
            await self._close(stored, _last_press_ns(stored.poll))
            return
        log.info("%s: poll %d goes on, with %d answers", lesson, stored.poll.number, len(stored.poll.responses))
        try:
            self._clickers.base.ask(stored.poll.question.to_command())
        except DeviceMisconfigured as error:
            log.warning("%s: the class cannot be asked again: %s", lesson, error.reason)

    async def _close(self, stored: StoredPoll, at_ns: int) -> None:
        await self._write(lambda: self._ledger.set_closed(stored.lesson, stored.poll.number, at_ns))
        stored.poll.close(at_ns)
        self._clickers.base.stop_asking()
        log.info("%s: poll %d is closed", stored.lesson, stored.poll.number)
        self._on_closed(stored.lesson)

    async def _write(self, write: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(write)
        except LedgerError as error:
            raise PollRejected(fault_code(error)) from error

    async def _save(self) -> None:
        """Write waiting answers to the ledger, and then add them to their polls."""
        async with self._lock:
            batch = list(self._unsaved)
            if not batch:
                return
            try:
                await asyncio.to_thread(self._ledger.insert_presses, batch)
            except LedgerError as error:
                code = fault_code(error)
                level = logging.DEBUG if code == self._faults.code_of(SOURCE) else logging.ERROR
                log.log(level, "answers wait for the disk: %s", error)
                self._faults.report(SOURCE, code)
                return
            self._faults.report(SOURCE)
            self._unsaved.clear()
            closed = {stored.lesson for stored in self._apply_presses(batch) if not stored.poll.is_open}
        for lesson in closed:
            self._on_closed(lesson)

    def _apply_presses(self, batch: Iterable[PressBatch]) -> list[StoredPoll]:
        shown = []
        for one in batch:
            for stored in self.polls:
                if (stored.lesson, stored.poll.number) == (one.lesson, one.poll):
                    for press in one.presses:
                        stored.poll.add_press(press)
                    stored.poll.lost += one.lost
                    shown.append(stored)
        return shown

    def _batches_by_poll(self, events: Sequence[ReceiverEvent]) -> list[PressBatch]:
        """Group answers by the poll that they belong to; those of no poll are dropped."""
        presses: dict[int, list[ClickerPress]] = {}
        lost: dict[int, int] = {}
        for event in events:
            if isinstance(event, ClickerAnswer) and (stored := self._poll_at(event.captured_ns)) is not None:
                presses.setdefault(stored.poll.number, []).append(ClickerPress.from_answer(event))
            elif isinstance(event, LostAnswers) and (stored := self._poll_at(event.captured_ns)) is not None:
                lost[stored.poll.number] = lost.get(stored.poll.number, 0) + event.answers
        return [
            PressBatch(self.lesson or "", number, presses.get(number, []), lost.get(number, 0))
            for number in sorted(presses.keys() | lost.keys())
        ]

    def _poll_at(self, at_ns: int) -> StoredPoll | None:
        for stored in reversed(self.polls):
            if stored.boot_id == self._boot_id and stored.poll.opened_ns <= at_ns:
                closed_ns = stored.poll.closed_ns
                return stored if closed_ns is None or at_ns <= closed_ns + LATE_NS else None
        return None


def _last_press_ns(poll: Poll) -> int:
    return max([poll.opened_ns, *(response.press.captured_ns for response in poll.responses)])
