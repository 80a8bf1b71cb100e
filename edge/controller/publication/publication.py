"""The part of the controller that publishes: the pages beside the lessons in the store, and the room's index of them.

It leaves the store's mark to the uploads, and lists a lesson only once it is stored. What it does may be done again, by
this box or another. Where lessons are private, pages and index that were there before are taken away.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.classroom.lesson_events import LessonEvent, LessonStored
from edge.config.export_settings import PublicationConfig, StoreConfig
from edge.config.model import RoomConfig
from edge.config.store import configured_store
from edge.controller.fault_registry import PUBLICATION, FaultRegistry
from edge.controller.publication.lesson_entry import LONGEST_FILE, LessonEntry, NotListed, make_entry
from edge.controller.publication.lesson_index import FOLDER, LessonIndex
from edge.controller.publication.site_files import ReadSite, SiteFiles
from edge.ledger.ledger import Ledger
from edge.ledger.lessons import LessonState
from pipelines.delivery.copy_claim import find_place, read_claim
from pipelines.delivery.errors import StoreError, StoreFailed, StoreUnreachable
from pipelines.delivery.interfaces import Store
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.store_mark import read_mark
from pipelines.delivery.store_visits import StoreVisits
from pipelines.files.lesson_layout import CLAIM, LESSON_JSON, PLAYER_JSON

log = logging.getLogger(__name__)

NAME = PUBLICATION
BEHIND = "index-behind"
"""The fault code for an index in the store that has not been brought up to date for an hour."""

EVENTS = (LessonStored,)
LOOK_S = 60.0
_BEHIND_S = 3600.0
_AUDIT_AGAIN_S = 6 * 3600.0
_LONGEST_CLAIM = 4096


@dataclass(slots=True)
class _Site:
    """What is published, once the store is known: under one mark."""

    mark: str
    index: LessonIndex
    files: SiteFiles
    audited_at: float | None = None


class Publication:
    """Publishes the room's lessons in the configured store, if ``publication`` says so; see the module.

    ``read_site`` reads the pages. ``spool`` is where the lessons are on this box.
    """

    def __init__(
        self,
        publication: PublicationConfig,
        config: StoreConfig,
        spool: Path,
        room: RoomConfig,
        zone: ZoneInfo,
        ledger: Ledger,
        read_site: ReadSite,
        faults: FaultRegistry,
        policy: RetryPolicy | None = None,
        look_s: float = LOOK_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_public = publication.access == "public"
        self._config = config
        self._spool = spool
        self._room = room
        self._prefix = f"{room.school}/{room.room}"
        self._zone = zone
        self._ledger = ledger
        self._read_site = read_site
        self._faults = faults
        self._monotonic = monotonic
        self._store: Store | None = None
        self._site: _Site | None = None
        self._stored: set[str] = set()
        self._erased: set[str] = set()
        self._is_withdrawn = False
        self._visits = StoreVisits("The index of the lessons waits", policy or RetryPolicy(), look_s, monotonic)
        self._behind_since: float | None = None
        self._writing = asyncio.Lock()
        self._context = copy_context()

    def on_event(self, event: LessonEvent) -> None:
        """A lesson is stored, or is again as it has become since."""
        if self.is_public:
            self._stored.add(event.lesson)
            self._visits.wake()

    def retry(self) -> None:
        """Go on now: the network is back."""
        self._visits.retry()

    async def run(self) -> None:
        """Publish until cancelled; returns at once where no store is configured.

        Raises:
            InvalidStoreUrl: the store cannot be made from the config.
            LedgerError, OSError: ledger, spool or the pages cannot be read.
        """
        self._store = store = await asyncio.to_thread(configured_store, self._config)
        if store is None:
            return
        self._context = copy_context()
        self._site = None
        async with store.connected():
            try:
                await self._visits.repeat(partial(self._visit, store), self._report)
            finally:
                self._faults.report(NAME)

    @asynccontextmanager
    async def withdrawn(self, lesson: str) -> AsyncIterator[None]:
        """While the lesson's copy in the store is erased, and afterwards, the index does not list it.

        Raises:
            StoreError: the store does not answer.
            OSError, LedgerError: from the spool or the ledger.
        """
        if self._is_withdrawn:
            yield
            return
        if self._store is None:
            raise StoreUnreachable("there is no connection to the store now")
        loop = asyncio.get_running_loop()
        place = await loop.create_task(self._our_place(self._store, lesson), context=self._context)
        if place is None:
            yield
            return
        self._erased.add(lesson)
        self._stored.discard(lesson)
        self._visits.holds.proven(lesson)
        await loop.create_task(self._remove(self._store, lesson, place), context=self._context)
        yield
        # Another box may have looked it up just before, and listed it since.
        await loop.create_task(self._remove(self._store, lesson, place), context=self._context)

    async def _visit(self, store: Store) -> bool:
        """Publish what is to be published; whether there is something to publish. StoreError."""
        async with self._writing:
            await self._bring_up_to_date(store)
        return not self._is_withdrawn

    async def _bring_up_to_date(self, store: Store) -> None:
        site = await self._known_site(store)
        if site is None:
            return
        if not self.is_public:
            await self._withdraw(site)
            return
        now_s = self._monotonic()
        if site.audited_at is None or now_s - site.audited_at > _AUDIT_AGAIN_S:
            await site.files.publish(await asyncio.to_thread(self._read_site))
            await self._audit(site)
            site.audited_at = now_s
        for lesson in sorted(self._stored, reverse=True):
            if not self._visits.holds.is_held(lesson):
                await self._list(store, site.index, lesson)

    async def _known_site(self, store: Store) -> _Site | None:
        """The store as the uploads know it; None while they do not, or it is not the one that they know."""
        known = await asyncio.to_thread(self._ledger.outbox.known_store)
        if known is None:
            return None
        if self._site is None or self._site.mark != known.mark:
            await store.prepare(known.traits, self._prefix)
            if await read_mark(store, self._prefix) != known.mark:
                return None
            index = LessonIndex(store, self._prefix, self._room, self._zone)
            self._site = _Site(known.mark, index, SiteFiles(store, f"{self._prefix}/{FOLDER}"))
        return self._site

    async def _withdraw(self, site: _Site) -> None:
        """Take away what lies there from when lessons were public; the pages first, that nobody finds them empty."""
        if await site.files.withdraw() | await site.index.withdraw():
            log.info("Pages and index of the lessons are no longer in the store: lessons are private")
        self._is_withdrawn = True

    async def _audit(self, site: _Site) -> None:
        """Read the index, and list what is missing in it or is otherwise than here; all anew where it was damaged."""
        local = await asyncio.to_thread(self._local_entries)
        months = {entry.month(self._zone) for entry in local.values()}
        listed = await site.index.audit(months)
        if not site.index.is_there or site.index.is_damaged:
            log.info("The index of the lessons in the store is made anew")
            count = await site.index.rebuild()
            log.info("The index of the lessons in the store lists %d", count)
            return
        by_lesson = {entry.id: entry for entry in listed.values()}
        outdated = {entry.folder for entry in listed.values() if site.index.is_misplaced(entry)}
        outdated |= {
            by_lesson[lesson].folder
            for lesson, entry in local.items()
            if lesson in by_lesson and entry != by_lesson[lesson].model_copy(update={"folder": entry.folder})
        }
        stored = await asyncio.to_thread(self._ledger.lessons.in_state, LessonState.STORED)
        outdated |= {one.id for one in stored if one.id not in by_lesson and one.id not in self._erased}
        await site.index.refresh(outdated)

    def _local_entries(self) -> dict[str, LessonEntry]:
        """The entries that the stored lessons on this box should have, but for their place in the store."""
        found = {}
        for record in self._ledger.lessons.in_state(LessonState.STORED):
            folder = self._spool / record.id
            try:
                manifest = _read(folder / PLAYER_JSON)
                if metadata := _read(folder / LESSON_JSON):
                    found[record.id] = make_entry(record.id, metadata, manifest)
            except (OSError, NotListed) as error:
                log.debug("%s: %s", record.id, error)
        return found

    async def _list(self, store: Store, index: LessonIndex, lesson: str) -> None:
        """List a lesson that is stored; that the store refuses it alone holds up no other.

        Raises:
            StoreError: the store does not do its part, for whatever object.
        """
        try:
            claim = await asyncio.to_thread(read_claim, self._spool / lesson)
            place = await find_place(lesson, claim, store, self._prefix)
            if await index.refresh([place]) and lesson not in self._erased:
                raise StoreFailed(f"the store does not show {place}/{LESSON_JSON} yet", is_about_object=True)
        except StoreError as error:
            if not error.is_about_object:
                raise
            if not self._visits.holds.was_refused(lesson):
                log.warning("%s is not listed yet (%s): %s", lesson, error.code, error)
            self._visits.holds.refused(lesson, error)
            return
        self._visits.holds.proven(lesson)
        self._stored.discard(lesson)

    async def _our_place(self, store: Store, lesson: str) -> str | None:
        """Where this lesson's copy lies; None where there is none of ours, or no index."""
        claim = await asyncio.to_thread(read_claim, self._spool / lesson)
        if claim is None:
            return None
        place = await find_place(lesson, claim, store, self._prefix)
        if await store.read(f"{self._prefix}/{place}/{CLAIM}", _LONGEST_CLAIM) != claim:
            return None
        return place

    async def _remove(self, store: Store, lesson: str, place: str) -> None:
        async with self._writing:
            index = self._site.index if self._site else LessonIndex(store, self._prefix, self._room, self._zone)
            if self._site is None or self._site.audited_at is None:
                await index.audit()
            if index.is_there:
                local = (await asyncio.to_thread(self._local_entries)).get(lesson)
                await index.remove(place, [local.month(self._zone)] if local else [])

    def _report(self) -> None:
        """Tell when the index has been behind for long; a network that is away for a while is nothing to mend."""
        if not self._visits.is_behind:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = self._monotonic()
        is_behind = self._behind_since is not None and self._monotonic() - self._behind_since > _BEHIND_S
        self._faults.report(NAME, BEHIND if is_behind else "")


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_FILE)
    except FileNotFoundError:
        return None
