"""Finalisation of lessons that have ended: checked, described, and handed to the uploads."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Set
from pathlib import Path, PurePosixPath

from edge.classroom.lesson_events import (
    LessonChecked,
    LessonCopied,
    LessonDescribed,
    LessonEndTakenBack,
    LessonEvent,
    LessonFileFinished,
    LessonFilesClosed,
    LessonFinalised,
    LessonPreviewed,
    LessonStored,
)
from edge.config.model import RoomConfig
from edge.controller.fault_registry import FaultRegistry, known_fault
from edge.controller.lesson_record_writer import LessonRecordWriter
from edge.ledger.database import LedgerError
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonState
from pipelines.files.lesson_layout import segment_number
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.lesson_reader import LessonReader

log = logging.getLogger(__name__)

HELD_UP = "closing"
"""The fault code for a lesson that is not checked or entered yet; the code after it says why."""

EVENTS = (
    LessonFileFinished,
    LessonFilesClosed,
    LessonFinalised,
    LessonEndTakenBack,
    LessonPreviewed,
    LessonCopied,
)
_SWEEP_S = 30.0
_SWEEP_AGAIN_S = 5.0
_SWEEP_FIRST_S = 1.0
# A few lessons' worth of segments; what is left out is read when the lesson is checked.
_MOST_UNREAD = 8192
_BUG = "bug"


class Finaliser:
    """Finalises ended lessons one after the other; all that touches the disk is in threads.

    ``in_use`` returns the lessons that run or whose end can still be taken back, None while that is not known.
    ``finish_results`` writes, in a thread, the results of the lesson's polls; it may raise OSError or LedgerError.

    A failure holds up its own lesson alone, and is retried at the next sweep.
    """

    def __init__(
        self,
        spool: Path,
        room: RoomConfig,
        ledger: Ledger,
        publish: Callable[[LessonEvent], None],
        in_use: Callable[[], Set[str] | None],
        faults: FaultRegistry,
        finish_results: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._spool = spool
        self._records = LessonRecordWriter(spool, room, ledger, finish_results)
        self._publish = publish
        self._in_use = in_use
        self._fault_registry = faults
        self._finalised: set[str] = set()
        # Which end of a lesson is worked on: none while it goes on, another one after it was taken back.
        self._open_ends: dict[str, object] = {}
        self._to_discard: set[str] = set()
        # Lessons whose end was announced, and is not on the disk.
        self._awaited: set[str] = set()
        self._faults: dict[str, str] = {}
        self._write_lock = asyncio.Lock()
        self._is_working = False
        self._queue: asyncio.Queue[LessonEvent] = asyncio.Queue()
        self._readers: dict[str, LessonReader] = {}
        self._unread: asyncio.Queue[tuple[str, str]] = asyncio.Queue(_MOST_UNREAD)

    @property
    def is_busy(self) -> bool:
        """Whether a lesson that has ended is still being checked or described."""
        return self._is_working or not self._queue.empty()

    def on_event(self, event: LessonEvent) -> None:
        """Queue the work that an event asks for; ``run`` does it."""
        match event:
            case LessonFileFinished(lesson=lesson, path=path):
                if segment_number(PurePosixPath(path).name) is not None and not self._unread.full():
                    self._unread.put_nowait((lesson, path))
                return
            case LessonFilesClosed(lesson=lesson):
                self._open_ends.setdefault(lesson, object())
            case LessonFinalised(lesson=lesson):
                self._finalised.add(lesson)
                self._open_ends.setdefault(lesson, object())
            case LessonEndTakenBack(lesson=lesson):
                self._open_ends.pop(lesson, None)
                self._finalised.discard(lesson)
                self._awaited.discard(lesson)
                self._to_discard.add(lesson)
            case LessonPreviewed() | LessonCopied():
                pass
            case _:
                return
        self._queue.put_nowait(event)

    async def run(self) -> None:
        """Finalise lessons until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work())
            group.create_task(self._read_ahead())
            group.create_task(self._sweep())

    async def sweep(self) -> bool:
        """Queue ended lessons of which no event came: the recorder ended them, or this process did not run.

        Returns:
            Whether they were looked for, which they are not before it is known what the recorder has in use.
        """
        if self._in_use() is None:
            return False
        try:
            unnoticed = await asyncio.to_thread(self._records.unstored_lessons)
        except (OSError, LedgerError) as error:
            self._on_failure("ledger", "lessons that have ended cannot be looked for now", error)
            return True
        self._clear_fault("ledger")
        for lesson in unnoticed:
            if lesson not in (self._in_use() or ()) and lesson not in self._finalised:
                self.on_event(LessonFinalised(lesson, time.monotonic_ns()))
        return True

    async def _sweep(self) -> None:
        while True:
            is_known = await self.sweep()
            await self._fill_in_dates()
            known_s = _SWEEP_AGAIN_S if self._faults or self._awaited else _SWEEP_S
            await asyncio.sleep(known_s if is_known else _SWEEP_FIRST_S)

    async def _fill_in_dates(self) -> None:
        """Fill in the dates of lessons, where this box has learned the time since."""
        try:
            async with self._write_lock:
                dated = await asyncio.to_thread(self._records.fill_in_dates)
        except (OSError, LedgerError) as error:
            self._on_failure("dates", "lessons cannot be dated now", error)
            return
        self._clear_fault("dates")
        for lesson in dated:
            self._publish(LessonDescribed(lesson, time.monotonic_ns()))

    async def _work(self) -> None:
        while True:
            event = await self._queue.get()
            lesson = event.lesson
            self._is_working = True
            try:
                if lesson in self._to_discard:
                    await self._discard_check(lesson)
                if isinstance(event, LessonCopied):
                    await self._mark_stored(lesson)
                elif isinstance(event, LessonPreviewed):
                    await self._list_previews(lesson)
                elif (end := self._open_ends.get(lesson)) is not None:
                    await self._finalise(lesson, end)
            except Exception as error:  # noqa: BLE001 - a lesson that cannot be checked holds up no other
                self._finalised.discard(lesson)
                self._on_failure(lesson, "it cannot be finalised now", error)
            else:
                self._clear_fault(lesson)
            finally:
                self._is_working = False

    async def _read_ahead(self) -> None:
        """Read finished segments while they are in memory, so that little is left to read after the bell."""
        while True:
            lesson, path = await self._unread.get()
            if lesson in self._finalised:
                continue
            try:
                reader = self._readers.get(lesson) or await self._new_reader(lesson)
                await asyncio.to_thread(reader.read_ahead, path)
            except OSError as error:
                log.warning("%s/%s cannot be read: %s", lesson, path, error)

    async def _new_reader(self, lesson: str) -> LessonReader:
        """Begin to read a lesson, and what it had before this process ran."""
        reader = self._readers[lesson] = LessonReader(self._spool / lesson)
        for path in await asyncio.to_thread(reader.finished_segments):
            if not self._unread.full():
                self._unread.put_nowait((lesson, path))
        return reader

    async def _mark_stored(self, lesson: str) -> None:
        """Every file is in the store: write that into the receipt, which is then copied too."""
        if await asyncio.to_thread(self._records.mark_stored, lesson):
            log.info("%s: stored", lesson)
            self._finalised.discard(lesson)
            self._open_ends.pop(lesson, None)
            self._publish(LessonStored(lesson, time.monotonic_ns()))
        else:
            self._publish(LessonDescribed(lesson, time.monotonic_ns()))

    async def _list_previews(self, lesson: str) -> None:
        """Write the controller's files about a lesson again, with what was made of it meanwhile."""
        async with self._write_lock:
            is_listed = await asyncio.to_thread(self._records.list_previews, lesson)
        if is_listed:
            self._publish(LessonDescribed(lesson, time.monotonic_ns()))

    async def _finalise(self, lesson: str, end: object) -> None:
        """Check, describe and hand over a lesson, for as long as this is still its end."""
        known = await asyncio.to_thread(self._records.update_entry, lesson)
        if known is None:
            return
        if known is LessonState.RUNNING:
            # Its end is not on the disk yet: the sweep, which comes sooner then, finds it when it is.
            self._finalised.discard(lesson)
            self._awaited.add(lesson)
            return
        self._awaited.discard(lesson)
        if known is LessonState.ENDED:
            found = await asyncio.to_thread(check_lesson, self._spool / lesson, self._readers.get(lesson))
            async with self._write_lock:
                if self._open_ends.get(lesson) is not end:
                    return
                await asyncio.to_thread(self._records.write_receipt, lesson, found)
            self._publish(LessonChecked(lesson, time.monotonic_ns(), found.is_good))
        if lesson in self._finalised:
            self._readers.pop(lesson, None)
            async with self._write_lock:
                if self._open_ends.get(lesson) is not end:
                    return
                await asyncio.to_thread(self._records.write_metadata, lesson)
            self._publish(LessonDescribed(lesson, time.monotonic_ns()))

    async def _discard_check(self, lesson: str) -> None:
        async with self._write_lock:
            await asyncio.to_thread(self._records.discard_check, lesson)
        self._to_discard.discard(lesson)

    def _on_failure(self, about: str, what: str, error: Exception) -> None:
        code = known_fault(error) or _BUG
        if about not in self._faults:
            trace = error if code == _BUG else None
            log.error("%s: %s, and is tried again: %s", about, what, error, exc_info=trace)
        self._faults[about] = code
        self._report()

    def _clear_fault(self, about: str) -> None:
        if self._faults.pop(about, None) is not None:
            self._report()

    def _report(self) -> None:
        why = [code for code in dict.fromkeys(self._faults.values()) if code != _BUG]
        self._fault_registry.report(HELD_UP, *([HELD_UP, *why] if self._faults else []))
