"""Replay of a journal: the state of a lesson, its tracks, and their fragments and segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.journal.entries import AnyEntry, Begin, Cut, End, Fragment, Pause, Resumed, Segment, Track
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.journal.lesson_clock import ClockChange, LessonClock, read_lesson_clock
from pipelines.journal.passed_through_segments import PassedThroughSegments

_TAIL_BYTES = 1 << 16


@dataclass(slots=True)
class LessonReplay:
    """What a journal says of a lesson. ``end`` is None unless the lesson has ended.

    ``fragments`` are kept by track, segment and offset, ``segments`` (the finished ones) by track and number, the
    CRC-32 of init segments by track and number. ``cut`` is the newest cut of the programme.
    """

    clock: LessonClock = field(default_factory=LessonClock)
    begin: Begin | None = None
    end: End | None = None
    cut: Cut | None = None
    tracks: dict[str, Track] = field(default_factory=dict)
    fragments: defaultdict[str, dict[int, dict[int, Fragment]]] = field(default_factory=lambda: defaultdict(dict))
    segments: defaultdict[str, dict[int, Segment]] = field(default_factory=lambda: defaultdict(dict))
    init_crcs: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    passed_through: PassedThroughSegments = field(default_factory=PassedThroughSegments)

    @property
    def last_change(self) -> ClockChange:
        """The newest change of the lesson's clock, which says whether the lesson runs, is paused, or has ended."""
        return self.clock.last_change

    def apply(self, entry: AnyEntry) -> None:
        """Apply the next entry of the journal."""
        self.clock.apply(entry)
        self.passed_through.apply(entry)
        match entry:
            case Begin():
                self.begin = entry
            case End():
                self.end = entry
            case Resumed():
                self.end = None
            case Cut():
                self.cut = entry
            case Track():
                self.tracks[entry.track] = entry
                if entry.init_crc is not None:
                    self.init_crcs[entry.track][entry.init] = entry.init_crc
            case Fragment():
                segments = self.fragments[entry.track]
                if entry.offset == 0:
                    segments[entry.segment] = {}
                segments.setdefault(entry.segment, {})[entry.offset] = entry
            case Segment():
                self.segments[entry.track][entry.segment] = entry
                self._trim(entry)
            case _:
                pass

    def _trim(self, segment: Segment) -> None:
        """Recovery may have truncated a file: what was journalled past its final length is not in it."""
        fragments = self.fragments[segment.track].get(segment.segment, {})
        for offset in [offset for offset in fragments if offset >= segment.length]:
            del fragments[offset]


def replay(entries: Iterable[AnyEntry]) -> LessonReplay:
    """Return what a journal's entries, given in order, say of the lesson."""
    replayed = LessonReplay()
    for entry in entries:
        replayed.apply(entry)
    return replayed


def has_ended(folder: Path) -> bool:
    """Whether a lesson's end was written, by the last lines of its journal, or by all of it where those do not say.

    Raises:
        OSError: the journal cannot be read.
    """
    changes = list(filter_kinds(read_journal(folder, last_bytes=_TAIL_BYTES).entries, Begin, Resumed, Pause, End))
    if changes:
        return isinstance(changes[-1], End)
    return read_lesson_clock(folder).has_ended
