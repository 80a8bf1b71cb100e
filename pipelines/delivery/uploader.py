"""The uploader: copies every lesson of the spool to the store, and waits out what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Set
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from pipelines.backoff import BackOff
from pipelines.delivery.copy_check import missing_from_copy
from pipelines.delivery.erase_store_copy import erase_copy
from pipelines.delivery.errors import StoreError
from pipelines.delivery.interfaces import Outbox, Store
from pipelines.delivery.lesson_upload import Delivery, LessonUpload
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.store_mark import recognise_store
from pipelines.delivery.upload_plan import can_be_named
from pipelines.journal.empty_lesson_check import is_blank

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UploadStatus:
    """The files waiting to be sent, and the fault that holds them up, if one does, as a code and a sentence.

    ``fault`` is the code of a StoreError, or ``spool`` where a file on this box cannot be read. It may hold up one file
    alone. ``next_try_s`` is how long until the next attempt, None where nothing is waited for. ``fault_s`` is for how
    long something has been held up without a break.
    """

    pending: int
    fault: str | None = None
    reason: str = ""
    next_try_s: float | None = None
    fault_s: float = 0.0


class Uploader:
    """Copies every lesson below ``spool`` to ``<prefix>/<lesson>/…`` in the store; see ``run``.

    ``prefix`` is ``<school>/<room>``. ``on_stored`` is awaited with a lesson's id when every file of it has been
    compared with the store; after a restart it may come again for the same lesson. All methods belong to the event
    loop's thread, and none but ``run`` and ``missing_from_copy`` blocks or waits. The process may be killed at any
    moment: what the outbox does not call stored is sent again.
    """

    def __init__(
        self,
        spool: Path,
        store: Store,
        outbox: Outbox,
        prefix: str,
        on_stored: Callable[[str], Awaitable[None]],
        policy: RetryPolicy | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spool = spool
        self._store = store
        self._outbox = outbox
        self._prefix = prefix
        self._on_stored = on_stored
        self._policy = policy or RetryPolicy()
        self._monotonic = monotonic
        self._delivery = Delivery(store, outbox, prefix, self._policy, monotonic)
        self._is_recognised = False
        self._uploads: dict[str, LessonUpload] = {}
        self._scanned_at = -inf
        self._has_news = asyncio.Event()
        self._retry_now = asyncio.Event()
        self._fault: StoreError | None = None
        self._back_offs: dict[str, BackOff] = {}
        self._went_on_at = -inf
        self._held_up_since: float | None = None
        self._next_try_at: float | None = None

    def file_finished(self, lesson: str, path: str) -> None:
        """A file of the running lesson (``path`` from its folder) has its final name: send it."""
        self._upload(lesson).file_finished(path)
        self._has_news.set()

    def retry_now(self) -> None:
        """Try again now, whatever is being waited for: the network is back, or somebody asks."""
        for upload in self._uploads.values():
            upload.holds.end_waits()
        self._retry_now.set()
        self._has_news.set()

    def lesson_ended(self, lesson: str) -> None:
        """The lesson is over and its last files, lesson.json too, are written: complete it in the store."""
        self._upload(lesson).end()
        self._has_news.set()

    def lesson_reopened(self, lesson: str) -> None:
        """The lesson's end was taken back: the store's copy must not claim to be complete."""
        self._upload(lesson).reopen()
        self._has_news.set()

    async def missing_from_copy(self, lesson: str) -> list[str] | None:
        """Which files of a lesson the store has not; see ``copy_check.missing_from_copy``."""
        return await missing_from_copy(self._spool / lesson, self._store, self._outbox, self._prefix)

    async def erase_copy(self, lesson: str) -> None:
        """Delete a stored lesson's copy, and forget the lesson; see ``erase_store_copy.erase_copy``."""
        await erase_copy(self._spool / lesson, self._store, self._outbox, self._prefix)
        self._uploads.pop(lesson, None)

    def status(self) -> UploadStatus:
        """Return how delivery stands now."""
        pending = sum(upload.pending for upload in self._uploads.values() if not upload.is_complete)
        since, now = self._held_up_since, self._monotonic()
        fault_s = 0.0 if since is None else now - since
        if self._fault is not None:
            wait_s = None if self._next_try_at is None else max(0.0, self._next_try_at - now)
            return UploadStatus(pending, self._fault.code, str(self._fault), wait_s, fault_s)
        if held := self._holds():
            wait_s, error = held[0]
            return UploadStatus(pending, error.code, str(error), wait_s, fault_s)
        for upload in self._uploads.values():
            for reason in upload.unreadable.values():
                return UploadStatus(pending, "spool", reason, fault_s=fault_s)
        return UploadStatus(pending)

    def _holds(self) -> list[tuple[float, StoreError]]:
        waiting = (wait for upload in self._uploads.values() for wait in upload.holds.waiting())
        return sorted(waiting, key=lambda wait: wait[0])

    async def run(self) -> None:
        """Work until cancelled. Errors of the store are waited out.

        Raises:
            Exception: whatever the outbox or the spool raises, alone or in an ExceptionGroup: use ``except*``.
        """
        self._rescan()
        while True:
            self._has_news.clear()
            try:
                if not self._is_recognised:
                    await self._scan_spool()
                    await self._recognise_store()
                while await self._step():
                    self._recovered()
            except StoreError as fault:
                self._is_recognised = False
                await self._wait_out(fault)
                self._rescan()
            else:
                self._recovered()
                next_hold_s = min((wait_s for wait_s, _ in self._holds()), default=inf)
                await _wait(self._has_news, min(self._policy.scan_every_s, next_hold_s))

    async def _recognise_store(self) -> None:
        """See that the store is the one that the outbox is about; another one is looked at anew."""
        known = await asyncio.to_thread(self._outbox.known_store)
        found = await recognise_store(self._store, self._prefix, self._spool, known)
        if found != known:
            await asyncio.to_thread(self._outbox.use_store, found)
        if known is not None and found.mark != known.mark:
            for upload in self._uploads.values():
                upload.store_changed()
        self._is_recognised = True

    def _rescan(self) -> None:
        """Look at the spool and at every folder with something to send anew: after a fault nothing is certain."""
        self._scanned_at = -inf
        for upload in self._uploads.values():
            upload.rescan()

    async def _step(self) -> bool:
        """Do the next piece of work of the first lesson that has some: the running one, then the oldest."""
        if self._monotonic() - self._scanned_at >= self._policy.scan_every_s:
            await self._scan_spool()
        uploads = [upload for _, upload in sorted(self._uploads.items()) if not upload.is_complete]
        for upload in sorted(uploads, key=lambda upload: upload.has_ended):
            if await upload.advance():
                if upload.is_complete:
                    log.info("Lesson %s is in the store, every file compared", upload.lesson)
                    await self._on_stored(upload.lesson)
                return True
        return False

    async def _scan_spool(self) -> None:
        """Find lessons that were not announced, forget those that were removed, and try unreadable files again."""
        self._scanned_at = self._monotonic()
        known = frozenset(self._uploads)
        found, stored = await asyncio.to_thread(self._list_spool, known)
        for lesson in found - self._uploads.keys():
            self._upload(lesson).is_complete = lesson in stored
        for lesson in known - found:
            # One that is not complete may be on a disk that was pulled out, and is back soon.
            if self._uploads[lesson].is_complete:
                del self._uploads[lesson]
        for upload in list(self._uploads.values()):
            if upload.unreadable:
                upload.rescan()
            if not upload.is_complete and not upload.is_counted:
                await asyncio.to_thread(upload.count_pending)

    def _list_spool(self, known: Set[str]) -> tuple[set[str], set[str]]:
        """The lessons in the spool, and those of them that are not known yet and were stored before."""
        try:
            folders = [entry for entry in self._spool.iterdir() if entry.is_dir() and entry.name[0] != "."]
            found = {folder.name for folder in folders if can_be_named(folder.name) and _holds_something(folder)}
        except FileNotFoundError:
            return set(), set()
        return found, {lesson for lesson in found - known if self._outbox.is_stored(lesson)}

    def _upload(self, lesson: str) -> LessonUpload:
        if lesson not in self._uploads:
            self._uploads[lesson] = LessonUpload(self._spool / lesson, self._delivery)
        return self._uploads[lesson]

    async def _wait_out(self, fault: StoreError) -> None:
        """Wait, longer each time; only after the store has worked for a while the first wait comes again."""
        if self._fault is None or self._fault.code != fault.code:
            log.warning("Upload waits (%s): %s", fault.code, fault)
        else:
            log.debug("Upload still waits (%s): %s", fault.code, fault)
        if self._fault is None and self._monotonic() - self._went_on_at >= self._policy.lasting_s:
            self._back_offs.clear()
        self._fault = fault
        self._held_up_since = self._monotonic() if self._held_up_since is None else self._held_up_since
        back_off = self._back_offs.setdefault(fault.code, BackOff(*self._policy.backoff_s[type(fault)]))
        wait_s = back_off.next_delay_s()
        self._next_try_at = self._monotonic() + wait_s
        self._retry_now.clear()
        await _wait(self._retry_now, wait_s)
        self._next_try_at = None

    def _recovered(self) -> None:
        if self._fault is not None:
            log.info("Upload goes on")
            self._fault = None
            self._went_on_at = self._monotonic()
        is_held_up = any(upload.unreadable or upload.holds.waiting() for upload in self._uploads.values())
        if not is_held_up:
            self._held_up_since = None
        elif self._held_up_since is None:
            self._held_up_since = self._monotonic()


async def _wait(event: asyncio.Event, longest_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await event.wait()


def _holds_something(folder: Path) -> bool:
    """Whether a lesson has begun to be recorded; one that the recorder never came to record goes to no store."""
    try:
        return not is_blank(folder)
    except OSError:
        # Whoever reads its files tells why they cannot be read.
        return True
