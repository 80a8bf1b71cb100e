"""The polls of the lesson that runs: opened, answered and closed, and on the disk before anybody sees it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from drivers.errors import DeviceMisconfigured
from drivers.samples import ClickerAnswer, LostAnswers, ReceiverEvent
from edge.classroom.polls import ClickerPress, Poll, Question, StoredPoll
from edge.classroom.recorder_messages import Activity, AddMarker, DesiredState
from edge.controller.fault_registry import FaultRegistry, fault_code
from edge.controller.polls.async_clicker_base import AsyncClickerBase
from edge.ledger.database import LedgerDamaged, LedgerError
from edge.ledger.polls import LedgerPolls, PressBatch

log = logging.getLogger(__name__)

PART = "polls"
# What is pressed later than this after a poll was closed has nothing to do with it any more.
LATE_NS = 60_000_000_000
MOST_UNSAVED = 10_000
_AGAIN_S = 1.0


class PollRejected(Exception):
    """It cannot be done now: ``word`` says why, in a word or in a sentence."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class PollService:
    """What the ledger has of the running lesson's polls is in ``polls``; everything here belongs to the loop.

    A poll is open when it is in the ledger, and an answer is there when it is. What the disk refuses is tried
    again every second and shown when it is durable; LedgerDamaged is the caller's. ``on_closed`` is called with
    the lesson whenever a poll of it was closed, or has had an answer after that.
    """

    def __init__(
        self,
        ledger: LedgerPolls,
        clickers: AsyncClickerBase,
        troubles: FaultRegistry,
        boot_id: str,
        school_class: Callable[[], str],
        first_number: Callable[[str], int],
        on_closed: Callable[[str], None],
    ) -> None:
        """``first_number`` tells, in a thread, which number a lesson's next poll has at least."""
        self.lesson: str | None = None
        self.polls: list[StoredPoll] = []
        self._ledger = ledger
        self._clickers = clickers
        self._troubles = troubles
        self._boot_id = boot_id
        self._school_class = school_class
        self._first_number = first_number
        self._on_closed = on_closed
        self._next_number = 1
        self._wishes: asyncio.Queue[DesiredState] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._unsaved: list[PressBatch] = []

    @property
    def unsaved(self) -> int:
        """Answers that wait for the disk."""
        return sum(len(heard.presses) for heard in self._unsaved)

    @property
    def open_poll(self) -> StoredPoll | None:
        """The poll that takes answers now."""
        return self.polls[-1] if self.polls and self.polls[-1].poll.is_open else None

    def told(self, message: DesiredState | AddMarker) -> None:
        """The recorder was told this: a lesson begins, goes on, was found, or ends."""
        if isinstance(message, DesiredState):
            self._wishes.put_nowait(message)

    async def run(self) -> None:
        """Follow the lesson, and try again what the disk refused, until cancelled."""
        while True:
            with suppress(TimeoutError):
                wish = await asyncio.wait_for(self._wishes.get(), _AGAIN_S)
                async with self._turn:
                    await self._follow(wish)
            if self._unsaved:
                await self._save()

    async def open(self, question: Question) -> StoredPoll:
        """Ask the class. CannotPoll."""
        async with self._turn:
            await self._catch_up()
            if not self._clickers.base.is_installed:
                raise PollRejected("no-clickers")
            if self.lesson is None:
                raise PollRejected("no-lesson")
            if self.open_poll is not None:
                raise PollRejected("poll-open")
            try:
                self._clickers.base.ask(question.ask())
            except DeviceMisconfigured as error:
                raise PollRejected(error.reason) from error
            poll = Poll(self._next_number, question, time.monotonic_ns())
            held = StoredPoll(self.lesson, self._school_class(), self._boot_id, poll)
            try:
                await self._in_ledger(lambda: self._ledger.open(held))
            except PollRejected:
                self._clickers.base.stop_asking()
                raise
            self.polls.append(held)
            self._next_number += 1
            log.info("%s: poll %d is open (%s)", held.lesson, poll.number, question.kind)
            return held

    async def close(self, at_ns: int) -> StoredPoll:
        """What was pressed until ``at_ns`` counts. CannotPoll."""
        async with self._turn:
            await self._catch_up()
            held = self.open_poll
            if held is None:
                raise PollRejected("no-poll")
            await self._close(held, at_ns)
            return held

    async def give_points(self, team: str, points: int) -> None:
        """A group gets points, or loses some. CannotPoll."""
        async with self._turn:
            await self._catch_up()
            lesson = self.lesson
            if lesson is None:
                raise PollRejected("no-lesson")
            await self._in_ledger(lambda: self._ledger.add_points(lesson, team, points))

    async def hear(self, events: Sequence[ReceiverEvent]) -> None:
        """The base said this; on return it is on the disk, or waits for it."""
        async with self._turn:
            await self._catch_up()
            if self.unsaved > MOST_UNSAVED:
                log.error("%d answers wait for the disk: no more are taken", self.unsaved)
                return
            self._unsaved += self._sorted(events)
        await self._save()

    async def _catch_up(self) -> None:
        while not self._wishes.empty():
            await self._follow(self._wishes.get_nowait())

    async def _follow(self, wish: DesiredState) -> None:
        lesson = wish.lesson if wish.activity is not Activity.IDLE else None
        if lesson == self.lesson:
            return
        if self.open_poll is not None:
            try:
                await self._close(self.open_poll, wish.at_ns)
            except PollRejected as error:
                log.error("%s: its last poll is closed with the lesson: %s", self.lesson, error.word)
        self._clickers.base.stop_asking()
        self.lesson, self.polls = lesson, []
        if lesson is not None:
            await self._find(lesson)

    async def _find(self, lesson: str) -> None:
        """Take up what the ledger has of a lesson; a poll that is open there goes on."""
        try:
            self.polls = await asyncio.to_thread(self._ledger.of, lesson)
            spool_says = await asyncio.to_thread(self._first_number, lesson)
        except LedgerDamaged:
            raise
        except (LedgerError, OSError) as error:
            log.error("%s: its polls cannot be read: %s", lesson, error)
            spool_says = 1
        self._next_number = max([spool_says, *(held.poll.number + 1 for held in self.polls)])
        held = self.open_poll
        if held is None:
            return
        if held.boot_id != self._boot_id:
            await self._close(held, _last_ns(held.poll))
            return
        log.info("%s: poll %d goes on, with %d answers", lesson, held.poll.number, len(held.poll.responses))
        try:
            self._clickers.base.ask(held.poll.question.ask())
        except DeviceMisconfigured as error:
            log.warning("%s: the class cannot be asked again: %s", lesson, error.reason)

    async def _close(self, held: StoredPoll, at_ns: int) -> None:
        await self._in_ledger(lambda: self._ledger.close(held.lesson, held.poll.number, at_ns))
        held.poll.close(at_ns)
        self._clickers.base.stop_asking()
        log.info("%s: poll %d is closed", held.lesson, held.poll.number)
        self._on_closed(held.lesson)

    async def _in_ledger(self, write: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(write)
        except LedgerDamaged:
            raise
        except LedgerError as error:
            raise PollRejected(fault_code(error)) from error

    async def _save(self) -> None:
        """Put what waits on the disk, and then show it."""
        async with self._turn:
            batch = list(self._unsaved)
            if not batch:
                return
            try:
                await asyncio.to_thread(self._ledger.hear, batch)
            except LedgerDamaged:
                raise
            except LedgerError as error:
                trouble = fault_code(error)
                known = trouble in self._troubles.all()
                log.log(logging.DEBUG if known else logging.ERROR, "answers wait for the disk: %s", error)
                self._troubles.say(PART, trouble)
                return
            self._troubles.say(PART, "")
            self._unsaved.clear()
            closed = {held.lesson for held in self._show(batch) if not held.poll.is_open}
        for lesson in closed:
            self._on_closed(lesson)

    def _show(self, batch: Iterable[PressBatch]) -> list[StoredPoll]:
        shown = []
        for heard in batch:
            for held in self.polls:
                if (held.lesson, held.poll.number) == (heard.lesson, heard.poll):
                    for press in heard.presses:
                        held.poll.hear(press)
                    held.poll.lost += heard.lost
                    shown.append(held)
        return shown

    def _sorted(self, events: Sequence[ReceiverEvent]) -> list[PressBatch]:
        """What came, by the poll that it belongs to; what belongs to none is nobody's."""
        presses: dict[int, list[ClickerPress]] = {}
        lost: dict[int, int] = {}
        for event in events:
            if isinstance(event, ClickerAnswer) and (held := self._poll_at(event.captured_ns)) is not None:
                presses.setdefault(held.poll.number, []).append(ClickerPress.of(event))
            elif isinstance(event, LostAnswers) and (held := self._poll_at(event.captured_ns)) is not None:
                lost[held.poll.number] = lost.get(held.poll.number, 0) + event.answers
        return [
            PressBatch(self.lesson or "", number, presses.get(number, []), lost.get(number, 0))
            for number in sorted(presses.keys() | lost.keys())
        ]

    def _poll_at(self, at_ns: int) -> StoredPoll | None:
        for held in reversed(self.polls):
            if held.boot_id == self._boot_id and held.poll.opened_ns <= at_ns:
                closed_ns = held.poll.closed_ns
                return held if closed_ns is None or at_ns <= closed_ns + LATE_NS else None
        return None


def _last_ns(poll: Poll) -> int:
    return max([poll.opened_ns, *(response.press.captured_ns for response in poll.responses)])
