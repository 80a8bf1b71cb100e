"""A store in a bucket: S3 and its kin.

Every file is one whole PUT that carries its SHA-256. Servers differ in how a bucket is addressed and in whether they
check that SHA-256: both are tried once (``prepare``), and what a server does not check is read back.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import secrets
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp

from pipelines.delivery.errors import (
    StoreClockWrong,
    StoreCorrupt,
    StoreError,
    StoreUnreachable,
    StoreUnsupported,
)
from pipelines.delivery.interfaces import StoredFile, VersionedBytes
from pipelines.delivery.object_headers import object_headers
from pipelines.delivery.s3_client import Body, S3Client, read_at_most
from pipelines.delivery.s3_errors import error_code, store_error
from pipelines.delivery.s3_listing import ListingPage, parse_listing
from pipelines.files.sha256 import sha256_of_bytes

_CHUNK = 1 << 17
_LONGEST_LISTING = 1 << 22
_LISTED_AT_ONCE = 1000
_CHECKSUM = "x-amz-checksum-sha256"
_ONLY_IF_ABSENT = {"If-None-Match": "*"}


@dataclass(frozen=True, slots=True)
class S3Traits:
    """What kind of server it is: the bucket in the host's name; it refuses a body that has not the SHA-256 told."""

    is_hosted: bool
    checks_sha256: bool


class _ConditionFailed(Exception):
    """The condition of a PUT does not hold."""


