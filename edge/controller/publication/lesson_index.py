"""The room's index in the store, kept up to date: each change is a month's file and then index.json.

Several boxes may write it, and a restored ledger may know less than what stands there: every write begins with what is
there, changes the lessons that it is about and no other, and is repeated where somebody else was quicker. An entry is
made only of what the store has of the lesson itself. Without the lesson's lesson.json there is none.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from zoneinfo import ZoneInfo

from edge.config.model import RoomConfig
from edge.controller.publication.index_file import LARGEST as LARGEST_INDEX
from edge.controller.publication.index_file import IndexFile, latest_first
from edge.controller.publication.lesson_entry import (
    LONGEST_FILE,
    LessonEntry,
    NotListed,
    key_of,
    lesson_of,
    make_entry,
)
from edge.controller.publication.month_file import LARGEST as LARGEST_MONTH
from edge.controller.publication.month_file import Changes, MonthFile, is_month
from pipelines.delivery.bounded_gather import bounded_gather
from pipelines.delivery.errors import StoreCorrupt, StoreFailed
from pipelines.delivery.interfaces import Store, VersionedBytes
from pipelines.files.lesson_layout import PLAYER_JSON

log = logging.getLogger(__name__)

FOLDER = "lessons"
INDEX = "index.json"
_AT_ONCE = 4
_TOGETHER = 100
_TRIES = 12
_LONGEST_PAUSE_S = 0.2


Progress = Callable[[int, int], None]
"""Is told how many of how many lessons were looked at."""


class LessonIndex:
    """The index below ``prefix`` (``<school>/<room>``) in a store; months are the school's, in ``zone``.

    Before the first change it must be read (``audit``). ``is_damaged``: something in it could not be read, so that
    lessons may be missing which only ``rebuild`` finds.

    Raises:
        StoreError: from every method; some of the work may be done, and may be repeated.
    """

    def __init__(self, store: Store, prefix: str, room: RoomConfig, zone: ZoneInfo) -> None:
        self._store = store
        self._prefix = prefix
        self._room = room
        self._zone = zone
        self._months: dict[str, set[str]] = {}
        self.is_there = False
        self.is_damaged = False

    @property
    def folders(self) -> frozenset[str]:
        """The folders of the lessons that it lists."""
        return frozenset(self._months)

    async def audit(self, also: Iterable[str] = ()) -> dict[str, LessonEntry]:
        """Read all of it, and mend index.json where it says other things than the months; every entry by its folder.

        ``also`` are months that are looked for although index.json may not name them.
        """
        index = self._parse(await self._read(INDEX, LARGEST_INDEX))
        files: dict[str, MonthFile] = {}

        async def read(month: str) -> None:
            files[month] = await self._month(month)

        await bounded_gather(read, latest_first({*index.months, *filter(is_month, also)}), _AT_ONCE)
        self.is_there = index.is_there or any(file.lessons for file in files.values())
        self.is_damaged = any(file.is_damaged for file in files.values())
        self._months, entries = {}, {}
        for file in files.values():
            for folder, entry in file.lessons.items():
                self._months.setdefault(folder, set()).add(file.name)
                entries[folder] = entry
        if self.is_there and index.changed(files.values()).text() != index.text():
            await self._update_index(files)
        return entries

    def is_misplaced(self, entry: LessonEntry) -> bool:
        """Whether it is in another month than it belongs to, or in two: a crash came between."""
        return self._months.get(entry.folder) != {entry.month(self._zone)}

    async def refresh(self, folders: Iterable[str], progress: Progress = lambda _done, _of: None) -> list[str]:
        """List these lessons as the store has them now; those that it has not are no longer listed, and returned."""
        wanted, missing = sorted(set(folders), reverse=True), []
        for start in range(0, len(wanted), _TOGETHER):
            batch = wanted[start : start + _TOGETHER]
            changes = await self._looked_up(batch)
            await self._apply(changes)
            # Somebody may have erased one since it was looked up; that is seen by one of the two.
            gone = await self._looked_up([folder for folder, entry in changes.items() if entry], only_whether=True)
            await self._apply({folder: None for folder, entry in gone.items() if entry is None})
            missing += [folder for folder in batch if changes[folder] is None or gone.get(folder, True) is None]
            progress(start + len(batch), len(wanted))
        return missing

    async def remove(self, folder: str, months: Iterable[str]) -> None:
        """List a lesson no longer, neither where it is known to be nor in ``months``, where another box may list it."""
        for month in months:
            if (await self._month(month)).lessons.get(folder) is not None:
                self._months.setdefault(folder, set()).add(month)
        await self._apply({folder: None})

    async def rebuild(self, progress: Progress = lambda _done, _of: None) -> int:
        """Look at every lesson that the store has, and at every one that is listed; how many are listed now."""
        months = {entry.month(self._zone) for entry in (await self.audit()).values()}
        in_store = [name for name in await self._store.folders(self._prefix) if lesson_of(name)]
        await self.refresh({*in_store, *self.folders}, progress)
        months |= {month for one in self._months.values() for month in one}
        await self.audit(months)
        if not self.is_there:
            await self._update_index([])
        return len(self._months)

    async def withdraw(self) -> bool:
        """Delete the index, index.json last, since it says which months there are; whether there was one."""
        found = await self._read(INDEX, LARGEST_INDEX)
        months = {month for one in self._months.values() for month in one}
        for month in sorted(months | self._parse(found).months.keys()):
            await self._store.delete(self._key(f"{month}.json"))
        if found is not None:
            await self._store.delete(self._key(INDEX))
        self._months, self.is_there = {}, False
        return found is not None

    async def _looked_up(self, folders: list[str], *, only_whether: bool = False) -> dict[str, LessonEntry | None]:
        """The entries that the lessons' own files in the store make; of those that are not there, None."""
        found: dict[str, LessonEntry | None] = {}

        async def look(folder: str) -> None:
            metadata = await self._store.read(key_of(self._prefix, folder), LONGEST_FILE)
            if metadata is None or only_whether:
                found[folder] = None if metadata is None else LessonEntry(id=folder, folder=folder)
                return
            manifest = await self._store.read(key_of(self._prefix, folder, PLAYER_JSON), LONGEST_FILE)
            try:
                found[folder] = make_entry(folder, metadata, manifest)
            except NotListed as error:
                log.warning("a lesson in the store is not listed: %s", error)
                found[folder] = None

        await bounded_gather(look, folders, _AT_ONCE)
        return found

    async def _apply(self, changes: Changes) -> None:
        """Make changes: first where lessons come to, then where they were, index.json last."""
        coming: dict[str, dict[str, LessonEntry | None]] = {}
        going: dict[str, dict[str, LessonEntry | None]] = {}
        for folder, entry in changes.items():
            month = entry.month(self._zone) if entry else ""
            if entry:
                coming.setdefault(month, {})[folder] = entry
            for earlier in self._months.get(folder, set()) - {month}:
                going.setdefault(earlier, {})[folder] = None
        for step in (coming, going):
            for month in latest_first(step):
                await self._update_month(month, step[month])
        if coming or going:
            await self._update_index({*coming, *going})

    async def _update_month(self, month: str, changes: Changes) -> None:
        """Change a month, and read it again: what stands there afterwards counts."""
        name = f"{month}.json"

        async def change(text: bytes | None) -> bytes:
            return self._checked(MonthFile.parse(month, text)).changed(changes).text()

        await self._replace(name, LARGEST_MONTH, change)
        found = await self._month(month)
        if not found.has({folder: entry for folder, entry in changes.items() if entry}):
            raise StoreCorrupt(f"{self._key(name)} is not there as it was sent", is_about_object=True)
        for folder, entry in changes.items():
            known = self._months.setdefault(folder, set())
            (known.add if entry else known.discard)(month)
            if not known:
                del self._months[folder]

    async def _update_index(self, months: Iterable[str]) -> None:
        async def change(text: bytes | None) -> bytes:
            # Read after index.json: whoever changes a month later finds another index.json than this one replaces.
            return self._parse_text(text).changed([await self._month(month) for month in months]).text()

        await self._replace(INDEX, LARGEST_INDEX, change)
        self.is_there = True

    async def _replace(self, name: str, at_most: int, change: Callable[[bytes | None], Awaitable[bytes]]) -> None:
        """Replace a file by what becomes of it, again where somebody else has changed it meanwhile."""
        for attempt in range(_TRIES):
            found = await self._read(name, at_most)
            data = await change(found.data if found else None)
            if found is not None and found.data == data:
                return
            if await self._store.replace(self._key(name), data, found.version if found else ""):
                return
            await asyncio.sleep(random.uniform(0, min(_LONGEST_PAUSE_S, 0.01 * 2**attempt)))
        raise StoreFailed(f"{self._key(name)} is changed by others all the time", is_about_object=True)

    async def _month(self, month: str) -> MonthFile:
        found = await self._read(f"{month}.json", LARGEST_MONTH)
        return self._checked(MonthFile.parse(month, found.data if found else None))

    def _checked(self, file: MonthFile) -> MonthFile:
        self.is_damaged |= file.is_damaged
        return file

    def _parse(self, found: VersionedBytes | None) -> IndexFile:
        return self._parse_text(found.data if found else None)

    def _parse_text(self, text: bytes | None) -> IndexFile:
        return IndexFile.parse(self._room, self._zone, text)

    async def _read(self, name: str, at_most: int) -> VersionedBytes | None:
        return await self._store.read_version(self._key(name), at_most)

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{FOLDER}/{name}"
