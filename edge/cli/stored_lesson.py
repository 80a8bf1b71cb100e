"""The copy of a lesson in the configured store, whose playlists are replaced when the lesson is cut again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from edge.config.model import Config
from edge.config.store import configured_store
from pipelines.delivery.copy_claim import find_place, read_claim
from pipelines.delivery.errors import InvalidStoreUrl, StoreError, StoreRefused
from pipelines.delivery.interfaces import Store
from pipelines.files.lesson_layout import (
    CUTS_JSON,
    JOURNAL_JSONL,
    LESSON_JSON,
    MAIN_PLAYLIST,
    PROGRAMME_PLAYLIST,
    SOUND_PLAYLIST,
    init_name,
)
from pipelines.journal.entries import Track
from pipelines.journal.journal_file import iterate_kinds

T = TypeVar("T")

# A lesson of two hours with five cameras has 40 MB.
_LONGEST = 1 << 28
PLAYLISTS = (CUTS_JSON, PROGRAMME_PLAYLIST, MAIN_PLAYLIST)
"""What is written when a lesson is cut again; the playlist that players are given comes last."""


class StoreNotUsable(Exception):
    """The store does not answer, refuses us, or lacks something of the lesson; the message says why."""


def copy_of(lesson: str, folder: Path | None, config: Config) -> StoredLesson | None:
    """The whole copy of a lesson; None where there is none. ``folder`` is the lesson's here, if it is here.

    Raises:
        StoreNotUsable: the store does not answer or refuses us.
    """
    try:
        store = configured_store(config.store)
    except InvalidStoreUrl as error:
        raise StoreNotUsable(str(error)) from error
    if store is None:
        return None
    prefix = f"{config.room.school}/{config.room.room}"
    place = _asking(store, prefix, lambda: _find(store, prefix, lesson, folder))
    return None if place is None else StoredLesson(lesson, place, prefix, store)


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A lesson's copy; ``place`` is the name of its folder below ``prefix``."""

    lesson: str
    place: str
    prefix: str
    store: Store

    def fetch(self, place: Path) -> Path:
        """Fetch what the playlists are made from into a folder below ``place``, and return that.

        Raises:
            StoreNotUsable: the store does not answer, or has not all of it.
            OSError: the disk refuses.
        """
        folder = place / self.lesson
        folder.mkdir()
        self._read_into(folder, [JOURNAL_JSONL])
        tracks = list(iterate_kinds(folder, Track))
        self._read_into(folder, sorted({f"{one.track}/{init_name(one.init)}" for one in tracks}))
        self._read_into(folder, [*PLAYLISTS, SOUND_PLAYLIST], may_be_missing=True)
        return folder

    def put(self, folder: Path, names: Sequence[str] = PLAYLISTS) -> None:
        """Replace these files of the copy one after the other, each whole; one that ``folder`` has not is taken away.

        Raises:
            StoreNotUsable: the store does not answer or refuses us.
            OSError: the disk refuses.
        """
        bodies = {name: (folder / name).read_bytes() if (folder / name).exists() else None for name in names}

        async def put() -> None:
            for name, body in bodies.items():
                key = f"{self.prefix}/{self.place}/{name}"
                if body is None:
                    await self.store.delete(key)
                else:
                    await self.store.put(key, body)

        _asking(self.store, self.prefix, put)

    def _read_into(self, folder: Path, names: list[str], *, may_be_missing: bool = False) -> None:
        async def read() -> list[tuple[str, bytes | None]]:
            return [(name, await self.store.read(f"{self.prefix}/{self.place}/{name}", _LONGEST)) for name in names]

        for name, data in _asking(self.store, self.prefix, read):
            if data is not None:
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(data)
            elif not may_be_missing:
                raise StoreNotUsable(f"{self.prefix}/{self.place}/{name}: no such file")


async def _find(store: Store, prefix: str, lesson: str, folder: Path | None) -> str | None:
    """Where the copy lies; without the lesson's claim, the only place of its name that has a whole copy."""
    if folder is not None:
        places = [await find_place(lesson, read_claim(folder), store, prefix)]
    else:
        found = await store.folders(prefix)
        places = [name for name in found if name == lesson or name.startswith(f"{lesson}~")]
    whole = [place for place in places if await store.read(f"{prefix}/{place}/{LESSON_JSON}", _LONGEST) is not None]
    if len(whole) > 1:
        raise StoreNotUsable(f"{prefix}: {', '.join(whole)} are copies of different lessons")
    return next(iter(whole), None)


def _asking(store: Store, prefix: str, ask: Callable[[], Awaitable[T]]) -> T:
    async def connected() -> T:
        async with store.connected():
            # Who may only read can try nothing out.
            with suppress(StoreRefused):
                await store.prepare("", prefix)
            return await ask()

    try:
        return asyncio.run(connected())
    except StoreError as fault:
        raise StoreNotUsable(str(fault)) from fault
