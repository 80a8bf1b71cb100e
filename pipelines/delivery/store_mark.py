"""The mark by which a room knows its store again: a small object with an id, beside the room's lessons.

A store without the mark that was there before is another one, an emptied one, or the mount point of a disk that is
missing. Nothing is deleted on the word of a store that does not carry the mark.
"""

from __future__ import annotations

import json
import logging
import secrets
from pathlib import Path

from pipelines.delivery.errors import StoreNotThere
from pipelines.delivery.interfaces import KnownStore, Store

log = logging.getLogger(__name__)

NAME = "store-mark.json"
_LONGEST = 4096


async def read_mark(store: Store, prefix: str) -> str | None:
    """The id of the mark below ``prefix`` (``<school>/<room>``); None where there is none.

    Raises:
        StoreError: the store does not answer.
    """
    text = await store.read(f"{prefix}/{NAME}", _LONGEST)
    if text is None:
        return None
    try:
        return str(json.loads(text)["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        # It says nothing that a store could be known by, and stays as it is.
        return f"unreadable:{text[:64].hex()}"


async def write_mark(store: Store, prefix: str) -> str:
    """Mark a store that has no mark, and return the id; that of another who was first, where somebody was.

    Raises:
        StoreError: the store does not take it, or does not show it.
    """
    body = json.dumps({"format": 1, "id": secrets.token_hex(16)}).encode() + b"\n"
    await store.create(f"{prefix}/{NAME}", body)
    if (mark := await read_mark(store, prefix)) is None:
        raise StoreNotThere("the store does not show the mark that was just written into it")
    return mark


async def recognise_store(store: Store, prefix: str, spool: Path, known: KnownStore | None) -> KnownStore:
    """Return the store as it is today, marked; what may be a missing disk's mount point is not taken for it.

    Raises:
        StoreNotThere: that is what it may be.
        StoreError: the store does not answer, or does not take the mark.
    """
    traits = await store.prepare(known.traits if known else "", prefix)
    mark = await read_mark(store, prefix)
    if mark is None:
        if not await store.may_be_marked(spool, known is None):
            raise StoreNotThere(
                "the store is not marked as this room's, so its disk may be missing; if it is the right one, mark it:"
                " classroom-edge check --store --mark"
            )
        mark = await write_mark(store, prefix)
        log.info("The store is marked now, as %s", mark)
    is_apart = await store.is_apart_from(spool)
    if known is not None and known.mark != mark:
        if known.is_apart and not is_apart and known.traits == traits:
            raise StoreNotThere(
                "the store had a disk of its own, and now lies on the lessons' disk: is its disk mounted?"
            )
        log.warning("This is another store than before (%s, not %s): it is looked at anew", mark, known.mark)
    return KnownStore(mark, traits, is_apart)
