"""Upload of one lesson: its media while it runs, the rest when it is over, then the comparison of every file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from math import inf
from pathlib import Path

from pipelines.delivery.bounded_gather import bounded_gather
from pipelines.delivery.copy_claim import claim_place, is_ours_without_claim, make_claim
from pipelines.delivery.errors import StoreCorrupt, StoreError
from pipelines.delivery.interfaces import DeliveryState, Outbox, Store, StoredFile
from pipelines.delivery.object_backoff import ObjectHolds, RefusalStreak
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.truncate_playlist import named_files, truncate_playlist
from pipelines.delivery.upload_plan import UploadPlan, count_files, file_state, scan_lesson_folder
from pipelines.files.lesson_layout import CLAIM, LESSON_JSON, MAIN_PLAYLIST
from pipelines.files.sha256 import sha256_of_bytes, sha256_of_file

log = logging.getLogger(__name__)

_BATCH = 16
_VERIFY_BATCH = 64
_SPOOL_FAULT = "spool"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the uploads of all lessons share: where they go below ``prefix``, how, and what is known of it."""

    store: Store
    outbox: Outbox
    prefix: str
    policy: RetryPolicy
    monotonic: Callable[[], float]
    streak: RefusalStreak = field(default_factory=RefusalStreak)


class LessonUpload:
    """Uploads one lesson's folder to its place in the store, a piece of work at a time.

    The folder is scanned at the start, at the lesson's end and after a fault (``rescan``); in between, each new file
    is announced by ``file_finished``. ``pending`` counts the files that are not in the store and could be, once it
    ``is_counted``, ``unreadable`` says which cannot be read and why, ``holds`` which the store refused,
    ``is_complete`` that every file has been compared with the store.
    """

    def __init__(self, folder: Path, delivery: Delivery) -> None:
        self.lesson = folder.name
        self.has_ended = False
        self.is_complete = False
        self.pending = 0
        self.is_counted = False
        self.unreadable: dict[str, str] = {}
        self.holds = ObjectHolds(delivery.policy, delivery.monotonic)
        self._folder = folder
        self._store = delivery.store
        self._outbox = delivery.outbox
        self._prefix = delivery.prefix
        self._policy = delivery.policy
        self._monotonic = delivery.monotonic
        self._streak = delivery.streak
        self._place: str | None = None
        self._needs_scan = True
        self._plan: UploadPlan | None = None
        self._finished: list[str] = []
        self._is_growing = False
        self._was_reopened = False
        self._playlists_at = -inf
        self._verified: set[str] = set()
        self._skipped: set[str] = set()
        self._unnameable: set[str] = set()

    def file_finished(self, path: str) -> None:
        """A file of the running lesson, by its path in the folder, is finished or replaced."""
        self._finished.append(path)
        self._is_growing = not self.has_ended

    def end(self) -> None:
        """The lesson is over and its last files are written; what was complete may have been lost, its claim too."""
        if self.is_complete:
            self._place = None
        self.has_ended = self._needs_scan = True
        self.is_complete = self._is_growing = False
        # One at least, until the folder is scanned: whoever waits for all to be copied asks at once.
        self.pending = max(1, self.pending)

    def reopen(self) -> None:
        """The end was taken back."""
        self.has_ended = self.is_complete = False
        self._was_reopened = self._needs_scan = True

    def rescan(self) -> None:
        """Scan the folder again before the next piece of work, and try unreadable files again."""
        self._needs_scan = True
        self._skipped.clear()

    def store_changed(self) -> None:
        """It is another store than before: nothing is known to be in it."""
        self._place = None
        self.is_complete = False
        self._verified.clear()
        self.rescan()

    def count_pending(self) -> None:
        """Count the files that are not in the store before the lesson's turn comes; blocks."""
        self.is_counted = True
        stored = sum(item.copy is not None for item in self._outbox.items(self.lesson).values())
        self.pending = max(0, count_files(self._folder) - stored)

    async def advance(self) -> bool:
        """Do one piece of work.

        Returns:
            False where there is none now.

        Raises:
            StoreError: the store does not do its part, for whatever object.
            Exception: whatever the outbox raises.
        """
        if self.holds.take_due():
            self._needs_scan = True
        if not (self._needs_scan or self._finished or self._plan) or self._is_held(CLAIM):
            return False
        plan = await self._current_plan()
        if not plan.files or not await self._has_place(plan):
            return False
        if (self._was_reopened or plan.is_withdrawn()) and not self.holds.is_held(LESSON_JSON):
            await self._withdraw(plan)
            return True
        media = plan.pending_media()
        in_progress = not self.has_ended or bool(media)
        wanted = [path for path in media if not self._is_held(path)]
        if self.has_ended and not wanted:
            wanted = plan.pending_sidecars(self._is_held)
        self.is_counted = True
        self.pending = plan.pending_count() if self.has_ended else len(media)
        if in_progress and await self._refresh_playlists(plan):
            return True
        if wanted:
            await self._send(plan, sorted(wanted, key=self.holds.was_refused)[:_BATCH])
            return True
        if not in_progress and plan.is_complete():
            unverified = [path for path in plan.files if path not in self._verified]
            ready = [path for path in unverified if not self._is_held(path)]
            if ready or not unverified:
                await self._verify(plan, ready[:_VERIFY_BATCH])
                return True
        if not self._is_growing:
            # A plan is a megabyte, and a box that was offline for weeks has many lessons.
            self._plan = None
        return False

    def _is_held(self, path: str) -> bool:
        return path in self._skipped or self.holds.is_held(path)

    def _refused(self, path: str, error: StoreError) -> None:
        """The store refused one object: that waits, unless the store refuses everything."""
        if not error.is_about_object:
            raise error
        if path not in self.unreadable and not self.holds.was_refused(path):
            log.warning("%s/%s waits (%s), everything else is sent: %s", self.lesson, path, error.code, error)
        self.holds.refused(path, error)
        if self._streak.refused(f"{self.lesson}/{path}"):
            raise error

    async def _has_place(self, plan: UploadPlan) -> bool:
        """Claim the lesson's place in the store, once; whether it is ours."""
        if self._place is not None:
            return True

        async def is_free(place: str) -> bool:
            return place != self.lesson or await is_ours_without_claim(self._folder, plan, self._store, self._prefix)

        try:
            claim = await asyncio.to_thread(make_claim, self._folder)
            self._place = await claim_place(self.lesson, claim, self._store, self._prefix, is_free)
        except StoreError as error:
            self._refused(CLAIM, error)
            return False
        except OSError as error:
            self._skip(CLAIM, error)
            return False
        self._streak.taken()
        self.holds.proven(CLAIM)
        self.unreadable.pop(CLAIM, None)
        if (state := await asyncio.to_thread(file_state, self._folder / CLAIM)) is not None:
            plan.add(CLAIM, state)
            await self._mark_stored(plan, CLAIM, StoredFile(sha256_of_bytes(claim), len(claim)))
        return True

    async def _current_plan(self) -> UploadPlan:
        finished, self._finished = self._finished, []
        must_scan, self._needs_scan = self._needs_scan, False
        try:
            if must_scan or self._plan is None:
                self._plan = await asyncio.to_thread(self._scan)
            else:
                await self._add_files(self._plan, finished)
        except BaseException:
            self._needs_scan = True
            raise
        return self._plan

    def _scan(self) -> UploadPlan:
        unnameable: set[str] = set()
        files = scan_lesson_folder(self._folder, unnameable)
        for path in sorted(unnameable - self._unnameable):
            log.error("%s: %s has a name that no store takes; everything else is sent", self.lesson, ascii(path))
        self._unnameable |= unnameable
        return UploadPlan(files, self._outbox.items(self.lesson))

    async def _add_files(self, plan: UploadPlan, paths: Iterable[str]) -> int:
        """Add those of these files to the plan that are there; their number."""
        states = await asyncio.to_thread(lambda: {path: file_state(self._folder / path) for path in paths})
        present = {path: state for path, state in states.items() if state is not None}
        for path, state in present.items():
            plan.add(path, state)
        return len(present)

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{self._place}/{path}"

    async def _withdraw(self, plan: UploadPlan) -> None:
        """Without lesson.json the store's copy does not claim to be complete."""
        try:
            await self._store.delete(self._key(LESSON_JSON))
        except StoreError as error:
            self._refused(LESSON_JSON, error)
            return
        if item := plan.items.get(LESSON_JSON):
            await asyncio.to_thread(self._outbox.mark_pending, self.lesson, {LESSON_JSON: item.state})
        self._was_reopened = False
        self._needs_scan = True
        log.info("Lesson %s goes on: its copy in the store is open again", self.lesson)

    async def _refresh_playlists(self, plan: UploadPlan) -> bool:
        """Update the store's playlists to what it can deliver; False where there was nothing to do.

        A file that a playlist names and nobody announced (the recorder was restarted) is added to the plan.
        """
        now = self._monotonic()
        if now - self._playlists_at < self._policy.playlists_every_s:
            return False
        changed = False
        for path in plan.playlists():
            try:
                text = (await asyncio.to_thread((self._folder / path).read_bytes)).decode(errors="surrogateescape")
            except OSError:
                continue
            unannounced = [name for name in named_files(text) if name not in plan.files]
            if unannounced and await self._add_files(plan, unannounced):
                changed = True
            if not self._is_held(path) and (body := self._deliverable_part(plan, path, text)) is not None:
                await self._mark_pending(plan, [path])
                try:
                    copy = await self._store.put(self._key(path), body)
                except StoreError as error:
                    self._refused(path, error)
                else:
                    await self._took(plan, path, copy)
                self._playlists_at = now
                changed = True
        return changed

    def _deliverable_part(self, plan: UploadPlan, path: str, text: str) -> bytes | None:
        """What the store may have of a playlist, None where that is nothing, or nothing new."""
        part = truncate_playlist(text, plan.deliverable())
        if not part or (path == MAIN_PLAYLIST and part != text):
            return None
        body, item = part.encode(errors="surrogateescape"), plan.items.get(path)
        if item and item.copy and item.copy.sha256 == sha256_of_bytes(body):
            return None
        return body

    async def _send(self, plan: UploadPlan, paths: list[str]) -> None:
        await self._mark_pending(plan, [path for path in paths if not plan.is_marked_pending(path)])
        self._verified.difference_update(paths)
        await bounded_gather(partial(self._send_one, plan), paths, self._policy.max_concurrent)

    async def _send_one(self, plan: UploadPlan, path: str) -> None:
        try:
            copy = await self._find_copy(plan, path) or await self._store.put(self._key(path), self._folder / path)
        except StoreError as error:
            await asyncio.to_thread(self._outbox.mark_failed, self.lesson, path, error.code)
            self._refused(path, error)
        except FileNotFoundError:
            self._needs_scan = True
            self.unreadable.pop(path, None)
        except OSError as error:
            self._skip(path, error)
            await asyncio.to_thread(self._outbox.mark_failed, self.lesson, path, _SPOOL_FAULT)
        else:
            await self._took(plan, path, copy)
            self.pending -= 1
            self.unreadable.pop(path, None)

    async def _mark_pending(self, plan: UploadPlan, paths: Iterable[str]) -> None:
        if files := {path: plan.files[path] for path in paths}:
            await asyncio.to_thread(self._outbox.mark_pending, self.lesson, files)
            for path in files:
                plan.mark_pending(path)

    async def _took(self, plan: UploadPlan, path: str, copy: StoredFile) -> None:
        self._streak.taken()
        self.holds.taken(path)
        await self._mark_stored(plan, path, copy)

    async def _mark_stored(self, plan: UploadPlan, path: str, copy: StoredFile) -> None:
        await asyncio.to_thread(self._outbox.mark_stored, self.lesson, path, plan.files[path], copy)
        plan.mark_stored(path, copy)

    def _skip(self, path: str, error: OSError) -> None:
        """One unreadable file holds up nothing but its own lesson's completion."""
        reason = f"{self.lesson}/{path} cannot be read: {error.strerror}"
        if path not in self.unreadable:
            log.warning("%s; everything else is sent", reason)
        self.unreadable[path] = reason
        self._skipped.add(path)

    async def _find_copy(self, plan: UploadPlan, path: str) -> StoredFile | None:
        """The store's copy of a file whose record was lost, if it is the right one."""
        item = plan.items.get(path)
        if item is None or item.delivery is not DeliveryState.UNSURE or item.state != plan.files[path]:
            return None
        found = await self._store.read_back(self._key(path))
        if found is None or found.size != item.state.size:
            return None
        sha256 = await asyncio.to_thread(sha256_of_file, self._folder / path)
        return found if found.sha256 == sha256 else None

    async def _verify(self, plan: UploadPlan, paths: list[str]) -> None:
        """Compare these files with the store; after the last one, if none has changed meanwhile, it is complete."""
        await bounded_gather(partial(self._compare, plan), paths, self._policy.max_concurrent)
        if not self._verified.issuperset(plan.files):
            return
        is_unchanged = await asyncio.to_thread(scan_lesson_folder, self._folder) == plan.files
        if is_unchanged and self.has_ended and not self._needs_scan:
            self.is_complete = True
            self._plan = None
            self._verified.clear()
        else:
            self._needs_scan = True

    async def _compare(self, plan: UploadPlan, path: str) -> None:
        try:
            is_same = await self._is_same(plan, path)
        except StoreError as error:
            self._refused(path, error)
            return
        if is_same:
            self._verified.add(path)
            self.holds.proven(path)
            return
        await self._mark_pending(plan, [path])
        text = f"{self.lesson}/{path} is not in the store as it was sent, and goes again"
        self.holds.refused(path, StoreCorrupt(text, is_about_object=True))
        log.warning("%s", text)

    async def _is_same(self, plan: UploadPlan, path: str) -> bool:
        copy = plan.items[path].copy
        try:
            sha256 = await asyncio.to_thread(sha256_of_file, self._folder / path)
        except OSError:
            return False
        return copy is not None and copy.sha256 == sha256 and await self._store.contains(self._key(path), copy)
