"""One track after a crash or damage: its segments made whole, its holes filled."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from pipelines.encoding.packets import ticks_to_lesson_ns
from pipelines.files.durable import sync_folder, write_atomically
from pipelines.files.lesson_layout import INIT, PART, segment_name
from pipelines.journal.entries import Cause, Entry, Fragment, Gap, Segment, Track
from pipelines.journal.replay import JournalState, LessonReplay
from pipelines.recording.resume_state import KeptTrack
from pipelines.recovery.gap_segments import filler_fragments, rebuilt_init
from pipelines.recovery.salvage_fragments import SalvagedFragment, TimeWindow, salvage

log = logging.getLogger(__name__)

# Smaller gaps are the normal spacing of pictures.
_GAP_S = 0.05
# A segment that lost its neighbours may begin so many seconds after the last one that is there, for each.
_LONGEST_SEGMENT_S = 60


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that could not be kept: the file, what was wrong with it, and how many bytes (or lines) went."""

    path: str
    what: str
    count: int


@dataclass(slots=True)
class _File:
    """A segment file on its way to being whole; ``pieces`` only where it must be written again."""

    number: int
    path: Path
    start: int
    end: int
    length: int
    pieces: list[SalvagedFragment] | None = None


@dataclass(slots=True)
class TrackRecovery:
    """The recovery of one track's folder. ``thorough`` also reads the segments that look finished."""

    folder: Path
    track: Track
    story: LessonReplay
    thorough: bool
    init: bytes = b""
    losses: list[Loss] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def run(self, fill_to_ns: int | None = None) -> KeptTrack:
        """Make the track whole, and fill it up to ``fill_to_ns`` if that is given. OSError."""
        self._make_init()
        numbers = set()
        files: list[_File] = []
        for number, path in segment_files(self.folder):
            numbers.add(number)
            if (file := self._file(number, path, files)) is not None:
                files.append(file)
        self._lose_missing(numbers, files)
        self._fill_gaps(files)
        if fill_to_ns is not None:
            self._fill_end(files, fill_to_ns * self.track.timescale // 1_000_000_000)
        done = tuple(self._finish(file) for file in files)
        sync_folder(self.folder)
        return KeptTrack(self.track, done)

    def _make_init(self) -> None:
        path = self.folder / INIT
        self.init = path.read_bytes() if path.exists() else b""
        crc = self.track.init_crc
        if not self.init or (crc is not None and zlib.crc32(self.init) != crc):
            self._lose(path, "the init segment was damaged or missing and is made again", len(self.init))
            self.init = rebuilt_init(self.track, self._first_key_piece())
            write_atomically(path, self.init)
        self.track = self.track.model_copy(update={"init_crc": zlib.crc32(self.init)})
        if self.track != self.story.tracks.get(self.track.track):
            self.entries.append(self.track)

    def _first_key_piece(self) -> SalvagedFragment | None:
        for number, path in segment_files(self.folder):
            if pieces := self._salvaged(number, path.read_bytes(), []):
                return pieces[0]
        return None

    def _known(self, number: int) -> list[Fragment]:
        return self.story.fragments.get((self.track.track, number), [])

    def _all_known(self) -> Iterator[list[Fragment]]:
        return (known for (track, _), known in self.story.fragments.items() if track == self.track.track)

    def _salvaged(self, number: int, raw: bytes, before: list[_File]) -> list[SalvagedFragment]:
        earliest = before[-1].end if before else 0
        segments = number - before[-1].number if before else number
        window = TimeWindow(earliest, earliest + segments * _LONGEST_SEGMENT_S * self.track.timescale)
        return salvage(raw, self._known(number), self.init, self.track, window)

    def _file(self, number: int, path: Path, before: list[_File]) -> _File | None:
        said = self.story.segments.get((self.track.track, number))
        finished = path.suffix != PART
        if finished and not self.thorough and said and path.stat().st_size == said.length:
            return _File(number, path, said.start, said.start + said.duration, said.length)
        raw = path.read_bytes()
        pieces = self._salvaged(number, raw, before)
        if not pieces:
            self._lose(path, "nothing in it could be kept", len(raw))
            path.unlink()
            return None
        kept = sum(len(piece.data) for piece in pieces)
        if kept < len(raw):
            self._lose(path, "a part of it was damaged or not finished", len(raw) - kept)
        file = _File(number, path, pieces[0].head.start, pieces[-1].end, kept)
        if kept < len(raw) or not finished or self._journalled(number, pieces) != self._known(number):
            file.pieces = pieces
        return file

    def _lose_missing(self, there: set[int], files: list[_File]) -> None:
        """Segments the journal knows that are no longer there, unless their time has been filled already."""
        for (track, number), said in self.story.segments.items():
            end = said.start + said.duration
            filled = any(file.start <= said.start and end <= file.end for file in files)
            if track == self.track.track and number not in there and not filled:
                self._lose(self.folder / segment_name(number), "it is missing", said.length)

    def _fill_gaps(self, files: list[_File]) -> None:
        for file in files:
            if file.pieces:
                file.pieces = self._without_gaps(file.pieces)
        for before, after in pairwise(files):
            self._append(before, after.start)
        if files and (more := self._gap(begun := self._begun(files[0]), files[0].start)):
            files[0].pieces = more + self._pieces(files[0])
            files[0].start = begun

    def _begun(self, first: _File) -> int:
        """Where the track began, which is not where the lesson did if its camera came with a restart."""
        starts = [fragment.start for known in self._all_known() for fragment in known]
        return min(starts, default=first.start if first.number == 1 else 0)

    def _fill_end(self, files: list[_File], until: int) -> None:
        cause = Cause.CORRUPT if self.story.state is JournalState.ENDED else Cause.POWER
        if files:
            self._append(files[-1], until, cause)
        elif more := self._gap(0, until, cause):
            files.append(_File(1, self.folder / segment_name(1), 0, until, 0, more))

    def _without_gaps(self, pieces: list[SalvagedFragment]) -> list[SalvagedFragment]:
        whole = pieces[:1]
        for piece in pieces[1:]:
            whole += self._gap(whole[-1].end, piece.head.start)
            whole.append(piece)
        return whole

    def _append(self, file: _File, until: int, cause: Cause = Cause.CORRUPT) -> None:
        if more := self._gap(file.end, until, cause):
            file.pieces = self._pieces(file) + more
            file.end = until

    def _pieces(self, file: _File) -> list[SalvagedFragment]:
        if file.pieces is None:
            file.pieces = self._salvaged(file.number, file.path.read_bytes(), [])
        return file.pieces

    def _gap(self, start: int, end: int, cause: Cause = Cause.CORRUPT) -> list[SalvagedFragment]:
        if end - start <= _GAP_S * self.track.timescale:
            return []
        self.entries.append(
            Gap(
                track=self.track.track,
                from_ns=ticks_to_lesson_ns(start, self.track.timescale),
                to_ns=ticks_to_lesson_ns(end, self.track.timescale),
                cause=cause,
                reason="filled by recovery",
            )
        )
        return filler_fragments(self.track, start, end)

    def _finish(self, file: _File) -> Segment:
        final = self.folder / segment_name(file.number)
        if file.pieces is not None:
            data = b"".join(piece.data for piece in file.pieces)
            file.length = len(data)
            self._write(file, final, data)
            journalled = self._journalled(file.number, file.pieces)
            if journalled != self._known(file.number):
                self.entries += journalled
        (self.folder / (final.name + PART)).unlink(missing_ok=True)
        segment = Segment(
            track=self.track.track,
            segment=file.number,
            start=file.start,
            duration=file.end - file.start,
            length=file.length,
        )
        if self.story.segments.get((self.track.track, file.number)) != segment:
            self.entries.append(segment)
        return segment

    def _write(self, file: _File, final: Path, data: bytes) -> None:
        if not file.path.exists() or file.path.read_bytes() != data:
            write_atomically(final, data)
        elif file.path != final:
            file.path.replace(final)

    def _journalled(self, number: int, pieces: list[SalvagedFragment]) -> list[Fragment]:
        """What the journal says of a segment made of these pieces."""
        offset = 0
        fragments = []
        for piece in pieces:
            fragments.append(
                Fragment(
                    track=self.track.track,
                    segment=number,
                    offset=offset,
                    length=len(piece.data),
                    start=piece.head.start,
                    duration=piece.head.duration,
                    key=piece.head.is_key,
                    crc=zlib.crc32(piece.data),
                )
            )
            offset += len(piece.data)
        return fragments

    def _lose(self, path: Path, what: str, count: int) -> None:
        name = f"{self.folder.name}/{path.name}"
        log.warning("%s: %s (%d bytes)", name, what, count)
        self.losses.append(Loss(name, what, count))


def segment_files(folder: Path) -> Iterator[tuple[int, Path]]:
    """Finished and unfinished segments of a track by number; the finished one counts where there are both."""
    names = {path.name for path in folder.iterdir()}
    numbers = {int(name[:6]) for name in names if name[:6].isdigit() and name[6:] in (".m4s", ".m4s" + PART)}
    for number in sorted(numbers):
        final = segment_name(number)
        yield number, folder / (final if final in names else final + PART)
