"""How the teacher stands or walks at a moment of a script: place, direction, stride and hands."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum

from drivers.simulated_classroom.acts import TEACHER, Act, Activity
from drivers.simulated_classroom.lesson_plan import slot_place
from drivers.simulated_classroom.script import ClassroomScript

_STRIDE_M = 1.3
_GESTURE_S = 2.7
_AT_REST = ((-0.27, 0.82), (0.27, 0.82))
_CLOSE_DELAY_S, _CLOSE_SAMPLES = 1.2, 6


class Facing(StrEnum):
    """Where the teacher looks, as the class sees it."""

    CLASS = "class"
    BOARD = "board"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TeacherPose:
    """Place as in ``Waypoint``; hands in metres from the feet, to the right and up, as the class sees them.

    ``stride`` is the phase of the steps in radians, ``speed`` how far it is taken, 0 to 1.
    """

    x_m: float
    z_m: float
    facing: Facing
    stride: float
    speed: float
    left_hand: tuple[float, float]
    right_hand: tuple[float, float]
    is_speaking: bool


@dataclass(frozen=True, slots=True)
class Writing:
    """What stands in a slot of the board: the number of the text, and the share of it that is written."""

    slot: int
    number: int
    share: float


def teacher_pose(script: ClassroomScript, script_s: float) -> TeacherPose:
    """The pose at a moment."""
    act = script.act_at(script_s)
    x, z, speed_m_s = _position(act, script_s)
    is_speaking = any(one.speaker == TEACHER for one in script.spoken_between(script_s, script_s + 0.05))
    stride = math.tau * (x + z) / _STRIDE_M
    if abs(speed_m_s) > 0.3 and z > 0.5:
        facing = Facing.RIGHT if speed_m_s > 0 else Facing.LEFT
        swing = 0.16 * math.sin(stride)
        hands = ((-0.12 + swing, 0.86), (0.12 - swing, 0.86))
        return TeacherPose(x, z, facing, stride, 1.0, *hands, is_speaking)
    facing, left, right = Facing.CLASS, *_AT_REST
    if act.activity is Activity.WRITE:
        facing = Facing.BOARD
        _, height = slot_place(act.slot)
        right = 0.38, height + 0.05 + 0.05 * math.sin(script_s * 9)
    elif act.activity is Activity.POINT:
        right = 0.62 + 0.04 * math.sin(script_s * 1.7), 1.55 + 0.12 * math.sin(script_s * 0.9)
        left = _gesture(script_s, left) if is_speaking else left
    elif act.activity is Activity.HANDS and script_s > act.end_s - 1.2:
        left = -0.45, 1.25
    elif is_speaking:
        left, right = _gesture(script_s, left), _gesture(script_s + 1.1, right)
    return TeacherPose(x, z, facing, stride, min(1.0, abs(speed_m_s)), left, right, is_speaking)


def writings(script: ClassroomScript, script_s: float) -> list[Writing]:
    """What stands on the board; it is wiped when it is full."""
    found: list[Writing] = []
    for number, act in enumerate(one for one in script.acts if one.activity is Activity.WRITE):
        if act.begin_s > script_s:
            break
        if act.slot == 0:
            found.clear()
        begin_s, end_s = act.path[-2].at_s if len(act.path) > 1 else act.begin_s, act.path[-1].at_s
        share = min(1.0, max(0.0, (script_s - begin_s) / (end_s - begin_s)))
        found.append(Writing(act.slot, number, share))
    return found


def close_aim(script: ClassroomScript, script_s: float) -> tuple[float, float]:
    """Where a camera that follows the teacher points: x and z in metres, a little late and smooth."""
    ages = (_CLOSE_DELAY_S * sample / _CLOSE_SAMPLES for sample in range(_CLOSE_SAMPLES))
    moments = [max(0.0, script_s - age) for age in ages]
    places = [_position(script.act_at(moment), moment) for moment in moments]
    return sum(place[0] for place in places) / _CLOSE_SAMPLES, sum(place[1] for place in places) / _CLOSE_SAMPLES


def _position(act: Act, script_s: float) -> tuple[float, float, float]:
    """x, z, and the speed along x in metres a second."""
    after = bisect_right([point.at_s for point in act.path], script_s)
    if after == 0 or after == len(act.path):
        point = act.path[min(after, len(act.path) - 1)]
        return point.x_m, point.z_m, 0.0
    one, other = act.path[after - 1], act.path[after]
    share = (script_s - one.at_s) / (other.at_s - one.at_s)
    speed_m_s = (other.x_m - one.x_m) / (other.at_s - one.at_s)
    return one.x_m + share * (other.x_m - one.x_m), one.z_m + share * (other.z_m - one.z_m), speed_m_s


def _gesture(script_s: float, rest: tuple[float, float]) -> tuple[float, float]:
    """A hand that is raised now and then while somebody explains."""
    number, share = divmod(script_s / _GESTURE_S, 1)
    if int(number * 0.618034 * 64) % 3 == 0:
        return rest
    lift = math.sin(math.pi * share) ** 0.7
    out = 1.0 if rest[0] > 0 else -1.0
    beat = 0.04 * math.sin(script_s * 7)
    return rest[0] + out * 0.12 * lift, rest[1] + (0.33 + beat) * lift
