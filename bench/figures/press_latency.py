"""From the press of the button to the first picture that is recorded, cameras running."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from bench.footage import FPS
from bench.measured_room import CAMERAS, running_room, simulated_camera
from bench.result_rows import ResultRow, bound
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.journal.entries import Begin, ClockReading, Fragment
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system import media

_LESSONS = 7
_LASTS_S = 2.0
_INTERVAL_MS = 1000 / FPS


@dataclass(frozen=True, slots=True)
class _Pressed:
    """One lesson, in ms after its press: when it begins, when the recorder knew of it, its cameras' first pictures.

    ``missed`` pictures were exposed between its beginning and the first that is recorded.
    """

    begins_ms: float
    known_ms: float
    firsts_ms: list[float]
    missed: int


def measure() -> list[ResultRow]:
    """Of several short lessons the worst, and how long the recorder did not know of the press."""
    lessons = []
    with running_room("press", simulated_camera((640, 360), 800), "[lesson]\ntake_back_s = 0\n") as room:
        for _ in range(_LESSONS):
            pressed_ns = time.monotonic_ns()
            folder = room.begin_lesson()
            time.sleep(_LASTS_S)
            room.end_lesson()
            lessons.append(_pressed(folder, room.folder, pressed_ns))
    begins_ms = [lesson.begins_ms for lesson in lessons]
    known_ms = [lesson.known_ms for lesson in lessons]
    how = (
        f"worst of {_LESSONS} lessons; they begin {min(begins_ms):.1f}-{max(begins_ms):.1f} ms after the press, "
        f"the recorder knows of it after {min(known_ms):.0f}-{max(known_ms):.0f}"
    )
    first_ms = max(max(lesson.firsts_ms) - lesson.begins_ms for lesson in lessons)
    return [
        bound("lesson begins → first picture", first_ms, "ms", _INTERVAL_MS, how),
        bound("press → first picture", max(max(one.firsts_ms) for one in lessons), "ms", _INTERVAL_MS, how),
        bound("pictures missed before the first", sum(one.missed for one in lessons), "", 0, "by their bar codes"),
    ]


def _pressed(folder: Path, logs: Path, pressed_ns: int) -> _Pressed:
    entries = read_journal(folder).entries
    begin, anchor = next(filter_kinds(entries, Begin)), next(filter_kinds(entries, ClockReading))
    begins_ms = (begin.at_ns - pressed_ns) / 1e6
    firsts_ms, missed = [], 0
    for role in CAMERAS:
        first = next(one for one in filter_kinds(entries, Fragment) if one.track == role)
        firsts_ms.append(begins_ms + first.start / VIDEO_TIMESCALE * 1e3)
        shown_ns = next(shown.reading.exposed_ns for shown in media.pictures(folder / f"{role}.m3u8") if shown.reading)
        exposed_ns = [json.loads(line)["exposure_ns"] for line in (logs / f"{role}.log").read_text().splitlines()]
        missed += sum(begin.at_ns <= at_ns < shown_ns - 1000 for at_ns in exposed_ns)
    return _Pressed(begins_ms, (anchor.at_ns - pressed_ns) / 1e6, firsts_ms, missed)
