"""Write one track's segments: fragments appended to ``NNNNNN.m4s.part``, renamed when the segment is full."""

from __future__ import annotations

import itertools
import os
import zlib
from pathlib import Path

from pipelines.files.durable import FOLDER_MODE, open_to_write, sync_folder, write_at, write_atomically
from pipelines.files.lesson_layout import PART, init_name, segment_name
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import Entry, Fragment, Segment


class SegmentWriter:
    """The writer of one track's folder; used by the file thread alone.

    Every method may raise OSError and may then be called again with the same arguments: nothing is written twice.
    ``init`` is the number of the init segment that the open segment and the next ones need.
    """

    def __init__(self, folder: Path, timescale: int, segment_s: float, next_number: int = 1) -> None:
        self.track = folder.name
        self._folder = folder
        self._full_ticks = int(segment_s * timescale)
        self._number = next_number
        self.init = 1
        self._fd = -1
        self._start = 0
        self._end = 0
        self._offset = 0
        self._dirty = False

    def write_init(self, data: bytes) -> int:
        """Write the init segment that the next segments need, unless it is there; return its number."""
        self._folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        for number in itertools.count(1):
            path = self._folder / init_name(number)
            if not path.exists():
                write_atomically(path, data)
                sync_folder(self._folder.parent)
                return number
            if path.read_bytes() == data:
                return number
        raise AssertionError

    def is_full(self, head: FragmentHeader) -> bool:
        """Whether the open segment should be closed before this fragment."""
        return self._fd >= 0 and head.is_key and head.start - self._start >= self._full_ticks

    def append(self, head: FragmentHeader, data: bytes) -> list[Entry]:
        """Append a fragment to the open segment, or begin one; return its journal entry if it was not there yet."""
        if self._fd < 0:
            self._fd = open_to_write(self._part_path(), os.O_TRUNC)
            self._start = head.start
            self._offset = 0
        elif head.start < self._end:
            return []
        write_at(self._fd, data, self._offset)
        entry = Fragment(
            track=self.track,
            segment=self._number,
            offset=self._offset,
            length=len(data),
            start=head.start,
            duration=head.duration,
            key=head.is_key,
            crc=zlib.crc32(data),
        )
        self._offset += len(data)
        self._end = head.start + head.duration
        self._dirty = True
        return [entry]

    def sync(self) -> None:
        """Make the fragments durable that were appended since the last call."""
        if self._dirty and self._fd >= 0:
            os.fdatasync(self._fd)
            self._dirty = False

    def close_segment(self) -> Segment | None:
        """Finish the open segment under its final name; return its journal entry, None if there is none."""
        if self._fd < 0:
            return None
        self.sync()
        final = self._folder / segment_name(self._number)
        if not final.exists():
            self._part_path().replace(final)
        sync_folder(self._folder)
        os.close(self._fd)
        self._fd = -1
        segment = Segment(
            track=self.track,
            segment=self._number,
            start=self._start,
            duration=self._end - self._start,
            length=self._offset,
            init=self.init,
        )
        self._number += 1
        return segment

    def abandon(self) -> None:
        """Close the open file as it is, for recovery to finish."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def _part_path(self) -> Path:
        return self._folder / (segment_name(self._number) + PART)
