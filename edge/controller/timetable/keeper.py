"""Keeper of the timetable: fetches it, keeps the last good version, and has the plan of today ready for everybody."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

from edge.classroom.lesson_events import LessonEvent
from edge.classroom.timetable import DayPlan, ScheduledLesson, lesson_next, lesson_now
from edge.config.timetable_settings import TimetableConfig
from edge.controller.fault_registry import TIMETABLE, FaultRegistry
from edge.controller.timetable.last_good import LastGood
from edge.controller.timetable.lesson_subjects import LessonSubjects
from edge.controller.timetable.planned_days import PlannedDays
from edge.controller.timetable.source import Fetched, SourceUnreachable, Validators, fetch_url, read_file
from edge.controller.timetable.trusted_clock import TrustedClock
from edge.link.timetable_messages import DayStatus, day_status
from edge.school import timetable_reader_process
from edge.school.expansion_messages import ExpandedTimetable
from edge.school.import_problems import InvalidTimetable
from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

NAME = TIMETABLE
UNREADABLE, UNREACHABLE = "timetable-unreadable", "timetable-unreachable"
UNKNOWN_YEAR, NO_CLOCK = "timetable-holidays", "timetable-clock"

LONGEST_CHECK_S = 150.0
"""How long a call may take: longer than the child that reads a file, beside a lesson on a slow box."""

IMPORTED = "import"
# A bell is heard within a second, and a clock that is set is noticed soon.
_LONGEST_WAIT_S = 5.0
_FILE_PERIOD_S = 60.0
_RETRY_S = (30.0, 1800.0)
# The network of a village school may be away for a day, and the timetable does not change so often.
_UNREACHED_S = 86_400.0
# A box that starts without a network waits for the time for a while; after that somebody has to look.
_CLOCK_PATIENCE_S = 300.0

Expand = Callable[..., Awaitable[ExpandedTimetable]]


class TimetableKeeper:
    """Owns the timetable; belongs to the event loop. ``folder`` is where the last good version lies.

    ``status`` and ``plan`` (today's) are made when something changes, and only read by others. Both are None where
    there is no timetable; ``plan`` also while the box does not know the time.
    """

    def __init__(
        self,
        config: TimetableConfig,
        folder: Path,
        faults: FaultRegistry,
        clock: TrustedClock,
        subjects: LessonSubjects,
        expand: Expand = timetable_reader_process.expand,
    ) -> None:
        self.status: DayStatus | None = None
        self.plan: DayPlan | None = None
        self._config = config
        self._days = PlannedDays(config)
        self._last_good = LastGood(folder)
        self._faults = faults
        self._clock = clock
        self._subjects = subjects
        self._expand = expand
        where = config.url or config.file
        self._origin = hashlib.sha256(where.encode()).hexdigest()[:16] if where else IMPORTED
        self._reading, self._changing = asyncio.Lock(), asyncio.Lock()
        self._source: Fetched | None = None
        self._timetable: ExpandedTimetable | None = None
        self._read_for: date | None = None
        self._refused: bytes | None = None
        self._is_broken = False
        self._unreached_since_s: float | None = None
        self._began_s: float | None = None
        self._at_s = self._due_s = self._read_due_s = 0.0
        self._wake = asyncio.Event()
        self._backoff, self._read_backoff = BackOff(*_RETRY_S), BackOff(*_RETRY_S)
        self._planned: tuple[object, ...] = ()

    @property
    def is_imported(self) -> bool:
        """Whether the timetable is what was imported, since the config names no source."""
        return self._origin == IMPORTED

    def on_event(self, event: LessonEvent) -> None:
        """A lesson began: find out which one it is."""
        self._subjects.on_event(event)
        self._wake.set()

    def on_network(self) -> None:
        """The network is back: try again if that is what was missing."""
        if self._unreached_since_s is not None:
            self._due_s = 0.0
            self._wake.set()

    async def run(self) -> None:
        """Keep the timetable until cancelled.

        Raises:
            OSError: the disk refuses.
        """
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            wait_s = await self.look(loop.time())
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def look(self, at_s: float) -> float:
        """Do what is due at ``at_s``, a monotonic time; how long to wait then, in seconds.

        Raises:
            OSError: the disk refuses.
        """
        self._at_s = at_s
        if self._began_s is None:
            self._source = await asyncio.to_thread(self._last_good.read, self._origin)
            self._began_s = at_s
        local = await self._plan_today()
        if not self.is_imported and at_s >= self._due_s:
            await self._fetch()
            local = await self._plan_today()
        return self._wait_s(local)

    async def _plan_today(self) -> datetime:
        """Have the plan of today by what is known of the timetable; the local time."""
        now = self._clock.now()
        local = (now or datetime.now(self._days.zone)).astimezone(self._days.zone)
        if self._read_for != local.date() and self._at_s >= self._read_due_s:
            await self._read_again(local.date())
        self._plan(now and local)
        self._report(local.date(), is_time_known=now is not None)
        if self.plan is not None:
            self._subjects.resolve(self.plan, self._clock.at)
        return local

    async def import_file(self, name: str, data: bytes) -> str:
        """Use a file as the timetable from now on; the reason why not, empty where it is used.

        Raises:
            OSError: it cannot be kept.
        """
        if not self.is_imported:
            return "timetable-configured"
        fetched = Fetched(Path(name).name or NAME, data)
        if not await self._accept(fetched):
            return UNREADABLE
        self._wake.set()
        return ""

    async def show(self, day: date) -> DayStatus | None:
        """The plan of any day, now and next left out; None where there is no timetable.

        Raises:
            InvalidTimetable: that day cannot be read.
        """
        if self._source is None or self._timetable is None:
            return None
        timetable = await self._expanded(self._source, day)
        return day_status(self._days.plan(day, timetable), None, None, is_stale=self._is_stale())

    async def _fetch(self) -> None:
        """Fetch the file where it has changed, and use it if it is good."""
        try:
            if self._config.url:
                known = self._source.validators if self._source else Validators()
                fetched = await fetch_url(self._config.url, known, allow_http=self._config.allow_http)
                period_s = self._config.refresh_min * 60.0
            else:
                fetched = await read_file(Path(self._config.file), self._source.data if self._source else None)
                period_s = _FILE_PERIOD_S
        except SourceUnreachable as error:
            if self._unreached_since_s is None:
                self._unreached_since_s = self._at_s
                log.warning("the timetable is not reached: %s", error)
            self._due_s = self._at_s + self._backoff.next_delay_s()
            return
        self._unreached_since_s, self._due_s = None, self._at_s + period_s
        self._backoff.reset()
        if fetched is None or (self._source is not None and fetched.data == self._source.data):
            self._refused = None
        elif fetched.data != self._refused and not await self._accept(fetched):
            self._refused = fetched.data

    async def _accept(self, fetched: Fetched) -> bool:
        """Use a new version, if it can be read; the last good one stays where it cannot."""
        today = (self._clock.now() or datetime.now(self._days.zone)).astimezone(self._days.zone).date()
        async with self._changing:
            try:
                timetable = await self._expanded(fetched, today)
            except InvalidTimetable as wrong:
                log.error("a timetable cannot be used, and the last good one stays: %s", wrong.report("en"))
                return False
            await asyncio.to_thread(self._last_good.write, self._origin, fetched)
            self._source, self._refused = fetched, None
            self._has_read(timetable, today)
        log.info("the timetable is that of %s", fetched.name)
        return True

    async def _read_again(self, today: date) -> None:
        """Read the present version for another day; where that fails what was read of it before stays for a while.

        What takes too long on a box that is busy, as when it starts, does not on one that is not.
        """
        async with self._changing:
            if self._source is None or self._read_for == today:
                return
            try:
                self._has_read(await self._expanded(self._source, today), today)
            except InvalidTimetable as wrong:
                self._is_broken = True
                self._read_due_s = self._at_s + self._read_backoff.next_delay_s()
                log.error("the timetable cannot be read any more: %s", wrong.report("en"))

    def _has_read(self, timetable: ExpandedTimetable, today: date) -> None:
        self._timetable, self._read_for, self._read_due_s = timetable, today, 0.0
        self._is_broken, self._planned = False, ()
        self._read_backoff.reset()

    async def _expanded(self, source: Fetched, day: date) -> ExpandedTimetable:
        days = self._days
        async with self._reading:
            return await self._expand(
                source.name, source.data, days.days_around(day), self._config.time_zone, days.term_start
            )

    def _plan(self, now: datetime | None) -> None:
        """Make plan and status anew, if today, the lesson or what is known has changed since they were made."""
        if self._timetable is None:
            return
        if now is None:
            self.plan, self.status, self._planned = None, DayStatus(is_stale=self._is_stale()), ()
            return
        if self.plan is None or self.plan.date != now.date() or not self._planned:
            self.plan = self._days.plan(now.date(), self._timetable)
        at = (_index(self.plan, lesson_now(self.plan, now)), _index(self.plan, lesson_next(self.plan, now)))
        planned = (self.plan, *at, self._is_stale())
        if planned != self._planned:
            self._planned = planned
            self.status = day_status(self.plan, *at, is_stale=self._is_stale())

    def _is_stale(self) -> bool:
        return self._is_unreadable() or self._is_unreached()

    def _is_unreadable(self) -> bool:
        return self._refused is not None or self._is_broken

    def _is_unreached(self) -> bool:
        """Whether the source is away for too long: a file at once, an address after a day where there is a version."""
        since_s = self._unreached_since_s
        if since_s is None:
            return False
        is_urgent = self._timetable is None or not self._config.url
        return is_urgent or self._at_s - since_s > _UNREACHED_S

    def _report(self, today: date, *, is_time_known: bool) -> None:
        codes = [UNREADABLE if self._is_unreadable() else "", UNREACHABLE if self._is_unreached() else ""]
        if self._timetable is not None:
            waited_s = self._at_s - (self._began_s or 0.0)
            codes.append("" if is_time_known or waited_s < _CLOCK_PATIENCE_S else NO_CLOCK)
            codes.append("" if not is_time_known or self._days.knows_holidays(today) else UNKNOWN_YEAR)
        self._faults.report(NAME, *codes)

    def _wait_s(self, now: datetime) -> float:
        """The time to the next bell or to midnight, if that comes soon."""
        edges = [datetime.combine(now.date() + timedelta(days=1), time(), self._days.zone)]
        if self.plan is not None:
            edges += [edge for lesson in self.plan.lessons for edge in (lesson.start, lesson.end) if edge > now]
        return min(_LONGEST_WAIT_S, max(0.0, (min(edges) - now).total_seconds()) + 0.01)


def _index(plan: DayPlan, lesson: ScheduledLesson | None) -> int | None:
    return None if lesson is None else plan.lessons.index(lesson)
