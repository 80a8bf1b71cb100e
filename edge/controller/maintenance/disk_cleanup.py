"""Cleanup of the spool's disk: stored lessons make room for the next one; remaining hours are computed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge.classroom.lesson_events import LessonDescribed, LessonEvent, LessonRejected, LessonStored
from edge.controller.fault_registry import SPOOL_DISK, FaultRegistry, fault_code
from edge.controller.maintenance import lesson_deletion
from edge.ledger.database import LedgerError
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonRecord, LessonState
from edge.link.control_messages import DiskStatus
from pipelines import system_clocks
from pipelines.delivery.errors import StoreError
from pipelines.delivery.retention import SpaceGoals, SpooledLesson, lessons_to_remove
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.files import disk
from pipelines.receipt import receipt
from pipelines.recording.storage_budget import MIN_BITRATE_SHARE, StorageDemand, hours_left

log = logging.getLogger(__name__)

EVENTS = (LessonStored, LessonRejected)
_CHECK_S = 10.0
# Where there is not room enough, somebody may be making some.
_CHECK_AGAIN_S = 5.0
# Room is not made later because a store does not answer.
_STORE_TIMEOUT_S = 5.0
_DAY_NS = 86_400_000_000_000
_MEASURED_LESSONS = 3
_MIN_MEASURED_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class SpaceNeeds:
    """What the running or next lesson needs; ``busy`` are lessons that must not be removed."""

    demand: StorageDemand
    busy: Set[str]


class DiskCleanup:
    """Checks the spool's disk every few seconds, and at once when a lesson was stored or did not fit.

    All that touches the disk is in threads. ``tables`` is where the tables with names lie. ``needs`` says what to have
    room for. ``left`` is None until the disk has answered. ``faults`` is told where there is not room enough, and what
    the disk or the ledger would not do. ``store_has`` asks the store once more before a lesson goes (StoreError; None:
    there is none to ask).
    """

    def __init__(
        self,
        spool: Path,
        tables: Path,
        ledger: Ledger,
        keep_days: int,
        needs: Callable[[], SpaceNeeds],
        faults: FaultRegistry,
        store_has: Callable[[str], Awaitable[bool | None]],
        publish: Callable[[LessonEvent], None],
    ) -> None:
        self.remaining: DiskStatus | None = None
        self._fault = ""
        self._faults = faults
        self._spool = spool
        self._tables = tables
        self._ledger = ledger
        self._keep_ns = keep_days * _DAY_NS
        self._needs = needs
        self._store_has = store_has
        self._publish = publish
        self._due = asyncio.Event()
        self._rates_bps: dict[str, float | None] = {}
        self._mismatched: set[str] = set()

    def on_event(self, _event: LessonEvent) -> None:
        """Check at once: a lesson can be removed by now, or one did not fit."""
        self._due.set()

    async def run(self) -> None:
        """Check again and again until cancelled."""
        while True:
            self._due.clear()
            await self.check()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), _CHECK_AGAIN_S if self._fault else _CHECK_S)

    async def check(self) -> None:
        """Check the disk, and make room where there is not enough."""
        try:
            fault = await self._make_room(self._needs())
        except (OSError, LedgerError) as error:
            fault = fault_code(error)
        if fault and fault != self._fault:
            log.warning("room for lessons: %s", fault)
        elif self._fault and not fault:
            log.info("there is room for lessons again")
        self._fault = fault
        self._faults.report(SPOOL_DISK, fault)

    async def _make_room(self, needs: SpaceNeeds) -> str:
        """Remove what must go; the fault code for what is still wrong, empty for nothing."""
        demand = needs.demand
        wanted = SpaceGoals(demand.required_bytes(), demand.required_bytes(MIN_BITRATE_SHARE))
        if (await asyncio.to_thread(disk.read_space, self._spool)).is_read_only:
            return disk.READ_ONLY
        try:
            selected = await asyncio.to_thread(self._select_removals, wanted, needs.busy)
            store_has = await self._verify_in_store(selected)
            await asyncio.to_thread(self._remove, selected, store_has, wanted)
        except LedgerError as error:
            # What is missing on the disk weighs more than that nothing can be removed from it.
            return await asyncio.to_thread(self._measure, demand) or fault_code(error)
        return await asyncio.to_thread(self._measure, demand)

    def _select_removals(self, wanted: SpaceGoals, busy: Set[str]) -> list[str]:
        lesson_deletion.finish_interrupted(self._spool, self._tables, self._ledger)
        free_bytes = disk.read_space(self._spool).free_bytes
        if free_bytes >= wanted.full_bytes:
            return []
        now_wall_ns = time.time_ns() if system_clocks.is_synchronised() else None
        stored = self._ledger.lessons.in_state(LessonState.STORED)
        spooled = [self._spooled_lesson(lesson, busy) for lesson in stored if (self._spool / lesson.id).is_dir()]
        return lessons_to_remove(spooled, free_bytes, wanted, self._keep_ns, now_wall_ns)

    def _spooled_lesson(self, lesson: LessonRecord, busy: Set[str]) -> SpooledLesson:
        """A lesson that was recovered since it was stored is not in the store as it is here."""
        is_stored, size_bytes = lesson_deletion.verify_stored(self._spool, self._ledger, lesson.id)
        if not is_stored and lesson.id not in self._mismatched:
            self._mismatched.add(lesson.id)
            log.warning("%s has files that are not stored as they are here, and stays on this box", lesson.id)
        return SpooledLesson(lesson.id, size_bytes, is_stored, lesson.id in busy, lesson.ended_wall_ns)

    async def _verify_in_store(self, lessons: Sequence[str]) -> dict[str, bool]:
        """Whether the store still has each lesson, as far as it answers: it may be another store, or an emptied one."""
        answers: dict[str, bool] = {}
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(_STORE_TIMEOUT_S):
                for lesson in lessons:
                    if (answer := await self._store_has(lesson)) is not None:
                        answers[lesson] = answer
        for lesson in (lesson for lesson, is_there in answers.items() if not is_there):
            log.error("%s: the store has lost it; it stays on this box and is sent again", lesson)
            await asyncio.to_thread(self._requeue, lesson)
            self._publish(LessonDescribed(lesson, time.monotonic_ns()))
        return answers

    def _requeue(self, lesson: str) -> None:
        self._ledger.lessons.set_lost(lesson)
        self._ledger.outbox.mark_unsure(lesson, scan_lesson_folder(self._spool / lesson))

    def _remove(self, lessons: Sequence[str], store_has: Mapping[str, bool], wanted: SpaceGoals) -> None:
        """Without an answer of the store, remove only where the next lesson could not be recorded at all."""
        for lesson in lessons:
            needed = disk.read_space(self._spool).free_bytes < wanted.least_bytes
            if store_has.get(lesson, needed):
                lesson_deletion.delete_lesson(self._spool, self._tables, self._ledger, lesson)

    def _measure(self, demand: StorageDemand) -> str:
        """Measure ``remaining``; the fault code where that is not enough."""
        space = disk.read_space(self._spool)
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
