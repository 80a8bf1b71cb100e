"""A board seen at an angle: its aspect ratio from four corners, and the picture of it straightened."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate

Points = NDArray[np.float64]

# Where the focal length is not known it is that of a room camera: 110 to 40 degrees wide.
_FOCAL_PER_WIDTH = (0.35, 1.37)
_LARGEST_STILL_PX = 4096
_NUDGE_PX = 0.25


@dataclass(frozen=True, slots=True)
class BoardShape:
    """Width over height of the board, and the focal length that the corners alone tell; None where they do not."""

    aspect: Estimate
    focal_px: Estimate | None


def board_shape(
    corners_px: Points, width_px: int, height_px: int, *, error_px: float = 1.0, focal_px: Estimate | None = None
) -> BoardShape:
    """The shape of a rectangle whose corners (4, 2; clockwise from the upper left) have an error of ``error_px``, 95 %.

    Without a known focal length the perspective tells it, the worse the more frontal the view; what it leaves open
    between the focal lengths of room cameras is in the aspect's interval. Lens distortion must be small or taken out,
    square pixels and a centre in the middle are assumed. Source: Zhang and He, Whiteboard scanning and image
    enhancement, Digital Signal Processing 17 (2007), section 4.3.
    """
    corners = np.asarray(corners_px, np.float64).reshape(4, 2) - ((width_px - 1) / 2, (height_px - 1) / 2)
    seen = _focal_from(corners, error_px)
    low, high = (factor * width_px for factor in _FOCAL_PER_WIDTH)
    if focal_px is not None:
        low, high = focal_px.low, focal_px.high
    elif seen is not None and max(low, seen.low) < min(high, seen.high):
        low, high = max(low, seen.low), min(high, seen.high)
    ends = [_aspect(corners, focal) for focal in np.linspace(low, high, 9)]
    middle = math.sqrt(low * high)
    value = (max(ends) + min(ends)) / 2
    by_corners = error_px * float(np.linalg.norm(_slopes(corners, lambda moved: _aspect(moved, middle))))
    half_width = math.hypot((max(ends) - min(ends)) / 2, by_corners)
    return BoardShape(Estimate(value, half_width), seen)


def perspective_matrix(corners_px: Points, width_px: int, height_px: int) -> Points:
    """The homography (3, 3) from the picture to a still of the board that is ``width_px`` x ``height_px``."""
    source = np.asarray(corners_px, np.float32).reshape(4, 2)
    target = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], np.float32) - np.float32(0.5)
    return np.asarray(cv2.getPerspectiveTransform(source, target), np.float64)


def straighten(picture: NDArray[np.uint8], corners_px: Points, aspect: float) -> NDArray[np.uint8]:
    """The board alone, as seen from in front of it; as large as its longest sides in the picture, at most 4096 px.

    ``picture`` is (h, w) or (h, w, 3). About 20 ms: for stills, not for every picture of a lesson.
    """
    corners = np.asarray(corners_px, np.float64).reshape(4, 2)
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width = min(max(top, bottom, max(left, right) * aspect), _LARGEST_STILL_PX, _LARGEST_STILL_PX * aspect)
    size = max(1, round(width)), max(1, round(width / aspect))
    matrix = perspective_matrix(corners, *size)
    return np.asarray(
        cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _sides_in_space(corners: Points) -> tuple[Points, Points]:
    """Zhang and He's n2 and n3: the horizontal and the vertical side, in the camera's axes but for the focal length."""
    upper_left, upper_right, lower_right, lower_left = np.column_stack([corners, np.ones(4)])
    diagonal = np.cross(upper_left, lower_right)
    second = float(diagonal @ lower_left) / float(np.cross(upper_right, lower_right) @ lower_left)
    third = float(diagonal @ upper_right) / float(np.cross(lower_left, lower_right) @ upper_right)
    return second * upper_right - upper_left, third * lower_left - upper_left


def _focal_squared(corners: Points) -> float:
    across, down = _sides_in_space(corners)
    divisor = across[2] * down[2]
    return -float(across[0] * down[0] + across[1] * down[1]) / float(divisor) if divisor else math.inf


def _focal_from(corners: Points, error_px: float) -> Estimate | None:
    """The focal length that makes the sides perpendicular, where it is known to better than a factor of about two."""
    squared = _focal_squared(corners)
    if not math.isfinite(squared) or squared <= 0:
        return None
    error = error_px * float(np.linalg.norm(_slopes(corners, _focal_squared)))
    if not math.isfinite(error) or error > squared:
        return None
    focal = math.sqrt(squared)
    return Estimate(focal, error / (2 * focal))


def _aspect(corners: Points, focal: float) -> float:
    across, down = (side / (focal, focal, 1.0) for side in _sides_in_space(corners))
    return float(np.linalg.norm(across) / np.linalg.norm(down))


def _slopes(corners: Points, figure: Callable[[Points], float]) -> Points:
    """Derivatives (8,) of a figure by the corners' coordinates."""
    slopes = np.zeros(8)
    for index in range(8):
        nudge = np.zeros((4, 2))
        nudge[index // 2, index % 2] = _NUDGE_PX
        slopes[index] = (figure(corners + nudge) - figure(corners - nudge)) / (2 * _NUDGE_PX)
    return slopes
