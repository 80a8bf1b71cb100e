"""The part that carries out what the rules of the day decide: starts and ends forgotten lessons, and announces that."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, tzinfo

from drivers.samples import Beep
from edge.classroom.day_rules import Act, DayFacts, DayMemory, DayRules, DayStep, EndedByPerson, Outlook, next_step
from edge.classroom.lesson_events import (
    LessonAdopted,
    LessonButtonTapped,
    LessonEnded,
    LessonEndTakenBack,
    LessonEvent,
    LessonMarked,
    LessonPaused,
    LessonResumed,
    LessonStarted,
    StartDeclined,
)
from edge.classroom.timetable import DayPlan
from edge.controller.lesson_service import LessonService
from edge.controller.timetable.trusted_clock import TrustedClock
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonRecord
from edge.link.control_messages import DayHint
from pipelines.journal.entries import Cause

log = logging.getLogger(__name__)

NAME = "scheduler"
EVENTS = (
    LessonAdopted,
    LessonButtonTapped,
    LessonEnded,
    LessonEndTakenBack,
    LessonMarked,
    LessonPaused,
    LessonResumed,
    LessonStarted,
    StartDeclined,
)
_PERIOD_S = 0.5
_ANNOUNCED_NS = 3_000_000_000
_MOST_EVENTS = 64
_BEEPS = {Act.START: Beep.TRIPLE, Act.END: Beep.LONG, Act.LONGEST: Beep.LONG}
# After a power failure the lesson goes on, if the timetable may start it.
_NOBODYS_ENDS = (Cause.PLANNED, Cause.POWER)
_DONE = {
    Act.START: "nobody has begun the lesson: the timetable starts it",
    Act.END: "nobody has ended the lesson: the timetable ends it",
    Act.PROLONG: "somebody is there: the lesson may last longer than the longest length",
}


class LessonScheduler:
    """Owns what the rules remember. ``plan`` is today's, None where there is none.

    What they must know of the time before this process (when the running lesson began, what a person ended) comes from
    the ledger; until that could be read nothing follows the timetable.
    """

    def __init__(
        self,
        rules: DayRules,
        service: LessonService,
        plan: Callable[[], DayPlan | None],
        clock: TrustedClock,
        ledger: Ledger,
        zone: tzinfo,
    ) -> None:
        self.hint: DayHint | None = None
        self._rules = rules
        self._service = service
        self._plan = plan
        self._clock = clock
        self._ledger = ledger
        self._zone = zone
        self._memory = DayMemory()
        self._began_ns: dict[str, int] = {}
        self._records: dict[str, LessonRecord] | None = None
        self._last_ended: LessonRecord | None = None
        self._events: deque[LessonEvent] = deque(maxlen=_MOST_EVENTS)
        self._wake = asyncio.Event()

    def on_event(self, event: LessonEvent) -> None:
        """Take note; ``run`` does what follows from it."""
        if isinstance(event, LessonStarted):
            self._began_ns = {event.lesson: event.at_ns}
        self._events.append(event)
        self._wake.set()

    async def run(self) -> None:
        """Follow the day until cancelled.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        while True:
            self._wake.clear()
            if self._records is None and self._ledger.is_open:
                self._read(await asyncio.to_thread(self._ledger.lessons.all))
            self._step()
            with suppress(TimeoutError):
                async with asyncio.timeout(_PERIOD_S):
                    await self._wake.wait()

    def _read(self, records: list[LessonRecord]) -> None:
        """Learn what happened before this process: when lessons began, and the last end that a person meant."""
        self._records = {record.id: record for record in records}
        ended = [record for record in records if record.ended_wall_ns and record.cause not in _NOBODYS_ENDS]
        self._last_ended = max(ended, key=lambda record: record.ended_wall_ns or 0, default=None)

    def _step(self) -> None:
        facts = self._facts()
        if facts.wall is not None and self._memory.ended is None:
            self._memory = replace(self._memory, ended=self._last_end(facts))
        events = [*self._events]
        self._events.clear()
        step = next_step(self._memory, events, facts, self._plan(), self._rules)
        self._memory = step.memory
        self._announce(step)
        self.hint = _hint(step.outlook, self._zone)
        if step.act is not None:
            log.info("%s: %s", facts.lesson or "no lesson", _DONE[step.act])
            self._carry_out(step.act)

    def _carry_out(self, act: Act) -> None:
        lesson = self._service.lesson
        match act:
            case Act.START:
                self._service.execute_planned(lesson.start_as_planned)
            case Act.END:
                self._service.execute_planned(lesson.set_planned_end)
            case Act.PROLONG:
                self._service.execute_planned(lambda _: lesson.prolong())

    def _announce(self, step: DayStep) -> None:
        outlook = step.outlook
        if outlook is not None and outlook.is_warned:
            self._service.announce(_BEEPS[outlook.act] if step.is_new_warning else None, _ANNOUNCED_NS)
        elif self._service.is_announcing:
            self._service.announce(Beep.SHORT if step.is_acknowledged else None, 0)

    def _facts(self) -> DayFacts:
        lesson, recorder = self._service.lesson, self._service.recorder
        now_ns, wall = time.monotonic_ns(), None if self._records is None else self._clock.now()
        is_ours = recorder is not None and recorder.lesson == lesson.lesson
        return DayFacts(
            at_ns=now_ns,
            wall=wall,
            phase=lesson.phase,
            lesson=lesson.lesson,
            began_ns=self._began(lesson.lesson, now_ns, wall),
            lesson_time_s=recorder.lesson_time_ns / 1e9 if recorder is not None and is_ours else 0.0,
            longest_s=(lesson.desired.longest_s or 0) if lesson.desired is not None and is_ours else 0,
            silent_s=recorder.speech.silent_s if recorder is not None and is_ours and recorder.speech else None,
            can_act=recorder is not None and not self._service.is_powering_off,
        )

    def _began(self, lesson: str | None, now_ns: int, wall: datetime | None) -> int | None:
        """When a lesson began: seen by this process, or known to the ledger."""
        if lesson is None or lesson in self._began_ns:
            return self._began_ns.get(lesson or "")
        record = (self._records or {}).get(lesson)
        return _moment(record.began_wall_ns, now_ns, wall) if record is not None else None

    def _last_end(self, facts: DayFacts) -> EndedByPerson | None:
        """The last end before this process that was not the timetable's own."""
        last = self._last_ended
        at_ns = _moment(last.ended_wall_ns, facts.at_ns, facts.wall) if last is not None else None
        if last is None or at_ns is None:
            return None
        return EndedByPerson(at_ns, _moment(last.began_wall_ns, facts.at_ns, facts.wall))


def _moment(wall_ns: int | None, now_ns: int, wall: datetime | None) -> int | None:
    """A wall time as CLOCK_MONOTONIC; before this boot it is less than 0."""
    return None if wall_ns is None or wall is None else now_ns - round(wall.timestamp() * 1e9) + wall_ns


def _hint(outlook: Outlook | None, zone: tzinfo) -> DayHint | None:
    """What is worth saying: a longest lesson only when it is about to be over."""
    if outlook is None or (outlook.act is Act.LONGEST and not outlook.is_warned):
        return None

    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone).replace(microsecond=0)

    return DayHint(
        act=outlook.act,
        at=local(outlook.at),
        at_latest=local(outlook.at_latest),
        is_announced=outlook.is_warned,
        title=outlook.lesson.title if outlook.lesson else "",
    )
