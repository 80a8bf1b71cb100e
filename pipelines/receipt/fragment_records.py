"""Records of a segment's fragments: as the journal has them, and as they are on disk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from pipelines.journal.entries import Fragment, Segment
from pipelines.receipt.compact_records import CompactRecords, RecordLayout


class FragmentRecord(NamedTuple):
    """A fragment: ``offset`` and ``length`` in bytes, ``start`` and ``duration`` in the track's time scale."""

    offset: int
    length: int
    start: int
    duration: int
    crc: int
    is_key: bool


_LAYOUT = RecordLayout("<IIqqI?", FragmentRecord)


def fragment_records() -> CompactRecords[FragmentRecord]:
    """An empty list of fragments."""
    return CompactRecords(_LAYOUT)


class JournalledFragments:
    """The fragments of a track by its journal, by the number of their segment.

    A fragment with offset 0 begins its segment's list anew; recovery may have cut a file, and what was journalled
    past the length of a finished segment is not in it.
    """

    def __init__(self) -> None:
        self._segments: defaultdict[int, CompactRecords[FragmentRecord]] = defaultdict(fragment_records)

    def add(self, entry: Fragment) -> None:
        """Add the next fragment of the journal."""
        if entry.offset == 0:
            self._segments[entry.segment] = fragment_records()
        self._segments[entry.segment].append(
            FragmentRecord(entry.offset, entry.length, entry.start, entry.duration, entry.crc, entry.key)
        )

    def finish(self, entry: Segment) -> None:
        """The segment has its final length."""
        records = list(self._segments[entry.segment])
        if records and max(record.offset for record in records) >= entry.length:
            self._segments[entry.segment] = kept = fragment_records()
            for record in records:
                if record.offset < entry.length:
                    kept.append(record)

    @property
    def numbers(self) -> set[int]:
        """The segments of which there is a fragment."""
        return {number for number, records in self._segments.items() if len(records)}

    def records(self, number: int) -> CompactRecords[FragmentRecord]:
        """The fragments of a segment, in the journal's order."""
        return self._segments.get(number, fragment_records())

    def by_offset(self, number: int) -> Mapping[int, FragmentRecord]:
        """The fragments of a segment by offset; of several the journal's last."""
        return {record.offset: record for record in self.records(number)}
