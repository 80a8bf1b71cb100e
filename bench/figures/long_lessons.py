"""Hours of lessons in minutes, by a simulated clock: are picture and sound together, does anything grow?"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench.cpu_cost import JobFailed
from bench.footage import FOLDER
from bench.result_rows import ResultRow, bound
from bench.virtual_lesson_jobs import JOBS, LESSON_S, LESSONS, LONG_S
from tests.virtual_room import RATE_HZ

_WITHIN_MS = 5.0
_SLEW_PPM = 200.0
_A_SAMPLE_US = 1e6 / RATE_HZ
_GROWTH_MB = 4.0
# Of short lessons the first few still load and allocate.
_WARM = 10


def measure() -> list[ResultRow]:
    """All jobs side by side: none of these figures is a time."""
    found = _run(list(JOBS))
    rows = _sync("+200 ppm", f"{LESSON_S // 60} min, 30 and 29.97 fps", found["lesson"])
    rows += _sync("-200 ppm", f"{LONG_S // 3600} h, 29.97 fps", found["long"])
    rows += _growth(f"{LONG_S // 3600} h", found["long"]["held"], "minute 1")
    return rows + _growth(f"{LESSONS} lessons", found["many"]["held"][_WARM - 1 :], f"lesson {_WARM}")


def _sync(name: str, what: str, found: dict[str, Any]) -> list[ResultRow]:
    """Picture against sound, every picture counted, and how smoothly the sound is kept where it belongs."""
    how = (
        f"{what}, {found['pictures']} pictures: {found['earliest_ms']:+.2f} to {found['latest_ms']:+.2f} ms; "
        f"sound alone {found['sound_ms']:.2f} ms"
    )
    apart_ms = max(-found["earliest_ms"], found["latest_ms"])
    return [
        bound(f"A/V error, {name}", apart_ms, "ms", _WITHIN_MS, how),
        bound(f"change of ratio a second, {name}", found["ratio_step_ppm"], "ppm", _SLEW_PPM, "by a decoded tone"),
        bound(f"step of the sound, {name}", found["step_us"], "µs", _A_SAMPLE_US, "in 20 ms, by a decoded tone"),
    ]


def _growth(name: str, held: list[dict[str, Any]], since: str) -> list[ResultRow]:
    """Against the first: memory at its most, files and threads either way."""
    first = held[0]
    grown_mb = max(one["memory_mb"] for one in held) - first["memory_mb"]
    how = f"since {since}, of {first['memory_mb']:.0f} MB"
    rows = [bound(f"memory grown, {name}", grown_mb, "MB", _GROWTH_MB, how)]
    for what in ("files", "threads"):
        moved = max(abs(one[what] - first[what]) for one in held)
        # A thread that has ended is counted for a moment more, and between two segments a file is not open.
        rows.append(bound(f"{what} more or fewer, {name}", moved, "", 1, f"{first[what]} at {since}"))
    return rows


def _run(jobs: list[str]) -> dict[str, dict[str, Any]]:
    """Each job in a process of its own. Failed."""
    children = {
        job: subprocess.Popen(
            [sys.executable, "-m", "bench.virtual_lesson_jobs", job, str(FOLDER / "hours" / job)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for job in jobs
    }
    found = {}
    try:
        for job, child in children.items():
            words, complaints = child.communicate()
            if child.returncode:
                raise JobFailed(f"{job}: {complaints[-2000:]}")
            found[job] = json.loads(words)
    finally:
        for child in children.values():
            child.kill()
    return found
