"""How each student sits or stands at a moment of a script: a raised hand, a whisper to the neighbour, a fidget."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drivers.simulated_classroom.acts import COLUMNS, STUDENTS, Act, Activity, seat
from drivers.simulated_classroom.script import ClassroomScript

_RAISE_S, _STAND_S = 0.5, 0.9
# Who fidgets is drawn again so often, all at the same moments, and by steps: most pictures need nothing drawn.
_MOVE_HZ = 10.0
_LEAN_STEP_M, _NOD_STEP = 0.01, 0.1
_CLOSE_DELAY_S, _CLOSE_PAN_S = 0.5, 1.2


@dataclass(frozen=True, slots=True)
class StudentPose:
    """``lean`` is how far head and trunk are moved to the side, in metres; the others go from 0 to 1."""

    lean: float = 0.0
    nod: float = 0.0
    hand: float = 0.0
    stands: float = 0.0


def student_poses(script: ClassroomScript, script_s: float) -> list[StudentPose]:
    """The pose of every student, by his number."""
    act = script.act_at(script_s)
    before = script.act_at(act.begin_s - 1e-6) if act.begin_s > 0 else act
    return [_pose(student, act, before, script_s) for student in range(STUDENTS)]


def close_aim(script: ClassroomScript, script_s: float) -> tuple[float, float]:
    """Where a camera that shows who answers points: x and z in metres; between two answers it stays."""
    now_s = script_s - _CLOSE_DELAY_S
    answers = [one for one in script.acts if one.student is not None and one.begin_s <= now_s]
    places = [seat(one.student) for one in answers[-2:] if one.student is not None]
    if not places:
        return seat(COLUMNS + 2)
    to = places[-1]
    begin = places[0] if len(places) > 1 else seat(COLUMNS + 2)
    share = _eased((now_s - answers[-1].begin_s) / _CLOSE_PAN_S)
    return begin[0] + share * (to[0] - begin[0]), begin[1] + share * (to[1] - begin[1])


def _pose(student: int, act: Act, before: Act, script_s: float) -> StudentPose:
    since_s = script_s - act.begin_s
    hand = stands = 0.0
    if student in act.hands:
        late_s = 0.12 * (student * 7 % 9)
        hand = _eased((since_s - late_s) / _RAISE_S)
    elif student in before.hands:
        hand = 1 - _eased(since_s / _RAISE_S)
    if student == act.student:
        stands = _eased(since_s / _STAND_S)
    elif student == before.student:
        stands = 1 - _eased(since_s / _STAND_S)
    moment_s = math.floor(script_s * _MOVE_HZ) / _MOVE_HZ
    if act.activity is Activity.GROUPS:
        lean, nod = _talk(student, moment_s)
    else:
        lean = _fidget(student, moment_s)
        nod = (0.7 if act.activity is Activity.QUIET else 0.0) + 0.25 * _nods(student, moment_s)
    return StudentPose(_stepped(lean, _LEAN_STEP_M), _stepped(nod, _NOD_STEP), hand, stands)


def _talk(student: int, moment_s: float) -> tuple[float, float]:
    """Neighbours lean towards each other, and the one whose turn it is moves his head."""
    towards = 1.0 if student % 2 == 0 else -1.0
    turn = int(moment_s / 3 + student // 2 * 0.37) % 2 == student % 2
    sway = 0.035 * math.sin(moment_s * (5 + student % 3)) if turn else 0.0
    return 0.09 * towards + sway, 0.2 * abs(math.sin(moment_s * 4 + student)) if turn else 0.0


def _fidget(student: int, moment_s: float) -> float:
    """Now and then somebody shifts his weight for a second or two."""
    period_s = 11 + student * 5 % 13
    number, share = divmod(moment_s / period_s + student * 0.618034, 1)
    if share > 0.12:
        return 0.0
    side = 1.0 if int(number + student) % 2 else -1.0
    return side * 0.05 * math.sin(math.pi * share / 0.12) ** 2


def _nods(student: int, moment_s: float) -> float:
    """Looking down at the book and up again."""
    share = (moment_s / (17 + student * 3 % 11) + student * 0.37) % 1
    return _eased(share / 0.05) if share < 0.3 else 1 - _eased((share - 0.3) / 0.05)


def _stepped(value: float, step: float) -> float:
    return round(value / step) * step


def _eased(share: float) -> float:
    inside = min(1.0, max(0.0, share))
    return inside * inside * (3 - 2 * inside)
