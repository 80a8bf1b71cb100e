"""Anti-aliased shapes of one colour, drawn into a part of a larger picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Blue, green, red."""
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""
Point = tuple[float, float]

_SHIFT = 4
_ONE = 1 << _SHIFT


class Brush:
    """Draws into ``part``, which is ``box`` of a picture; in pixels of the whole picture, with ``at`` in metres."""

    def __init__(self, part: Image, box: Box) -> None:
        self.box = box
        self.part = part
        self._left, self._top = box[:2]
        self._origin, self._scale = (0.0, 0.0), 1.0

    def at(self, x: float, y: float, scale: float) -> None:
        """From now on coordinates are metres to the right of and above this pixel, ``scale`` pixels each."""
        self._origin, self._scale = (x, y), scale

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        corners = np.array([self._fixed(point) for point in points], dtype=np.int32)
        cv2.fillPoly(self.part, [corners], colour, cv2.LINE_AA, _SHIFT)

    def limb(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a line of a width through some points, with round ends."""
        thickness = max(1, round(width * self._scale))
        fixed = [self._fixed(point) for point in points]
        for one, other in pairwise(fixed):
            cv2.line(self.part, one, other, colour, thickness, cv2.LINE_AA, _SHIFT)

    def ellipse(
        self, middle: Point, across: float, up: float, colour: Colour, begin: float = 0, end: float = 360
    ) -> None:
        """Fill an ellipse of two half-axes, or a part of it from one angle to another, clockwise from the right."""
        axes = max(1, round(across * self._scale * _ONE)), max(1, round(up * self._scale * _ONE))
        cv2.ellipse(self.part, self._fixed(middle), axes, 0, begin, end, colour, -1, cv2.LINE_AA, _SHIFT)

    def paste(self, picture: Image, mask: Image, box: Box) -> None:
        """Copy a picture of the size of ``box``, in whole pixels, where its mask is not 0."""
        left, top = max(box[0], self.box[0]), max(box[1], self.box[1])
        right, bottom = min(box[2], self.box[2]), min(box[3], self.box[3])
        here = slice(top - self.box[1], bottom - self.box[1]), slice(left - self.box[0], right - self.box[0])
        there = slice(top - box[1], bottom - box[1]), slice(left - box[0], right - box[0])
        cv2.copyTo(picture[there], mask[there], self.part[here])

    def _fixed(self, point: Point) -> tuple[int, int]:
        x = self._origin[0] + point[0] * self._scale - self._left
        y = self._origin[1] - point[1] * self._scale - self._top
        return round(x * _ONE), round(y * _ONE)
