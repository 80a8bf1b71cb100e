"""Comparison of a lesson with its copy in the configured store, for ``verify --store``."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from edge.config.load import load
from edge.config.store import configured_store
from edge.config.toml_files import find_config_file
from edge.i18n import LazyMessage, lazy_message
from pipelines.delivery.compare_copies import Difference, compare_copies
from pipelines.delivery.errors import InvalidStoreUrl, StoreError, StoreRefused
from pipelines.delivery.interfaces import Store


class StoreNotReached(Exception):
    """The store did not answer, or refused us; the message says why."""


class NoStore(Exception):
    """The config names no store that could be asked."""


def differences(folder: Path, config: Path | None) -> list[LazyMessage]:
    """What the configured store lacks of the lesson in ``folder``, or has otherwise.

    Raises:
        ConfigProblems: The config cannot be used.
        NoStore: It names no store.
        StoreNotReached: The store does not answer.
        OSError: The lesson cannot be read.
    """
    loaded = load(find_config_file(config), kinds=frozenset())
    try:
        store = configured_store(loaded.store)
    except InvalidStoreUrl as error:
        raise NoStore(str(error)) from error
    if store is None:
        raise NoStore('[store] url = ""')
    lies_at = f"{loaded.room.school}/{loaded.room.room}"
    try:
        found = asyncio.run(_compare(folder.resolve(), store, lies_at))
    except StoreError as fault:
        raise StoreNotReached(str(fault)) from fault
    return [
        lazy_message("receipt.store-lacks" if one.stored is None else "receipt.store-differs", file=one.path)
        for one in found
    ]


async def _compare(folder: Path, store: Store, prefix: str) -> list[Difference]:
    async with store.connected():
        # Who may only read can try nothing out, which matters only where the bucket is in the host's name.
        with suppress(StoreRefused):
            await store.prepare("", prefix)
        return await compare_copies(folder, store, prefix)
