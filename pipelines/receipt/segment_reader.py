"""Reader of segment files: their fragments as they are on disk, each with its CRC-32, cached until a file changes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from pipelines.files.mp4_boxes import FragmentHeader, InvalidBox, parse_fragments


@dataclass(frozen=True, slots=True)
class ScannedFragment:
    """A whole fragment (moof and mdat) in a segment file, with offset and length in bytes."""

    header: FragmentHeader
    offset: int
    length: int
    crc: int


@dataclass(frozen=True, slots=True)
class ScannedSegment:
    """A segment file as read; ``damage`` says where its boxes stop being whole, "" if nowhere."""

    size: int
    mtime_ns: int
    fragments: tuple[ScannedFragment, ...]
    damage: str = ""


class SegmentReader:
    """Reads segments, and caches each for as long as its file does not change. Any thread may call it.

    A card reads an hour of two cameras no faster than 40 s. Who reads every segment when it is finished, while
    it is still in the page cache, has only the last one left to read after the bell.
    """

    def __init__(self) -> None:
        self._cache: dict[Path, ScannedSegment] = {}

    def read(self, path: Path) -> ScannedSegment:
        """Return the segment at ``path``.

        Raises:
            OSError: the file cannot be read.
        """
        cached = self._cache.get(path)
        status = path.stat()
        if cached is not None and (cached.size, cached.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return cached
        self._cache[path] = scanned = _scan(path.read_bytes(), status.st_mtime_ns)
        return scanned


def _scan(data: bytes, mtime_ns: int) -> ScannedSegment:
    view = memoryview(data)
    scanned = []
    damage = ""
    try:
        for header, offset, length in parse_fragments(view):
            scanned.append(ScannedFragment(header, offset, length, zlib.crc32(view[offset : offset + length])))
    except InvalidBox as error:
        damage = str(error)
    if not damage and (surplus := len(data) - sum(fragment.length for fragment in scanned)):
        damage = f"{surplus} bytes belong to no fragment"
    if not data:
        damage = "the file is empty"
    return ScannedSegment(len(data), mtime_ns, tuple(scanned), damage)
