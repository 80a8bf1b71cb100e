"""From the press of the button to the first picture that is recorded, cameras running."""

from __future__ import annotations

import time
from pathlib import Path

from bench.material import FPS
from bench.rooms import CAMERAS, simulated, started
from bench.rows import Row, bound
from pipelines.encoding.packets import PICTURE_TIMESCALE
from pipelines.journal.entries import Begin, Fragment
from pipelines.journal.file import of_kind, read_journal

_LESSONS = 7
_LASTS_S = 2.0
_INTERVAL_MS = 1000 / FPS


def measure() -> list[Row]:
    """Of several short lessons the worst, with the way of the press to the recorder told apart."""
    ways_ms, firsts_ms = [], []
    with started("press", simulated((640, 360), 800), "[lesson]\ntake_back_s = 0\n") as room:
        for _ in range(_LESSONS):
            pressed_ns = time.monotonic_ns()
            folder = room.begin_lesson()
            time.sleep(_LASTS_S)
            room.end_lesson()
            entries = read_journal(folder).entries
            ways_ms.append((next(of_kind(entries, Begin)).at_ns - pressed_ns) / 1e6)
            firsts_ms += [_first_ms(folder, role) for role in CAMERAS]
    whole_ms = [
        way + max(pair)
        for way, pair in zip(ways_ms, zip(firsts_ms[::2], firsts_ms[1::2], strict=True), strict=True)
    ]
    how = f"worst of {_LESSONS} lessons; press to recorder {min(ways_ms):.0f}-{max(ways_ms):.0f} ms"
    return [
        bound("lesson begins → first picture", max(firsts_ms), "ms", _INTERVAL_MS, how),
        bound("press → first picture", max(whole_ms), "ms", _INTERVAL_MS, how),
    ]


def _first_ms(folder: Path, role: str) -> float:
    fragments = of_kind(read_journal(folder).entries, Fragment)
    first = next(fragment for fragment in fragments if fragment.track == role)
    return first.start / PICTURE_TIMESCALE * 1e3
