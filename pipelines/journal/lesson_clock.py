"""The clock of a lesson, replayed from its journal: lesson time and wall time of any moment, and the markers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pipelines.journal.entries import AnyEntry, Begin, ClockReading, End, Marker, Pause, Resumed
from pipelines.journal.journal_file import iterate_kinds


class JournalState(StrEnum):
    """The state of a lesson by its journal."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ClockChange:
    """From ``at_ns`` of boot ``boot_id`` on, lesson time is ``lesson_ns`` and runs, or stands still."""

    boot_id: str
    at_ns: int
    lesson_ns: int
    state: JournalState

    @property
    def runs(self) -> bool:
        """Whether lesson time runs from here on."""
        return self.state is JournalState.RUNNING


@dataclass(slots=True)
class LessonClock:
    """The changes of a lesson's clock in order, and by boot the offset of Unix time from CLOCK_MONOTONIC.

    Without a readable change a lesson counts as ended at 0, for nothing can be added to it.
    """

    changes: list[ClockChange] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    offsets_ns: dict[str, int] = field(default_factory=dict)

    @property
    def last_change(self) -> ClockChange:
        """The newest change: the end, once the lesson has ended."""
        return self.changes[-1] if self.changes else ClockChange("", 0, 0, JournalState.ENDED)

    @property
    def has_ended(self) -> bool:
        """Whether the end was written; without a readable change it was not, as far as anybody knows."""
        return bool(self.changes) and self.last_change.state is JournalState.ENDED

    @property
    def length_ns(self) -> int:
        """The lesson time of the last change: the lesson's length once it has ended."""
        return self.last_change.lesson_ns

    def apply(self, entry: AnyEntry) -> None:
        """Apply the next entry of the journal; one that does not concern the clock changes nothing."""
        match entry:
            case Begin():
                self.changes.append(ClockChange(entry.boot_id, entry.at_ns, 0, JournalState.RUNNING))
            case Resumed():
                self.changes.append(ClockChange(entry.boot_id, entry.at_ns, entry.lesson_ns, JournalState.RUNNING))
            case Pause() | End():
                state = JournalState.PAUSED if isinstance(entry, Pause) else JournalState.ENDED
                self.changes.append(ClockChange(self.last_change.boot_id, entry.at_ns, entry.lesson_ns, state))
            case ClockReading(synchronised=True):
                self.offsets_ns[self.last_change.boot_id] = entry.wall_ns - entry.at_ns
            case Marker():
                self.markers.append(entry)
            case _:
                pass

    def lesson_ns(self, boot_id: str, at_ns: int) -> int:
        """Return the lesson time of a moment; it stands still in pauses and after the end.

        Before the beginning, and in a boot of which the journal knows nothing, it is 0.
        """
        for change in reversed(self.changes):
            if change.boot_id == boot_id and change.at_ns <= at_ns:
                return change.lesson_ns + (at_ns - change.at_ns if change.runs else 0)
        return 0

    def wall_ns(self, boot_id: str, at_ns: int) -> int | None:
        """Return the Unix time of a moment; None where the box did not know it in that boot."""
        offset_ns = self.offsets_ns.get(boot_id)
        return None if offset_ns is None else at_ns + offset_ns


def replay_clock(entries: Iterable[AnyEntry]) -> LessonClock:
    """Return the clock that follows from a journal's entries, given in order."""
    clock = LessonClock()
    for entry in entries:
        clock.apply(entry)
    return clock


def read_lesson_clock(folder: Path) -> LessonClock:
    """Return the clock of a lesson; a clock that stands at 0 where there is no journal.

    Only the lines that concern the clock are parsed.

    Raises:
        OSError: the journal cannot be read.
    """
    try:
        return replay_clock(iterate_kinds(folder, Begin, Resumed, Pause, End, ClockReading, Marker))
    except FileNotFoundError:
        return LessonClock()