class BucketStore:
    """Keeps each key as an object. See Store for its methods."""

    def __init__(self, client: S3Client) -> None:
        self._client = client
        self.traits: S3Traits | None = None

    def connected(self) -> AbstractAsyncContextManager[None]:
        """See Store.connected."""
        return self._client.connected()

    async def prepare(self, known: str, folder: str) -> str:
        """See Store.prepare: tries once how the bucket is addressed, and whether SHA-256 is checked."""
        if self.traits is None:
            self.traits = _known_traits(known) or await self._probe(f"{folder}/probe-{secrets.token_hex(4)}")
            self._client.is_hosted = self.traits.is_hosted
        return json.dumps(asdict(self.traits))

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        """See Store.put."""
        body = await asyncio.to_thread(Body.of, source)
        kept = StoredFile(body.sha256, body.size, await self._put(key, body))
        if self.traits is not None and self.traits.checks_sha256:
            return kept
        found = await self.read_back(key)
        if found is None or found.sha256 != body.sha256:
            raise StoreCorrupt(
                f"{self._client.name}: {key} read back differs from what was sent; check the store and the network",
                is_about_object=True,
            )
        return kept

    async def create(self, key: str, data: bytes) -> bool:
        """See Store.create. A server that does not know the condition is asked first, which is as good but for a race.

        Some answer 501 to it (Alibaba OSS), some ignore it.
        """
        if await self.read(key, 1) is not None:
            return False
        try:
            await self._put(key, Body.of(data), _ONLY_IF_ABSENT)
        except _ConditionFailed:
            return False
        except StoreUnsupported:
            await self._put(key, Body.of(data))
        return True

    async def read(self, key: str, at_most: int) -> bytes | None:
        """See Store.read."""
        async with self._client.request("GET", key) as response:
            if await self._is_missing(response, key):
                return None
            return await read_at_most(response, at_most)

    async def read_version(self, key: str, at_most: int) -> VersionedBytes | None:
        """See Store.read_version: the version is the ETag, of a server that tells none the SHA-256."""
        async with self._client.request("GET", key) as response:
            if await self._is_missing(response, key):
                return None
            data = await read_at_most(response, at_most + 1)
            if len(data) > at_most:
                raise StoreCorrupt(f"{self._client.name}: {key} is not what was put there", is_about_object=True)
            return VersionedBytes(data, response.headers.get("ETag") or sha256_of_bytes(data))

    async def replace(self, key: str, data: bytes, version: str) -> bool:
        """See Store.replace. A server that does not know the condition gets the file without it."""
        condition = {"If-Match": version} if version.startswith('"') else {} if version else _ONLY_IF_ABSENT
        try:
            await self._put(key, Body.of(data), condition)
        except _ConditionFailed:
            return False
        except StoreUnsupported:
            if not condition:
                raise
            await self._put(key, Body.of(data))
        return True

    async def folders(self, folder: str) -> list[str]:
        """See Store.folders: asked of the server a thousand at a time (ListObjectsV2)."""
        prefix = self._client.in_bucket(f"{folder}/")
        asked = {"list-type": "2", "prefix": prefix, "delimiter": "/", "max-keys": str(_LISTED_AT_ONCE)}
        found: list[str] = []
        page = ListingPage((), "")
        while True:
            query = asked | ({"continuation-token": page.following} if page.following else {})
            async with self._client.request("GET", "", query=query) as response:
                await self._client.raise_for_error(response, f"{folder}/")
                text = await read_at_most(response, _LONGEST_LISTING)
            try:
                page = parse_listing(text)
            except ValueError as error:
                raise StoreUnsupported(f"{self._client.name}: its listing cannot be read ({error})") from error
            found += [one.removeprefix(prefix).rstrip("/") for one in page.folders]
            if not page.following:
                return sorted(found)

    async def read_back(self, key: str) -> StoredFile | None:
        """See Store.read_back: downloads the object."""
        digest, size = hashlib.sha256(), 0
        async with self._client.request("GET", key) as response:
            if await self._is_missing(response, key):
                return None
            while chunk := await response.content.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
            return StoredFile(digest.hexdigest(), size, response.headers.get("ETag") or None)

    async def contains(self, key: str, file: StoredFile) -> bool:
        """See Store.contains. Where size, SHA-256 or version as the server tells them do not settle it, it is read."""
        async with self._client.request("HEAD", key, headers={"x-amz-checksum-mode": "ENABLED"}) as response:
            status, headers = response.status, response.headers
        if status == HTTPStatus.NOT_FOUND:
            return False
        # A gateway that is no S3 server may answer a HEAD with anything.
        if status == HTTPStatus.OK:
            if headers.get("Content-Length", "") not in ("", str(file.size)):
                return False
            if _hex(headers.get(_CHECKSUM, "")) == file.sha256:
                return True
            if file.etag and headers.get("ETag") == file.etag:
                return True
        found = await self.read_back(key)
        return found is not None and (found.sha256, found.size) == (file.sha256, file.size)

    async def delete(self, key: str) -> None:
        """See Store.delete."""
        async with self._client.request("DELETE", key) as response:
            await self._is_missing(response, key)

    async def is_apart_from(self, _folder: Path) -> bool:
        """See Store.is_apart_from."""
        return True

    async def may_be_marked(self, _spool: Path, _is_first: bool) -> bool:
        """See Store.may_be_marked: a bucket that answers is there."""
        return True

    async def _put(self, key: str, body: Body, headers: dict[str, str] | None = None, told: str = "") -> str | None:
        """Send a body, and return its ETag; ``told`` is the SHA-256 that the server is told instead of the true one."""
        checksum = base64.b64encode(bytes.fromhex(told or body.sha256)).decode()
        sent = {**object_headers(key), **(headers or {}), _CHECKSUM: checksum}
        async with self._client.request("PUT", key, body, sent, claimed_sha256=told or None) as response:
            if headers and response.status in (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED):
                raise _ConditionFailed
            if headers and await self._is_missing(response, key):
                # There is nothing whose version could be the one asked for.
                raise _ConditionFailed
            await self._client.raise_for_error(response, key)
            return response.headers.get("ETag") or None

    async def _probe(self, key: str) -> S3Traits:
        """Find out how the bucket is addressed: by its path at most kin, by the host's name alone at some."""
        if self._client.is_amazon:
            return S3Traits(self._client.is_hosted, await self._checks_sha256(key))
        errors: list[StoreError] = []
        for is_hosted in (False, True):
            self._client.is_hosted = is_hosted
            try:
                return S3Traits(is_hosted, await self._checks_sha256(key))
            except StoreError as error:
                errors.append(error)
                if isinstance(error, StoreUnreachable | StoreClockWrong):
                    break
        self._client.is_hosted = False
        told_to_be_hosted = "SecondLevelDomainForbidden" in str(errors[0])
        raise errors[-1] if told_to_be_hosted else errors[0]

    async def _checks_sha256(self, key: str) -> bool:
        """Whether a body under a wrong SHA-256 is refused, and not kept, where one under the right one is taken.

        Raises:
            StoreError: a body with the right one is not taken, or does not come back.
        """
        right, wrong = secrets.token_bytes(16), secrets.token_bytes(16)
        await self._put(key, Body.of(right))
        if await self.read(key, len(right) + 1) != right:
            raise StoreUnsupported(f"{self._client.name}: what is sent there does not come back; is it an S3 store?")
        try:
            await self._put(f"{key}-wrong", Body.of(wrong), told=sha256_of_bytes(right))
        except StoreUnreachable:
            raise
        except StoreError:
            is_refused = await self.read(f"{key}-wrong", 1) is None
        else:
            is_refused = False
        for one in (key, f"{key}-wrong"):
            # Some keys may write and not delete.
            with suppress(StoreError):
                await self.delete(one)
        return is_refused

    async def _is_missing(self, response: aiohttp.ClientResponse, key: str) -> bool:
        """Whether the answer is that there is no such object; another error is raised."""
        if response.status != HTTPStatus.NOT_FOUND:
            await self._client.raise_for_error(response, key)
            return False
        code = error_code((await read_at_most(response, 1 << 16)).decode(errors="replace"))
        if code == "NoSuchBucket":
            raise store_error(self._client.name, key, response.status, code)
        return True


def _known_traits(text: str) -> S3Traits | None:
    try:
        return S3Traits(**json.loads(text))
    except (ValueError, TypeError):
        return None


def _hex(base64_digest: str) -> str:
    """A SHA-256 in hex; of what is none, such as the one of a multipart upload, nothing that any file has."""
    try:
        return base64.b64decode(base64_digest, validate=True).hex()
    except binascii.Error:
        return ""
