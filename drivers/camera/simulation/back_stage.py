"""What the students' cameras see: the class at its desks, from above the blackboard."""

from __future__ import annotations

import math
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.brush import Box, Brush, Colour, Point
from drivers.camera.simulation.painter import Thing
from drivers.camera.simulation.people import draw_student
from drivers.camera.simulation.perspective import View, centred
from drivers.camera.simulation.room_background import back_wall
from drivers.simulated_classroom.acts import COLUMNS, ROWS, STUDENTS, seat
from drivers.simulated_classroom.script import ClassroomScript
from drivers.simulated_classroom.student_pose import StudentPose, close_aim, student_poses

Image = NDArray[np.uint8]
Shape = tuple[list[Point], Colour]
Corners = tuple[tuple[float, float, float], ...]

_FOCAL, _CLOSE = 0.62, 2.0
_PITCH = math.radians(21.5)
_CHAIR: Colour = (106, 148, 176)
_DESK: Colour = (132, 178, 206)
_DESK_FRONT: Colour = (106, 148, 176)
_STEEL: Colour = (110, 112, 116)
_BOOK: Colour = (236, 238, 240)
_PAGE: Colour = (196, 200, 204)
_DESK_HIGH_M, _DESK_DEEP_M, _DESK_BEFORE_M = 0.72, 0.42, 0.2
_HALF_DESK_M, _APRON_M = 0.33, 0.16
_REMEMBERED = 192


class BackStage:
    """A camera at the front wall; a close one shows who answers in a part of its picture."""

    def __init__(self, script: ClassroomScript, width: int, height: int, *, close: bool) -> None:
        self._script = script
        self._window = width, height
        self._close = close
        zoom = _CLOSE if close else 1.0
        self.size = round(width * zoom) // 2 * 2, round(height * zoom) // 2 * 2
        centre = self.size[0] / 2, self.size[1] / 2
        self._view = View(0.0, 2.6, 0.15, _PITCH, 1, _FOCAL * width * zoom, centre)
        self._order = [row * COLUMNS + column for row in reversed(range(ROWS)) for column in range(COLUMNS)]
        self._places = [self._view.point(seat(one)[0], 0, seat(one)[1]) for one in range(STUDENTS)]
        self._desks = [self._desk(one) for one in range(STUDENTS)]
        self._boxes = [self._box(one) for one in range(STUDENTS)]
        self._empty = back_wall(self._view, self.size)
        self._cut_out = lru_cache(_REMEMBERED)(self._make_cut_out)

    def background(self) -> Image:
        """The room without people."""
        return self._empty

    def things(self, script_s: float) -> list[Thing]:
        """The students, from the last row to the first."""
        poses = student_poses(self._script, script_s)
        return [Thing(poses[one], self._boxes[one], partial(self._draw, one, poses[one])) for one in self._order]

    def window(self, script_s: float) -> tuple[int, int]:
        """The left and upper edge of what the camera shows of its stage."""
        if not self._close:
            return 0, 0
        x, z = close_aim(self._script, script_s)
        across, down, _ = self._view.point(x, 1.3, z)
        return centred(across, self._window[0], self.size[0]), centred(down, self._window[1], self.size[1])

    def _draw(self, student: int, pose: StudentPose, brush: Brush) -> None:
        brush.paste(*self._cut_out(student, pose))

    def _make_cut_out(self, student: int, pose: StudentPose) -> tuple[Image, Image, Box]:
        """A student at a desk, and where the picture is not the empty room; drawing all of a class takes 20 ms."""
        height, width = self._empty.shape[:2]
        left, top, right, bottom = self._boxes[student]
        left, top, right, bottom = box = max(0, left), max(0, top), min(width, right), min(height, bottom)
        picture = self._empty[top:bottom, left:right].copy()
        self._paint(student, pose, Brush(picture, box))
        mask = np.any(picture != self._empty[top:bottom, left:right], axis=2).astype(np.uint8)
        return picture, mask, box

    def _paint(self, student: int, pose: StudentPose, brush: Brush) -> None:
        brush.at(*self._places[student])
        brush.limb(((-0.2, 0.4), (-0.2, 0.86), (0.2, 0.86), (0.2, 0.4)), 0.05, _CHAIR)
        draw_student(brush, student, pose, from_behind=False)
        brush.at(0, 0, 1)
        for corners, colour in self._desks[student]:
            brush.polygon(corners, colour)

    def _desk(self, student: int) -> list[Shape]:
        """The shapes of a desk with a book on it, in pixels."""
        x, z = seat(student)
        left, right, far, near = (
            x - _HALF_DESK_M, x + _HALF_DESK_M, z - _DESK_BEFORE_M, z - _DESK_BEFORE_M - _DESK_DEEP_M,
        )  # fmt: skip
        high, low = _DESK_HIGH_M, _DESK_HIGH_M - _APRON_M
        shapes: list[tuple[Corners, Colour]] = [
            (((leg - 0.02, 0, near), (leg - 0.02, high, near), (leg + 0.02, high, near), (leg + 0.02, 0, near)), _STEEL)
            for leg in (left + 0.03, right - 0.03)
        ]
        shapes.append((((left, high, far), (right, high, far), (right, high, near), (left, high, near)), _DESK))
        shapes.append((((left, high, near), (right, high, near), (right, low, near), (left, low, near)), _DESK_FRONT))
        shift, on = 0.05 * (student * 7 % 3 - 1), high + 0.01
        for edge, fold, colour in ((-0.16, 0.0, _BOOK), (0.14, 0.0, _BOOK), (-0.006, 0.006, _PAGE)):
            one, other = x + edge + shift, x + fold + shift
            page = (one, on, far - 0.1), (other, on, far - 0.08), (other, on, near + 0.1), (one - 0.01, on, near + 0.08)
            shapes.append((page, colour))
        return [([(float(a), -float(b)) for a, b in self._view.points(*corners)], tone) for corners, tone in shapes]

    def _box(self, student: int) -> Box:
        across, down, scale = self._places[student]
        corners = [point for shape, _ in self._desks[student] for point in shape]
        xs = [x for x, _ in corners]
        return (
            math.floor(min(across - 0.55 * scale, *xs)) - 2,
            math.floor(down - 2.0 * scale),
            math.ceil(max(across + 0.55 * scale, *xs)) + 2,
            math.ceil(max(-y for _, y in corners)) + 2,
        )
