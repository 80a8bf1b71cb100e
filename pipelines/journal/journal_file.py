"""The journal file: append-only, every line with its own CRC-32, readable after any crash.

A line is ``{"crc":"1a2b3c4d","entry":{…}}``, the CRC (zlib, hex) taken over the bytes of the entry as written.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipelines.files.durable import open_to_write
from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import ENTRY, AnyEntry, Entry

T = TypeVar("T", bound=Entry)

_HEAD = b'{"crc":"'
_MIDDLE = b'","entry":'
BODY_OFFSET = len(_HEAD) + 8 + len(_MIDDLE)
"""Where in its line an entry begins."""


def encode_line(entry: Entry) -> bytes:
    """Encode an entry as a line of the file, newline included."""
    body = entry.model_dump_json().encode()
    return b"%s%08x%s%s}\n" % (_HEAD, zlib.crc32(body), _MIDDLE, body)


def parse_line(raw: bytes) -> AnyEntry | None:
    """Decode one line (with or without its newline); None if a bit of it is wrong."""
    body = intact_body(raw)
    return None if body is None else parse_body(body)


def intact_body(raw: bytes) -> bytes | None:
    """The entry of a line (with or without its newline) as JSON; None where its CRC does not match."""
    raw = raw.rstrip(b"\n")
    body = raw[BODY_OFFSET:-1]
    return body if raw == b"%s%08x%s%s}" % (_HEAD, zlib.crc32(body), _MIDDLE, body) else None


def parse_body(body: bytes) -> AnyEntry | None:
    """Decode the JSON of an entry; None where it is none."""
    try:
        return ENTRY.validate_json(body)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class JournalContents:
    """The entries of a journal, and how many of its lines were damaged."""

    entries: tuple[AnyEntry, ...]
    damaged_lines: int


def read_journal(folder: Path, last_bytes: int | None = None) -> JournalContents:
    """Read every undamaged entry of a lesson's journal, in order; an absent journal is an empty one.

    With ``last_bytes`` only that much of its end is read; the line which this cuts in two does not count.

    Raises:
        OSError: the journal cannot be read.
    """
    try:
        with (folder / JOURNAL_JSONL).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = 0 if last_bytes is None else max(0, size - last_bytes)
            file.seek(start)
            raw = file.read()
    except FileNotFoundError:
        return JournalContents((), 0)
    if start:
        raw = raw.partition(b"\n")[2]
    parsed = [parse_line(one) for one in raw.split(b"\n") if one]
    entries = tuple(entry for entry in parsed if entry is not None)
    return JournalContents(entries, len(parsed) - len(entries))


class JournalBusy(BlockingIOError):
    """The lesson is being written by another process, or by another recording of this one."""


class JournalFile:
    """The one writer of a journal; its lock (flock) makes it the one writer of the lesson's media. Used by one thread.

    Raises:
        JournalBusy: there is a writer already (from the constructor).
        OSError: the disk refuses (from every method).
    """

    def __init__(self, folder: Path) -> None:
        self._fd = open_to_write(folder / JOURNAL_JSONL, os.O_APPEND)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._fd)
            raise JournalBusy(error.errno, f"{folder.name} is being written now") from error

    def _end_torn_line(self) -> int:
        """Begin a new line, and return the file's size."""
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            size += os.write(self._fd, b"\n")
        return size

    def append(self, entries: Iterable[Entry]) -> None:
        """Write entries with one system call, durable after ``sync``; after an OSError none of them is there."""
        if raw := b"".join(map(encode_line, entries)):
            size = self._end_torn_line()
            if os.write(self._fd, raw) < len(raw):
                os.ftruncate(self._fd, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def sync(self) -> None:
        """Return when everything appended is on the disk; a closed file has been synced."""
        if self._fd >= 0:
            os.fdatasync(self._fd)

    def close(self) -> None:
        """Sync and close the file; a second call does nothing."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            try:
                os.fdatasync(fd)
            finally:
                os.close(fd)


def iterate_kinds(folder: Path, *kinds: type[T]) -> Iterator[T]:
    """Yield the undamaged entries of these kinds, in order; the other lines are not parsed, nor kept in memory.

    Raises:
        OSError: the journal is not there or cannot be read.
    """
    names = b"|".join(str(kind.model_fields["kind"].default).encode() for kind in kinds)
    has_kind = re.compile(b'"kind":"(%s)"' % names).search
    with (folder / JOURNAL_JSONL).open("rb") as file:
        for raw in filter(has_kind, file):
            if isinstance(entry := parse_line(raw), kinds):
                yield entry


def first_of_kind(folder: Path, kind: type[T]) -> T | None:
    """Return the first undamaged entry of a kind; None where there is none, or no journal.

    Raises:
        OSError: the journal cannot be read.
    """
    try:
        return next(iterate_kinds(folder, kind), None)
    except FileNotFoundError:
        return None


def filter_kinds(entries: Iterable[AnyEntry], *kinds: type[T]) -> Iterator[T]:
    """Yield the entries of these kinds, in order."""
    return (entry for entry in entries if isinstance(entry, kinds))
