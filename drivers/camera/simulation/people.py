"""Teacher and students of the simulated classroom, drawn as flat figures that face the camera or turn away."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drivers.camera.simulation.brush import Brush, Colour, Point
from drivers.simulated_classroom.student_pose import StudentPose
from drivers.simulated_classroom.teacher_pose import Facing, TeacherPose

_SKIN: tuple[Colour, ...] = ((150, 186, 226), (140, 176, 218), (160, 196, 233))
_HAIR: tuple[Colour, ...] = ((30, 28, 32), (38, 36, 44), (24, 26, 34))
_UNIFORM: Colour = (178, 96, 52)
_UNIFORM_LIGHT: Colour = (232, 228, 222)
_SCARF: Colour = (48, 44, 205)
_EYE: Colour = (40, 40, 48)
_LIP: Colour = (110, 120, 186)
_UPPER_ARM_M, _FOREARM_M = 0.29, 0.27


@dataclass(frozen=True, slots=True)
class TeacherLook:
    """What the teacher wears."""

    shirt: Colour = (150, 112, 62)
    trousers: Colour = (66, 58, 54)
    shoes: Colour = (30, 30, 34)


def draw_teacher(brush: Brush, pose: TeacherPose, look: TeacherLook, shadow: Colour) -> None:
    """Draw the teacher on his feet; the brush is at their place on the floor."""
    brush.ellipse((0, 0.0), 0.3, 0.06, shadow)
    sideways = pose.facing in (Facing.LEFT, Facing.RIGHT)
    if sideways:
        _walking_legs(brush, pose, look)
    else:
        for side in (-1, 1):
            brush.limb(((0.085 * side, 0.9), (0.1 * side, 0.48), (0.11 * side, 0.06)), 0.135, look.trousers)
            brush.limb(((0.11 * side, 0.035), (0.13 * side, 0.03)), 0.08, look.shoes)
    bounce = 0.02 * pose.speed * abs(math.cos(pose.stride)) if sideways else 0.0
    shoulders = 0.11 if sideways else 0.205
    far, near = ((pose.right_hand, 1), (pose.left_hand, -1)) if pose.facing is Facing.RIGHT else (
        (pose.left_hand, -1), (pose.right_hand, 1)
    )  # fmt: skip
    behind_body = sideways or pose.facing is Facing.BOARD
    if behind_body:
        _arm(brush, far, shoulders, 1.4 + bounce, look.shirt, shade=0.8)
        if pose.facing is Facing.BOARD:
            _arm(brush, near, shoulders, 1.4 + bounce, look.shirt, shade=0.9)
    half = 0.13 if sideways else 0.2
    brush.polygon(
        (
            (-half, 1.4 + bounce), (-half * 0.55, 1.47 + bounce), (half * 0.55, 1.47 + bounce), (half, 1.4 + bounce),
            (half * 0.85, 1.1), (half * 0.8, 0.86), (-half * 0.8, 0.86), (-half * 0.85, 1.1),
        ),
        look.shirt,
    )  # fmt: skip
    brush.polygon(
        (
            (half * 0.35, 1.45 + bounce),
            (half, 1.4 + bounce),
            (half * 0.85, 1.1),
            (half * 0.8, 0.86),
            (half * 0.45, 0.86),
        ),
        _shaded(look.shirt, 0.9),
    )
    brush.polygon(((-half * 0.82, 0.92), (half * 0.82, 0.92), (half * 0.85, 0.84), (-half * 0.85, 0.84)), look.trousers)
    _head(brush, (0.0, 1.6 + bounce), pose.facing, _SKIN[0], _HAIR[0], look.shirt, speaks=pose.is_speaking)
    if not behind_body:
        _arm(brush, far, shoulders, 1.4, look.shirt)
    if pose.facing is not Facing.BOARD:
        _arm(brush, near, shoulders, 1.4 + bounce, look.shirt)


def draw_student(brush: Brush, student: int, pose: StudentPose, *, from_behind: bool) -> None:
    """Draw a seated or standing student; the brush is at the seat's place on the floor."""
    skin, hair = _SKIN[student % 3], _HAIR[student * 5 % 3]
    up = 0.4 * pose.stands
    lean = pose.lean
    shoulder = 0.98 + up + (student * 7 % 5) * 0.012
    waist = 0.45 + 0.6 * up
    far, mirror = (-1, 1) if student % 2 else (1, -1)
    jacket = _UNIFORM if student * 3 % 5 else _shaded(_UNIFORM, 0.88)
    brush.polygon(
        (
            (-0.17, waist), (-0.2 + lean * 0.8, shoulder - 0.04), (-0.13 + lean, shoulder + 0.03),
            (0.13 + lean, shoulder + 0.03), (0.2 + lean * 0.8, shoulder - 0.04), (0.17, waist),
        ),
        jacket,
    )  # fmt: skip
    brush.polygon(
        (
            (-0.2 + lean * 0.8, shoulder - 0.05), (-0.13 + lean, shoulder + 0.03), (0.13 + lean, shoulder + 0.03),
            (0.2 + lean * 0.8, shoulder - 0.05), (0.19 + lean * 0.7, shoulder - 0.13),
            (-0.19 + lean * 0.7, shoulder - 0.13),
        ),
        _UNIFORM_LIGHT,
    )  # fmt: skip
    head = (lean * 1.25, shoulder + 0.2 - 0.05 * pose.nod)
    if from_behind:
        brush.limb(((lean, shoulder), head), 0.085, skin)
        brush.ellipse(head, 0.098, 0.125, hair)
    else:
        brush.limb(((lean, shoulder + 0.01), head), 0.085, _shaded(skin, 0.85))
        brush.polygon(
            (
                (lean - 0.06, shoulder + 0.03), (lean + 0.06, shoulder + 0.03), (lean + 0.03, shoulder - 0.16),
                (lean, shoulder - 0.06), (lean - 0.03, shoulder - 0.16),
            ),
            _SCARF,
        )  # fmt: skip
        _student_head(brush, head, pose.nod, skin, hair, long_hair=student * 11 % 7 < 3)
    for side in (far, mirror):
        raised = pose.hand if side == far else 0.0
        if from_behind and not raised:
            continue
        rest_elbow, rest_hand = (0.25 * side + lean * 0.5, 0.74 + up), (0.1 * side, 0.74 + 0.75 * up)
        elbow = _between(rest_elbow, (0.27 * side + lean, shoulder + 0.08), raised)
        hand = _between(rest_hand, (0.2 * side + lean, shoulder + 0.42), raised)
        brush.limb(((0.175 * side + lean * 0.8, shoulder - 0.05), elbow, hand), 0.085, jacket)
        brush.ellipse(hand, 0.045, 0.05, skin)


