"""A pinhole camera in the simulated classroom: where a point of the room lies in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """A camera at ``x, y, z`` metres that looks level along z, then ``pitch`` radians down.

    x is to the right as the class sees it, y up from the floor, z from the front wall to the back. ``towards`` is 1
    for a camera that looks at the back wall, -1 for the front wall. ``focal_px`` and ``centre`` are in pixels.
    """

    x: float
    y: float
    z: float
    pitch: float
    towards: int
    focal_px: float
    centre: tuple[float, float]

    def point(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Return the place of a point in the picture, and how many pixels a metre has there."""
        right, up, ahead = -self.towards * (x - self.x), y - self.y, self.towards * (z - self.z)
        depth = ahead * math.cos(self.pitch) - up * math.sin(self.pitch)
        height = up * math.cos(self.pitch) + ahead * math.sin(self.pitch)
        scale = self.focal_px / max(depth, 0.05)
        return self.centre[0] + scale * right, self.centre[1] - scale * height, scale

    def points(self, *corners: tuple[float, float, float]) -> Points:
        """Return the places of several points, shape (n, 2)."""
        return np.array([self.point(*corner)[:2] for corner in corners])


def centred(at: float, window: int, size: int) -> int:
    """The even edge at which a window begins that shows ``at`` in its middle, as far as ``size`` pixels allow."""
    return min(max(0, round(at - window / 2) // 2 * 2), size - window)
