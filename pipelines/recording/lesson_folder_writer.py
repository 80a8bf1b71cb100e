"""Write a lesson's folder: tracks, journal, playlists and the A/V sync report."""

from __future__ import annotations

import errno
import os
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from pipelines.files import disk
from pipelines.files.durable import replace_file, sync_file
from pipelines.files.lesson_layout import (
    MAIN_PLAYLIST,
    PROGRAMME_PLAYLIST,
    SYNC_JSON,
    init_name,
    init_number,
    playlist_name,
    segment_name,
)
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import Cut, Drift, Entry, LessonSubject, Segment, Track
from pipelines.journal.journal_file import JournalFile, first_of_kind, iterate_kinds
from pipelines.programme import hls_playlist
from pipelines.recording import av_sync_report
from pipelines.recording.growing_programme import GrowingProgramme
from pipelines.recording.segment_writer import SegmentWriter

# Encoded tracks cut at the first whole second past segment_s. Passed-through ones cut at a key picture within 2.1 s,
# or, where the camera goes away before it, at the slate: its last picture lasts for 2 s.
_MAX_CUT_DELAY_S = 5


@dataclass(frozen=True, slots=True)
class TrackLayout:
    """How a track is stored and played back.

    ``roles`` are the playlists that refer to it, ``segments`` the finished segments it already has, ``size`` is
    (width, height) of video as it is shown, ``channels`` of audio.
    """

    name: str
    timescale: int
    roles: tuple[str, ...]
    is_video: bool
    bits_per_second: int
    size: tuple[int, int] = (0, 0)
    fps: float = 0.0
    channels: int = 0
    segments: tuple[Segment, ...] = ()


