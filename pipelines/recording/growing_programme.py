"""The programme of a lesson that is recorded: fed with the journal's entries as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipelines.journal.entries import Cut, Entry, Fragment, Segment, Track
from pipelines.journal.passed_through_segments import PassedThroughSegments
from pipelines.programme.hls_playlist import PlaylistSegment
from pipelines.programme.journalled_programme import JournalledTracks, track_fragment, track_segment
from pipelines.programme.programme_builder import ProgrammeBuilder, TrackFragment
from pipelines.programme.programme_cuts import read_programme_cuts


class GrowingProgramme:
    """What is picked of the tracks of pictures (name → time scale) by now; the track ``first`` is on air at first.

    Only the fragments of segments that the programme has not reached are kept in memory.
    """

    def __init__(self, folder: Path, timescales: Mapping[str, int], first: str) -> None:
        self._folder = folder
        self._timescales = timescales
        self._builder = ProgrammeBuilder(timescales, first)
        self._passed_through = PassedThroughSegments()
        self._init_crcs: dict[tuple[str, int], int | None] = {}
        self._open_fragments: dict[str, list[TrackFragment]] = {name: [] for name in timescales}
        self._is_stale = False
        # Whether anything has come since it was looked what can be picked.
        self._has_news = True

    @property
    def segments(self) -> Sequence[PlaylistSegment]:
        """What was picked."""
        return self._builder.segments

    @property
    def roles_shown(self) -> Iterable[str]:
        """The tracks in it."""
        return self._builder.roles_shown

    def resume(self, kept: Mapping[str, Sequence[Segment]]) -> None:
        """Pick what was picked before: from the cuts in the lesson's folder and the segments that were kept by track.

        Raises:
            OSError: the journal cannot be read.
        """
        for cut in read_programme_cuts(self._folder):
            self._builder.add_cut(cut.lesson_ns, cut.role)
        tracks = JournalledTracks(self._folder)
        for name, segments in kept.items():
            for segment in segments:
                self._builder.add_segment(name, tracks.segment(segment, self._timescales[name]))
        self.advance()

    def time_of_cut(self, lesson_ns: int) -> int:
        """The second at which a cut that is made now takes effect."""
        return self._builder.time_of_cut(lesson_ns)

    def apply(self, entries: Iterable[Entry]) -> None:
        """Apply the next entries of the journal."""
        for entry in entries:
            self._has_news = True
            self._passed_through.apply(entry)
            match entry:
                case Cut():
                    self._builder.add_cut(entry.lesson_ns, entry.role)
                case Track():
                    self._init_crcs[entry.track, entry.init] = entry.init_crc
                case Fragment() if entry.track in self._timescales:
                    self._add_fragment(entry, self._timescales[entry.track])
                case Segment() if entry.track in self._timescales:
                    self._add_segment(entry, self._timescales[entry.track])
                case _:
                    pass

    def finish(self) -> None:
        """The lesson has ended: nothing comes any more."""
        self._builder.finish()
        self._has_news = True
        self.advance()

    def advance(self) -> bool:
        """Pick what can be picked now; whether anything was picked since ``is_written``."""
        if self._has_news:
            self._is_stale = self._builder.advance() or self._is_stale
            self._has_news = False
        return self._is_stale

    def is_written(self) -> None:
        """The playlist has all that was picked."""
        self._is_stale = False

    def _add_fragment(self, entry: Fragment, timescale: int) -> None:
        fragment = track_fragment(entry, timescale)
        self._open_fragments[entry.track].append(fragment)
        end_ns = (entry.start + entry.duration) * 1_000_000_000 // timescale
        is_encoded = self._passed_through.is_open_encoded(entry.track)
        self._builder.add_fragment(entry.track, fragment, end_ns, is_encoded=is_encoded)

    def _add_segment(self, entry: Segment, timescale: int) -> None:
        fragments, self._open_fragments[entry.track] = self._open_fragments[entry.track], []
        self._builder.add_segment(
            entry.track,
            track_segment(
                entry,
                timescale,
                self._init_crcs.get((entry.track, entry.init)),
                lambda: fragments,
                is_encoded=self._passed_through.is_encoded(entry.track, entry.segment),
            ),
        )
