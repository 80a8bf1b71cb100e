"""The look at a whole copy in the store, before the lesson is deleted on this box."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipelines.delivery.bounded_gather import bounded_gather
from pipelines.delivery.copy_claim import find_place, read_claim
from pipelines.delivery.errors import StoreNotThere
from pipelines.delivery.interfaces import Outbox, Store
from pipelines.delivery.store_mark import read_mark
from pipelines.delivery.upload_plan import scan_lesson_folder

_AT_ONCE = 4


async def missing_from_copy(folder: Path, store: Store, outbox: Outbox, prefix: str) -> list[str] | None:
    """Look for every file of a lesson in the store, by name, size and checksum; return those that are not there.

    None where the store is no other place than this box, so that its copy allows no deletion.

    Raises:
        StoreNotThere: the store does not carry the mark of the one that was delivered to.
        StoreError: it does not answer, which says nothing of the copy.
        OSError: the folder cannot be read.
        Exception: whatever the outbox raises.
    """
    if not await store.is_apart_from(folder.parent):
        return None
    known = await asyncio.to_thread(outbox.known_store)
    if known is None or await read_mark(store, prefix) != known.mark:
        raise StoreNotThere("the store does not carry the mark of the one that lessons were copied to")
    claim = await asyncio.to_thread(read_claim, folder)
    place = await find_place(folder.name, claim, store, prefix)
    files = await asyncio.to_thread(scan_lesson_folder, folder)
    items = await asyncio.to_thread(outbox.items, folder.name)
    missing = []

    async def look(path: str) -> None:
        item = items.get(path)
        copy = item.copy if item is not None and item.state == files[path] else None
        if copy is None or not await store.contains(f"{prefix}/{place}/{path}", copy):
            missing.append(path)

    await bounded_gather(look, sorted(files), _AT_ONCE)
    return sorted(missing)
