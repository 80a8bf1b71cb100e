"""An S3 client: one signed request at a time, streamed both ways, and what is wrong with its answer.

No answer is read into memory further than a bound, whatever the server sends.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from pipelines import system_clocks
from pipelines.delivery.aws_signature import SigningKey, signed_headers
from pipelines.delivery.errors import (
    StoreCertificateWrong,
    StoreClockWrong,
    StoreError,
    StoreUnreachable,
)
from pipelines.delivery.s3_access import S3Access
from pipelines.delivery.s3_errors import error_code, store_error
from pipelines.files.sha256 import sha256_of_bytes, sha256_of_file

_CONNECT_S = 10.0
_SLOWEST_BYTES_PER_S = 8_000
_LONGEST_ERROR = 1 << 16
_LONGEST_ANSWER = 1 << 33
_IN_MEMORY = 1 << 22
_CHUNK = 1 << 18
# Servers allow 15 minutes (Amazon S3 API Reference, RequestTimeTooSkewed).
_CLOCK_TOLERANCE_S = 600
# OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
_NOT_YET_VALID, _EXPIRED = 9, 10


@dataclass(frozen=True, slots=True)
class Body:
    """What a PUT sends: bytes, or a file that is too large for the memory; with its size and SHA-256 in hex."""

    source: Path | bytes
    size: int
    sha256: str

    @classmethod
    def of(cls, source: Path | bytes) -> Body:
        """Read a file; blocks.

        Raises:
            OSError: it cannot be read.
        """
        if isinstance(source, Path):
            if (size := source.stat().st_size) > _IN_MEMORY:
                return cls(source, size, sha256_of_file(source))
            source = source.read_bytes()
        return cls(source, len(source), sha256_of_bytes(source))

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes, as many as were counted.

        Raises:
            OSError: the file cannot be read.
        """
        if isinstance(self.source, bytes):
            for start in range(0, self.size, _CHUNK):
                yield self.source[start : start + _CHUNK]
            return
        left = self.size
        with await asyncio.to_thread(self.source.open, "rb") as file:
            while left and (chunk := await asyncio.to_thread(file.read, min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk


EMPTY = Body.of(b"")


class S3Client:
    """Requests to one bucket. ``name`` is what messages call it, ``prefix`` stands before every key.

    ``is_hosted``: the bucket's name is part of the host's name, instead of the path's first part. ``timeout_s`` is how
    long a request without a body may take; bytes are allowed time of their own.
    """

    def __init__(self, bucket: str, prefix: str, access: S3Access, timeout_s: float) -> None:
        self.name = f"s3://{bucket}" + (f" at {access.endpoint}" if access.endpoint else "")
        self.is_amazon = access.endpoint is None
        self.is_hosted = self.is_amazon and bucket.islower() and "." not in bucket and "_" not in bucket
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._endpoint = access.endpoint or f"https://s3.{access.region}.amazonaws.com"
        self._key = SigningKey(access.access_key_id, access.secret_access_key, access.region)
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Keep connections open from one request to the next."""
        async with self._new_session() as self._session:
            try:
                yield
            finally:
                self._session = None

    @asynccontextmanager
    async def request(
        self,
        method: str,
        key: str,
        body: Body = EMPTY,
        headers: Mapping[str, str] = {},
        claimed_sha256: str | None = None,
        query: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request; the answer is to be read inside, its errors too (``raise_for_error``).

        ``claimed_sha256`` is what the server is told of the body instead of the truth. A request with a ``query`` is
        about the bucket, and has no key.

        Raises:
            StoreUnreachable, StoreClockWrong, StoreCertificateWrong: there is no answer.
            OSError: the body cannot be read.
        """
        url = self._url(self._path(key) if query is None else "/", _encoded(query or {}))
        sent = {"Host": self._host(url), "Accept-Encoding": "identity", **headers}
        signed = signed_headers(
            method, url.raw_path, url.raw_query_string, sent, claimed_sha256 or body.sha256, self._key, time.time_ns()
        )
        if method == "PUT":
            signed["Content-Length"] = str(body.size)
        timeout_s = self._timeout_s + body.size / _SLOWEST_BYTES_PER_S
        data = body.chunks() if body.size else None
        try:
            async with asyncio.timeout(timeout_s) as limit, self._any_session() as session:
                request = session.request(method, url, data=data, headers=signed, allow_redirects=False)
                async with request as response:
                    if response.ok and (size := min(response.content_length or 0, _LONGEST_ANSWER)):
                        timeout_s += size / _SLOWEST_BYTES_PER_S
                        limit.reschedule(asyncio.get_running_loop().time() + timeout_s)
                    yield response
        except TimeoutError as error:
            raise StoreUnreachable(f"{self.name} did not answer within {timeout_s:.0f} s") from error
        except aiohttp.ClientSSLError as error:
            raise self._certificate_error(error) from error
        except (aiohttp.ClientError, ssl.SSLError) as error:
            text = f"{self.name} does not answer; check the network and the address ({_short(error)})"
            raise StoreUnreachable(text) from error

    async def raise_for_error(self, response: aiohttp.ClientResponse, what: str) -> None:
        """Raise the error that an answer tells; ``what`` is the object it is about.

        Raises:
            StoreError: as the answer says.
        """
        if response.status < 300:
            return
        text = (await read_at_most(response, _LONGEST_ERROR)).decode(errors="replace")
        if response.status in (401, 403) and (off_s := _clock_offset_s(response)) is not None:
            raise StoreClockWrong(
                f"{self.name}: this box's clock and the store's are {off_s:.0f} s apart; check that it reaches a time"
                " server"
            )
        raise store_error(self.name, what, response.status, error_code(text))

    def in_bucket(self, key: str) -> str:
        """The whole name of an object in the bucket."""
        return f"{self._prefix}{key}"

    def _path(self, key: str) -> str:
        return "/" + quote(self.in_bucket(key))

    def _url(self, path: str, query: str) -> URL:
        rest = f"{path}?{query}" if query else path
        if not self.is_hosted:
            return URL(f"{self._endpoint.rstrip('/')}/{self._bucket}{rest}", encoded=True)
        parts = urlsplit(self._endpoint)
        return URL(f"{parts.scheme}://{self._bucket}.{parts.netloc}{parts.path.rstrip('/')}{rest}", encoded=True)

    @staticmethod
    def _host(url: URL) -> str:
        host = url.raw_host or ""
        host = f"[{host}]" if ":" in host else host
        return host if url.is_default_port() else f"{host}:{url.port}"

    @asynccontextmanager
    async def _any_session(self) -> AsyncIterator[aiohttp.ClientSession]:
        if self._session is not None:
            yield self._session
            return
        async with self._new_session() as session:
            yield session

    @staticmethod
    def _new_session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=True,
        )

    def _certificate_error(self, error: aiohttp.ClientSSLError) -> StoreError:
        """A certificate that is not valid at this box's time says that the box's clock is wrong.

        Where the clock is synchronised, an expired certificate is the store's own fault.
        """
        cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else None
        code = cause.verify_code if isinstance(cause, ssl.SSLCertVerificationError) else 0
        if code == _NOT_YET_VALID or (code == _EXPIRED and not system_clocks.is_synchronised()):
            return StoreClockWrong(f"{self.name}: this box's clock is wrong; check that it reaches a time server")
        if cause is not None:
            return StoreCertificateWrong(f"{self.name}: its certificate is not trusted ({_short(cause)})")
        return StoreUnreachable(f"{self.name}: no secure connection ({_short(error)})")


async def read_at_most(response: aiohttp.ClientResponse, size: int) -> bytes:
    body = b""
    while len(body) < size and (chunk := await response.content.read(size - len(body))):
        body += chunk
    return body


def _encoded(query: Mapping[str, str]) -> str:
    """A query as it is sent and signed: sorted, with everything encoded that is not unreserved (RFC 3986)."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))


def _clock_offset_s(response: aiohttp.ClientResponse) -> float | None:
    """How far this box's clock is from the server's, in seconds; None where that is near enough, or not known."""
    try:
        theirs = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return None
    off_s = abs(time.time() - theirs)
    return off_s if off_s > _CLOCK_TOLERANCE_S else None


def _short(error: BaseException | None) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
