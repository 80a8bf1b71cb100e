"""Whether a camera sees all seats, and how many pixels a face has in the last row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.lens_models import Lens

Points = NDArray[np.float64]
DensityLevel = Literal["too-few", "monitor", "detect", "observe", "recognise", "identify", "inspect"]

FACE_M = 0.16
# EN 62676-4:2015, Video surveillance systems for use in security applications: Application guidelines, which states
# them as 80, 40, 16, 8, 4 and 1 mm a pixel.
LEAST_PX_PER_M: tuple[tuple[float, DensityLevel], ...] = (
    (1000.0, "inspect"),
    (250.0, "identify"),
    (125.0, "recognise"),
    (62.5, "observe"),
    (25.0, "detect"),
    (12.5, "monitor"),
)
_FEWEST_MARKS = 4
_NUDGE_PX = 0.5


@dataclass(frozen=True, slots=True)
class SeatBlock:
    """A block of seats: ``rows`` from the front, ``columns`` from the picture's left, and their distances in metres."""

    rows: int
    columns: int
    row_pitch_m: float
    column_pitch_m: float

    def places_m(self) -> Points:
        """The seats' heads (rows * columns, 3), row by row, on the plane z = 0: x along a row, y towards the back."""
        rows, columns = np.mgrid[: self.rows, : self.columns]
        return np.stack(
            [columns.ravel() * self.column_pitch_m, rows.ravel() * self.row_pitch_m, np.zeros(rows.size)], axis=1
        )


@dataclass(frozen=True, slots=True)
class SeatMark:
    """A head, or the place where one will be, that somebody touched in the picture: row and column count from 0."""

    row: int
    column: int
    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class SeatCoverage:
    """``heads_px`` (rows, columns, 2), also outside the picture; ``inside`` (rows, columns): a whole face is in it.

    ``density_px_per_m`` and ``face_px``: how finely the last row is seen, and how wide a face of 16 cm is there, at the
    seat where it is least; ``level`` is the class of EN 62676-4 that the lower end of the density's interval reaches.
    """

    heads_px: Points
    inside: NDArray[np.bool_]
    share: float
    density_px_per_m: Estimate
    face_px: Estimate
    level: DensityLevel


def measure_seat_coverage(
    block: SeatBlock,
    marks: Sequence[SeatMark],
    width_px: int,
    height_px: int,
    *,
    lens: Lens | None = None,
    mark_error_px: float = 8.0,
) -> SeatCoverage:
    """Where all seats are, from four or more of them that are visible; ``mark_error_px``: of a touch, 95 %.

    With ``lens`` the block's pose is found, and a face is 16 cm wide as seen from the camera. Without one the seats'
    distance along the row is the measure: where the camera looks along the rows, that gives too few pixels.

    Raises:
        Unmeasurable: ``too-few-seats``: fewer than four marks, or all in one row or column.
        ValueError: a mark that is not of this block.
    """
    if any(not (0 <= mark.row < block.rows and 0 <= mark.column < block.columns) for mark in marks):
        raise ValueError("a mark outside the block of seats")
    if len({(mark.row, mark.column) for mark in marks}) < _FEWEST_MARKS or _are_in_line(marks):
        raise Unmeasurable("too-few-seats")
    places = block.places_m()
    marked = places[[mark.row * block.columns + mark.column for mark in marks]]
    touched = np.array([[mark.x_px, mark.y_px] for mark in marks], np.float64)
    heads, faces = _seen(places, marked, touched, lens)
    last_row = slice(-block.columns, None)
    if not np.all(np.isfinite(faces[last_row])):
        raise Unmeasurable("too-few-seats")
    slopes = np.zeros(touched.size)
    for index in range(touched.size):
        nudge = np.zeros(touched.size)
        nudge[index] = _NUDGE_PX
        nudged = (
            _seen(places, marked, touched + sign * nudge.reshape(-1, 2), lens)[1][last_row].min() for sign in (1, -1)
        )
        slopes[index] = (next(nudged) - next(nudged)) / (2 * _NUDGE_PX)
    face = Estimate(float(faces[last_row].min()), mark_error_px * float(np.linalg.norm(slopes)))
    density = Estimate(face.value / FACE_M, face.half_width / FACE_M)
    margin = np.where(np.isfinite(faces), faces, np.inf)[:, None] / 2
    inside = np.all((heads - margin >= -0.5) & (heads + margin <= (width_px - 0.5, height_px - 0.5)), axis=1)
    return SeatCoverage(
        heads_px=heads.reshape(block.rows, block.columns, 2),
        inside=inside.reshape(block.rows, block.columns),
        share=float(inside.mean()),
        density_px_per_m=density,
        face_px=face,
        level=density_level(density.low),
    )


def density_level(px_per_m: float) -> DensityLevel:
    """The highest class of EN 62676-4 whose least pixel density is reached."""
    return next((level for least, level in LEAST_PX_PER_M if px_per_m >= least), "too-few")


def _are_in_line(marks: Sequence[SeatMark]) -> bool:
    seats = np.array([[mark.row, mark.column, 1] for mark in marks], np.float64)
    # Four points of which no three are on a line determine a homography; three on a line and one beside do not.
    without_one = (np.delete(seats, index, axis=0) for index in range(len(seats)))
    return any(np.linalg.matrix_rank(rest) < 3 for rest in without_one)


def _seen(places: Points, marked: Points, touched: Points, lens: Lens | None) -> tuple[Points, Points]:
    """Where each head is seen (n, 2), and how wide a face is there (n,); infinite what is behind the camera."""
    if lens is None:
        return _by_homography(places, marked, touched)
    rotation, translation = lens.pose(marked, touched)
    in_camera = places @ np.asarray(cv2.Rodrigues(rotation)[0]).T + translation
    heads, widths = np.full((len(places), 2), np.inf), np.full(len(places), np.inf)
    ahead = in_camera[:, 2] > 0.1
    centres = in_camera[ahead]
    # A face is turned to the camera: its width is at right angles to the ray, and level in the picture.
    across = np.stack([centres[:, 2], np.zeros(len(centres)), -centres[:, 0]], axis=1)
    across *= FACE_M / 2 / np.linalg.norm(across, axis=1, keepdims=True)
    nowhere = np.zeros(3)
    left, right = (lens.pixels(centres + sign * across, nowhere, nowhere) for sign in (-1, 1))
    heads[ahead] = lens.pixels(centres, nowhere, nowhere)
    widths[ahead] = np.linalg.norm(right - left, axis=1)
    return heads, widths


def _by_homography(places: Points, marked: Points, touched: Points) -> tuple[Points, Points]:
    matrix, _ = cv2.findHomography(marked[:, :2], touched)
    if matrix is None:
        raise Unmeasurable("too-few-seats")
    homography = np.asarray(matrix, np.float64)
    side = np.sign((np.column_stack([marked[:, :2], np.ones(len(marked))]) @ homography[2]).mean())
    ends = []
    for shift in (0.0, -FACE_M / 2, FACE_M / 2):
        mapped = np.column_stack([places[:, 0] + shift, places[:, 1], np.ones(len(places))]) @ homography.T
        depth = np.where(mapped[:, 2] * side > 0, mapped[:, 2], np.nan)
        ends.append(mapped[:, :2] / depth[:, None])
    heads, left, right = ends
    widths = np.linalg.norm(right - left, axis=1)
    return np.nan_to_num(heads, nan=np.inf), np.nan_to_num(widths, nan=np.inf)