def _student_head(brush: Brush, head: Point, nod: float, skin: Colour, hair: Colour, *, long_hair: bool) -> None:
    x, y = head
    for side in (-1, 1) if long_hair else ():
        brush.limb(
            ((x + 0.082 * side, y + 0.04), (x + 0.097 * side, y - 0.02), (x + 0.093 * side, y - 0.1)), 0.05, hair
        )
    brush.ellipse((x, y + 0.025), 0.102, 0.118, hair)
    brush.ellipse((x, y - 0.015 - 0.02 * nod), 0.088, 0.106 - 0.02 * nod, skin)
    brush.ellipse((x, y + 0.045 - 0.012 * nod), 0.092, 0.07, hair, 180, 360)
    eyes = y - 0.005 - 0.035 * nod
    for side in (-1, 1):
        brush.ellipse((x + 0.036 * side, eyes), 0.011, 0.012, _EYE)
    brush.limb(((x - 0.016, eyes - 0.056), (x, eyes - 0.061), (x + 0.016, eyes - 0.056)), 0.009, _LIP)


def _head(
    brush: Brush, head: Point, facing: Facing, skin: Colour, hair: Colour, shirt: Colour, *, speaks: bool
) -> None:
    x, y = head
    brush.limb(((x, y - 0.16), (x, y - 0.06)), 0.09, _shaded(skin, 0.88))
    if facing is Facing.BOARD:
        brush.ellipse((x, y), 0.088, 0.118, hair)
        return
    if facing is Facing.CLASS:
        brush.polygon(((x - 0.07, y - 0.13), (x, y - 0.2), (x + 0.07, y - 0.13), (x, y - 0.15)), _shaded(shirt, 1.25))
        brush.ellipse((x, y + 0.02), 0.09, 0.112, hair)
        brush.ellipse((x, y - 0.01), 0.078, 0.105, skin)
        brush.ellipse((x, y + 0.045), 0.08, 0.06, hair, 180, 360)
        for side in (-1, 1):
            brush.ellipse((x + 0.03 * side, y - 0.002), 0.01, 0.01, _EYE)
        brush.ellipse((x, y - 0.062), 0.022, 0.014 if speaks else 0.005, _LIP)
        return
    ahead = 1 if facing is Facing.RIGHT else -1
    brush.ellipse((x, y + 0.01), 0.092, 0.116, hair)
    brush.ellipse((x + 0.026 * ahead, y - 0.012), 0.068, 0.1, skin)
    brush.polygon(((x + 0.085 * ahead, y + 0.01), (x + 0.115 * ahead, y - 0.028), (x + 0.085 * ahead, y - 0.035)), skin)
    brush.ellipse((x + 0.06 * ahead, y + 0.004), 0.009, 0.01, _EYE)
    brush.ellipse((x - 0.02 * ahead, y + 0.05), 0.085, 0.062, hair, 180, 360)


