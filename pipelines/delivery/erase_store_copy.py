"""Delete the copy of a lesson in the store, because somebody wants the lesson gone: nothing of another lesson."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipelines.delivery.bounded_gather import bounded_gather
from pipelines.delivery.copy_claim import find_place, read_claim
from pipelines.delivery.interfaces import Outbox, Store
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.files.lesson_layout import CLAIM, LESSON_JSON

_AT_ONCE = 4
_LONGEST_CLAIM = 4096


async def erase_copy(folder: Path, store: Store, outbox: Outbox, prefix: str) -> None:
    """Delete every object of the copy: lesson.json first, so that it is complete no more, and the claim last.

    May be repeated. A place that does not carry the lesson's own claim is another's and is left alone.

    Raises:
        StoreError: the store does not answer; some objects may be deleted.
        OSError: the folder cannot be read.
        Exception: whatever the outbox raises.
    """
    claim = await asyncio.to_thread(read_claim, folder)
    if claim is None:
        # Nothing was ever sent.
        return
    place = await find_place(folder.name, claim, store, prefix)
    base = f"{prefix}/{place}"
    if await store.read(f"{base}/{CLAIM}", _LONGEST_CLAIM) != claim:
        return
    files = await asyncio.to_thread(scan_lesson_folder, folder)
    items = await asyncio.to_thread(outbox.items, folder.name)
    await store.delete(f"{base}/{LESSON_JSON}")

    async def delete(path: str) -> None:
        await store.delete(f"{base}/{path}")

    await bounded_gather(delete, sorted((files.keys() | items.keys()) - {LESSON_JSON, CLAIM}), _AT_ONCE)
    await store.delete(f"{base}/{CLAIM}")
