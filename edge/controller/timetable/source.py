"""Fetching of the timetable's file, from an address or from the disk, only where it has changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.school.timetable_reader_process import MAX_BYTES

if TYPE_CHECKING:
    import aiohttp

_TIMEOUT_S = 30.0
_MOST_REDIRECTS = 5


class SourceUnreachable(Exception):
    """It was not fetched; the message says why, without the address, which may hold a secret."""


@dataclass(frozen=True, slots=True)
class Validators:
    """By what a version of the file is known again: ETag and Last-Modified (RFC 9110, 8.8), as they were sent."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A version of the file: its bytes, one more than allowed at most."""

    name: str
    data: bytes
    validators: Validators = Validators()


async def fetch_url(url: str, known: Validators, *, allow_http: bool) -> Fetched | None:
    """Fetch the file at an address; None where it is the known version.

    Raises:
        SourceUnreachable: there is no such answer.
    """
    import aiohttp

    headers = {"Accept": "text/calendar, text/csv, */*;q=0.5"}
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers=headers, max_redirects=_MOST_REDIRECTS) as answer,
        ):
            # Who has one step of the way in the hand has the rest of it.
            if not allow_http and any(step.url.scheme != "https" for step in (*answer.history, answer)):
                raise SourceUnreachable("it leads to an address without encryption")
            if answer.status == 304 and known != Validators():
                return None
            if answer.status != 200:
                raise SourceUnreachable(str(answer.status))
            data = await _first_bytes(answer.content)
            validators = Validators(_text(answer, "ETag"), _text(answer, "Last-Modified"))
            name = answer.url.name or answer.url.host or ""
            return Fetched(name if name.isprintable() and name else "timetable", data, validators)
    except TimeoutError as error:
        raise SourceUnreachable(f"no answer within {_TIMEOUT_S:g} s") from error
    except aiohttp.ClientError as error:
        raise SourceUnreachable(type(error).__name__) from error


async def read_file(path: Path, known: bytes | None) -> Fetched | None:
    """Read a file of this box; None where it is as it was.

    Raises:
        SourceUnreachable: it cannot be read.
    """
    try:
        data = await asyncio.to_thread(_read, path)
    except OSError as error:
        raise SourceUnreachable(error.strerror or str(error)) from error
    return None if data == known else Fetched(path.name, data)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _text(answer: aiohttp.ClientResponse, header: str) -> str:
    """A header's value; empty where it may hold other bytes than ASCII's, which is neither kept nor sent back."""
    value = answer.headers.get(header, "")
    return value if value.isascii() else ""


async def _first_bytes(content: aiohttp.StreamReader) -> bytes:
    data = bytearray()
    while len(data) <= MAX_BYTES and (more := await content.read(MAX_BYTES + 1 - len(data))):
        data += more
    return bytes(data)
