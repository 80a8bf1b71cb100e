"""Integrity of a track's files: whether they are what the journal says, whole, and continuous in time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from pipelines.files.lesson_layout import PART, init_name, segment_name, segment_number
from pipelines.files.mp4_boxes import InvalidBox, parse_boxes
from pipelines.journal.entries import Gap, Medium, Track
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.fragment_records import FragmentRecord, JournalledFragments
from pipelines.receipt.segment_reader import ScannedSegment, SegmentReader

LENGTH_TOLERANCE_NS = 100_000_000
_ROUNDING_NS = 1_000

_AAC_FRAME = 1024
# A picture may come half its interval late and is still the next one.
_LATE_PICTURE_INTERVALS = 1.5


ByOffset = Mapping[int, FragmentRecord]
"""Fragments of a segment by their offset in its file."""


class _FragmentValues(TypedDict):
    file: str
    offset: int
    length: int


@dataclass(slots=True)
class TrackFiles:
    """What one track has on disk; ``segments_ns`` are the lengths of its segments by path in the lesson's folder."""

    start_ns: int = 0
    end_ns: int = 0
    fragments: int = 0
    bytes: int = 0
    segments_ns: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def check_track_files(
    folder: Path,
    track: Track,
    journalled: JournalledFragments,
    gaps: Sequence[Gap],
    reader: SegmentReader,
    *,
    is_journal_whole: bool,
    init_crcs: Mapping[int, int] | None = None,
) -> TrackFiles:
    """Read every file of a track and compare it with the journal; a file that cannot be read counts as broken.

    ``journalled`` are the track's fragments by the journal, ``gaps`` its journalled gaps, ``init_crcs`` the CRC-32
    of its init segments by number.
    """
    check = _TrackCheck(
        folder / track.track, track, gaps, reader, is_journal_whole=is_journal_whole, init_crcs=init_crcs or {}
    )
    check.run(journalled)
    return check.files


