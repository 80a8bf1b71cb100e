"""Reader of segment files: their fragments as they are on disk, each with its CRC-32, cached until a file changes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from pipelines.files.mp4_boxes import InvalidBox, parse_fragments
from pipelines.receipt.compact_records import CompactRecords
from pipelines.receipt.fragment_records import FragmentRecord, fragment_records


@dataclass(frozen=True, slots=True)
class ScannedSegment:
    """A segment file as read: its whole fragments (moof and mdat) in order.

    ``longest_sample`` is the longest duration of a sample, on the average of a fragment, in the track's time scale.
    ``damage`` says where its boxes stop being whole, "" if nowhere.
    """

    size: int
    mtime_ns: int
    fragments: CompactRecords[FragmentRecord]
    longest_sample: float
    damage: str = ""


class SegmentReader:
    """Reads segments, and caches each for as long as its file does not change. Any thread may call it.

    A card reads an hour of two cameras no faster than 40 s. Who reads every segment when it is finished, while
    it is still in the page cache, has only the last one left to read after the bell.
    """

    def __init__(self) -> None:
        self._cache: dict[str, ScannedSegment] = {}

    def read(self, path: Path) -> ScannedSegment:
        """Return the segment at ``path``.

        Raises:
            OSError: the file cannot be read.
        """
        cached = self._cache.get(str(path))
        status = path.stat()
        if cached is not None and (cached.size, cached.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return cached
        self._cache[str(path)] = scanned = _scan(path.read_bytes(), status.st_mtime_ns)
        return scanned


def _scan(data: bytes, mtime_ns: int) -> ScannedSegment:
    view = memoryview(data)
    scanned = fragment_records()
    longest, end = 0.0, 0
    damage = ""
    try:
        for header, offset, length in parse_fragments(view):
            end += length
            crc = zlib.crc32(view[offset : offset + length])
            scanned.append(FragmentRecord(offset, length, header.start, header.duration, crc, header.is_key))
            longest = max(longest, header.duration / max(1, header.samples))
    except InvalidBox as error:
        damage = str(error)
    if not damage and (surplus := len(data) - end):
        damage = f"{surplus} bytes belong to no fragment"
    if not data:
        damage = "the file is empty"
    return ScannedSegment(len(data), mtime_ns, scanned, longest, damage)
