"""The ChArUco board in a picture: its corners, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.charuco_board import CharucoDefinition
from pipelines.measuring.estimate import Unmeasurable

_FEWEST_CORNERS = 6
# Markers are looked for in a picture of this width; its corners are then refined in the full one.
_SEARCH_WIDTH = 960
# Below it, in the smaller picture, cells of a marker have about two pixels, and markers are missed.
_SMALL_MARKER_PX = 14.0


@dataclass(frozen=True, slots=True)
class BoardView:
    """One picture's corners: ``ids`` (n,), ``corners_px`` (n, 2) as x, y with (0, 0) the centre of the first pixel."""

    ids: NDArray[np.int32]
    corners_px: NDArray[np.float32]
    width_px: int
    height_px: int


def detect_board(picture: NDArray[np.uint8], definition: CharucoDefinition) -> BoardView:
    """Find the board's corners in ``picture``, (h, w) grey or (h, w, 3) BGR; part of the board is enough.

    Raises:
        Unmeasurable: ``no-charuco``: fewer than six corners of this board were found.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8) if picture.ndim == 3 else picture
    height, width = grey.shape
    detector = cv2.aruco.CharucoDetector(definition.board())
    markers = _markers_in_smaller(grey, detector)
    if markers is None:
        corners, ids, _, _ = detector.detectBoard(grey)
    else:
        corners, ids, _, _ = detector.detectBoard(grey, markerCorners=markers[0], markerIds=markers[1])
    # OpenCV has None where it found nothing.
    corners_px = np.zeros((0, 2), np.float32) if corners is None else np.asarray(corners, np.float32).reshape(-1, 2)
    if len(corners_px) < _FEWEST_CORNERS:
        raise Unmeasurable("no-charuco")
    return BoardView(np.asarray(ids, np.int32).ravel(), corners_px, width, height)


def square_px(view: BoardView, definition: CharucoDefinition) -> float:
    """How large a square of the board is in the picture: the median distance of neighbouring corners of a row.

    Under about 20 px the board is too far away for its markers to be read.

    Raises:
        Unmeasurable: ``no-charuco``: no two neighbouring corners were found.
    """
    where = dict(zip(view.ids.tolist(), view.corners_px, strict=True))
    columns = definition.columns - 1
    distances = [
        float(np.linalg.norm(where[identity + 1] - corner))
        for identity, corner in where.items()
        if identity % columns != columns - 1 and identity + 1 in where
    ]
    if not distances:
        raise Unmeasurable("no-charuco")
    return float(np.median(distances))


def moved_px(before: BoardView, after: BoardView) -> float:
    """How far the board has moved between two pictures: the median over common corners, infinite if there are none.

    A view is worth taking when the board is held still, under 2 px from one picture to the next.
    """
    _, first, second = np.intersect1d(before.ids, after.ids, assume_unique=True, return_indices=True)
    if not len(first):
        return float("inf")
    return float(np.median(np.linalg.norm(before.corners_px[first] - after.corners_px[second], axis=1)))


def _markers_in_smaller(
    grey: NDArray[np.uint8], detector: cv2.aruco.CharucoDetector
) -> tuple[list[NDArray[np.float32]], NDArray[np.int32]] | None:
    """The markers' corners, in pixels of ``grey``, and their ids; None where they must be looked for at full size."""
    scale = grey.shape[1] / _SEARCH_WIDTH
    if scale < 1.5:
        return None
    small = cv2.resize(grey, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    finder = cv2.aruco.ArucoDetector(detector.getBoard().getDictionary(), detector.getDetectorParameters())
    corners, ids, _ = finder.detectMarkers(small)
    if not len(corners):
        return None
    outlines = [np.asarray(outline, np.float32) for outline in corners]
    sides = [float(np.linalg.norm(outline[0, 0] - outline[0, 1])) for outline in outlines]
    if np.median(sides) < _SMALL_MARKER_PX:
        return None
    return [(outline + 0.5) * np.float32(scale) - 0.5 for outline in outlines], np.asarray(ids, np.int32)
