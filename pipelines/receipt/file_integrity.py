"""Whether a track's files are what the journal says, whole, and without a break in time."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.files.lesson_layout import INIT, PART, segment_name
from pipelines.files.mp4_boxes import InvalidBox, parse_boxes
from pipelines.journal.entries import Fragment, Gap, Medium
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.journal_summary import TrackSummary
from pipelines.receipt.segment_reader import FoundFragment, FoundSegment, SegmentReader

LENGTH_TOLERANCE_NS = 100_000_000
_ROUNDING_NS = 1_000

_SEGMENT_NAME = re.compile(r"(\d{6})\.m4s")
_AAC_FRAME = 1024
# A picture may come half its interval late and is still the next one.
_PICTURES_APART = 1.5


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a track's time, in its time scale, and the longest break that is none."""

    start: int
    duration: int
    tolerance: float


@dataclass(slots=True)
class TrackFiles:
    """What was found on the disk for one track; lengths of its segments by path relative to the lesson."""

    start_ns: int = 0
    end_ns: int = 0
    fragments: int = 0
    bytes: int = 0
    segments_ns: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def check_track_files(
    folder: Path, history: TrackSummary, holes: Sequence[Gap], reader: SegmentReader, *, journal_is_whole: bool
) -> TrackFiles:
    """Read every file of a track and hold it against the journal; a file the disk will not give is broken."""
    return _Examination(folder, history, holes, reader, journal_is_whole=journal_is_whole).run()