class LessonFolderWriter:
    """The writer of a lesson's folder; used by the file thread alone.

    ``programme`` is the track that is on air before the first ``Cut``; None where no camera is.
    Every method may raise OSError and may then be called again with the same arguments. ``on_file`` gets each path,
    relative to the folder, that has reached its final name, ``on_entries`` the entries that are in the journal. The
    last ``reserve_bytes`` of the disk are not used for fragments: journal, playlists, receipt and ledger need them.
    ``last_captured_ns`` is when the last fragment was written that holds what a device captured, on CLOCK_MONOTONIC; 0
    before the first.
    """

    def __init__(
        self,
        folder: Path,
        tracks: Sequence[TrackLayout],
        programme: str | None,
        segment_s: int,
        on_file: Callable[[str], None],
        reserve_bytes: int = 0,
        on_entries: Callable[[Sequence[Entry]], None] = lambda _entries: None,
    ) -> None:
        self._folder = folder
        self._on_entries = on_entries
        self._reserve_bytes = reserve_bytes
        self._layouts = {layout.name: layout for layout in tracks}
        # A segment that recovery has filled up may be longer than the writer's own.
        longest_s = max(
            (segment.duration / layout.timescale for layout in tracks for segment in layout.segments), default=0.0
        )
        self._target_s = max(segment_s + _MAX_CUT_DELAY_S, round(longest_s))
        self._on_file = on_file
        # Hours of these stay in memory: one is a tenth of the size of its journal entry.
        self._playlist_segments = {
            layout.name: [self._playlist_segment(segment) for segment in layout.segments] for layout in tracks
        }
        self._segment_writers = {
            layout.name: SegmentWriter(
                folder / layout.name,
                layout.timescale,
                segment_s,
                max((segment.segment for segment in layout.segments), default=0) + 1,
            )
            for layout in tracks
        }
        self._journal = JournalFile(folder)
        pictures = {layout.name: layout for layout in tracks if layout.is_video}
        self._programme = (
            GrowingProgramme(folder, {name: layout.timescale for name, layout in pictures.items()}, programme)
            if programme in pictures
            else None
        )
        if self._programme is not None:
            self._programme.resume({name: layout.segments for name, layout in pictures.items()})
        # The first one counts: a controller that has restarted knows less of the lesson's beginning.
        self._subject = first_of_kind(folder, LessonSubject)
        # Number and CRC-32 of the init segment that a track needs now.
        self._inits: dict[str, tuple[int, int]] = {}
        self._reported_inits: set[str] = set()
        self._codecs = {layout.name: _codecs(folder / layout.name) for layout in tracks}
        self._unwritten: list[Entry] = []
        self._unreported: deque[Segment] = deque()
        self._stale_playlists: deque[str] = deque()
        self._playlists: dict[str, hls_playlist.GrowingPlaylist] = {}
        self._written_files: dict[str, bytes] = {}
        self._durable_files: set[str] = set()
        self._is_ended = False
        self.last_captured_ns = 0

    def renew_playlists(self) -> None:
        """Have the playlists of tracks that go on written with the next entries: a power cut may have emptied them."""
        self._stale_playlists.extend(name for name, segments in self._playlist_segments.items() if segments)

    def write_entries(self, entries: Iterable[Entry]) -> None:
        """Write entries into the journal."""
        self._finish_pending()
        written = [self._completed(entry) for entry in entries if not (self._subject and _is_subject(entry))]
        self._journal.append(written)
        if self._programme is not None:
            self._programme.apply(written)
        self._subject = self._subject or next(filter(_is_subject, written), None)
        self._on_entries(written)

    def write_init(self, description: Track, data: bytes) -> None:
        """Write the init segment that a track needs from here on, and the entry that describes the track since then."""
        track, segment_writer = description.track, self._segment_writers[description.track]
        self._finish_pending()
        number = segment_writer.write_init(data)
        if number != segment_writer.init:
            self._close_segment(track)
            segment_writer.init = number
        self._inits[track] = (number, zlib.crc32(data))
        self.write_entries([description])
        path = f"{track}/{init_name(number)}"
        if path not in self._reported_inits:
            self._reported_inits.add(path)
            self._codecs[track].append(hls_playlist.avc_codec_string(data))
            self._on_file(path)

    def write_fragment(self, track: str, header: FragmentHeader, data: bytes, *, is_captured: bool = True) -> None:
        """Append a fragment, after closing the segment that is full; not ``is_captured`` is silence or a slate."""
        self._finish_pending()
        if self._reserve_bytes and disk.read_space(self._folder).free_bytes < self._reserve_bytes + len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        segment_writer = self._segment_writers[track]
        if segment_writer.is_full(header):
            self._close_segment(track)
        fragments = segment_writer.append(header, data)
        self._unwritten += fragments
        if self._programme is not None:
            self._programme.apply(fragments)
        self._finish_pending()
        if is_captured:
            self.last_captured_ns = time.monotonic_ns()

    def sync(self) -> None:
        """Make durable what was written since the last call; once a second."""
        for segment_writer in self._segment_writers.values():
            segment_writer.sync()
        self._journal.sync()

    def close_track(self, track: str) -> None:
        """Finish a track's last segment."""
        self._finish_pending()
        self._close_segment(track)

    def end_lesson(self, entries: Iterable[Entry]) -> None:
        """Write the last journal entries, the A/V sync report, and playlists that are marked as ended."""
        if not self._is_ended:
            self.write_entries(entries)
            self._is_ended = True
            if self._programme is not None:
                self._programme.finish()
        self._journal.sync()
        if (report := av_sync_report.sync_report(iterate_kinds(self._folder, Drift))) is not None:
            self._write_if_changed(SYNC_JSON, report.model_dump_json(indent=2).encode() + b"\n")
        for track in self._segment_writers:
            self._write_playlists(track)
        self._write_programme()

    def close(self) -> None:
        """Close every file."""
        for segment_writer in self._segment_writers.values():
            segment_writer.abandon()
        self._journal.close()

    def _completed(self, entry: Entry) -> Entry:
        """An entry with what only this writer knows: a track's init segment, the second that a cut is in time for."""
        if isinstance(entry, Track):
            number, crc = self._inits.get(entry.track, (entry.init, None))
            return entry.model_copy(update={"init": number, "init_crc": crc})
        if isinstance(entry, Cut) and self._programme is not None:
            return entry.model_copy(update={"lesson_ns": self._programme.time_of_cut(entry.lesson_ns)})
        return entry

    def _close_segment(self, track: str) -> None:
        segment = self._segment_writers[track].close_segment()
        if segment is not None:
            self._playlist_segments[track].append(self._playlist_segment(segment))
            self._unwritten.append(segment)
            self._unreported.append(segment)
            if self._programme is not None:
                self._programme.apply([segment])
            self._finish_pending()

    def _finish_pending(self) -> None:
        """Finish what failed after an earlier step that cannot be repeated: journal entries, reports, playlists."""
        self._journal.append(self._unwritten)
        self._unwritten.clear()
        while self._unreported:
            segment = self._unreported.popleft()
            self._on_file(f"{segment.track}/{segment_name(segment.segment)}")
            self._stale_playlists.append(segment.track)
        while self._stale_playlists:
            self._write_playlists(self._stale_playlists[0])
            self._stale_playlists.popleft()
        if self._programme is not None and self._programme.advance():
            self._write_programme()

    def _playlist_segment(self, segment: Segment) -> hls_playlist.PlaylistSegment:
        seconds = segment.duration / self._layouts[segment.track].timescale
        return hls_playlist.PlaylistSegment(
            f"{segment.track}/{segment_name(segment.segment)}",
            seconds,
            init=f"{segment.track}/{init_name(segment.init)}",
        )

    def _write_playlists(self, track: str) -> None:
        if not self._playlist_segments[track]:
            return
        text = self._playlist(track, self._playlist_segments[track])
        for role in self._layouts[track].roles:
            self._write_if_changed(playlist_name(role), text)
        self._write_if_changed(MAIN_PLAYLIST, self._main_playlist().encode())

    def _write_programme(self) -> None:
        if self._programme is None or not self._programme.segments:
            return
        self._write_if_changed(PROGRAMME_PLAYLIST, self._playlist(PROGRAMME_PLAYLIST, self._programme.segments))
        self._write_if_changed(MAIN_PLAYLIST, self._main_playlist().encode())
        self._programme.is_written()

    def _playlist(self, name: str, segments: Sequence[hls_playlist.PlaylistSegment]) -> bytes:
        growing = self._playlists.setdefault(name, hls_playlist.GrowingPlaylist(self._target_s))
        return growing.text(segments, ended=self._is_ended).encode()

    def _main_playlist(self) -> str:
        shown = [self._layouts[role] for role in self._programme.roles_shown] if self._programme else []
        audio = next((layout for layout in self._layouts.values() if "sound" in layout.roles), None)
        rendition = None
        if shown:
            largest = max(shown, key=lambda layout: layout.size[0] * layout.size[1])
            rendition = hls_playlist.Rendition(
                codecs=[codec for layout in shown for codec in self._codecs[layout.name]],
                width=largest.size[0],
                height=largest.size[1],
                fps=max(layout.fps for layout in shown),
                bits_per_second=max(layout.bits_per_second for layout in shown),
            )
        return hls_playlist.main_playlist(
            rendition,
            audio.channels if audio and self._playlist_segments[audio.name] else 0,
            self._subject.title if self._subject else "",
        )

    def _write_if_changed(self, name: str, text: bytes) -> None:
        """Write a file that can be made again from the journal: durable only once the lesson has ended."""
        path = self._folder / name
        written = self._written_files.get(name)
        if written != text and (written is not None or not path.exists() or path.read_bytes() != text):
            replace_file(path, text)
        if self._is_ended and (written != text or name not in self._durable_files):
            sync_file(path)
            self._durable_files.add(name)
        if written != text:
            self._written_files[name] = text
            self._on_file(name)


def _is_subject(entry: Entry) -> TypeGuard[LessonSubject]:
    return isinstance(entry, LessonSubject)


def _codecs(folder: Path) -> list[str]:
    """The names of the codecs of the init segments that a track has already."""
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [hls_playlist.avc_codec_string((folder / name).read_bytes()) for name in names if init_number(name)]
