"""What happens in a simulated classroom: acts of teacher and class, what is said, and where people are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEACHER, CLASS = -1, -2
"""Who speaks, where it is not a student by his number: the teacher, or many students at once."""

ROWS, COLUMNS = 4, 6
STUDENTS = ROWS * COLUMNS
_SEATS_X_M = (-2.3, -1.62, -0.34, 0.34, 1.62, 2.3)
_FIRST_ROW_Z_M, _ROW_Z_M = 3.2, 1.4


class Activity(StrEnum):
    """What teacher and class do."""

    EXPLAIN = "explain"
    WALK = "walk"
    WRITE = "write"
    POINT = "point"
    ASK = "ask"
    HANDS = "hands"
    ANSWER = "answer"
    GROUPS = "groups"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Waypoint:
    """The teacher is here at a moment; metres from the middle of the front wall, to the right as the class sees it."""

    at_s: float
    x_m: float
    z_m: float


@dataclass(frozen=True, slots=True)
class Act:
    """An activity from ``begin_s`` to ``end_s``, with the teacher's way in it.

    ``hands`` are the students who raise one, ``student`` is who stands and answers; ``slot`` is where the board is
    written on.
    """

    activity: Activity
    begin_s: float
    end_s: float
    path: tuple[Waypoint, ...]
    hands: tuple[int, ...] = ()
    student: int | None = None
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody speaks without a pause: a student by his number, TEACHER, or CLASS."""

    begin_s: float
    end_s: float
    speaker: int


def seat(student: int) -> tuple[float, float]:
    """Where a student sits: x and z in metres, as in ``Waypoint``."""
    row, column = divmod(student, COLUMNS)
    return _SEATS_X_M[column], _FIRST_ROW_Z_M + row * _ROW_Z_M
