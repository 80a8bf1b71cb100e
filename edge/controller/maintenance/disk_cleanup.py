"""Cleanup of the spool's disk: stored lessons make room for the next one; remaining hours are computed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge.classroom.lesson_events import LessonDescribed, LessonEvent, LessonRejected, LessonRemoved, LessonStored
from edge.controller.fault_registry import SPOOL_DISK, FaultRegistry, fault_code
from edge.controller.maintenance import lesson_deletion
from edge.ledger.database import LedgerError
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonState
from edge.link.control_messages import DiskStatus
from pipelines import system_clocks
from pipelines.delivery.errors import StoreError
from pipelines.delivery.retention import StoredLesson, removal_order
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.files import disk
from pipelines.receipt import receipt
from pipelines.recording.storage_budget import StorageDemand, hours_left

log = logging.getLogger(__name__)

NOT_REMOVABLE = "not-removable"
"""The fault code for a stored lesson that cannot be deleted."""

EVENTS = (LessonStored, LessonRejected)
_CHECK_S = 10.0
# Where there is not room enough, somebody may be making some.
_CHECK_AGAIN_S = 5.0
# Lessons are looked at when something has changed, and after this all the same.
_LOOK_AGAIN_S = 600.0
_ASK_AGAIN_S = 60.0
_LONGEST_LOOK_S = 600.0
_DAY_NS = 86_400_000_000_000
_MEASURED_LESSONS = 3
_MIN_MEASURED_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class SpaceNeeds:
    """What the running or next lesson needs; ``busy`` are lessons that must not be removed."""

    demand: StorageDemand
    busy: Set[str]


class DiskCleanup:
    """Checks the spool's disk every few seconds, and makes room where there is not enough.

    It looks at the lessons only when something has changed: an event, what is busy, or after a while. All that touches
    the disk is in threads. ``tables`` is where the tables with names lie. ``needs`` says what to have room for.
    ``remaining`` is None until the disk has answered. ``deleting`` is held while lessons are removed. ``faults``
    is told where there is not room enough, and what the disk or the ledger would not do. ``missing_from_copy`` looks
    for every file of a lesson in the store before it goes (StoreError: it does not answer; None: there is no store that
    could stand in for this box).
    """

    def __init__(
        self,
        spool: Path,
        tables: Path,
        ledger: Ledger,
        keep_days: int,
        needs: Callable[[], SpaceNeeds],
        faults: FaultRegistry,
        missing_from_copy: Callable[[str], Awaitable[list[str] | None]],
        publish: Callable[[LessonEvent], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.remaining: DiskStatus | None = None
        self.deleting = asyncio.Lock()
        self._fault = ""
        self._faults = faults
        self._spool = spool
        self._tables = tables
        self._ledger = ledger
        self._keep_ns = keep_days * _DAY_NS
        self._needs = needs
        self._missing_from_copy = missing_from_copy
        self._publish = publish
        self._monotonic = monotonic
        self._due = asyncio.Event()
        self._has_finished_interrupted = False
        self._has_news = True
        self._busy_then: Set[str] = frozenset()
        self._look_again_at = 0.0
        self._rates_bps: dict[str, float | None] = {}
        self._told: dict[str, str] = {}

    def on_event(self, _event: LessonEvent) -> None:
        """Check at once: a lesson can be removed by now, or one did not fit."""
        self._has_news = True
        self._due.set()

    async def run(self) -> None:
        """Check again and again until cancelled."""
        while True:
            self._due.clear()
            await self.check()
            with suppress(TimeoutError):
                async with asyncio.timeout(_CHECK_AGAIN_S if self._fault else _CHECK_S):
                    await self._due.wait()

    async def check(self) -> None:
        """Check the disk, and make room where there is not enough."""
        needs = self._needs()
        try:
            if not self._has_finished_interrupted:
                await self._finish_interrupted()
            fault = await asyncio.to_thread(self._measure, needs.demand)
            if fault != disk.READ_ONLY and self._is_time_to_look(needs):
                # What is known is told before, since a store may take its time.
                self._report(fault)
                async with self.deleting:
                    await self._make_room(needs)
                fault = await asyncio.to_thread(self._measure, needs.demand)
        except (OSError, LedgerError) as error:
            # What is missing on the disk weighs more than that nothing can be removed from it.
            self._look_again_at = self._monotonic() + _ASK_AGAIN_S
            fault = await self._measured_fault(needs.demand) or fault_code(error)
        self._report(fault)

    def _report(self, fault: str) -> None:
        if fault and fault != self._fault:
            log.warning("room for lessons: %s", fault)
        elif self._fault and not fault:
            log.info("there is room for lessons again")
        self._fault = fault
        self._faults.report(SPOOL_DISK, fault)

    async def _measured_fault(self, demand: StorageDemand) -> str:
        try:
            return await asyncio.to_thread(self._measure, demand)
        except OSError as error:
            return fault_code(error)

    def _is_time_to_look(self, needs: SpaceNeeds) -> bool:
        if self.remaining is None or self.remaining.free_bytes >= needs.demand.required_bytes():
            self._look_again_at = 0.0
            return False
        is_time = self._has_news or needs.busy != self._busy_then or self._monotonic() >= self._look_again_at
        self._has_news, self._busy_then = False, needs.busy
        return is_time

    async def _make_room(self, needs: SpaceNeeds) -> None:
        """Remove stored lessons until the next one fits at its full quality; what cannot go is named and stays."""
        wanted = needs.demand.required_bytes()
        self._look_again_at = self._monotonic() + _LOOK_AGAIN_S
        refused = await self._finish_interrupted()
        for lesson in await asyncio.to_thread(self._removal_order, needs.busy):
            if (await asyncio.to_thread(disk.read_space, self._spool)).free_bytes >= wanted:
                break
            try:
                if await self._may_go(lesson):
                    delete = lesson_deletion.delete_lesson
                    if await asyncio.to_thread(delete, self._spool, self._tables, self._ledger, lesson):
                        self._publish(LessonRemoved(lesson, time.monotonic_ns()))
                    self._told.pop(lesson, None)
            except OSError as error:
                refused[lesson] = str(error)
            except (StoreError, TimeoutError) as error:
                # The store is asked again before long, as room is needed.
                self._look_again_at = self._monotonic() + _ASK_AGAIN_S
                log.warning("room for lessons: the store was not asked for %s: %s", lesson, error or "no answer")
                break
        for lesson, why in refused.items():
            self._tell(lesson, f"it cannot be removed from this box, and others are instead: {why}")
        self._faults.report(NOT_REMOVABLE, NOT_REMOVABLE if refused else "")

    async def _finish_interrupted(self) -> dict[str, str]:
        finish = lesson_deletion.finish_interrupted
        resisting = await asyncio.to_thread(finish, self._spool, self._tables, self._ledger)
        self._has_finished_interrupted = True
        return resisting

    def _removal_order(self, busy: Set[str]) -> list[str]:
        now_wall_ns = time.time_ns() if system_clocks.is_synchronised() else None
        stored = [
            StoredLesson(lesson.id, lesson.ended_wall_ns)
            for lesson in self._ledger.lessons.in_state(LessonState.STORED)
            if lesson.id not in busy and (self._spool / lesson.id).is_dir()
        ]
        return removal_order(stored, self._keep_ns, now_wall_ns)

    async def _may_go(self, lesson: str) -> bool:
        """Whether every file of a lesson is in the store, as it is here, and was seen there now."""
        if not await asyncio.to_thread(lesson_deletion.verify_stored, self._spool, self._ledger, lesson):
            self._tell(lesson, "it has files that are not stored as they are here, and stays on this box")
            return False
        async with asyncio.timeout(_LONGEST_LOOK_S):
            missing = await self._missing_from_copy(lesson)
        if missing:
            names = ", ".join(missing[:3])
            log.error("%s: the store has lost %d files (%s); it stays and they go again", lesson, len(missing), names)
            await asyncio.to_thread(self._requeue, lesson, missing)
            self._publish(LessonDescribed(lesson, time.monotonic_ns()))
        elif missing is None:
            self._tell(lesson, "it stays, since the store is none, or lies on the same disk")
        return missing == []

    def _requeue(self, lesson: str, missing: Sequence[str]) -> None:
        self._ledger.lessons.set_lost(lesson)
        states = scan_lesson_folder(self._spool / lesson)
        self._ledger.outbox.mark_pending(lesson, {path: states[path] for path in missing if path in states})

    def _tell(self, lesson: str, what: str) -> None:
        if self._told.get(lesson) != what:
            self._told[lesson] = what
            log.error("%s: %s", lesson, what)

    def _measure(self, demand: StorageDemand) -> str:
        """Measure ``remaining``; the fault code where that is not enough."""
        space = disk.read_space(self._spool)
        if space.is_read_only:
            return disk.READ_ONLY
        hours = hours_left(space.free_bytes, demand.reserve_bytes, self._bits_per_second(demand))
        self.remaining = DiskStatus(
            total_bytes=space.total_bytes, free_bytes=space.free_bytes, hours_left=round(hours, 1)
        )
        share = demand.bitrate_share(space.free_bytes)
        return disk.NO_ROOM if share is None else disk.LOW if share < 1 else ""

    def _bits_per_second(self, demand: StorageDemand) -> float:
        """The mean bit rate of the last lessons, by their receipts; that of the config where there are none."""
        rates: list[float] = []
        try:
            lessons = self._ledger.lessons.all()
        except LedgerError:
            lessons = []
        for lesson in reversed(lessons):
            if lesson.id not in self._rates_bps and lesson.recording is not None:
                self._rates_bps[lesson.id] = _rate_bps(self._spool / lesson.id)
            if (rate := self._rates_bps.get(lesson.id)) is not None:
                rates.append(rate)
            if len(rates) == _MEASURED_LESSONS:
                break
        return sum(rates) / len(rates) if rates else demand.bits_per_second


def _rate_bps(folder: Path) -> float | None:
    """A lesson's bit rate by its receipt; None where there is none, or the lesson was too short."""
    try:
        found = receipt.read_receipt(folder)
    except (OSError, ValueError):
        return None
    if found is None or found.lesson_time_ns < _MIN_MEASURED_NS:
        return None
    return sum(track.bytes for track in found.tracks) * 8e9 / found.lesson_time_ns
