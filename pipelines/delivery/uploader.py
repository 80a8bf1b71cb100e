"""The uploader: looks through the spool, copies what the store lacks, and waits out what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.backoff import BackOff
from pipelines.delivery.errors import StoreError
from pipelines.delivery.interfaces import Outbox, Store
from pipelines.delivery.lesson_upload import LessonUpload
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.upload_plan import can_be_named
from pipelines.files.lesson_layout import LESSON_JSON

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UploadStatus:
    """Files waiting to be sent; the fault that holds them up, if one does, in a word and in a sentence.

    ``fault`` is the word of a StoreFault, or ``spool`` where a file on this box cannot be read.
    ``next_try_s`` is how long until the next attempt, None where nothing is waited for.
    """

    pending: int
    fault: str | None = None
    reason: str = ""
    next_try_s: float | None = None


class Uploader:
    """Copies every lesson below ``spool`` to ``<prefix>/<lesson>/…`` in the store; see ``run``.

    ``prefix`` is ``<school>/<room>``. ``on_stored`` is awaited with a lesson's id when every file of it
    has been compared with the store; after a restart it may come again for the same lesson. All methods
    belong to the event loop's thread. The process may be killed at any moment: what the outbox does not
    call stored is sent again.
    """

    def __init__(
        self,
        spool: Path,
        store: Store,
        outbox: Outbox,
        prefix: str,
        on_stored: Callable[[str], Awaitable[None]],
        pace: RetryPolicy | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spool = spool
        self._store = store
        self._outbox = outbox
        self._prefix = prefix
        self._on_stored = on_stored
        self._pace = pace or RetryPolicy()
        self._monotonic = monotonic
        self._copies: dict[str, LessonUpload] = {}
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._fault: StoreError | None = None
        self._back_off = BackOff()
        self._next_try_at: float | None = None

    def wake(self) -> None:
        """There is something new in the spool: look now, unless a fault is being waited out."""
        self._news.set()

    def retry(self) -> None:
        """The network is back, or somebody asks: try now, whatever is being waited for."""
        self._hurry.set()
        self._news.set()

    def ended(self, lesson: str) -> None:
        """The lesson is over and its last files, lesson.json too, are written: complete it in the store."""
        self._copy(lesson).end()
        self.wake()

    def reopened(self, lesson: str) -> None:
        """The lesson's end was taken back: the store's copy must not say that it is complete."""
        self._copy(lesson).reopen()
        self.wake()

    async def still_has(self, lesson: str) -> bool:
        """Whether the store has a lesson that it had whole; its last file stands for all of it. StoreFault."""
        item = (await asyncio.to_thread(self._outbox.items, lesson)).get(LESSON_JSON)
        copy = item.copy if item is not None else None
        return copy is not None and await self._store.holds(f"{self._prefix}/{lesson}/{LESSON_JSON}", copy)

    def status(self) -> UploadStatus:
        """How delivery stands now."""
        pending = sum(copy.pending for copy in self._copies.values())
        if self._fault is not None:
            wait_s = None if self._next_try_at is None else max(0.0, self._next_try_at - self._monotonic())
            return UploadStatus(pending, self._fault.word, str(self._fault), wait_s)
        for copy in self._copies.values():
            for reason in copy.unreadable.values():
                return UploadStatus(pending, "spool", reason)
        return UploadStatus(pending)

    async def run(self) -> None:
        """Work until cancelled. Faults of the store are waited out; what the outbox raises is the caller's,
        alone or in an ExceptionGroup: use ``except*``."""
        while True:
            self._news.clear()
            try:
                while await self._step():
                    self._recovered()
            except StoreError as fault:
                await self._wait_out(fault)
            else:
                self._recovered()
                await _wait(self._news, self._pace.look_every_s)
            for copy in self._copies.values():
                copy.retry_unreadable()

    async def _step(self) -> bool:
        """Do the next piece of work of the first lesson that has some: the running one, then the oldest."""
        found, stored = await asyncio.to_thread(self._look, frozenset(self._copies))
        for lesson in stored:
            self._copy(lesson).is_complete = True
        copies = [copy for lesson in sorted(found) if not (copy := self._copy(lesson)).is_complete]
        for copy in sorted(copies, key=lambda copy: copy.has_ended):
            if await copy.advance():
                if copy.is_complete:
                    log.info("Lesson %s is in the store, every file compared", copy.lesson)
                    await self._on_stored(copy.lesson)
                return True
        return False

    def _look(self, known: Set[str]) -> tuple[set[str], set[str]]:
        """The lessons in the spool, and those of them, met for the first time, that were stored before."""
        try:
            folders = [entry for entry in self._spool.iterdir() if entry.is_dir() and entry.name[0] != "."]
            found = {folder.name for folder in folders if can_be_named(folder.name)}
        except FileNotFoundError:
            return set(), set()
        return found, {lesson for lesson in found - known if self._outbox.is_stored(lesson)}

    def _copy(self, lesson: str) -> LessonUpload:
        if lesson not in self._copies:
            folder, destination = self._spool / lesson, f"{self._prefix}/{lesson}"
            self._copies[lesson] = LessonUpload(
                folder, destination, self._store, self._outbox, self._pace, self._monotonic
            )
        return self._copies[lesson]

    async def _wait_out(self, fault: StoreError) -> None:
        if self._fault is None or self._fault.word != fault.word:
            log.warning("Upload waits (%s): %s", fault.word, fault)
            self._back_off = BackOff(*self._pace.waits_s[type(fault)])
        else:
            log.debug("Upload still waits (%s): %s", fault.word, fault)
        self._fault = fault
        wait_s = self._back_off.next_s()
        self._next_try_at = self._monotonic() + wait_s
        self._hurry.clear()
        await _wait(self._hurry, wait_s)
        self._next_try_at = None

    def _recovered(self) -> None:
        if self._fault is not None:
            log.info("Upload goes on")
            self._fault = None


async def _wait(event: asyncio.Event, longest_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await event.wait()
