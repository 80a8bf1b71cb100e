"""A store in a bucket: S3 and compatible servers, through obstore.

Every file is one whole PUT that carries its SHA-256, so that the server itself refuses a corrupt one and no
multipart upload is ever left over. Retries are left to the caller.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from pipelines import system_clocks
from pipelines.delivery.errors import (
    StoreClockWrong,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreRefused,
    StoreUnreachable,
)
from pipelines.delivery.interfaces import StoredFile
from pipelines.files.sha256 import sha256_of_bytes

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

# A request is given up by _timeout_s, which knows its size; the client's own limit only has to be longer.
CLIENT: ClientConfig = {"connect_timeout": timedelta(seconds=10), "timeout": timedelta(hours=6)}
NO_RETRY: RetryConfig = {"max_retries": 0, "retry_timeout": timedelta(seconds=1)}

_SLOWEST_BYTES_PER_S = 8_000
_READ = 1 << 20

# Error codes of S3 (Amazon S3 API Reference, "Error responses") and MinIO; any other code is StoreUnreachable.
_ERROR_CLASSES: dict[str, type[StoreError]] = {
    "RequestTimeTooSkewed": StoreClockWrong,
    "RequestExpired": StoreClockWrong,
    "AccessDenied": StoreRefused,
    "AccountProblem": StoreRefused,
    "AllAccessDisabled": StoreRefused,
    "AuthorizationHeaderMalformed": StoreRefused,
    "ExpiredToken": StoreRefused,
    "InvalidAccessKeyId": StoreRefused,
    "InvalidBucketName": StoreRefused,
    "InvalidToken": StoreRefused,
    "PermanentRedirect": StoreRefused,
    "SignatureDoesNotMatch": StoreRefused,
    "QuotaExceeded": StoreFull,
    "InsufficientStorage": StoreFull,
    "ServiceQuotaExceeded": StoreFull,
    "XMinioStorageFull": StoreFull,
    "XMinioAdminBucketQuotaExceeded": StoreFull,
    "BadDigest": StoreCorrupt,
    "XAmzContentChecksumMismatch": StoreCorrupt,
    "XAmzContentSHA256Mismatch": StoreCorrupt,
}


class _NoSuchObject(Exception):
    """HTTP 404: an answer where something is looked for; on a PUT it means that the bucket itself is missing."""


class BucketStore:
    """Keeps each key as an object; ``name`` is what messages call the store. See Store for its methods.

    ``timeout_s`` is how long a request without a body may take; bytes are allowed time of their own.
    """

    def __init__(self, store: ObjectStore, name: str, timeout_s: float) -> None:
        self._store = store
        self._name = name
        self._timeout_s = timeout_s

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """See Store.put: the server checked the SHA-256 that came with the bytes."""
        data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
        sha256 = await asyncio.to_thread(sha256_of_bytes, data)
        try:
            async with self._translated_errors(len(data)):
                result = await obstore.put_async(self._store, key, data, use_multipart=False)
        except _NoSuchObject as error:
            raise StoreRefused(f"{self._name}: {_ADVICE[StoreRefused]} (no such bucket)") from error
        return StoredFile(sha256, len(data), result["e_tag"])

    async def read_back(self, key: str) -> StoredFile | None:
        """See Store.read_back: downloads the object."""
        digest, size = hashlib.sha256(), 0
        try:
            async with self._translated_errors(0):
                result = await obstore.get_async(self._store, key)
                chunks = aiter(result.stream(min_chunk_size=_READ))
        except _NoSuchObject:
            return None
        while True:
            async with self._translated_errors(_READ):
                chunk = await anext(chunks, None)
            if chunk is None:
                return StoredFile(digest.hexdigest(), size, result.meta["e_tag"])
            await asyncio.to_thread(digest.update, memoryview(chunk))
            size += len(chunk)

    async def contains(self, key: str, file: StoredFile) -> bool:
        """See Store.contains: the object is still the version that was checked when it was put."""
        if file.etag is None:
            return await self.read_back(key) == file
        try:
            async with self._translated_errors(0):
                try:
                    meta = await obstore.head_async(self._store, key)
                except PermissionDeniedError:
                    # S3 answers a HEAD without a body, so only a GET tells why it was refused.
                    meta = (await obstore.get_async(self._store, key)).meta
        except _NoSuchObject:
            return False
        return (meta["size"], meta["e_tag"]) == (file.size, file.etag)

    async def delete(self, key: str) -> None:
        """See Store.delete."""
        with suppress(_NoSuchObject):
            async with self._translated_errors(0):
                await obstore.delete_async(self._store, key)

    @asynccontextmanager
    async def _translated_errors(self, size: int) -> AsyncIterator[None]:
        """Bound a request in time by its size in bytes, and translate what obstore raises into StoreError."""
        timeout_s = self._timeout_s + size / _SLOWEST_BYTES_PER_S
        try:
            async with asyncio.timeout(timeout_s):
                yield
        except TimeoutError as error:
            raise StoreUnreachable(f"{self._name} did not answer within {timeout_s:.0f} s") from error
        except FileNotFoundError as error:
            raise _NoSuchObject(_first_line(error)) from error
        except BaseError as error:
            raise self._store_error(error) from error

    def _store_error(self, error: Exception) -> StoreError:
        code = _code(error)
        refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
        error_class = _ERROR_CLASSES.get(code, StoreRefused if refused else StoreUnreachable)
        if "status code: 507" in str(error):
            error_class = StoreFull
        elif _is_clock_error(str(error)):
            error_class = StoreClockWrong
        return error_class(f"{self._name}: {_ADVICE[error_class]} ({code or _first_line(error)})")


_ADVICE: dict[type[StoreError], str] = {
    StoreUnreachable: "the store does not answer as it should; check the network and the address",
    StoreRefused: "the store refuses us; check access key, secret, bucket, region and the key's rights",
    StoreClockWrong: "this box's clock is wrong; check that it reaches a time server",
    StoreFull: "the store has no room left; make room or raise the quota",
    StoreCorrupt: "the bytes changed on their way; check the network",
}


def _is_clock_error(error: str) -> bool:
    """Whether the store's certificate is not valid at this box's time because the box's clock is wrong.

    Where the clock is synchronised, an expired certificate is the store's own fault.
    """
    return "NotValidYet" in error or ("ExpiredContext" in error and not system_clocks.is_synchronised())


def _code(error: Exception) -> str:
    """The error code in an S3 answer, "" where there is none."""
    found = re.search(r"<Code>(\w+)</Code>", str(error))
    return found[1] if found else ""


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
