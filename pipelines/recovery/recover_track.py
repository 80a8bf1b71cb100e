"""Recovery of one track after a crash or damage: its segments are made whole and its gaps filled."""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from pipelines.encoding.packets import ticks_to_lesson_ns
from pipelines.files.durable import sync_folder, write_atomically
from pipelines.files.lesson_layout import PART, init_name, init_number, segment_name, segment_number
from pipelines.files.mp4_boxes import sps_of_init
from pipelines.journal.entries import Cause, Entry, Fragment, Gap, Medium, Segment, Track
from pipelines.journal.journal_index import JournalIndex
from pipelines.journal.lesson_clock import JournalState
from pipelines.recording.resume_state import KeptTrack
from pipelines.recording.track_coding import as_init_says
from pipelines.recovery.gap_segments import Filler, allow_parameter_sets, make_filler, rebuild_init
from pipelines.recovery.salvage_fragments import SalvagedFragment, TimeWindow, salvage_fragments

log = logging.getLogger(__name__)

# Smaller gaps are the normal spacing of pictures.
_SHORTEST_GAP_S = 0.05
# A segment that lost its neighbours may begin so many seconds after the last one that is there, for each.
_LONGEST_SEGMENT_S = 60


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that could not be kept: the file, what was wrong with it, and how many bytes (or lines) are lost."""

    path: str
    what: str
    count: int


@dataclass(slots=True)
class _SegmentFile:
    """A segment file under repair, its times in the track's time scale.

    ``init`` is the number of the init segment it needs, ``fragments`` what it must be rewritten with, None if the
    file may stay as it is. ``known`` is its journal entry, where the file is trusted for that.
    """

    number: int
    path: Path
    start: int
    end: int
    length: int
    init: int
    fragments: list[SalvagedFragment] | None = None
    known: Segment | None = None


@dataclass(slots=True)
class TrackRecovery:
    """The recovery of one track's folder. ``thorough`` also reads the segments that look finished."""

    folder: Path
    track: Track
    journal: JournalIndex
    thorough: bool = False
    inits: dict[int, bytes] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def run(self, fill_to_ns: int | None = None) -> KeptTrack:
        """Make the track whole, and fill it up to ``fill_to_ns`` if that is given.

        Raises:
            OSError: the disk refuses.
        """
        self._read_inits()
        numbers = set()
        files: list[_SegmentFile] = []
        for number, path in segment_files(self.folder):
            numbers.add(number)
            if (file := self._examine(number, path, files)) is not None:
                files.append(file)
        self._report_missing(numbers, files)
        self._fill_gaps(files)
        if fill_to_ns is not None:
            self._fill_end(files, fill_to_ns * self.track.timescale // 1_000_000_000)
        done = tuple(self._finish(file) for file in files)
        for stale in self.folder.glob(f"*.m4s{PART}"):
            stale.unlink()
        sync_folder(self.folder)
        return KeptTrack(self.track, done)

    def fill(self, kept: KeptTrack, fill_to_ns: int) -> KeptTrack:
        """Fill a track that is whole up to ``fill_to_ns``.

        Raises:
            OSError: the disk refuses.
        """
        self._read_inits()
        files = [
            _SegmentFile(last.segment, path, last.start, last.start + last.duration, last.length, last.init, known=last)
            for last in kept.segments[-1:]
            for path in [self.folder / segment_name(last.segment)]
        ]
        self._fill_end(files, fill_to_ns * self.track.timescale // 1_000_000_000)
        done = tuple(self._finish(file) for file in files)
        sync_folder(self.folder)
        return KeptTrack(self.track, kept.segments[:-1] + done)

    def _read_inits(self) -> None:
        """Read the init segments; one that is damaged or missing is made again, and if the first, at once."""
        known = self.journal.replay.init_crcs[self.track.track]
        present = {number for path in self.folder.iterdir() if (number := init_number(path.name)) is not None}
        for number in sorted({1, self.track.init, *known, *present}):
            path = self.folder / init_name(number)
            data = path.read_bytes() if path.exists() else b""
            crc = known.get(number, self.track.init_crc if number == self.track.init else None)
            if not data or (crc is not None and zlib.crc32(data) != crc):
                self._report_loss(path, "the init segment was damaged or missing and is made again", len(data))
                data = rebuild_init(self.track, self._first_key_fragment(number, data or self.inits.get(1, b"")))
                if zlib.crc32(relaxed := allow_parameter_sets(data)) == crc:
                    data = relaxed
                write_atomically(path, data)
            self.inits[number] = data
        self.track = self.track.model_copy(update={"init_crc": zlib.crc32(self.inits[self.track.init])})
        if self.track != self.journal.replay.tracks.get(self.track.track):
            self.entries.append(self.track)

    def _first_key_fragment(self, init: int, data: bytes) -> SalvagedFragment | None:
        """The first fragment of a segment that needs this init segment."""
        self.inits.setdefault(1, data)
        for number, path in segment_files(self.folder):
            if self._journalled_init(number) == init and (fragments := self._salvage(number, path.read_bytes(), [])):
                return fragments[0]
        return None

    def _journalled_init(self, number: int) -> int:
        known = self._known.get(number)
        return known.init if known else self.track.init

    def _init_of(self, number: int, fragments: list[SalvagedFragment]) -> int:
        """The number of the init segment that a segment needs: by the journal, else by its own parameter sets."""
        if number in self._known or len(self.inits) == 1:
            return self._journalled_init(number)
        by_sps = {sps: init for init, data in self.inits.items() if (sps := sps_of_init(data))}
        return next((init for sps, init in by_sps.items() if sps in fragments[0].data), self.track.init)

    def _journalled(self, number: int) -> list[Fragment]:
        return self.journal.fragments(self.track.track, number)

    @property
    def _known(self) -> dict[int, Segment]:
        """The finished segments, as journalled."""
        return self.journal.replay.segments[self.track.track]

    def _salvage(self, number: int, raw: bytes, before: list[_SegmentFile]) -> list[SalvagedFragment]:
        earliest = before[-1].end if before else 0
        segments = number - before[-1].number if before else number
        window = TimeWindow(earliest, earliest + segments * _LONGEST_SEGMENT_S * self.track.timescale)
        return salvage_fragments(raw, self._journalled(number), self.inits[1], self.track, window)

    def _examine(self, number: int, path: Path, before: list[_SegmentFile]) -> _SegmentFile | None:
        known = self._known.get(number)
        is_finished = path.suffix != PART
        if is_finished and not self.thorough and known and os.stat(path).st_size == known.length:
            end = known.start + known.duration
            return _SegmentFile(number, path, known.start, end, known.length, known.init, known=known)
        raw = path.read_bytes()
        fragments = self._salvage(number, raw, before)
        if not fragments:
            self._report_loss(path, "nothing in it could be kept", len(raw))
            path.unlink()
            return None
        kept = sum(len(fragment.data) for fragment in fragments)
        if kept < len(raw):
            self._report_loss(path, "a part of it was damaged or not finished", len(raw) - kept)
        init = self._init_of(number, fragments)
        file = _SegmentFile(number, path, fragments[0].header.start, fragments[-1].end, kept, init)
        if kept < len(raw) or not is_finished or self._entries_of(number, fragments) != self._journalled(number):
            file.fragments = fragments
        return file

    def _report_missing(self, on_disk: set[int], files: list[_SegmentFile]) -> None:
        """Report journalled segments that are no longer there, unless their time has been filled already."""
        for number, known in self._known.items():
            if number in on_disk:
                continue
            end = known.start + known.duration
            if not any(file.start <= known.start and end <= file.end for file in files):
                self._report_loss(self.folder / segment_name(number), "it is missing", known.length)

    def _fill_gaps(self, files: list[_SegmentFile]) -> None:
        for file in files:
            if file.fragments:
                file.fragments = self._without_gaps(file, file.fragments)
        for before, after in pairwise(files):
            self._append_filler(before, after.start)
        if files and (filler := self._filler_in(files[0], begin := self._begin(files[0]), files[0].start)):
            files[0].fragments = filler + self._fragments_of(files[0])
            files[0].start = begin

    def _begin(self, first: _SegmentFile) -> int:
        """Where the track began, which is not where the lesson did if its camera came with a restart."""
        start = self.journal.first_start(self.track.track)
        return start if start is not None else first.start if first.number == 1 else 0

    def _fill_end(self, files: list[_SegmentFile], until: int) -> None:
        cause = Cause.CORRUPT if self.journal.replay.last_change.state is JournalState.ENDED else Cause.POWER
        end = files[-1].end if files else 0
        filler = self._filler(self.track, end, until, cause)
        if not filler.fragments:
            return
        init = self._number_of(filler.init_segment)
        if files and files[-1].init == init:
            files[-1].fragments = self._fragments_of(files[-1]) + filler.fragments
            files[-1].end = until
            return
        number = files[-1].number + 1 if files else 1
        files.append(_SegmentFile(number, self.folder / segment_name(number), end, until, 0, init, filler.fragments))

    def _number_of(self, init_segment: bytes) -> int:
        """The number of an init segment, which is written unless it is there."""
        for number, data in self.inits.items():
            if data == init_segment:
                return number
        number = max(self.inits) + 1
        write_atomically(self.folder / init_name(number), init_segment)
        self.inits[number] = init_segment
        self.track = self.track.model_copy(update={"init": number, "init_crc": zlib.crc32(init_segment)})
        self.entries.append(self.track)
        return number

    def _without_gaps(self, file: _SegmentFile, fragments: list[SalvagedFragment]) -> list[SalvagedFragment]:
        whole = fragments[:1]
        for fragment in fragments[1:]:
            whole += self._filler_in(file, whole[-1].end, fragment.header.start)
            whole.append(fragment)
        return whole

    def _append_filler(self, file: _SegmentFile, until: int) -> None:
        if filler := self._filler_in(file, file.end, until):
            file.fragments = self._fragments_of(file) + filler
            file.end = until

    def _fragments_of(self, file: _SegmentFile) -> list[SalvagedFragment]:
        if file.fragments is None:
            file.fragments = self._salvage(file.number, file.path.read_bytes(), [])
        return file.fragments

    def _filler_in(self, file: _SegmentFile, start: int, end: int) -> list[SalvagedFragment]:
        """What fills a gap inside a segment; pictures whose parameter sets differ need another init segment there."""
        if self.track.medium is not Medium.PICTURE or not self._is_gap(start, end):
            return self._filler(self.track, start, end).fragments
        init = self.inits[file.init]
        filler = self._filler(as_init_says(self.track, init), start, end)
        if filler.fragments and filler.init_segment != init:
            present = self.track
            file.init = self._number_of(allow_parameter_sets(init))
            if self.track != present:
                self.track = present
                self.entries.append(present)
        return filler.fragments

    def _is_gap(self, start: int, end: int) -> bool:
        return end - start > _SHORTEST_GAP_S * self.track.timescale

    def _filler(self, track: Track, start: int, end: int, cause: Cause = Cause.CORRUPT) -> Filler:
        """Slate or silence for [start, end), and its entry in the journal; nothing where that is no gap."""
        if not self._is_gap(start, end):
            return Filler(b"", [])
        self.entries.append(
            Gap(
                track=self.track.track,
                from_ns=ticks_to_lesson_ns(start, self.track.timescale),
                to_ns=ticks_to_lesson_ns(end, self.track.timescale),
                cause=cause,
                reason="filled by recovery",
            )
        )
        return make_filler(track, start, end)

    def _finish(self, file: _SegmentFile) -> Segment:
        if file.known is not None and file.fragments is None:
            return file.known
        final = self.folder / segment_name(file.number)
        if file.fragments is not None:
            data = b"".join(fragment.data for fragment in file.fragments)
            file.length = len(data)
            if not file.path.exists() or file.path.read_bytes() != data:
                write_atomically(final, data)
            elif file.path != final:
                file.path.replace(final)
            entries = self._entries_of(file.number, file.fragments)
            if entries != self._journalled(file.number):
                self.entries += entries
        segment = Segment(
            track=self.track.track,
            segment=file.number,
            start=file.start,
            duration=file.end - file.start,
            length=file.length,
            init=file.init,
        )
        if self._known.get(file.number) != segment:
            self.entries.append(segment)
        return segment

    def _entries_of(self, number: int, fragments: list[SalvagedFragment]) -> list[Fragment]:
        """The journal's entries of a segment made of these fragments."""
        offset = 0
        entries = []
        for fragment in fragments:
            entries.append(
                Fragment(
                    track=self.track.track,
                    segment=number,
                    offset=offset,
                    length=len(fragment.data),
                    start=fragment.header.start,
                    duration=fragment.header.duration,
                    key=fragment.header.is_key,
                    crc=zlib.crc32(fragment.data),
                )
            )
            offset += len(fragment.data)
        return entries

    def _report_loss(self, path: Path, what: str, count: int) -> None:
        name = f"{self.folder.name}/{path.name}"
        log.warning("%s: %s (%d bytes)", name, what, count)
        self.losses.append(Loss(name, what, count))


def segment_files(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield a track's finished and unfinished segments by number; only the finished one where there are both."""
    names = {path.name for path in folder.iterdir()}
    numbers = {number for name in names if (number := segment_number(name.removesuffix(PART))) is not None}
    for number in sorted(numbers):
        final = segment_name(number)
        yield number, folder / (final if final in names else final + PART)
