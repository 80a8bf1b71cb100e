"""Memory of recorder and controller over many lessons, and over a long one: what is kept of each would add up."""

from __future__ import annotations

import time

from bench.measured_room import pss_mb, running_room, simulated_camera
from bench.result_rows import ResultRow, bound
from tests.system.room import Room

_WARM_UP = 6
_LESSONS = 30
_LESSON_S = 5.0
_LONG_LESSON_S = 300.0
_SETTLES_S = 60.0
_PROCESSES = ("recorder", "controller")
# What the units allow (MemoryMax) must hold for the longest lesson, 480 minutes, and for weeks of lessons.
_MOST_MB_A_LESSON = 0.25
_MOST_MB_A_MINUTE = 0.5


def measure() -> list[ResultRow]:
    """Growth of the memory for each short lesson after the first ones, and for each minute of a long one."""
    with running_room("day", simulated_camera((320, 180), 400), "[lesson]\ntake_back_s = 0\n") as room:
        _hold_lessons(room, _WARM_UP)
        before = _memory(room)
        _hold_lessons(room, _LESSONS)
        after = _memory(room)
        room.begin_lesson()
        time.sleep(_SETTLES_S)
        early = _memory(room)
        time.sleep(_LONG_LESSON_S)
        late = _memory(room)
        room.end_lesson()
    rows = []
    for process in _PROCESSES:
        each = (after[process] - before[process]) / _LESSONS
        minute = (late[process] - early[process]) / (_LONG_LESSON_S / 60)
        how = f"PSS {before[process]:.1f} → {after[process]:.1f} MB over {_LESSONS} lessons of {_LESSON_S:g} s"
        rows.append(bound(f"memory for each lesson, {process}", each, "MB", _MOST_MB_A_LESSON, how))
        how = f"PSS {early[process]:.1f} → {late[process]:.1f} MB in {_LONG_LESSON_S / 60:g} minutes of one"
        rows.append(bound(f"memory for each minute, {process}", minute, "MB", _MOST_MB_A_MINUTE, how))
    return rows


def _hold_lessons(room: Room, count: int) -> None:
    for _ in range(count):
        room.begin_lesson()
        time.sleep(_LESSON_S)
        room.end_lesson()


def _memory(room: Room) -> dict[str, float]:
    return {process: pss_mb(room.processes[process].pid) for process in _PROCESSES}