class _TrackCheck:
    """The check of one track."""

    def __init__(
        self,
        folder: Path,
        track: Track,
        gaps: Sequence[Gap],
        reader: SegmentReader,
        *,
        is_journal_whole: bool,
        init_crcs: Mapping[int, int],
    ) -> None:
        self.files = TrackFiles()
        self._folder = folder
        self._track = track
        self._gaps = gaps
        self._reader = reader
        self._init_crcs = init_crcs
        self._end: int | None = None
        # A fragment whose journal line was lost is no surprise.
        self._unknown = bad if is_journal_whole else note

    def run(self, journalled: JournalledFragments) -> None:
        self._check_inits()
        names = {path.name for path in self._folder.iterdir()} if self._folder.is_dir() else set()
        numbers = {number for name in names if (number := segment_number(name)) is not None}
        for name in sorted(name for name in names if name.endswith(PART)):
            self._add(bad(FindingCode.SEGMENT_UNFINISHED, self._track.track, file=f"{self._track.track}/{name}"))
        for number in sorted(numbers | journalled.numbers):
            if number in numbers:
                self._check_segment(number, journalled)
            elif not self._is_in_gap(fragments := journalled.by_offset(number)):
                self._add(self._finding_over(FindingCode.SEGMENT_MISSING, fragments, file=self._path(number)))
        self.files.end_ns = self._ns(self._end or 0)

    def _path(self, number: int) -> str:
        return f"{self._track.track}/{segment_name(number)}"

    def _add(self, finding: Finding) -> None:
        self.files.findings.append(finding)

    def _ns(self, ticks: float) -> int:
        return round(ticks * 1_000_000_000 / self._track.timescale)

    def _span_ns(self, fragments: ByOffset) -> tuple[int, int]:
        start = min(fragment.start for fragment in fragments.values())
        end = max(fragment.start + fragment.duration for fragment in fragments.values())
        return self._ns(start), self._ns(end)

    def _finding_over(self, code: FindingCode, fragments: ByOffset, **values: str | float) -> Finding:
        """A bad finding over the time of these journalled fragments."""
        from_ns, to_ns = self._span_ns(fragments) if fragments else (None, None)
        return bad(code, self._track.track, from_ns, to_ns, **values)

    def _is_in_gap(self, fragments: ByOffset) -> bool:
        """Whether recovery gave these fragments up, filled their time and journalled the gap."""
        start_ns, end_ns = self._span_ns(fragments)
        return any(gap.from_ns <= start_ns + _ROUNDING_NS and end_ns <= gap.to_ns + _ROUNDING_NS for gap in self._gaps)

    def _check_inits(self) -> None:
        crcs = {self._track.init: self._track.init_crc, **self._init_crcs}
        for number in sorted({1, *crcs}):
            path = f"{self._track.track}/{init_name(number)}"
            try:
                data = (self._folder / init_name(number)).read_bytes()
            except FileNotFoundError:
                self._add(bad(FindingCode.INIT_MISSING, self._track.track, file=path))
                continue
            if not _is_whole_init(data) or crcs.get(number) not in (None, zlib.crc32(data)):
                self._add(bad(FindingCode.INIT_DAMAGED, self._track.track, file=path))

    def _check_segment(self, number: int, journalled: JournalledFragments) -> None:
        path = self._path(number)
        try:
            scanned = self._reader.read(self._folder / segment_name(number))
        except OSError as error:
            reason = error.strerror or str(error)
            known = journalled.by_offset(number)
            self._add(self._finding_over(FindingCode.SEGMENT_BROKEN, known, file=path, reason=reason))
            return
        self.files.bytes += scanned.size
        self.files.fragments += len(scanned.fragments)
        first = next(iter(scanned.fragments), None)
        if first is not None and self._track.medium is Medium.PICTURE and not first.is_key:
            self._add(bad(FindingCode.NO_KEY_PICTURE, self._track.track, self._ns(first.start), file=path))
        spans: Iterable[FragmentRecord] = scanned.fragments
        # Nearly every segment of every lesson is what the journal says.
        if scanned.damage or scanned.fragments != journalled.records(number):
            known = journalled.by_offset(number)
            if not known:
                self._add(self._unknown(FindingCode.SEGMENT_UNKNOWN, self._track.track, file=path))
            else:
                self._compare_with_journal(path, scanned, known)
            spans = _time_spans(scanned, known)
        self._check_continuity(path, spans, self._tolerance(scanned))

    def _compare_with_journal(self, path: str, scanned: ScannedSegment, journalled: ByOffset) -> None:
        on_disk = {fragment.offset: fragment for fragment in scanned.fragments}
        lost = {offset: fragment for offset, fragment in journalled.items() if offset not in on_disk}
        if scanned.damage:
            self._add(self._finding_over(FindingCode.SEGMENT_BROKEN, lost, file=path, reason=scanned.damage))
        else:
            for offset, fragment in lost.items():
                about: _FragmentValues = {"file": path, "offset": offset, "length": fragment.length}
                self._add(self._finding_over(FindingCode.FRAGMENT_MISSING, {offset: fragment}, **about))
        for offset, found in on_disk.items():
            about = {"file": path, "offset": offset, "length": found.length}
            known = journalled.get(offset)
            if known is None:
                start_ns = self._ns(found.start)
                self._add(self._unknown(FindingCode.FRAGMENT_UNKNOWN, self._track.track, start_ns, **about))
            elif (known.length, known.crc) != (found.length, found.crc):
                self._add(self._finding_over(FindingCode.FRAGMENT_DAMAGED, {offset: known}, **about))

    def _tolerance(self, scanned: ScannedSegment) -> float:
        """The longest break between fragments that is none."""
        if self._track.medium is Medium.SOUND:
            return _AAC_FRAME
        nominal = self._track.timescale / self._track.fps if self._track.fps else 0.0
        return _LATE_PICTURE_INTERVALS * max(nominal, scanned.longest_sample)

    def _check_continuity(self, path: str, spans: Iterable[FragmentRecord], tolerance: float) -> None:
        duration = 0
        for span in spans:
            if self._end is None:
                self.files.start_ns = self._ns(span.start)
                self._end = span.start
            apart = span.start - self._end
            if abs(apart) > tolerance:
                code = FindingCode.UNFILLED_GAP if apart > 0 else FindingCode.OVERLAP
                from_ns, to_ns = sorted((self._ns(self._end), self._ns(span.start)))
                self._add(bad(code, self._track.track, from_ns, to_ns, seconds=self._ns(abs(apart)) / 1e9))
            self._end = span.start + span.duration
            duration += span.duration
        self.files.segments_ns[path] = self._ns(duration)


def _time_spans(scanned: ScannedSegment, journalled: ByOffset) -> Iterator[FragmentRecord]:
    """The fragments as the files have them, except where the bytes are damaged and the journal knows better."""
    for fragment in scanned.fragments:
        known = journalled.get(fragment.offset)
        yield fragment if known is None or known.crc == fragment.crc else known


def _is_whole_init(data: bytes) -> bool:
    """Whether these bytes describe a track: whole boxes, a file type, one track."""
    try:
        top = {box.type: box for box in parse_boxes(data)}
        moov = top.get(b"moov")
        if b"ftyp" not in top or moov is None:
            return False
        return sum(box.type == b"trak" for box in parse_boxes(data, moov.body, moov.end)) == 1
    except InvalidBox:
        return False
