"""What the teacher's cameras see: the front wall, what is written and shown there, the teacher, and the first row."""

from __future__ import annotations

import math
from functools import lru_cache, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.brush import Box, Brush, Colour
from drivers.camera.simulation.classroom_text import write
from drivers.camera.simulation.painter import Thing
from drivers.camera.simulation.people import TeacherLook, draw_student, draw_teacher
from drivers.camera.simulation.perspective import View, centred
from drivers.camera.simulation.room_background import SCREEN, SHADOW, front_wall
from drivers.camera.simulation.slide_picture import slide_picture
from drivers.simulated_classroom.acts import COLUMNS, seat
from drivers.simulated_classroom.lesson_plan import slot_place
from drivers.simulated_classroom.script import ClassroomScript
from drivers.simulated_classroom.slide_texts import WRITTEN
from drivers.simulated_classroom.student_pose import StudentPose, student_poses
from drivers.simulated_classroom.teacher_pose import Writing, close_aim, teacher_pose, writings

Image = NDArray[np.uint8]

_FOCAL, _CLOSE = 0.62, 2.0
_CHALK: Colour = (214, 226, 224)
_WOOD: Colour = (96, 140, 178)
_SHIRTS: tuple[Colour, ...] = ((150, 112, 62), (86, 74, 132), (112, 132, 84), (190, 176, 160), (70, 92, 150))
_LECTERN = (0.08, 0.86, 1.2, 1.06)
_WRITING_M = 1.0
_WRITTEN_HIGH_M = 0.19


