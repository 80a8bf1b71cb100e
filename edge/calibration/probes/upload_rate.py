"""The rate at which the store takes files, as lessons' files are sent there; what was sent is deleted again."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass

from pipelines.delivery.errors import StoreError
from pipelines.delivery.interfaces import Store

_SMALLEST, _LARGEST = 256 << 10, 4 << 20
# A file that takes about so long shows the rate, and does not overrun the time for all.
_FILE_S = 0.5
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One file: when it was there, in seconds since the first began, and its rate in bits a second."""

    at_s: float
    bits_per_second: float


@dataclass(frozen=True, slots=True)
class UploadTrial:
    """The files, in order; ``fault`` is the code of what ended it too soon, ``reason`` in words, empty for nothing.

    ``is_deleted``: nothing is left of it in the store.
    """

    files: tuple[UploadedFile, ...]
    is_deleted: bool
    fault: str = ""
    reason: str = ""


async def try_upload(store: Store, prefix: str, seconds: float) -> UploadTrial:
    """Send random bytes for about ``seconds``, one file after the other under one key below ``prefix``, and delete it.

    It takes up to 20 s more where the store stands still. The key is ``<prefix>/calibration/upload-<hex>``.
    """
    key = f"{prefix}/calibration/upload-{secrets.token_hex(8)}"
    files: list[UploadedFile] = []
    fault, reason = "", ""
    async with store.connected():
        try:
            async with asyncio.timeout(seconds + _PATIENCE_S):
                await store.prepare("", prefix)
                await _send(store, key, seconds, files)
        except StoreError as error:
            fault, reason = error.code, str(error)
        except TimeoutError:
            fault = "unreachable"
        is_deleted = await _delete(store, key)
    return UploadTrial(tuple(files), is_deleted, fault, reason)


async def _send(store: Store, key: str, seconds: float, files: list[UploadedFile]) -> None:
    began_s = at_s = time.monotonic()
    size = _SMALLEST
    while at_s - began_s < seconds:
        data = secrets.token_bytes(size)
        sent_s = time.monotonic()
        await store.put(key, data)
        at_s = time.monotonic()
        took_s = max(at_s - sent_s, 1e-6)
        files.append(UploadedFile(at_s - began_s, size * 8 / took_s))
        size = min(_LARGEST, max(_SMALLEST, round(size * _FILE_S / took_s)))


async def _delete(store: Store, key: str) -> bool:
    with suppress(StoreError, TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            await store.delete(key)
            return await store.read(key, 1) is None
    return False
