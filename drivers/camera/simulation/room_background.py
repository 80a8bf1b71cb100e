"""The empty classroom: its front wall with blackboard and screen, and its back wall, in perspective."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.brush import Brush, Colour
from drivers.camera.simulation.classroom_text import write
from drivers.camera.simulation.perspective import View
from drivers.simulated_classroom.slide_texts import MOTTO

Image = NDArray[np.uint8]
Corner = tuple[float, float, float]

HALF_WIDTH_M, LENGTH_M, HEIGHT_M = 3.9, 9.4, 3.2
BOARD = (-3.35, 0.92, 0.62, 2.28)
SCREEN = (0.98, 0.98, 3.58, 2.44)
"""Left, bottom, right and top on the front wall, in metres."""
FLOOR: Colour = (146, 164, 178)
SHADOW: Colour = (112, 128, 142)
_WALL: Colour = (214, 226, 232)
_SIDE: Colour = (196, 210, 218)
_WAINSCOT: Colour = (168, 196, 170)
_CEILING: Colour = (226, 232, 235)
_BOARD: Colour = (62, 84, 46)
_FRAME: Colour = (92, 128, 158)
_SKY: Colour = (252, 246, 236)
_TREES: Colour = (150, 196, 164)
_CURTAIN: Colour = (206, 196, 150)
_LAMP: Colour = (255, 255, 255)
_TILE_M = 0.8


def front_wall(view: View, size: tuple[int, int]) -> Image:
    """Return the room as a camera sees it that looks at the front wall; ``size`` is width and height in pixels."""
    room = _Room(view, size)
    room.shell(0.0, near_m=view.z - 0.35)
    room.windows((0.7, 2.4), (3.0, 4.7))
    left, bottom, right, top = BOARD
    room.front((left - 0.07, bottom - 0.07, right + 0.07, top + 0.07), _FRAME)
    room.front(BOARD, _BOARD)
    room.front((left, bottom - 0.14, right, bottom - 0.07), _shaded(_FRAME, 0.8))
    left, bottom, right, top = SCREEN
    room.front((left - 0.05, bottom - 0.05, right + 0.05, top + 0.05), (44, 44, 46))
    x, y, scale = view.point(-2.6, 2.52, 0.0)
    write(room.picture, MOTTO, (x, y), 0.3 * scale, (44, 40, 190), 700)
    room.clock(0.82, 2.72)
    room.light()
    return room.picture


def back_wall(view: View, size: tuple[int, int]) -> Image:
    """Return the room as a camera sees it that looks at the back wall."""
    room = _Room(view, size)
    room.shell(LENGTH_M, near_m=view.z + 0.35)
    room.windows((1.2, 2.9), (3.8, 5.5), (6.4, 8.1))
    room.door(7.6, 8.6)
    room.back((-2.4, 0.95, 2.4, 2.1), _FRAME)
    room.back((-2.32, 1.02, 2.32, 2.03), _BOARD)
    colours: tuple[Colour, ...] = ((120, 190, 240), (150, 220, 170), (220, 190, 130), (180, 160, 240))
    for at, colour in enumerate(colours):
        room.back((-2.1 + at * 1.06, 1.12, -1.2 + at * 1.06, 1.66), colour)
        for line in range(4):
            room.back((-2.02 + at * 1.06, 1.2 + line * 0.11, -1.28 + at * 1.06, 1.23 + line * 0.11), (110, 110, 110))
    x, y, scale = view.point(0.95, 1.76, LENGTH_M)
    write(room.picture, "学习园地", (x, y), 0.26 * scale, (120, 230, 250), 700)
    room.light()
    return room.picture


class _Room:
    """A picture in which the parts of the room are drawn one after the other."""

    def __init__(self, view: View, size: tuple[int, int]) -> None:
        width, height = size
        self.picture = np.empty((height, width, 3), np.uint8)
        self.picture[:] = _WALL
        self._view = view
        self._brush = Brush(self.picture, (0, 0, width, height))

    def shell(self, wall_m: float, near_m: float) -> None:
        """Draw walls, ceiling and floor up to ``near_m``, just before the camera."""
        wide, high = HALF_WIDTH_M, HEIGHT_M
        self._wall_z = wall_m
        for side in (-wide, wide):
            self._plane(((side, 0, wall_m), (side, high, wall_m), (side, high, near_m), (side, 0, near_m)), _SIDE)
            self._plane(
                ((side, 0, wall_m), (side, 0.9, wall_m), (side, 0.9, near_m), (side, 0, near_m)),
                _shaded(_WAINSCOT, 0.93),
            )
        self._plane(
            ((-wide, high, wall_m), (wide, high, wall_m), (wide, high, near_m), (-wide, high, near_m)), _CEILING
        )
        self._plane(((-wide, 0, wall_m), (wide, 0, wall_m), (wide, 0, near_m), (-wide, 0, near_m)), FLOOR)
        line = _shaded(FLOOR, 0.93)
        for at in np.arange(-wide, wide, _TILE_M):
            self._plane(((at, 0, wall_m), (at + 0.02, 0, wall_m), (at + 0.02, 0, near_m), (at, 0, near_m)), line)
        for z in np.arange(min(wall_m, near_m), max(wall_m, near_m), _TILE_M):
            self._plane(((-wide, 0, z), (wide, 0, z), (wide, 0, z + 0.025), (-wide, 0, z + 0.025)), line)
        self._wall_part((-wide, 0, wide, 0.86), _WAINSCOT)
        self._wall_part((-wide, 0.86, wide, 0.9), _shaded(_WAINSCOT, 0.8))
        self._wall_part((-wide, 0, wide, 0.09), _shaded(_FRAME, 0.7))
        for x in (-1.9, 1.9):
            for z in (1.2, 3.6, 6.0):
                if min(wall_m, near_m) < z < max(wall_m, near_m) - 1.3:
                    self._plane(
                        (
                            (x - 0.09, high, z),
                            (x + 0.09, high, z),
                            (x + 0.09, high, z + 1.2),
                            (x - 0.09, high, z + 1.2),
                        ),
                        _LAMP,
                    )

    def windows(self, *spans: tuple[float, float]) -> None:
        """Draw windows into the wall at the class's left."""
        x = -HALF_WIDTH_M + 0.01
        for begin, end in spans:
            self._plane(((x, 0.95, begin), (x, 2.55, begin), (x, 2.55, end), (x, 0.95, end)), _FRAME)
            middle = (begin + end) / 2
            for one, other in ((begin + 0.06, middle - 0.03), (middle + 0.03, end - 0.06)):
                self._plane(((x, 1.02, one), (x, 2.48, one), (x, 2.48, other), (x, 1.02, other)), _SKY)
                self._hill(x, one, other)
            for edge in (begin - 0.12, end - 0.1):
                cloth = ((x, 0.85, edge), (x, 2.65, edge), (x, 2.65, edge + 0.22), (x, 0.85, edge + 0.22))
                self._plane(cloth, _CURTAIN)

    def _hill(self, x: float, one: float, other: float) -> None:
        """Trees before the sky in a pane, lower towards its middle."""
        steps = np.linspace(one, other, 7)
        tops = [1.42 + 0.16 * abs(float(np.sin(5 * at))) for at in steps]
        crowns = tuple((x, top, float(at)) for top, at in zip(tops, steps, strict=True))
        self._plane(((x, 1.02, one), *crowns, (x, 1.02, other)), _TREES)

    def clock(self, x: float, y: float) -> None:
        """Draw a clock on the wall that is looked at; it stands at ten past ten."""
        self._brush.at(*self._view.point(x, y, self._wall_z))
        for radius, colour in ((0.16, (70, 72, 76)), (0.145, (246, 248, 248))):
            self._brush.ellipse((0, 0), radius, radius, colour)
        for hour in range(12):
            angle = np.pi / 6 * hour
            self._brush.ellipse((0.12 * np.sin(angle), 0.12 * np.cos(angle)), 0.008, 0.008, (60, 60, 60))
        self._brush.limb(((-0.06, 0.045), (0, 0), (0.09, 0.055)), 0.014, (40, 40, 40))
        self._brush.at(0, 0, 1)

    def door(self, begin: float, end: float) -> None:
        """Draw a door into the wall at the class's right."""
        x = HALF_WIDTH_M - 0.01
        self._plane(((x, 0, begin), (x, 2.1, begin), (x, 2.1, end), (x, 0, end)), (96, 132, 160))
        self._plane(((x, 1.3, begin + 0.3), (x, 1.8, begin + 0.3), (x, 1.8, end - 0.3), (x, 1.3, end - 0.3)), _SKY)

    def front(self, part: tuple[float, float, float, float], colour: Colour) -> None:
        """Draw an upright rectangle on the wall that is looked at."""
        self._wall_part(part, colour)

    back = front

    def light(self) -> None:
        """Let the light fall from the windows, and the picture's corners darken."""
        height, width = self.picture.shape[:2]
        window_px = self._view.point(-HALF_WIDTH_M, 1.5, self._wall_z)[0]
        across = np.abs(np.arange(width) - window_px) / width
        down = (np.arange(height) / height - 0.45)[:, None]
        light = (1.06 - 0.17 * np.minimum(across, 1.0)) * (1.0 - 0.16 * down**2)
        lit = self.picture * light[:, :, None].astype(np.float32)
        np.copyto(self.picture, np.clip(lit, 0, 252).astype(np.uint8))
        cv2.GaussianBlur(self.picture, (3, 3), 0.6, dst=self.picture)

    def _wall_part(self, part: tuple[float, float, float, float], colour: Colour) -> None:
        left, bottom, right, top = part
        z = self._wall_z
        self._plane(((left, bottom, z), (left, top, z), (right, top, z), (right, bottom, z)), colour)

    def _plane(self, corners: tuple[Corner, ...], colour: Colour) -> None:
        self._brush.polygon([(x, -y) for x, y in self._view.points(*corners)], colour)


def _shaded(colour: Colour, by: float) -> Colour:
    blue, green, red = (min(255, round(level * by)) for level in colour)
    return blue, green, red
