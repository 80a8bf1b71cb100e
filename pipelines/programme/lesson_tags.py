"""Tags and chapters of a lesson for one file of it, from its journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from pipelines.journal.entries import Begin, LessonSubject, Marker
from pipelines.journal.journal_file import first_of_kind
from pipelines.journal.lesson_clock import LessonClock, read_lesson_clock

_MS_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class LessonTags:
    """``metadata`` by FFmpeg's names for tags of MP4 (title, artist, date); chapters are (start ms, end ms, title)."""

    metadata: dict[str, str] = field(default_factory=dict)
    chapters: tuple[tuple[int, int, str], ...] = ()


def read_tags(folder: Path) -> LessonTags:
    """Return what the journal of a lesson knows; no more than its id where there is no journal.

    The date is that of the box's own time zone, as people count days.

    Raises:
        OSError: the journal cannot be read.
    """
    subject, begin = first_of_kind(folder, LessonSubject), first_of_kind(folder, Begin)
    clock = read_lesson_clock(folder)
    wall_ns = clock.wall_ns(begin.boot_id, begin.at_ns) if begin else None
    metadata = {"title": subject.title, "artist": subject.teacher} if subject else {"title": folder.name}
    if wall_ns is not None:
        metadata["date"] = datetime.fromtimestamp(wall_ns / 1e9, UTC).astimezone().isoformat(timespec="seconds")
    return LessonTags(
        {key: value for key, value in metadata.items() if value}, tuple(_chapters(clock, metadata["title"]))
    )


def _chapters(clock: LessonClock, title: str) -> Iterator[tuple[int, int, str]]:
    """The lesson's beginning, and each marker to the next one; nothing for a lesson without markers."""
    length_ms = clock.length_ns // _MS_NS
    marks = {mark.lesson_ns // _MS_NS: mark for mark in clock.markers if mark.lesson_ns // _MS_NS < length_ms}
    if not marks:
        return
    starts = [(0, title)] if 0 not in marks else []
    starts += [(at_ms, _label(number, mark)) for number, (at_ms, mark) in enumerate(sorted(marks.items()), 1)]
    for (start_ms, name), (end_ms, _) in pairwise([*starts, (length_ms, "")]):
        yield start_ms, end_ms, name


def _label(number: int, mark: Marker) -> str:
    return mark.label or str(number)
