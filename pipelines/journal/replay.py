"""What a journal tells about a lesson: where it stands, its tracks, their fragments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pipelines.journal.entries import AnyEntry, Begin, ClockReading, End, Fragment, Pause, Resumed, Segment, Track
from pipelines.journal.journal_file import filter_kind, read_journal

_TAIL_BYTES = 1 << 16


class JournalState(StrEnum):
    """Where a lesson stands."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(slots=True)
class LessonReplay:
    """A journal, sorted. ``at_ns`` and ``lesson_ns`` belong to the last change of
    ``standing``, ``anchors`` to the last boot.

    Without a believable beginning a lesson counts as ended, for nothing can be added to it.
    """

    state: JournalState = JournalState.ENDED
    begin: Begin | None = None
    boot_id: str = ""
    at_ns: int = 0
    lesson_ns: int = 0
    tracks: dict[str, Track] = field(default_factory=dict)
    fragments: dict[tuple[str, int], list[Fragment]] = field(default_factory=dict)
    segments: dict[tuple[str, int], Segment] = field(default_factory=dict)
    clock_readings: list[ClockReading] = field(default_factory=list)


def replay(entries: Sequence[AnyEntry]) -> LessonReplay:
    """Read a journal's entries, in their order."""
    story = LessonReplay()
    for entry in entries:
        match entry:
            case Begin():
                story.begin, story.boot_id = entry, entry.boot_id
                story.state, story.at_ns, story.lesson_ns = JournalState.RUNNING, entry.at_ns, 0
            case Resumed():
                if entry.boot_id != story.boot_id:
                    story.clock_readings.clear()
                story.boot_id = entry.boot_id
                story.state, story.at_ns, story.lesson_ns = JournalState.RUNNING, entry.at_ns, entry.lesson_ns
            case Pause():
                story.state, story.at_ns, story.lesson_ns = JournalState.PAUSED, entry.at_ns, entry.lesson_ns
            case End():
                story.state, story.at_ns, story.lesson_ns = JournalState.ENDED, entry.at_ns, entry.lesson_ns
            case Track():
                story.tracks[entry.track] = entry
            case Fragment():
                place = (entry.track, entry.segment)
                if entry.offset == 0:
                    story.fragments[place] = []
                story.fragments.setdefault(place, []).append(entry)
            case Segment():
                story.segments[(entry.track, entry.segment)] = entry
            case ClockReading():
                story.clock_readings.append(entry)
            case _:
                pass
    return story


def has_ended(folder: Path) -> bool:
    """Whether a lesson has ended, by the last lines of its journal, or by all of it where those do not say."""
    last = read_journal(folder, last_bytes=_TAIL_BYTES).entries
    changes = list(filter_kind(last, Begin, Resumed, Pause, End))
    if changes:
        return isinstance(changes[-1], End)
    return replay(read_journal(folder).entries).state is JournalState.ENDED
