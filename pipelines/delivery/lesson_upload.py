"""One lesson on its way to the store: segments while it runs, the rest when it is over, then the proof."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from math import inf
from pathlib import Path

from pipelines.delivery.bounded_gather import bounded_gather
from pipelines.delivery.errors import StoreCorrupt, StoreError
from pipelines.delivery.interfaces import DeliveryState, FileState, Outbox, Store, StoredFile
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.truncate_playlist import truncate_playlist
from pipelines.delivery.upload_plan import UploadPlan, survey
from pipelines.files.lesson_layout import LESSON_JSON, MAIN_PLAYLIST
from pipelines.files.sha256 import sha256_of_bytes, sha256_of_file

log = logging.getLogger(__name__)

_BATCH = 16
_PROOF_BATCH = 64
_SPOOL_FAULT = "spool"


class LessonUpload:
    """Brings one lesson's folder to ``<destination>/…`` in the store, a piece of work at a time.

    ``pending`` counts the files that could be sent now, ``unreadable`` says which cannot be read and why,
    ``is_complete`` that every file has been compared with the store.
    """

    def __init__(
        self,
        folder: Path,
        destination: str,
        store: Store,
        outbox: Outbox,
        pace: RetryPolicy,
        monotonic: Callable[[], float],
    ) -> None:
        self.lesson = folder.name
        self.has_ended = False
        self.is_complete = False
        self.pending = 0
        self.unreadable: dict[str, str] = {}
        self._folder = folder
        self._destination = destination
        self._store = store
        self._outbox = outbox
        self._pace = pace
        self._monotonic = monotonic
        self._was_reopened = False
        self._playlists_at = -inf
        self._proven: set[str] = set()
        self._set_aside: set[str] = set()
        self._unnameable: set[str] = set()

    def end(self) -> None:
        """The lesson is over and its last files are written."""
        self.has_ended = True
        self.is_complete = False

    def reopen(self) -> None:
        """The end was taken back."""
        self.has_ended = False
        self.is_complete = False
        self._was_reopened = True

    async def advance(self) -> bool:
        """Do one piece of work; False where there is none now. StoreFault, and whatever the outbox raises."""
        plan = await asyncio.to_thread(self._plan)
        if self._was_reopened or plan.is_withdrawn():
            await self._withdraw(plan)
            return True
        all_media = plan.media()
        in_progress = not self.has_ended or bool(all_media)
        wanted = self._readable(all_media if in_progress else plan.papers())
        self.pending = len(wanted)
        if in_progress and await self._refresh_playlists(plan):
            return True
        if wanted:
            await self._send(plan, wanted[:_BATCH])
            return True
        if not in_progress and plan.is_complete():
            await self._prove(plan)
            return True
        return False

    def retry_unreadable(self) -> None:
        """Files that could not be read are tried again by the next ``advance``."""
        self._set_aside.clear()

    def _plan(self) -> UploadPlan:
        unnameable: set[str] = set()
        files = survey(self._folder, unnameable)
        for path in sorted(unnameable - self._unnameable):
            log.error("%s: %s has a name that no store takes; everything else is sent", self.lesson, ascii(path))
        self._unnameable |= unnameable
        return UploadPlan(files, self._outbox.items(self.lesson))

    def _readable(self, paths: list[str]) -> list[str]:
        return [path for path in paths if path not in self._set_aside]

    def _key(self, path: str) -> str:
        return f"{self._destination}/{path}"

    async def _withdraw(self, plan: UploadPlan) -> None:
        """Without lesson.json the store's copy does not claim to be complete."""
        await self._store.delete(self._key(LESSON_JSON))
        if item := plan.items.get(LESSON_JSON):
            await asyncio.to_thread(self._outbox.expect, self.lesson, {LESSON_JSON: item.state})
        self._was_reopened = False
        log.info("Lesson %s goes on: its copy in the store is open again", self.lesson)

    async def _refresh_playlists(self, plan: UploadPlan) -> bool:
        """Bring the store's playlists up to what it can deliver; False where none changed."""
        now = self._monotonic()
        if now - self._playlists_at < self._pace.playlists_every_s:
            return False
        changed = False
        for path in plan.playlists():
            if told := await asyncio.to_thread(self._deliverable_part, plan, path):
                await asyncio.to_thread(self._outbox.expect, self.lesson, {path: plan.files[path]})
                copy = await self._store.put(self._key(path), told)
                await asyncio.to_thread(self._outbox.stored, self.lesson, path, plan.files[path], copy)
                self._playlists_at = now
                changed = True
        return changed

    def _deliverable_part(self, plan: UploadPlan, path: str) -> bytes | None:
        """What the store may be told of a playlist, None where that is nothing, or nothing new."""
        try:
            text = (self._folder / path).read_bytes().decode(errors="surrogateescape")
        except OSError:
            return None
        told = truncate_playlist(text, plan.deliverable())
        if not told or (path == MAIN_PLAYLIST and told != text):
            return None
        body, item = told.encode(errors="surrogateescape"), plan.items.get(path)
        if item and item.copy and item.copy.sha256 == sha256_of_bytes(body):
            return None
        return body

    async def _send(self, plan: UploadPlan, paths: list[str]) -> None:
        fresh = {path: plan.files[path] for path in paths if not plan.is_awaited(path)}
        if fresh:
            await asyncio.to_thread(self._outbox.expect, self.lesson, fresh)
        self._proven.clear()
        await bounded_gather(partial(self._send_one, plan), paths, self._pace.at_once)

    async def _send_one(self, plan: UploadPlan, path: str) -> None:
        try:
            copy = await self._adopt(plan, path) or await self._store.put(self._key(path), self._folder / path)
        except StoreError as fault:
            await asyncio.to_thread(self._outbox.failed, self.lesson, path, fault.word)
            raise
        except FileNotFoundError:
            self.unreadable.pop(path, None)
        except OSError as error:
            self._leave_out(path, error)
            await asyncio.to_thread(self._outbox.failed, self.lesson, path, _SPOOL_FAULT)
        else:
            await asyncio.to_thread(self._outbox.stored, self.lesson, path, plan.files[path], copy)
            self.pending -= 1
            self.unreadable.pop(path, None)

    def _leave_out(self, path: str, error: OSError) -> None:
        """One bad file holds up nothing but its own lesson's completion."""
        reason = f"{self.lesson}/{path} cannot be read: {error.strerror}"
        if path not in self.unreadable:
            log.warning("%s; everything else is sent", reason)
        self.unreadable[path] = reason
        self._set_aside.add(path)

    async def _adopt(self, plan: UploadPlan, path: str) -> StoredFile | None:
        """The store's copy of a file whose record was lost, if it is the right one."""
        item = plan.items.get(path)
        if item is None or item.delivery is not DeliveryState.UNSURE or item.state != plan.files[path]:
            return None
        found = await self._store.find(self._key(path))
        if found is None or found.size != item.state.size:
            return None
        sha256 = await asyncio.to_thread(sha256_of_file, self._folder / path)
        return found if found.sha256 == sha256 else None

    async def _prove(self, plan: UploadPlan) -> None:
        """Compare the next files with the store; after the last one the copy is complete."""
        unproven = [path for path in plan.files if path not in self._proven]
        differing: dict[str, FileState] = {}

        async def compare(path: str) -> None:
            if await self._is_same(plan, path):
                self._proven.add(path)
            else:
                differing[path] = plan.files[path]

        await bounded_gather(compare, unproven[:_PROOF_BATCH], self._pace.at_once)
        if differing:
            await asyncio.to_thread(self._outbox.expect, self.lesson, differing)
            raise StoreCorrupt(
                f"{len(differing)} files of {self.lesson} are not in the store as they were sent and go again: "
                f"{', '.join(sorted(differing)[:3])}"
            )
        self.is_complete = self.has_ended and len(unproven) <= _PROOF_BATCH

    async def _is_same(self, plan: UploadPlan, path: str) -> bool:
        copy = plan.items[path].copy
        try:
            sha256 = await asyncio.to_thread(sha256_of_file, self._folder / path)
        except OSError:
            return False
        return copy is not None and copy.sha256 == sha256 and await self._store.holds(self._key(path), copy)