def _walking_legs(brush: Brush, pose: TeacherPose, look: TeacherLook) -> None:
    ahead = 1 if pose.facing is Facing.RIGHT else -1
    for phase, shade in ((math.pi, 0.82), (0.0, 1.0)):
        swing = math.sin(pose.stride * ahead + phase)
        lift = max(0.0, math.cos(pose.stride * ahead + phase))
        foot = 0.28 * swing * pose.speed * ahead, 0.06 + 0.1 * lift * pose.speed
        knee = 0.17 * swing * pose.speed * ahead + 0.07 * lift * ahead, 0.48
        brush.limb(((0.0, 0.9), knee, foot), 0.145, _shaded(look.trousers, shade))
        brush.limb((foot, (foot[0] + 0.11 * ahead, foot[1] - 0.02)), 0.075, look.shoes)


def _arm(
    brush: Brush,
    hand_and_side: tuple[Point, int],
    shoulders: float,
    height: float,
    shirt: Colour,
    *,
    shade: float = 1.0,
) -> None:
    hand, side = hand_and_side
    shoulder = (shoulders - 0.02) * side, height - 0.03
    elbow, reached = _elbow(shoulder, hand, side)
    sleeve = _shaded(shirt, 0.94 * shade)
    brush.limb((shoulder, elbow, reached), 0.095, sleeve)
    brush.ellipse(reached, 0.048, 0.052, _shaded(_SKIN[0], shade))


def _elbow(shoulder: Point, hand: Point, side: int) -> tuple[Point, Point]:
    """The elbow of an arm that reaches for a point, bent outwards and down, and how far the hand gets."""
    dx, dy = hand[0] - shoulder[0], hand[1] - shoulder[1]
    distance = min(math.hypot(dx, dy), _UPPER_ARM_M + _FOREARM_M - 1e-3)
    angle = math.atan2(dy, dx)
    cosine = (_UPPER_ARM_M**2 + distance**2 - _FOREARM_M**2) / (2 * _UPPER_ARM_M * max(distance, 0.05))
    bend = math.acos(min(1.0, max(-1.0, cosine)))
    upper = angle - side * bend if side > 0 else angle + bend
    elbow = shoulder[0] + _UPPER_ARM_M * math.cos(upper), shoulder[1] + _UPPER_ARM_M * math.sin(upper)
    return elbow, (shoulder[0] + distance * math.cos(angle), shoulder[1] + distance * math.sin(angle))


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


def _shaded(colour: Colour, by: float) -> Colour:
    blue, green, red = (min(255, round(level * by)) for level in colour)
    return blue, green, red
