"""The disk looked after: stored lessons make room for the next one, and what still fits is told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge.controller.fault_registry import FaultRegistry, fault_code
from edge.controller.maintenance import lesson_deletion
from edge.ledger.database import LedgerDamaged, LedgerError
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonRecord, LessonState
from pipelines import system_clocks
from pipelines.delivery.errors import StoreError
from pipelines.delivery.retention import SpaceGoals, SpooledLesson, lessons_to_remove
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.delivery.uploader import Uploader
from pipelines.files import disk
from pipelines.files.disk import DiskSpace
from pipelines.receipt import receipt
from pipelines.recording.storage_budget import MIN_BITRATE_SHARE, StorageDemand, hours_left

log = logging.getLogger(__name__)

_LOOK_S = 10.0
# Where there is not room enough, somebody may be making some.
_LOOK_AGAIN_S = 5.0
# A press does not wait longer for a disk that does not answer.
_PATIENCE_S = 2.0
# Nor is room made later because a store does not answer.
_STORE_S = 5.0
_DAY_NS = 86_400_000_000_000
_MEASURED = 3
_LONG_ENOUGH_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class RemainingSpace:
    """The spool's disk, and the hours of recording that fit on it above the reserve."""

    space: DiskSpace
    hours_left: float


@dataclass(frozen=True, slots=True)
class SpaceNeeds:
    """What the lesson that runs, or the next one, takes; ``busy`` are those that must be left alone."""

    demand: StorageDemand
    busy: Set[str]


