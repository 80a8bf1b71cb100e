"""A lesson's folder as the recorder writes it: tracks, journal and playlists. Used by the file thread alone."""

from __future__ import annotations

import errno
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.files import disk
from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import (
    INIT,
    MAIN_PLAYLIST,
    PROGRAMME_PLAYLIST,
    SYNC_JSON,
    playlist_name,
    segment_name,
)
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import Drift, Entry, Segment, Track
from pipelines.journal.journal_file import JournalFile, iterate_kinds
from pipelines.programme import hls_playlist
from pipelines.recording import av_sync_report
from pipelines.recording.segment_writer import SegmentWriter

# Encoded tracks cut at the first whole second past segment_s; passed-through ones at a key picture within 2 s.
_LATEST_CUT_S = 2


@dataclass(frozen=True, slots=True)
class TrackLayout:
    """What the folder must know of a track: where it stands after what is kept, and how it is shown.

    ``roles`` are the playlists that point into it. ``done`` are the segments it already has.
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
    """Every method may raise OSError and may then be called again with the same arguments.

    ``on_file`` is told each path (from the lesson's folder) that has reached its final name. The last
    ``last_bytes`` of the disk are not for fragments: journal, playlists, receipt and ledger need them.
    """

    def __init__(
        self,
        folder: Path,
        tracks: Sequence[TrackLayout],
        programme: str | None,
        segment_s: int,
        on_file: Callable[[str], None],
        last_bytes: int = 0,
    ) -> None:
        self._folder = folder
        self._last_bytes = last_bytes
        self._plans = {plan.name: plan for plan in tracks}
        self._programme = programme
        # A segment that recovery has filled up may be longer than the writer's own.
        longest_s = max((done.duration / plan.timescale for plan in tracks for done in plan.segments), default=0.0)
        self._target_s = max(segment_s + _LATEST_CUT_S, round(longest_s))
        self._on_file = on_file
        # Hours of these stay in memory: a clip is a tenth of its journal entry.
        self._clips = {plan.name: [self._clip(done) for done in plan.segments] for plan in tracks}
        self._files = {
            plan.name: SegmentWriter(
                folder / plan.name,
                plan.timescale,
                segment_s,
                max((done.segment for done in plan.segments), default=0) + 1,
            )
            for plan in tracks
        }
        self._journal = JournalFile(folder)
        self._init_crcs: dict[str, int] = {}
        self._unwritten: list[Entry] = []
        self._untold: deque[Segment] = deque()
        self._stale: deque[str] = deque()
        self._small: dict[str, bytes] = {}
        self._ended = False

    def write_entries(self, entries: Iterable[Entry]) -> None:
        """Write entries into the journal."""
        self._catch_up()
        self._journal.append(map(self._complete, entries))

    def write_init(self, described: Track, data: bytes) -> None:
        """Write a track's init segment, and the line that describes the track."""
        self._init_crcs[described.track] = zlib.crc32(self._files[described.track].write_init(data))
        self.write_entries([described])
        self._on_file(f"{described.track}/{INIT}")

    def write_fragment(self, track: str, head: FragmentHeader, data: bytes) -> None:
        """Append a fragment, after closing the segment that is full."""
        self._catch_up()
        if self._last_bytes and disk.read_space(self._folder).free_bytes < self._last_bytes + len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        files = self._files[track]
        if files.is_full(head):
            self._close_segment(track)
        self._unwritten += files.append(head, data)
        self._catch_up()

    def sync(self) -> None:
        """Make durable what was written since the last time: call it once a second."""
        for files in self._files.values():
            files.sync()
        self._journal.sync()

    def close_track(self, track: str) -> None:
        """Finish a track's last segment."""
        self._catch_up()
        self._close_segment(track)

    def end_lesson(self, entries: Iterable[Entry]) -> None:
        """The lesson is over: its last entries, what was measured of its microphones, and playlists that say so."""
        if not self._ended:
            self.write_entries(entries)
            self._ended = True
        self._journal.sync()
        if (measured := av_sync_report.sync_report(iterate_kinds(self._folder, Drift))) is not None:
            self._write_small(SYNC_JSON, measured.model_dump_json(indent=2).encode() + b"\n")
        for track in self._files:
            self._write_playlists(track)

    def close(self) -> None:
        """Let every file go."""
        for files in self._files.values():
            files.abandon()
        self._journal.close()

    def _complete(self, entry: Entry) -> Entry:
        if isinstance(entry, Track):
            return entry.model_copy(update={"init_crc": self._init_crcs.get(entry.track)})
        return entry

    def _close_segment(self, track: str) -> None:
        done = self._files[track].close_segment()
        if done is not None:
            self._clips[track].append(self._clip(done))
            self._unwritten.append(done)
            self._untold.append(done)
            self._catch_up()

    def _catch_up(self) -> None:
        """Do what the disk did not let us do after an earlier step that cannot be taken twice."""
        self._journal.append(self._unwritten)
        self._unwritten.clear()
        while self._untold:
            done = self._untold.popleft()
            self._on_file(f"{done.track}/{segment_name(done.segment)}")
            self._stale.append(done.track)
        while self._stale:
            self._write_playlists(self._stale[0])
            self._stale.popleft()

    def _clip(self, done: Segment) -> hls_playlist.PlaylistSegment:
        seconds = done.duration / self._plans[done.track].timescale
        return hls_playlist.PlaylistSegment(f"{done.track}/{segment_name(done.segment)}", seconds)

    def _write_playlists(self, track: str) -> None:
        plan, clips = self._plans[track], self._clips[track]
        if not clips:
            return
        text = hls_playlist.media_playlist(
            f"{track}/{INIT}", clips, target_s=self._target_s, ended=self._ended
        ).encode()
        names = [playlist_name(role) for role in plan.roles]
        if track == self._programme:
            names.append(PROGRAMME_PLAYLIST)
        for name in names:
            self._write_small(name, text)
        self._write_small(MAIN_PLAYLIST, self._main().encode())

    def _main(self) -> str:
        picture = self._plans[self._programme] if self._programme else None
        sound = next((plan for plan in self._plans.values() if "sound" in plan.roles), None)
        rendition = None
        if picture is not None and self._clips[picture.name]:
            rendition = hls_playlist.Rendition(
                codec=hls_playlist.avc_codec_string((self._folder / picture.name / INIT).read_bytes()),
                width=picture.size[0],
                height=picture.size[1],
                fps=picture.fps,
                bits_per_second=picture.bits_per_second,
            )
        return hls_playlist.main_playlist(rendition, sound.channels if sound and self._clips[sound.name] else 0)

    def _write_small(self, name: str, text: bytes) -> None:
        if self._small.get(name) == text:
            return
        path = self._folder / name
        if not path.exists() or path.read_bytes() != text:
            write_atomically(path, text)
        self._small[name] = text
        self._on_file(name)
