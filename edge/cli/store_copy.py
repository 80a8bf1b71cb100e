"""Whether the store has a lesson byte for byte, as the command line asks it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.config.files import find
from edge.config.load import load
from edge.controller import composition
from edge.words import Saying, saying
from pipelines.delivery.compare import compare
from pipelines.delivery.faults import BadStoreUrl, StoreFault


class StoreNotReached(Exception):
    """The store did not answer, or not to us; the message says why."""


class NoStore(Exception):
    """The config names no store that could be asked."""


def differences(folder: Path, config: Path | None) -> list[Saying]:
    """What the configured store lacks of the lesson in ``folder``, or has otherwise.

    ConfigProblems, NoStore, StoreNotReached, OSError.
    """
    loaded = load(find(config), kinds=frozenset())
    try:
        store = composition.store(loaded.store)
    except BadStoreUrl as error:
        raise NoStore(str(error)) from error
    if store is None:
        raise NoStore('[store] url = ""')
    lies_at = f"{loaded.room.school}/{loaded.room.room}"
    try:
        found = asyncio.run(compare(folder.resolve(), store, lies_at))
    except StoreFault as fault:
        raise StoreNotReached(str(fault)) from fault
    return [
        saying("receipt.store-lacks" if one.stored is None else "receipt.store-differs", file=one.path)
        for one in found
    ]