class DiskCleanup:
    """Looks at the disk every few seconds, and whenever it is asked; all that touches it is in threads.

    ``tables`` is where the tables with names lie. ``needs`` says what to have room for. ``left`` is None until the
    disk has answered. ``troubles`` is told where there is not room enough, and what the disk or the ledger would
    not do. ``copies`` asks the store once more before a lesson goes; None where there is none today.
    """

    def __init__(
        self,
        spool: Path,
        tables: Path,
        ledger: Ledger,
        keep_days: int,
        needs: Callable[[], SpaceNeeds],
        troubles: FaultRegistry,
        copies: Uploader | None,
    ) -> None:
        self.left: RemainingSpace | None = None
        self._fault = ""
        self._troubles = troubles
        self._spool = spool
        self._tables = tables
        self._ledger = ledger
        self._keep_ns = keep_days * _DAY_NS
        self._needs = needs
        self._copies = copies
        self._asked = asyncio.Event()
        self._looked = asyncio.Event()
        self._rates_bps: dict[str, float | None] = {}
        self._unlike: set[str] = set()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            self._asked.clear()
            await self._look()
            self._looked.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), _LOOK_AGAIN_S if self._fault else _LOOK_S)

    async def before_a_lesson(self) -> None:
        """Where there was not room enough when last looked, make some now; that may take two seconds at most."""
        if self.left is not None and not self._fault:
            return
        self._looked.clear()
        self._asked.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._looked.wait(), _PATIENCE_S)

    async def _look(self) -> None:
        try:
            fault = await self._make_room(self._needs())
        except LedgerDamaged:
            raise
        except (OSError, LedgerError) as error:
            fault = fault_code(error)
        if fault and fault != self._fault:
            log.warning("room for lessons: %s", fault)
        elif self._fault and not fault:
            log.info("there is room for lessons again")
        self._fault = fault
        self._troubles.say("room", fault)

    async def _make_room(self, needs: SpaceNeeds) -> str:
        """Remove what must go; the word for what is wrong then, if something is."""
        if (await asyncio.to_thread(disk.read_space, self._spool)).is_read_only:
            return disk.READ_ONLY
        wanted = SpaceGoals(needs.demand.required_bytes(), needs.demand.required_bytes(MIN_BITRATE_SHARE))
        going = await asyncio.to_thread(self._to_remove, wanted, needs.busy)
        store_has = await self._asked_of_the_store(going)
        return await asyncio.to_thread(self._let_go, going, store_has, wanted, needs.demand)

    def _to_remove(self, wanted: SpaceGoals, busy: Set[str]) -> list[str]:
        lesson_deletion.finish(self._spool, self._tables, self._ledger)
        free_bytes = disk.read_space(self._spool).free_bytes
        if free_bytes >= wanted.full_bytes:
            return []
        now_wall_ns = time.time_ns() if system_clocks.is_synchronised() else None
        stored = self._ledger.lessons.in_state(LessonState.STORED)
        kept = [self._kept(lesson, busy) for lesson in stored if (self._spool / lesson.id).is_dir()]
        return lessons_to_remove(kept, free_bytes, wanted, self._keep_ns, now_wall_ns)

    def _kept(self, lesson: LessonRecord, busy: Set[str]) -> SpooledLesson:
        """Somebody may have mended it since it was stored: then the store has something else."""
        plan = lesson_deletion.verify_stored(self._spool, self._ledger, lesson.id)
        alike = plan.is_complete()
        if not alike and lesson.id not in self._unlike:
            self._unlike.add(lesson.id)
            log.warning("%s is not what was stored any more, and stays on this box", lesson.id)
        size_bytes = sum(state.size for state in plan.files.values())
        return SpooledLesson(lesson.id, size_bytes, alike, lesson.id in busy, lesson.ended_wall_ns)

    async def _asked_of_the_store(self, lessons: Sequence[str]) -> dict[str, bool]:
        """Which of these the store has today, as far as it answers: it may be another one, or an emptied one."""
        answers: dict[str, bool] = {}
        if self._copies is None:
            return answers
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(_STORE_S):
                for lesson in lessons:
                    answers[lesson] = await self._copies.is_still_stored(lesson)
        for lesson in (lesson for lesson, there in answers.items() if not there):
            log.error("%s: the store has lost it; it stays on this box and is sent again", lesson)
            await asyncio.to_thread(self._send_again, lesson)
            self._copies.lesson_ended(lesson)
        return answers

    def _send_again(self, lesson: str) -> None:
        self._ledger.lessons.set_lost(lesson)
        self._ledger.outbox.mark_unsure(lesson, scan_lesson_folder(self._spool / lesson))

    def _let_go(
        self, lessons: Sequence[str], store_has: Mapping[str, bool], wanted: SpaceGoals, demand: StorageDemand
    ) -> str:
        """A store that does not answer has had them: that is enough where a lesson could not be recorded at all."""
        for lesson in lessons:
            needed = disk.read_space(self._spool).free_bytes < wanted.least_bytes
            if store_has.get(lesson, needed):
                lesson_deletion.remove(self._spool, self._tables, self._ledger, lesson)
        space = disk.read_space(self._spool)
        self.left = RemainingSpace(
            space, hours_left(space.free_bytes, demand.reserve_bytes, self._bits_per_second(demand))
        )
        share = demand.bitrate_share(space.free_bytes)
        return disk.NO_ROOM if share is None else disk.LOW if share < 1 else ""

    def _bits_per_second(self, demand: StorageDemand) -> float:
        """What the last lessons really took; what the config asks for where there is none."""
        rates: list[float] = []
        for lesson in reversed(self._ledger.lessons.all()):
            if lesson.id not in self._rates_bps and lesson.recording is not None:
                self._rates_bps[lesson.id] = _rate_bps(self._spool / lesson.id)
            if (rate := self._rates_bps.get(lesson.id)) is not None:
                rates.append(rate)
            if len(rates) == _MEASURED:
                break
        return sum(rates) / len(rates) if rates else demand.bits_per_second


def _rate_bps(folder: Path) -> float | None:
    """What a lesson took by its receipt; None where there is none, or it was too short to tell."""
    try:
        found = receipt.read_receipt(folder)
    except (OSError, ValueError):
        return None
    if found is None or found.lesson_time_ns < _LONG_ENOUGH_NS:
        return None
    return sum(track.bytes for track in found.tracks) * 8e9 / found.lesson_time_ns
