"""A small file goes to the store once, under a name of its own: never in place of another that lies there."""

from __future__ import annotations

from pipelines.delivery.errors import StoreFailed
from pipelines.delivery.interfaces import Store
from pipelines.files.sha256 import sha256_of_bytes

_IN_NAME = 8


async def create_once(store: Store, folder: str, name: str, suffix: str, data: bytes) -> str:
    """Store ``data`` as ``<folder>/<name><suffix>`` and return its key, once the store shows it.

    Where something else lies there it goes to ``<name>~<8 digits of its SHA-256><suffix>``. May be repeated: what is
    there already, the same byte for byte, is not written again.

    Raises:
        StoreError: the store does not take it, or does not show it.
    """
    for key in (f"{folder}/{name}{suffix}", f"{folder}/{name}~{sha256_of_bytes(data)[:_IN_NAME]}{suffix}"):
        found = await store.read(key, len(data) + 1)
        if found is None:
            # The answer may be lost, or another may be quicker: what is there afterwards counts.
            await store.create(key, data)
            if (found := await store.read(key, len(data) + 1)) is None:
                raise StoreFailed(f"the store does not show {key} yet", is_about_object=True)
        if found == data:
            return key
    raise StoreFailed(f"what lies at {key} in the store is not what was sent", is_about_object=True)
