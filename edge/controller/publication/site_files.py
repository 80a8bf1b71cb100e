"""The pages beside the lessons in the store: put there when they are not these already, and taken away again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from pipelines.delivery.interfaces import Store
from pipelines.files.sha256 import sha256_of_bytes

log = logging.getLogger(__name__)

VERSION = "site.json"
"""Says of which files the pages that lie there are made."""

_LONGEST = 1 << 16

ReadSite = Callable[[], Mapping[str, bytes]]
"""Reads the files of the pages by their path in the folder where they are published; blocks."""


class SiteFiles:
    """The pages in ``folder`` of a store. Raises, from every method, StoreError: some of the work may be done."""

    def __init__(self, store: Store, folder: str) -> None:
        self._store = store
        self._folder = folder

    async def publish(self, files: Mapping[str, bytes]) -> bool:
        """Put what differs and delete what is no longer part of them; whether anything changed."""
        digests = {name: sha256_of_bytes(data) for name, data in sorted(files.items())}
        version = json.dumps({"format": 1, "files": digests}, indent=1).encode() + b"\n"
        there = await self._version()
        if there == version:
            return False
        known = _digests(there)
        # Pages after what they are made of, and what says that they are there after them.
        for name in sorted(files, key=lambda name: (name.endswith(".html"), name)):
            if known.get(name) != digests[name]:
                await self._store.put(self._key(name), files[name])
        for name in known.keys() - files.keys():
            await self._store.delete(self._key(name))
        await self._store.put(self._key(VERSION), version)
        log.info("The pages for the lessons in the store are there: %d files", len(files))
        return True

    async def withdraw(self) -> bool:
        """Delete the pages, of whatever version they are; whether there were any."""
        if (there := await self._version()) is None:
            return False
        for name in sorted(_digests(there), key=lambda name: (not name.endswith(".html"), name)):
            await self._store.delete(self._key(name))
        await self._store.delete(self._key(VERSION))
        return True

    async def _version(self) -> bytes | None:
        return await self._store.read(self._key(VERSION), _LONGEST)

    def _key(self, name: str) -> str:
        return f"{self._folder}/{name}"


def _digests(version: bytes | None) -> dict[str, str]:
    """The files that a version names, but for names that would lead elsewhere."""
    try:
        files = json.loads(version or b"{}")["files"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    if not isinstance(files, dict):
        return {}
    return {name: digest for name, digest in files.items() if name and ".." not in PurePosixPath(name).parts}