class _Examination:
    """The reading of one track."""

    def __init__(
        self,
        folder: Path,
        history: TrackSummary,
        holes: Sequence[Gap],
        reader: SegmentReader,
        *,
        journal_is_whole: bool,
    ) -> None:
        self._track = history.made.track
        self._folder = folder / self._track
        self._history = history
        self._holes = holes
        self._reader = reader
        # A fragment whose journal line was lost is no surprise.
        self._unknown = bad if journal_is_whole else note
        self._files = TrackFiles()

    def run(self) -> TrackFiles:
        self._examine_init()
        names = {path.name for path in self._folder.iterdir()} if self._folder.is_dir() else set()
        numbers = {int(match[1]) for name in names if (match := _SEGMENT_NAME.fullmatch(name))}
        for name in sorted(name for name in names if name.endswith(PART)):
            self._add(bad(FindingCode.SEGMENT_UNFINISHED, self._track, file=f"{self._track}/{name}"))
        pieces: list[_Piece] = []
        for number in sorted(numbers | {n for n, said in self._history.fragments.items() if said}):
            said = self._history.fragments.get(number, {})
            if number in numbers:
                pieces += self._examine_segment(number, said)
            elif not self._confessed(said):
                self._add(self._about(FindingCode.SEGMENT_MISSING, said, file=self._name(number)))
        self._examine_time(pieces)
        return self._files

    def _name(self, number: int) -> str:
        return f"{self._track}/{segment_name(number)}"

    def _add(self, finding: Finding) -> None:
        self._files.findings.append(finding)

    def _ns(self, ticks: float) -> int:
        return round(ticks * 1_000_000_000 / self._history.made.timescale)

    def _about(self, code: FindingCode, said: dict[int, Fragment], **values: str | float) -> Finding:
        """A bad finding over the time of these journalled fragments."""
        if not said:
            return bad(code, self._track, None, None, **values)
        start = min(fragment.start for fragment in said.values())
        end = max(fragment.start + fragment.duration for fragment in said.values())
        return bad(code, self._track, self._ns(start), self._ns(end), **values)

    def _confessed(self, said: dict[int, Fragment]) -> bool:
        """Whether recovery gave this segment up, filled its time and said so."""
        start_ns = self._ns(min(fragment.start for fragment in said.values()))
        end_ns = self._ns(max(fragment.start + fragment.duration for fragment in said.values()))
        return any(
            hole.from_ns <= start_ns + _ROUNDING_NS and end_ns <= hole.to_ns + _ROUNDING_NS for hole in self._holes
        )

    def _examine_init(self) -> None:
        name = f"{self._track}/{INIT}"
        try:
            data = (self._folder / INIT).read_bytes()
        except FileNotFoundError:
            self._add(bad(FindingCode.INIT_MISSING, self._track, file=name))
            return
        wanted = self._history.made.init_crc
        if not _whole_init(data) or (wanted is not None and wanted != zlib.crc32(data)):
            self._add(bad(FindingCode.INIT_DAMAGED, self._track, file=name))

    def _examine_segment(self, number: int, said: dict[int, Fragment]) -> list[_Piece]:
        name = self._name(number)
        try:
            found = self._reader.read(self._folder / segment_name(number))
        except OSError as error:
            self._add(self._about(FindingCode.SEGMENT_BROKEN, said, file=name, reason=error.strerror or str(error)))
            return []
        self._files.bytes += found.size
        self._files.fragments += len(found.fragments)
        if not said:
            self._add(self._unknown(FindingCode.SEGMENT_UNKNOWN, self._track, file=name))
        else:
            self._hold_against(name, found, said)
        first = found.fragments[0] if found.fragments else None
        if first is not None and self._history.made.medium is Medium.PICTURE and not first.head.is_key:
            self._add(bad(FindingCode.NO_KEY_PICTURE, self._track, self._ns(first.head.start), file=name))
        pieces = list(self._pieces(found, said))
        self._files.segments_ns[name] = self._ns(sum(piece.duration for piece in pieces))
        return pieces

    def _hold_against(self, name: str, found: FoundSegment, said: dict[int, Fragment]) -> None:
        there = {fragment.offset: fragment for fragment in found.fragments}
        lost = {offset: fragment for offset, fragment in said.items() if offset not in there}
        if found.broken:
            self._add(self._about(FindingCode.SEGMENT_BROKEN, lost, file=name, reason=found.broken))
        else:
            for at, gone in lost.items():
                self._add(
                    self._about(FindingCode.FRAGMENT_MISSING, {at: gone}, file=name, offset=at, length=gone.length)
                )
        for at, one in there.items():
            if at not in said:
                start_ns = self._ns(one.head.start)
                self._add(
                    self._unknown(
                        FindingCode.FRAGMENT_UNKNOWN, self._track, start_ns, file=name, offset=at, length=one.length
                    )
                )
            elif (said[at].length, said[at].crc) != (one.length, one.crc):
                self._add(
                    self._about(FindingCode.FRAGMENT_DAMAGED, {at: said[at]}, file=name, offset=at, length=one.length)
                )

    def _pieces(self, found: FoundSegment, said: dict[int, Fragment]) -> Iterator[_Piece]:
        """Times as the files have them, except where the bytes are damaged and the journal knows better."""
        for fragment in found.fragments:
            journalled = said.get(fragment.offset)
            trusted = journalled is None or journalled.crc == fragment.crc
            source = fragment.head if trusted or journalled is None else journalled
            yield _Piece(source.start, source.duration, self._tolerance(fragment))

    def _tolerance(self, fragment: FoundFragment) -> float:
        made = self._history.made
        if made.medium is Medium.SOUND:
            return _AAC_FRAME
        nominal = made.timescale / made.fps if made.fps else 0.0
        measured = fragment.head.duration / max(1, fragment.head.samples)
        return _PICTURES_APART * max(nominal, measured)

    def _examine_time(self, pieces: list[_Piece]) -> None:
        if not pieces:
            return
        end = pieces[0].start
        for piece in pieces:
            apart = piece.start - end
            if apart > piece.tolerance:
                seconds = self._ns(apart) / 1e9
                self._add(
                    bad(FindingCode.UNFILLED_GAP, self._track, self._ns(end), self._ns(piece.start), seconds=seconds)
                )
            elif -apart > piece.tolerance:
                seconds = self._ns(-apart) / 1e9
                self._add(bad(FindingCode.OVERLAP, self._track, self._ns(piece.start), self._ns(end), seconds=seconds))
            end = piece.start + piece.duration
        self._files.start_ns = self._ns(pieces[0].start)
        self._files.end_ns = self._ns(end)


def _whole_init(data: bytes) -> bool:
    """Whether these bytes describe a track: whole boxes, a file type, one track."""
    try:
        top = {box.type: box for box in parse_boxes(data)}
        moov = top.get(b"moov")
        if b"ftyp" not in top or moov is None:
            return False
        return sum(box.type == b"trak" for box in parse_boxes(data, moov.body, moov.end)) == 1
    except InvalidBox:
        return False
