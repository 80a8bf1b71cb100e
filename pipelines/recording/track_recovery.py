"""One track after a crash or damage: its segments made whole, its holes filled."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from pipelines.encoding.packets import lesson_ns_of
from pipelines.journal.entries import Cause, Entry, Fragment, Hole, Segment, Track
from pipelines.journal.story import Story
from pipelines.recording.patch import filling, init_again
from pipelines.recording.salvage import Piece, salvage
from pipelines.recording.segments import INIT, PART, segment_name, sync_folder, write_whole

log = logging.getLogger(__name__)

# Smaller gaps are the normal spacing of pictures.
_GAP_S = 0.05


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that could not be kept: the file, what was wrong with it, and how many bytes (or lines) went."""

    path: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class KeptTrack:
    """A track as it stands after recovery: ``end`` in its time scale."""

    track: Track
    done: tuple[Segment, ...]

    @property
    def end(self) -> int:
        """Where it ends, in its time scale; 0 if nothing was kept."""
        return self.done[-1].start + self.done[-1].duration if self.done else 0

    @property
    def end_ns(self) -> int:
        """Lesson time it reaches."""
        return lesson_ns_of(self.end, self.track.timescale)


@dataclass(slots=True)
class _File:
    """A segment file on its way to being whole; ``pieces`` only where it must be written again."""

    number: int
    path: Path
    start: int
    end: int
    length: int
    pieces: list[Piece] | None = None


@dataclass(slots=True)
class TrackRecovery:
    """The recovery of one track's folder. ``thorough`` also reads the segments that look finished."""

    folder: Path
    track: Track
    story: Story
    thorough: bool
    losses: list[Loss] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def run(self, fill_to_ns: int | None = None) -> KeptTrack:
        """Make the track whole, and fill it up to ``fill_to_ns`` if that is given. OSError."""
        init = self._init()
        files = [file for number, path in segment_files(self.folder) if (file := self._file(number, path, init))]
        self._fill_gaps(files, init)
        if fill_to_ns is not None and files:
            self._append(files[-1], fill_to_ns * self.track.timescale // 1_000_000_000, init)
        done = tuple(self._finish(file) for file in files)
        sync_folder(self.folder)
        return KeptTrack(self.track, done)

    def _init(self) -> bytes:
        path = self.folder / INIT
        raw = path.read_bytes() if path.exists() else b""
        crc = self.track.init_crc
        if raw and (crc is None or zlib.crc32(raw) == crc):
            return raw
        self._lose(path, "the init segment was damaged or missing and is made again", len(raw))
        init = init_again(self.track, self._first_key_piece())
        write_whole(path, init)
        self.track = self.track.model_copy(update={"init_crc": zlib.crc32(init)})
        self.entries.append(self.track)
        return init

    def _first_key_piece(self) -> Piece | None:
        for number, path in segment_files(self.folder):
            pieces = salvage(path.read_bytes(), self._known(number), b"", self.track.medium)
            if pieces and pieces[0].head.key:
                return pieces[0]
        return None

    def _known(self, number: int) -> list[Fragment]:
        return self.story.fragments.get((self.track.track, number), [])

    def _file(self, number: int, path: Path, init: bytes) -> _File | None:
        said = self.story.segments.get((self.track.track, number))
        finished = path.suffix != PART
        if finished and not self.thorough and said and path.stat().st_size == said.length:
            return _File(number, path, said.start, said.start + said.duration, said.length)
        raw = path.read_bytes()
        pieces = salvage(raw, self._known(number), init, self.track.medium)
        if not pieces:
            self._lose(path, "nothing in it could be kept", len(raw))
            path.unlink()
            return None
        kept = sum(len(piece.data) for piece in pieces)
        if kept < len(raw):
            self._lose(path, "a part of it was damaged or not finished", len(raw) - kept)
        last = pieces[-1].head
        file = _File(number, path, pieces[0].head.start, last.start + last.duration, kept)
        if kept < len(raw) or not finished or not said:
            file.pieces = pieces
        return file

    def _fill_gaps(self, files: list[_File], init: bytes) -> None:
        for file in files:
            if file.pieces:
                file.pieces = self._without_gaps(file.pieces)
        for before, after in pairwise(files):
            self._append(before, after.start, init)
        if files and files[0].number > 1 and (more := self._gap(0, files[0].start)):
            files[0].pieces = more + self._pieces(files[0], init)
            files[0].start = 0

    def _without_gaps(self, pieces: list[Piece]) -> list[Piece]:
        whole = pieces[:1]
        for piece in pieces[1:]:
            whole += self._gap(whole[-1].end, piece.head.start)
            whole.append(piece)
        return whole

    def _append(self, file: _File, until: int, init: bytes) -> None:
        if more := self._gap(file.end, until):
            file.pieces = self._pieces(file, init) + more
            file.end = until

    def _pieces(self, file: _File, init: bytes) -> list[Piece]:
        if file.pieces is None:
            file.pieces = salvage(file.path.read_bytes(), self._known(file.number), init, self.track.medium)
        return file.pieces

    def _gap(self, start: int, end: int) -> list[Piece]:
        if end - start <= _GAP_S * self.track.timescale:
            return []
        self.entries.append(
            Hole(
                track=self.track.track,
                from_ns=lesson_ns_of(start, self.track.timescale),
                to_ns=lesson_ns_of(end, self.track.timescale),
                cause=Cause.CORRUPT,
                reason="filled by recovery",
            )
        )
        return filling(self.track, start, end)

    def _finish(self, file: _File) -> Segment:
        final = self.folder / segment_name(file.number)
        if file.pieces is not None:
            data = b"".join(piece.data for piece in file.pieces)
            file.length = len(data)
            self._write(file, final, data)
            self._journal_anew(file.number, file.pieces)
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
        if file.path.read_bytes() != data:
            write_whole(final, data)
        elif file.path != final:
            file.path.replace(final)
        if file.path != final:
            file.path.unlink(missing_ok=True)

    def _journal_anew(self, number: int, pieces: list[Piece]) -> None:
        offset = 0
        anew: list[Entry] = []
        for piece in pieces:
            anew.append(
                Fragment(
                    track=self.track.track,
                    segment=number,
                    offset=offset,
                    length=len(piece.data),
                    start=piece.head.start,
                    duration=piece.head.duration,
                    key=piece.head.key,
                    crc=zlib.crc32(piece.data),
                )
            )
            offset += len(piece.data)
        if anew != self._known(number):
            self.entries += anew

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
