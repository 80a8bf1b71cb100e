"""What the journal says happened to a lesson, gathered for whoever checks it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.journal.entries import (
    Begin,
    BitrateReduced,
    Cause,
    Drift,
    Dropped,
    EncoderLoadLevel,
    End,
    Fragment,
    Gap,
    Pause,
    PictureMeasurement,
    Resumed,
    Segment,
    SoundMeasurement,
    Track,
)
from pipelines.journal.journal_file import filter_kind, read_journal


@dataclass(slots=True)
class TrackSummary:
    """One track: how it was made, its fragments by segment and offset, its finished segments."""

    made: Track
    fragments: dict[int, dict[int, Fragment]] = field(default_factory=lambda: defaultdict(dict))
    segments: dict[int, Segment] = field(default_factory=dict)


@dataclass(slots=True)
class JournalSummary:
    """A lesson as its journal tells it; ``lesson_ns`` is None where it never ended."""

    lesson: str | None = None
    lesson_ns: int | None = None
    end_cause: Cause | None = None
    damaged_lines: int = 0
    empty: bool = True
    tracks: dict[str, TrackSummary] = field(default_factory=dict)
    pauses_ns: list[int] = field(default_factory=list)
    goes: list[Resumed] = field(default_factory=list)
    holes: dict[str, list[Gap]] = field(default_factory=lambda: defaultdict(list))
    dropped: list[Dropped] = field(default_factory=list)
    efforts: list[EncoderLoadLevel] = field(default_factory=list)
    lowered: list[BitrateReduced] = field(default_factory=list)
    pictures: dict[str, list[PictureMeasurement]] = field(default_factory=lambda: defaultdict(list))
    sounds: dict[str, list[SoundMeasurement]] = field(default_factory=lambda: defaultdict(list))
    drifts: list[Drift] = field(default_factory=list)


def read(folder: Path) -> JournalSummary:
    """Read a lesson's journal; lines that cannot be believed are counted and left out."""
    reading = read_journal(folder)
    history = JournalSummary(damaged_lines=reading.damaged_lines, empty=not reading.entries)
    # Recovery may have had to write a track's line again, behind its fragments.
    for track in filter_kind(reading.entries, Track):
        history.tracks.setdefault(track.track, TrackSummary(track)).made = track
    for entry in reading.entries:
        match entry:
            case Begin():
                history.lesson = entry.lesson
            case End():
                history.lesson_ns, history.end_cause = entry.lesson_ns, entry.cause
            case Resumed():
                history.lesson_ns = history.end_cause = None
                history.goes.append(entry)
            case Pause():
                history.pauses_ns.append(entry.lesson_ns)
            case Fragment() if entry.track in history.tracks:
                _add_fragment(history.tracks[entry.track], entry)
            case Segment() if entry.track in history.tracks:
                _finish(history.tracks[entry.track], entry)
            case Gap():
                history.holes[entry.track].append(entry)
            case Dropped():
                history.dropped.append(entry)
            case EncoderLoadLevel():
                history.efforts.append(entry)
            case BitrateReduced():
                history.lowered.append(entry)
            case PictureMeasurement():
                history.pictures[entry.track].append(entry)
            case SoundMeasurement():
                history.sounds[entry.track].append(entry)
            case Drift():
                history.drifts.append(entry)
            case _:
                pass
    return history


def _add_fragment(track: TrackSummary, fragment: Fragment) -> None:
    """A segment that begins again was written anew: by recovery, or after one that came to nothing."""
    if fragment.offset == 0:
        track.fragments[fragment.segment] = {}
    track.fragments[fragment.segment][fragment.offset] = fragment


def _finish(track: TrackSummary, segment: Segment) -> None:
    """Recovery may have trimmed a file: what was journalled past its final length is not in it."""
    track.segments[segment.segment] = segment
    trimmed = track.fragments[segment.segment]
    for offset in [offset for offset in trimmed if offset >= segment.length]:
        del trimmed[offset]
