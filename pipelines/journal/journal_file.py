"""The journal file: append-only, every line with its own CRC-32, readable after any crash.

A line is ``{"crc":"1a2b3c4d","entry":{…}}``, the CRC taken over the bytes of the entry as written.
"""

from __future__ import annotations

import errno
import fcntl
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import ENTRY, AnyEntry, Entry

T = TypeVar("T", bound=Entry)

_HEAD = b'{"crc":"'
_MIDDLE = b'","entry":'
_START = len(_HEAD) + 8 + len(_MIDDLE)


def encode_line(entry: Entry) -> bytes:
    """An entry as a line of the file, newline included."""
    body = entry.model_dump_json().encode()
    return b"%s%08x%s%s}\n" % (_HEAD, zlib.crc32(body), _MIDDLE, body)


def parse_line(raw: bytes) -> AnyEntry | None:
    """The entry of one line (with or without its newline), or None if a bit of it is wrong."""
    raw = raw.rstrip(b"\n")
    if not raw.startswith(_HEAD) or raw[len(_HEAD) + 8 : _START] != _MIDDLE or not raw.endswith(b"}"):
        return None
    body = raw[_START:-1]
    if b"%08x" % zlib.crc32(body) != raw[len(_HEAD) : len(_HEAD) + 8]:
        return None
    try:
        return ENTRY.validate_json(body)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class JournalContents:
    """What a journal said, and how many of its lines could not be believed."""

    entries: tuple[AnyEntry, ...]
    damaged_lines: int


def read_journal(folder: Path, last_bytes: int | None = None) -> JournalContents:
    """Every believable entry of a lesson's journal, in order; an absent journal is an empty one.

    With ``last_bytes``, those of its end only; the line that this cuts in two does not count.
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
    """Another process, or another recording of this one, writes the lesson now."""


class JournalFile:
    """The one writer of a journal, and by its lock of the lesson's folder; used by one thread.

    Raises OSError like any file, JournalBusy where there is a writer already.
    """

    def __init__(self, folder: Path) -> None:
        self._fd = os.open(folder / JOURNAL_JSONL, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._fd)
            raise JournalBusy(error.errno, f"{folder.name} is being written now") from error

    def _end_torn_line(self) -> None:
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            os.write(self._fd, b"\n")

    def append(self, entries: Iterable[Entry]) -> None:
        """Write entries with one system call; durable after ``sync``. After an OSError none of them is there."""
        if raw := b"".join(map(encode_line, entries)):
            self._end_torn_line()
            size = os.fstat(self._fd).st_size
            if os.write(self._fd, raw) < len(raw):
                os.ftruncate(self._fd, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def sync(self) -> None:
        """Return when everything appended is on the disk; of a closed file everything is."""
        if self._fd >= 0:
            os.fdatasync(self._fd)

    def close(self) -> None:
        """Sync and close; again does nothing."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            try:
                os.fdatasync(fd)
            finally:
                os.close(fd)


def iterate_kind(folder: Path, kind: type[T]) -> Iterator[T]:
    """The believable entries of one kind, in order, a line at a time: a long lesson's journal fills the memory."""
    sought = b'"kind":"%s"' % str(kind.model_fields["kind"].default).encode()
    with (folder / JOURNAL_JSONL).open("rb") as file:
        for raw in file:
            if sought in raw and isinstance(entry := parse_line(raw), kind):
                yield entry


def filter_kind(entries: Iterable[AnyEntry], *kinds: type[T]) -> Iterator[T]:
    """The entries of these kinds, in order."""
    return (entry for entry in entries if isinstance(entry, kinds))
