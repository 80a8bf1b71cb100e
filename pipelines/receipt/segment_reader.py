"""What the bytes of a segment file really are: its fragments, each with its CRC-32."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

from pipelines.files.mp4_boxes import FragmentHeader, InvalidBox, parse_fragments


@dataclass(frozen=True, slots=True)
class FoundFragment:
    """A whole moof+mdat in a file."""

    head: FragmentHeader
    offset: int
    length: int
    crc: int


@dataclass(frozen=True, slots=True)
class FoundSegment:
    """A segment file as read; ``broken`` says where its boxes stop being whole, "" if nowhere."""

    size: int
    changed_ns: int
    fragments: tuple[FoundFragment, ...]
    broken: str = ""


class SegmentReader:
    """Reads segments, and remembers each for as long as its file is not touched.

    A card reads an hour of two cameras no faster than 40 s. Whoever reads every segment when
    it is finished, while it is still in memory, has only the last one left to read after the bell.
    Any thread may call.
    """

    def __init__(self) -> None:
        self._known: dict[Path, FoundSegment] = {}

    def read(self, path: Path) -> FoundSegment:
        """The segment at ``path``. OSError."""
        known = self._known.get(path)
        status = path.stat()
        if known is not None and (known.size, known.changed_ns) == (status.st_size, status.st_mtime_ns):
            return known
        self._known[path] = found = _inspect(path.read_bytes(), status.st_mtime_ns)
        return found


def _inspect(data: bytes, changed_ns: int) -> FoundSegment:
    view = memoryview(data)
    found = []
    broken = ""
    try:
        for head, offset, length in parse_fragments(view):
            crc = zlib.crc32(view[offset : offset + length])
            found.append(FoundFragment(head, offset, length, crc))
    except InvalidBox as error:
        broken = str(error)
    if not broken and (strange := len(data) - sum(one.length for one in found)):
        broken = f"{strange} bytes belong to no fragment"
    if not data:
        broken = "the file is empty"
    return FoundSegment(len(data), changed_ns, tuple(found), broken)
