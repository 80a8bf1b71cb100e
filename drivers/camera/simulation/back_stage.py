"""What the students' cameras see: the class at its desks, from above the blackboard."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.brush import Box, Brush, Colour
from drivers.camera.simulation.painter import Thing
from drivers.camera.simulation.people import draw_student
from drivers.camera.simulation.perspective import View
from drivers.camera.simulation.room_background import back_wall
from drivers.simulated_classroom.acts import COLUMNS, ROWS, seat
from drivers.simulated_classroom.script import ClassroomScript
from drivers.simulated_classroom.student_pose import StudentPose, close_aim, student_poses

Image = NDArray[np.uint8]

_FOCAL, _CLOSE = 0.62, 2.0
_DESK: Colour = (132, 178, 206)
_DESK_FRONT: Colour = (106, 148, 176)
_STEEL: Colour = (110, 112, 116)
_BOOK: Colour = (236, 238, 240)
_DESK_HIGH_M, _DESK_DEEP_M, _DESK_BEFORE_M = 0.72, 0.42, 0.2
_HALF_DESK_M = 0.33


class BackStage:
    """A camera at the front wall; a close one shows who answers in a part of its picture."""

    def __init__(self, script: ClassroomScript, width: int, height: int, *, close: bool) -> None:
        self._script = script
        self._window = width, height
        self._close = close
        zoom = _CLOSE if close else 1.0
        self.size = round(width * zoom) // 2 * 2, round(height * zoom) // 2 * 2
        self._view = View(0.0, 2.6, 0.15, math.radians(21.5), 1, _FOCAL * width * zoom, (self.size[0] / 2, self.size[1] / 2))
        self._order = [row * COLUMNS + column for row in reversed(range(ROWS)) for column in range(COLUMNS)]

    def background(self) -> Image:
        """The room without people."""
        return back_wall(self._view, self.size)

    def things(self, script_s: float) -> list[Thing]:
        """The students, from the last row to the first."""
        poses = student_poses(self._script, script_s)
        return [Thing(poses[one], self._box(one), partial(self._draw, one, poses[one])) for one in self._order]

    def window(self, script_s: float) -> tuple[int, int]:
        """The left and upper edge of what the camera shows of its stage."""
        if not self._close:
            return 0, 0
        x, z = close_aim(self._script, script_s)
        across, down, _ = self._view.point(x, 1.3, z)
        return _centred(across, self._window[0], self.size[0]), _centred(down, self._window[1], self.size[1])

    def _draw(self, student: int, pose: StudentPose, brush: Brush) -> None:
        x, z = seat(student)
        brush.at(*self._view.point(x, 0, z))
        brush.limb(((-0.2, 0.4), (-0.2, 0.86), (0.2, 0.86), (0.2, 0.4)), 0.05, _DESK_FRONT)
        draw_student(brush, student, pose, from_behind=False)
        self._draw_desk(student, brush)

    def _draw_desk(self, student: int, brush: Brush) -> None:
        x, z = seat(student)
        left, right, far, near = x - _HALF_DESK_M, x + _HALF_DESK_M, z - _DESK_BEFORE_M, z - _DESK_BEFORE_M - _DESK_DEEP_M
        high = _DESK_HIGH_M
        view = self._view
        brush.at(0, 0, 1)
        for leg in (left + 0.03, right - 0.03):
            brush.polygon(_flat(view.points((leg - 0.02, 0, near), (leg - 0.02, high, near), (leg + 0.02, high, near), (leg + 0.02, 0, near))), _STEEL)
        brush.polygon(_flat(view.points((left, high, far), (right, high, far), (right, high, near), (left, high, near))), _DESK)
        brush.polygon(_flat(view.points((left, high, near), (right, high, near), (right, high - 0.16, near), (left, high - 0.16, near))), _DESK_FRONT)
        shift = 0.05 * (student * 7 % 3 - 1)
        book = [(x - 0.16 + shift, far - 0.1), (x + 0.14 + shift, far - 0.08), (x + 0.15 + shift, near + 0.1), (x - 0.17 + shift, near + 0.08)]
        brush.polygon(_flat(view.points(*[(across, high + 0.01, deep) for across, deep in book])), _BOOK)

    def _box(self, student: int) -> Box:
        x, z = seat(student)
        across, down, scale = self._view.point(x, 0, z)
        near_down = self._view.point(x, 0, z - _DESK_BEFORE_M - _DESK_DEEP_M)[1]
        return (
            math.floor(across - 0.55 * scale),
            math.floor(down - 2.0 * scale),
            math.ceil(across + 0.55 * scale),
            math.ceil(near_down + 4),
        )


def _flat(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(float(x), -float(y)) for x, y in points]


def _centred(at: float, window: int, size: int) -> int:
    return min(max(0, round(at - window / 2) // 2 * 2), size - window)