class FrontStage:
    """A camera high in the middle of the room; a close one follows the teacher in a part of its picture."""

    def __init__(self, script: ClassroomScript, width: int, height: int, *, close: bool) -> None:
        self._script = script
        self._window = width, height
        self._close = close
        zoom = _CLOSE if close else 1.0
        self.size = round(width * zoom) // 2 * 2, round(height * zoom) // 2 * 2
        self._view = View(
            0.3, 2.9, 5.6, math.radians(13), -1, _FOCAL * width * zoom, (self.size[0] / 2, self.size[1] / 2)
        )
        self._look = TeacherLook(shirt=_SHIRTS[script.seed % len(_SHIRTS)])
        self._slide = lru_cache(2)(self._make_slide)

    def background(self) -> Image:
        """The room without people."""
        return front_wall(self._view, self.size)

    def things(self, script_s: float) -> list[Thing]:
        """Everything that may change, from the wall to the camera."""
        on_board = [self._writing(one) for one in writings(self._script, script_s)]
        pose = teacher_pose(self._script, script_s)
        teacher = Thing(pose, self._box(pose.x_m, pose.z_m, 0.85, 2.02), partial(self._draw_teacher, script_s))
        lectern = Thing("lectern", self._box(0.47, _LECTERN[2], 0.6, 1.25), self._draw_lectern)
        people = [teacher, lectern] if pose.z_m < _LECTERN[2] else [lectern, teacher]
        empty = [Thing(None, (0, 0, 0, 0), _nothing)] * (6 - len(on_board))
        row = [] if self._close else self._first_row(script_s)
        return [self._screen(self._script.slide_at(script_s)), *on_board, *empty, *people, *row]

    def window(self, script_s: float) -> tuple[int, int]:
        """The left and upper edge of what the camera shows of its stage."""
        if not self._close:
            return 0, 0
        x, z = close_aim(self._script, script_s)
        across, down, _ = self._view.point(x, 1.3, z)
        return centred(across, self._window[0], self.size[0]), centred(
            down - 0.06 * self._window[1], self._window[1], self.size[1]
        )

    def _screen(self, slide: int) -> Thing:
        left, bottom, right, top = SCREEN
        corners = self._view.points((left, top, 0), (right, top, 0), (right, bottom, 0), (left, bottom, 0))
        box = _around(corners)
        return Thing(slide, box, partial(self._draw_slide, slide, box))

    def _draw_slide(self, slide: int, box: Box, brush: Brush) -> None:
        brush.paste(*self._slide(slide, box), box)

    def _make_slide(self, slide: int, box: Box) -> tuple[Image, Image]:
        """The slide as it looks on the wall, and where it is."""
        left, bottom, right, top = SCREEN
        corners = self._view.points((left, top, 0), (right, top, 0), (right, bottom, 0), (left, bottom, 0))
        width, height = box[2] - box[0], box[3] - box[1]
        sharp = slide_picture(slide, 2 * width, round(2 * width * 9 / 16), full=True)
        flat = cv2.GaussianBlur(sharp, (0, 0), 0.8)
        source = np.array([(0, 0), (flat.shape[1], 0), (flat.shape[1], flat.shape[0]), (0, flat.shape[0])], np.float32)
        onto = cv2.getPerspectiveTransform(source, (corners - np.array(box[:2])).astype(np.float32))
        warped = cv2.warpPerspective(flat, onto, (width, height), flags=cv2.INTER_AREA)
        mask = cv2.warpPerspective(np.full(flat.shape[:2], 255, np.uint8), onto, (width, height))
        return np.asarray(warped, np.uint8), np.asarray(mask, np.uint8)

    def _writing(self, writing: Writing) -> Thing:
        x, y = slot_place(writing.slot)
        box = _around(self._view.points((x - 0.1, y - 0.15, 0), (x + _WRITING_M + 0.25, y + 0.3, 0)))
        share = round(writing.share, 3)
        return Thing((writing.slot, writing.number, share), box, partial(self._draw_writing, writing))

    def _draw_writing(self, writing: Writing, brush: Brush) -> None:
        x, y = slot_place(writing.slot)
        left, base, scale = self._view.point(x, y, 0)
        edge = round(self._view.point(x + _WRITING_M * writing.share, y, 0)[0]) - brush.box[0]
        if edge > 0 and writing.share:
            text = WRITTEN[(writing.number + self._script.seed) % len(WRITTEN)]
            part = brush.part[:, :edge]
            write(part, text, (left - brush.box[0], base - brush.box[1]), _WRITTEN_HIGH_M * scale, _CHALK)

    def _draw_teacher(self, script_s: float, brush: Brush) -> None:
        pose = teacher_pose(self._script, script_s)
        brush.at(*self._view.point(pose.x_m, 0, pose.z_m))
        draw_teacher(brush, pose, self._look, SHADOW)

    def _draw_lectern(self, brush: Brush) -> None:
        left, right, z, high = _LECTERN
        view = self._view
        brush.at(0, 0, 1)
        for corners, shade in (
            (((left, 0, z), (left, high, z), (right, high, z), (right, 0, z)), 0.9),
            (
                (
                    (left + 0.08, 0.15, z),
                    (left + 0.08, high - 0.12, z),
                    (right - 0.08, high - 0.12, z),
                    (right - 0.08, 0.15, z),
                ),
                0.8,
            ),
            (
                (
                    (left - 0.03, high, z + 0.04),
                    (left - 0.03, high + 0.02, z - 0.5),
                    (right + 0.03, high + 0.02, z - 0.5),
                    (right + 0.03, high, z + 0.04),
                ),
                1.08,
            ),
        ):
            blue, green, red = (min(255, round(level * shade)) for level in _WOOD)
            brush.polygon([(x, -y) for x, y in view.points(*corners)], (blue, green, red))

    def _first_row(self, script_s: float) -> list[Thing]:
        row = []
        for student, pose in enumerate(student_poses(self._script, script_s)[:COLUMNS]):
            x, z = seat(student)
            draw = partial(_draw_from_behind, student, pose, self._view.point(x, 0, z))
            row.append(Thing(pose, self._box(x, z, 0.5, 1.95), draw))
        return row

    def _box(self, x: float, z: float, reach_m: float, high_m: float) -> Box:
        across, down, scale = self._view.point(x, 0, z)
        return (
            math.floor(across - reach_m * scale),
            math.floor(down - high_m * scale),
            math.ceil(across + reach_m * scale),
            math.ceil(down + 0.1 * scale),
        )


def _draw_from_behind(student: int, pose: StudentPose, place: tuple[float, float, float], brush: Brush) -> None:
    brush.at(*place)
    draw_student(brush, student, pose, from_behind=True)


def _nothing(_brush: Brush) -> None:
    pass


def _around(points: NDArray[np.float64]) -> Box:
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    return int(left), int(top), int(right), int(bottom)
