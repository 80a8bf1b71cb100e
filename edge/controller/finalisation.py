"""What is done with a lesson after the bell: checked, described, and let go to the store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path

from edge.classroom.lamps import CheckState
from edge.config.model import RoomConfig
from edge.controller.fault_registry import fault_code
from edge.controller.lesson_record_writer import LessonRecordWriter
from edge.ledger.database import LedgerDamaged, LedgerError
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonState
from pipelines.delivery.uploader import Uploader
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import StoredVerdict
from pipelines.receipt.segment_reader import SegmentReader

log = logging.getLogger(__name__)

SEGMENT_SUFFIX = ".m4s"
HELD_UP = "closing"
"""The word for a lesson that is not checked or entered yet, because something would not have it."""


def _no_results(_lesson: str) -> None:
    """A room without polls."""


@dataclass(frozen=True, slots=True)
class CheckedLesson:
    """The newest lesson that was looked at, and how that stands."""

    lesson: str
    state: CheckState
    stored: StoredVerdict = StoredVerdict.PENDING


class Finaliser:
    """Works off ended lessons one after the other; all that touches the disk is in threads.

    ``latest`` is the last lesson that was looked at, until somebody presses. What the disk or the ledger
    refuses is tried again, but LedgerDamaged ends ``run``: who opens the ledger anew gets a whole one.
    """

    def __init__(
        self, spool: Path, room: RoomConfig, ledger: Ledger, finish_results: Callable[[str], None] = _no_results
    ) -> None:
        """``finish_results`` writes down, in a thread, what else a lesson leaves behind. OSError, LedgerError."""
        self.latest: CheckedLesson | None = None
        self.uploader: Uploader | None = None
        self._spool = spool
        self._records = LessonRecordWriter(spool, room, ledger, finish_results)
        self._settled: set[str] = set()
        # Which end of a lesson is worked on: none while it goes on, another one after it was taken back.
        self._ends: dict[str, object] = {}
        self._unforgotten: set[str] = set()
        self._faults: dict[str, str] = {}
        self._writing = asyncio.Lock()
        self._works = False
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._readers: dict[str, SegmentReader] = {}
        self._unread: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    @property
    def faults(self) -> list[str]:
        """That something is held up, and the words for why; empty when disk and ledger did everything."""
        return [HELD_UP, *dict.fromkeys(self._faults.values())] if self._faults else []

    @property
    def is_busy(self) -> bool:
        """Whether a lesson that has ended is still being checked or described."""
        return self._works or not self._queue.empty()

    def file_done(self, lesson: str, path: str) -> None:
        """A file of the running lesson is finished: read it while it is still in memory."""
        if path.endswith(SEGMENT_SUFFIX):
            self._unread.put_nowait((lesson, path))

    def look_at(self, lesson: str) -> None:
        """The lesson's files are closed: check them."""
        self.latest = CheckedLesson(lesson, CheckState.RUNNING)
        self._take_up(lesson)

    def settle(self, lesson: str) -> None:
        """The lesson has ended for good: it may be completed in the store."""
        self._settled.add(lesson)
        self._take_up(lesson)

    async def take_back(self, lesson: str) -> None:
        """The lesson goes on: forget what was found."""
        self._ends.pop(lesson, None)
        self._settled.discard(lesson)
        self._unforgotten.add(lesson)
        self.shown_no_more()
        if self.uploader is not None:
            self.uploader.lesson_reopened(lesson)
        try:
            await self._forget_findings(lesson)
        except (OSError, LedgerError) as error:
            self._failed(lesson, "what was found before its end was taken back cannot be forgotten now", error)

    async def sweep(self, busy: Callable[[], Set[str]]) -> None:
        """Take up lessons that nobody told us about: the recorder ended them, or this process was not there.

        ``busy`` are those that go on, or whose end can still be taken back.
        """
        try:
            unnoticed = await asyncio.to_thread(self._records.ended_unnoticed)
        except (OSError, LedgerError) as error:
            self._failed("ledger", "lessons that have ended cannot be looked for now", error)
            return
        self._faults.pop("ledger", None)
        for lesson in unnoticed:
            if lesson not in busy() and lesson not in self._settled:
                self.settle(lesson)

    async def date(self) -> None:
        """Fill in when lessons were held, where this box has learned the time since."""
        try:
            async with self._writing:
                dated = await asyncio.to_thread(self._records.date)
        except (OSError, LedgerError) as error:
            self._failed("dates", "lessons cannot be dated now", error)
            return
        self._faults.pop("dates", None)
        if self.uploader is not None:
            for lesson in dated:
                self.uploader.lesson_ended(lesson)

    def shown_no_more(self) -> None:
        """Somebody pressed: the last verdict has been seen."""
        self.latest = None

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            lesson = await self._queue.get()
            end = self._ends.get(lesson)
            if end is None:
                continue
            self._works = True
            try:
                await self._work_on(lesson, end)
            except (OSError, LedgerError) as error:
                self._settled.discard(lesson)
                self._failed(lesson, "it cannot be closed now", error)
            else:
                self._faults.pop(lesson, None)
            finally:
                self._works = False

    async def read_ahead(self) -> None:
        """Read finished segments as they come, until cancelled, so that little is left to read after the bell."""
        while True:
            lesson, path = await self._unread.get()
            if lesson in self._settled:
                continue
            reader = self._readers.setdefault(lesson, SegmentReader())
            try:
                await asyncio.to_thread(reader.read, self._spool / lesson / path)
            except OSError as error:
                log.warning("%s/%s cannot be read: %s", lesson, path, error)

    async def stored(self, lesson: str) -> None:
        """Every file is in the store: say so in the receipt, which then goes there too."""
        try:
            said = await asyncio.to_thread(self._records.say_stored, lesson)
        except (OSError, LedgerError) as error:
            self._settled.discard(lesson)
            self._failed(lesson, "it is stored, which cannot be written down now", error)
            return
        if not said:
            if self.uploader is not None:
                self.uploader.lesson_ended(lesson)
            return
        if self.latest is not None and self.latest.lesson == lesson:
            self.latest = CheckedLesson(lesson, self.latest.state, StoredVerdict.YES)
        log.info("%s: stored", lesson)

    def _take_up(self, lesson: str) -> None:
        self._ends.setdefault(lesson, object())
        self._queue.put_nowait(lesson)

    def _failed(self, about: str, what: str, error: OSError | LedgerError) -> None:
        if isinstance(error, LedgerDamaged):
            raise error
        if about not in self._faults:
            log.error("%s: %s, and is tried again: %s", about, what, error)
        self._faults[about] = fault_code(error)

    async def _work_on(self, lesson: str, end: object) -> None:
        """Check, describe and let go a lesson, for as long as this is still its end."""
        if lesson in self._unforgotten:
            await self._forget_findings(lesson)
        known = await asyncio.to_thread(self._records.entered, lesson)
        if known is None:
            return
        if known is LessonState.RUNNING:
            # Its end is not on the disk yet: it is swept up when it is.
            self._settled.discard(lesson)
            return
        if known is LessonState.ENDED:
            found = await asyncio.to_thread(check_lesson, self._spool / lesson, self._readers.get(lesson))
            async with self._writing:
                if self._ends.get(lesson) is not end:
                    return
                await asyncio.to_thread(self._records.write_receipt, lesson, found)
            if self.latest is not None and self.latest.lesson == lesson:
                self.latest = CheckedLesson(lesson, CheckState.GOOD if found.is_good else CheckState.BAD)
        if lesson in self._settled:
            self._readers.pop(lesson, None)
            async with self._writing:
                if self._ends.get(lesson) is not end:
                    return
                await asyncio.to_thread(self._records.describe, lesson)
            if self.uploader is not None:
                self.uploader.lesson_ended(lesson)

    async def _forget_findings(self, lesson: str) -> None:
        async with self._writing:
            await asyncio.to_thread(self._records.forget, lesson)
        self._unforgotten.discard(lesson)
