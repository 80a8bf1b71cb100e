"""A picture or points of it without the lens's distortion, and how straight the board's lines are before and after."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.charuco_board import CharucoDefinition
from pipelines.measuring.charuco_detection import BoardView
from pipelines.measuring.lens_distortion import LensDistortion
from pipelines.measuring.lens_models import Lens, Points

_FEWEST_ON_A_LINE = 4


def straight_matrix(measured: LensDistortion, *, keep_all: bool = False) -> Points:
    """The camera matrix (3, 3) of the undistorted picture, which has the size of the distorted one.

    Its frame is filled; with ``keep_all`` all of the distorted picture is in it, and what it does not show is black.
    """
    size, lens = (measured.width_px, measured.height_px), measured.lens
    if lens.model == "fisheye":
        matrix = cv2.fisheye.estimateNewCameraMatrixForUndistortRectify(
            lens.matrix, lens.coefficients, size, np.eye(3), balance=float(keep_all)
        )
    else:
        matrix, _ = cv2.getOptimalNewCameraMatrix(lens.matrix, lens.coefficients, size, float(keep_all))
    return np.asarray(matrix, np.float64)


def undistort(picture: NDArray[np.uint8], measured: LensDistortion, *, keep_all: bool = False) -> NDArray[np.uint8]:
    """The still ``picture``, (h, w) or (h, w, 3), without distortion. A tenth of a second for 1080p: for stills.

    Raises:
        ValueError: the picture has another size than those that the lens was measured from.
    """
    size, lens = (measured.width_px, measured.height_px), measured.lens
    if picture.shape[1::-1] != size:
        raise ValueError(f"the lens was measured at {size[0]} x {size[1]}")
    matrix = straight_matrix(measured, keep_all=keep_all)
    make_maps = cv2.fisheye.initUndistortRectifyMap if lens.model == "fisheye" else cv2.initUndistortRectifyMap
    maps = make_maps(lens.matrix, lens.coefficients, np.eye(3), matrix, size, cv2.CV_16SC2)
    return np.asarray(cv2.remap(picture, maps[0], maps[1], cv2.INTER_CUBIC), np.uint8)


def undistort_points(points_px: Points, lens: Lens, matrix: Points) -> Points:
    """Where points (n, 2) of a picture are in the undistorted one whose camera matrix is ``matrix``."""
    return np.asarray(lens.rays(points_px) * (matrix[0, 0], matrix[1, 1]) + matrix[:2, 2], np.float64)


def line_bend_px(views: Sequence[BoardView], definition: CharucoDefinition, lens: Lens | None = None) -> float:
    """How far the board's straight lines are bent: root mean square distance of corners from the line through theirs.

    Over all rows and columns of squares with four corners or more; ``lens``: after its distortion was taken out, in
    pixels of the same camera matrix. Source: Brown, Close-range camera calibration, Photogrammetric Engineering 37
    (1971). NaN where no view shows four corners of a line.
    """
    squares: list[float] = []
    columns = definition.columns - 1
    for view in views:
        points = view.corners_px.astype(np.float64)
        if lens is not None:
            points = undistort_points(points, lens, lens.matrix)
        for lines in (view.ids // columns, view.ids % columns):
            for line in np.unique(lines):
                on_it = points[lines == line]
                if len(on_it) >= _FEWEST_ON_A_LINE:
                    spread = np.linalg.svd(on_it - on_it.mean(axis=0), compute_uv=False)
                    squares.extend([float(spread[1]) ** 2 / len(on_it)] * len(on_it))
    return float(np.sqrt(np.mean(squares))) if squares else float("nan")
