"""Tags and chapters of a lesson for one file of it, from its journal and its chapters.vtt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from pipelines.files.lesson_layout import CHAPTERS_VTT
from pipelines.files.webvtt import parse_webvtt
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

    The chapters are those of chapters.vtt, else the journal's marks. The date is that of the box's own time zone, as
    people count days.

    Raises:
        OSError: a file cannot be read.
    """
    subject, begin = first_of_kind(folder, LessonSubject), first_of_kind(folder, Begin)
    clock = read_lesson_clock(folder)
    wall_ns = clock.wall_ns(begin.boot_id, begin.at_ns) if begin else None
    metadata = {"title": subject.title, "artist": subject.teacher} if subject else {"title": folder.name}
    if wall_ns is not None:
        metadata["date"] = datetime.fromtimestamp(wall_ns / 1e9, UTC).astimezone().isoformat(timespec="seconds")
    names = _written_chapters(folder) or _marks(clock)
    return LessonTags(
        {key: value for key, value in metadata.items() if value},
        tuple(_chapters(names, clock.length_ns // _MS_NS, metadata["title"])),
    )


def _written_chapters(folder: Path) -> dict[int, str]:
    """The chapters of chapters.vtt, by their start in ms; none where there is no such file, or none of ours."""
    try:
        cues = parse_webvtt((folder / CHAPTERS_VTT).read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return {}
    return {cue.from_ms: " ".join(cue.text.split()) for cue in cues}


def _marks(clock: LessonClock) -> dict[int, str]:
    marks = sorted({mark.lesson_ns // _MS_NS: mark for mark in clock.markers}.items())
    return {at_ms: _label(number, mark) for number, (at_ms, mark) in enumerate(marks, 1)}


def _chapters(names: Mapping[int, str], length_ms: int, title: str) -> Iterator[tuple[int, int, str]]:
    """The lesson's beginning, and each chapter to the next one; nothing for a lesson without any."""
    starts = sorted((at_ms, name) for at_ms, name in names.items() if at_ms < length_ms)
    if starts and starts[0][0] > 0:
        starts.insert(0, (0, title))
    for (start_ms, name), (end_ms, _) in pairwise([*starts, (length_ms, "")]):
        yield start_ms, end_ms, name


def _label(number: int, mark: Marker) -> str:
    return mark.label or str(number)
