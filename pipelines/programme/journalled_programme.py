"""What a programme is told of a lesson by its journal: fragments, segments, and the times of what a playlist has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from pipelines.files.lesson_layout import init_name, segment_name, segment_number
from pipelines.journal.entries import Fragment, Segment
from pipelines.journal.journal_index import JournalIndex
from pipelines.journal.replay import LessonReplay
from pipelines.programme.excerpts import TimedSegment
from pipelines.programme.hls_playlist import PlaylistSegment
from pipelines.programme.playlist_parser import MediaPlaylist
from pipelines.programme.programme_builder import TrackFragment, TrackSegment

_SECOND_NS = 1_000_000_000


def track_fragment(fragment: Fragment, timescale: int) -> TrackFragment:
    """Return a journalled fragment as the programme's builder takes it."""
    return TrackFragment(fragment.offset, fragment.start * _SECOND_NS // timescale, fragment.key)


def track_segment(
    segment: Segment,
    timescale: int,
    init_crc: int | None,
    fragments: Callable[[], Sequence[TrackFragment]],
    *,
    is_encoded: bool,
) -> TrackSegment:
    """Return a journalled segment as the programme's builder takes it."""
    return TrackSegment(
        path=f"{segment.track}/{segment_name(segment.segment)}",
        start_ns=segment.start * _SECOND_NS // timescale,
        end_ns=(segment.start + segment.duration) * _SECOND_NS // timescale,
        duration_s=segment.duration / timescale,
        length=segment.length,
        init=f"{segment.track}/{init_name(segment.init)}",
        init_crc=init_crc,
        is_encoded=is_encoded,
        fragments=fragments,
    )


class JournalledTracks:
    """Finished segments of a lesson as the builder takes them; the journal is read when the first is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index: JournalIndex | None = None

    @property
    def replay(self) -> LessonReplay:
        """The journal replayed, without fragments."""
        return self._read().replay

    def segment(self, segment: Segment, timescale: int) -> TrackSegment:
        """Return a segment of the journal."""
        replayed = self.replay

        @cache
        def fragments() -> Sequence[TrackFragment]:
            found = self._read().fragments(segment.track, segment.segment)
            return [track_fragment(one, timescale) for one in found]

        return track_segment(
            segment,
            timescale,
            replayed.init_crcs[segment.track].get(segment.init),
            fragments,
            is_encoded=replayed.passed_through.is_encoded(segment.track, segment.segment),
        )

    def _read(self) -> JournalIndex:
        if self._index is None:
            self._index = JournalIndex(self._folder)
        return self._index


def timed_segments(playlist: MediaPlaylist, index: JournalIndex) -> list[TimedSegment]:
    """Return the entries of a lesson's playlist with their lesson times; those that the journal knows.

    Raises:
        OSError: the journal cannot be read.
    """
    timed = []
    for entry in playlist.segments:
        track, _, name = entry.path.partition("/")
        number = segment_number(name)
        described = index.replay.tracks.get(track)
        segment = index.replay.segments[track].get(number) if number is not None else None
        if described is None or segment is None:
            continue
        timed.append(_timed(replace(entry, init=entry.init or playlist.init), segment, described.timescale, index))
    return timed


def _timed(entry: PlaylistSegment, segment: Segment, timescale: int, index: JournalIndex) -> TimedSegment:
    @cache
    def fragments() -> Sequence[TrackFragment]:
        return [track_fragment(one, timescale) for one in index.fragments(segment.track, segment.segment)]

    stop = segment.length if entry.length is None else entry.offset + entry.length
    start_ns, end_ns = (
        segment.start * _SECOND_NS // timescale,
        (segment.start + segment.duration) * _SECOND_NS // timescale,
    )
    if entry.length is not None:
        starts = {one.offset: one.start_ns for one in fragments()}
        start_ns, end_ns = starts.get(entry.offset, start_ns), starts.get(stop, end_ns)
    return TimedSegment(entry, start_ns, end_ns, segment.length, fragments)
