"""When a simulated lesson begins: all devices of a room find the second of the script by CLOCK_MONOTONIC."""

from __future__ import annotations

from drivers.simulated_classroom.script import ClassroomScript

LESSON_S = 2700.0


class LessonClock:
    """A lesson of 45 minutes drawn from ``seed``, which begins at ``begin_s`` of CLOCK_MONOTONIC and is repeated."""

    def __init__(self, seed: int, begin_s: float) -> None:
        self.script = ClassroomScript.from_seed(seed, LESSON_S)
        self._begin_ns = round(begin_s * 1e9)

    def script_s(self, monotonic_ns: int) -> float:
        """The second of the script."""
        return (monotonic_ns - self._begin_ns) / 1e9 % LESSON_S
