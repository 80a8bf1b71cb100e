"""Which views of the ChArUco board a lens calibration still wants: regions of the frame, and tilts of the board."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.charuco_board import CharucoDefinition
from pipelines.measuring.charuco_detection import BoardView, moved_px

Wish = Literal[
    "upper-left",
    "top",
    "upper-right",
    "left",
    "middle",
    "right",
    "lower-left",
    "bottom",
    "lower-right",
    "tilt-sideways",
    "tilt-forward",
    "more-views",
]

FEWEST_VIEWS = 8
_REGIONS: tuple[tuple[Wish, Wish, Wish], ...] = (
    ("upper-left", "top", "upper-right"),
    ("left", "middle", "right"),
    ("lower-left", "bottom", "lower-right"),
)
_CELLS = 9
# Six of nine cells: at a border that takes cells that touch the frame's edge, where distortion is largest.
_REGION_SHARE = 0.6
_TILT_DEG = 20.0
_TILTED_VIEWS = 3
_NEW_SHIFT = 0.04
_NEW_TILT_DEG = 10.0
# A tilt of 20 degrees need not be known to better than a few; most room cameras see 50 to 90 degrees.
_ROUGH_FOCAL_PER_WIDTH = 0.8


@dataclass(frozen=True, slots=True)
class ViewCoverage:
    """What the views cover so far, as the technician sees the picture: row 0 is its top, column 0 its left.

    ``cells`` (9, 9): a corner was seen there; ``regions`` (3, 3): the share of each region's cells. ``sideways`` and
    ``forward`` count the views in which the board was turned by 20 degrees or more about its vertical and its
    horizontal axis: without tilts focal length and distance are one unknown (Zhang, A flexible new technique for camera
    calibration, IEEE PAMI 22 (2000), section 3.3). ``wishes``: what is wanted, the most urgent first; empty: enough.
    """

    cells: NDArray[np.bool_]
    regions: NDArray[np.float64]
    sideways: int
    forward: int
    views: int
    wishes: tuple[Wish, ...]


def view_coverage(views: Sequence[BoardView], definition: CharucoDefinition) -> ViewCoverage:
    """The coverage of ``views``, all of one camera."""
    cells = np.zeros((_CELLS, _CELLS), np.bool_)
    tilts = []
    for view in views:
        cells |= _cells_of(view)
        tilts.append(board_tilt_deg(view, definition))
    regions = cells.reshape(3, 3, 3, 3).mean(axis=(1, 3))
    sideways = sum(abs(tilt[0]) >= _TILT_DEG for tilt in tilts)
    forward = sum(abs(tilt[1]) >= _TILT_DEG for tilt in tilts)
    return ViewCoverage(cells, regions, sideways, forward, len(views), _wishes(regions, sideways, forward, len(views)))


def is_new_view(view: BoardView, views: Sequence[BoardView], definition: CharucoDefinition) -> bool:
    """Whether ``view`` differs enough from each of ``views``, by place or by tilt, to be worth keeping."""
    sideways, forward = board_tilt_deg(view, definition)
    for other in views:
        other_sideways, other_forward = board_tilt_deg(other, definition)
        if (
            moved_px(view, other) < _NEW_SHIFT * view.width_px
            and abs(sideways - other_sideways) < _NEW_TILT_DEG
            and abs(forward - other_forward) < _NEW_TILT_DEG
        ):
            return False
    return True


def board_tilt_deg(view: BoardView, definition: CharucoDefinition) -> tuple[float, float]:
    """How far the board is turned away from the picture's plane, sideways and forward; by a rough focal length."""
    focal = _ROUGH_FOCAL_PER_WIDTH * view.width_px
    matrix = np.array(
        [[focal, 0, (view.width_px - 1) / 2], [0, focal, (view.height_px - 1) / 2], [0, 0, 1]], np.float64
    )
    points = definition.corners_mm()[view.ids]
    _, rotation, _ = cv2.solvePnP(points, view.corners_px, matrix, None, flags=cv2.SOLVEPNP_IPPE)
    normal = np.asarray(cv2.Rodrigues(rotation)[0])[:, 2]
    depth = abs(float(normal[2]))
    return math.degrees(math.atan2(float(normal[0]), depth)), math.degrees(math.atan2(float(normal[1]), depth))


def _cells_of(view: BoardView) -> NDArray[np.bool_]:
    cells = np.zeros((_CELLS, _CELLS), np.bool_)
    size = np.array([view.width_px, view.height_px])
    columns, rows = np.clip((view.corners_px + 0.5) / size * _CELLS, 0, _CELLS - 1).astype(int).T
    cells[rows, columns] = True
    return cells


def _wishes(regions: NDArray[np.float64], sideways: int, forward: int, views: int) -> tuple[Wish, ...]:
    empty = sorted((float(share), index) for index, share in enumerate(regions.ravel()) if float(share) < _REGION_SHARE)
    wishes: list[Wish] = [_REGIONS[index // 3][index % 3] for _, index in empty]
    if sideways < _TILTED_VIEWS:
        wishes.append("tilt-sideways")
    if forward < _TILTED_VIEWS:
        wishes.append("tilt-forward")
    if not wishes and views < FEWEST_VIEWS:
        wishes.append("more-views")
    return tuple(wishes)
