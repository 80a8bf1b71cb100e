"""Lesson time and wall time of any moment of a lesson, as its journal tells them, and what was marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import AnyEntry, Begin, ClockReading, End, Marker, Pause, Resumed
from pipelines.journal.journal_file import parse_line

_KINDS = tuple(
    b'"kind":"%s"' % str(kind.model_fields["kind"].default).encode()
    for kind in (Begin, Resumed, Pause, End, ClockReading, Marker)
)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """From ``at_ns`` of a boot on, lesson time is ``lesson_ns`` and runs, or stands still."""

    boot_id: str
    at_ns: int
    lesson_ns: int
    runs: bool


@dataclass(slots=True)
class LessonClock:
    """``changes`` in their order; ``offsets_ns`` is, by boot, Unix time less CLOCK_MONOTONIC."""

    changes: list[ClockChange] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    offsets_ns: dict[str, int] = field(default_factory=dict)

    @property
    def length_ns(self) -> int:
        """The lesson time of the last change: the lesson's length once it has ended."""
        return self.changes[-1].lesson_ns if self.changes else 0

    @property
    def last_change(self) -> ClockChange | None:
        """The end, once the lesson has ended."""
        return self.changes[-1] if self.changes else None

    def lesson_ns(self, boot_id: str, at_ns: int) -> int:
        """The lesson time reached at a moment of a boot; it stands still in pauses and after the end.

        Before the beginning, and in a boot of which the journal knows nothing, it is 0.
        """
        for change in reversed(self.changes):
            if change.boot_id == boot_id and change.at_ns <= at_ns:
                return change.lesson_ns + (at_ns - change.at_ns if change.runs else 0)
        return 0

    def wall_ns(self, boot_id: str, at_ns: int) -> int | None:
        """Unix time of a moment; None where the box did not know it in that boot."""
        offset_ns = self.offsets_ns.get(boot_id)
        return None if offset_ns is None else at_ns + offset_ns


def read_lesson_clock(folder: Path) -> LessonClock:
    """The clock of a lesson; of one without a journal, a clock that stands at 0. OSError."""
    try:
        with (folder / JOURNAL_JSONL).open("rb") as file:
            lines = [raw for raw in file if any(kind in raw for kind in _KINDS)]
    except FileNotFoundError:
        lines = []
    return clock_of(entry for entry in map(parse_line, lines) if entry is not None)


def clock_of(entries: Iterable[AnyEntry]) -> LessonClock:
    """The same, of entries in their order."""
    clock, boot_id = LessonClock(), ""
    for entry in entries:
        match entry:
            case Begin():
                boot_id = entry.boot_id
                clock.changes.append(ClockChange(boot_id, entry.at_ns, 0, runs=True))
            case Resumed():
                boot_id = entry.boot_id
                clock.changes.append(ClockChange(boot_id, entry.at_ns, entry.lesson_ns, runs=True))
            case Pause() | End():
                clock.changes.append(ClockChange(boot_id, entry.at_ns, entry.lesson_ns, runs=False))
            case ClockReading(synchronised=True):
                clock.offsets_ns[boot_id] = entry.wall_ns - entry.at_ns
            case Marker():
                clock.markers.append(entry)
            case _:
                pass
    return clock
