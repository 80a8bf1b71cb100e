"""The ledger as a part of the controller: opened as soon as possible; lessons that began before are inserted then."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from edge.classroom.lesson_events import LessonAdopted, LessonEvent, LessonRejected, LessonStarted
from edge.classroom.lesson_ids import LessonIdMaker
from edge.controller.fault_registry import FaultRegistry, fault_code
from edge.ledger.database import LedgerError, LedgerNewer
from edge.ledger.ledger import DAMAGED, Ledger
from pipelines import system_clocks
from pipelines.files import disk

log = logging.getLogger(__name__)

EVENTS = (LessonStarted, LessonAdopted, LessonRejected)
SOURCE = "ledger"
_RETRY_S = 1.0
_MAX_PENDING = 1000
# SQLite makes two files beside the ledger to open it.
_MIN_FREE_BYTES = 1 << 16


class LedgerService:
    """Opens the ledger, and again when its file was damaged or its disk came back as another one.

    A disk may be full, not mounted yet or without access rights: once that is put right the ledger is opened, without a
    restart. Lessons that begin meanwhile are inserted then. All that touches the disk is in threads.

    ``set_aside`` are the names of the damaged files that lie beside the ledger.
    """

    def __init__(self, ledger: Ledger, path: Path, spool: Path, ids: LessonIdMaker, faults: FaultRegistry) -> None:
        self._ledger = ledger
        self._path = path
        self._spool = spool
        self._ids = ids
        self._faults = faults
        self._pending: deque[tuple[LessonEvent, int | None]] = deque(maxlen=_MAX_PENDING)
        self._wake = asyncio.Event()
        self.set_aside: list[str] = []

    def on_event(self, event: LessonEvent) -> None:
        """Queue a lesson that begins, was found, or never began; ``run`` writes it into the ledger."""
        wall_ns = time.time_ns() if isinstance(event, LessonStarted) and system_clocks.is_synchronised() else None
        self._pending.append((event, wall_ns))
        self._wake.set()

    async def run(self) -> None:
        """Keep the ledger open, and write what is queued, until cancelled."""
        while True:
            self._wake.clear()
            try:
                await asyncio.to_thread(self._look)
                if not self._ledger.is_open:
                    await self._open()
                while self._pending:
                    await asyncio.to_thread(self._write, *self._pending[0])
                    self._pending.popleft()
            except (LedgerError, OSError) as error:
                await self._on_failure(error)
            else:
                self._faults.report(SOURCE)
            with suppress(TimeoutError):
                async with asyncio.timeout(_RETRY_S):
                    await self._wake.wait()

    async def _open(self) -> None:
        await asyncio.to_thread(self._ledger.open, self._spool)
        await asyncio.to_thread(self._look)
        epoch = await asyncio.to_thread(self._ledger.lessons.epoch)
        self._ids.on_ledger_opened(epoch, await asyncio.to_thread(self._ledger.lessons.last_number))
        log.info("the ledger is open")

    def _look(self) -> None:
        self._ledger.check_place()
        found = self._path.parent.glob(f"*{DAMAGED}[0-9]*") if self._path.parent.is_dir() else ()
        self.set_aside = sorted(one.name for one in found if not one.name.endswith(("-wal", "-shm")))

    def _write(self, event: LessonEvent, wall_ns: int | None) -> None:
        if isinstance(event, LessonRejected):
            self._ledger.lessons.delete(event.lesson)
        else:
            self._ledger.lessons.begin(event.lesson, wall_ns)

    async def _on_failure(self, error: LedgerError | OSError) -> None:
        code = await asyncio.to_thread(self._fault_code, error)
        level = logging.DEBUG if code == self._faults.code_of(SOURCE) else logging.ERROR
        log.log(level, "the ledger cannot be used, and is tried again: %s", error)
        self._faults.report(SOURCE, code)

    def _fault_code(self, error: LedgerError | OSError) -> str:
        """The code; the disk is asked too, since SQLite does not always report that it is the cause."""
        if isinstance(error, LedgerNewer):
            return fault_code(error)
        try:
            space = disk.read_space(self._path.parent)
        except OSError as no_disk:
            return fault_code(no_disk)
        if space.is_read_only:
            return disk.READ_ONLY
        return disk.FULL if space.free_bytes < _MIN_FREE_BYTES else fault_code(error)
