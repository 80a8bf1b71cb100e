"""The outline of a board on a wall, to a fraction of a pixel, from rough corners: each side is fitted to its edge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Unmeasurable

Points = NDArray[np.float64]

_STATIONS = 96
# Each profile across a side is the mean of five, along two pixels of it: chalk and noise are less, the edge is not.
_ALONG_PX = (-2.0, -1.0, 0.0, 1.0, 2.0)
_STEP_PX = 0.5
_LEAST_SLOPE = 1.5
_SEEN = 0.25
# Of two parallel edges, those of a frame, the inner one is the board's: if it is seen about as well as the best.
_AS_GOOD = 0.5
_VOTE_PX = 1.0
_INLIER_PX = 1.5
_FIT_ROUNDS = 4
_ENDS = 0.15
# What the blur of an edge and of its frame moves all of it by, which no scatter tells.
_SYSTEMATIC_PX = 0.05


@dataclass(frozen=True, slots=True)
class BlackboardOutline:
    """``corners_px`` (4, 2): upper left, upper right, lower right, lower left of the writing surface, inside its frame.

    ``sides_seen`` (4,): the share of the top, right, bottom and left side along which an edge was found; what a person
    hides is not. ``error_px``: 95 % of the least certain corner, from the scatter of the edges about their fits.
    """

    corners_px: Points
    sides_seen: Points
    error_px: float


@dataclass(frozen=True, slots=True)
class _Side:
    """An edge as offsets outwards of the rough side, a polynomial of the place along it (0..1), lowest power first."""

    start: Points
    along: Points
    outwards: Points
    offsets: Points
    covariance: Points
    seen: float

    def at(self, place: float) -> Points:
        """The point at ``place``."""
        offset = float(np.polynomial.polynomial.polyval(place, self.offsets))
        return np.asarray(self.start + self.along * place + self.outwards * offset, np.float64)

    def tangent(self, place: float) -> Points:
        """The direction at ``place``, not normalised."""
        slope = float(np.polynomial.polynomial.polyval(place, np.polynomial.polynomial.polyder(self.offsets)))
        return np.asarray(self.along + self.outwards * slope, np.float64)

    def variance(self, place: float) -> float:
        """Of the offset at ``place``, in px²."""
        powers = place ** np.arange(len(self.offsets))
        return float(powers @ self.covariance @ powers) + _SYSTEMATIC_PX**2


def refine_outline(picture: NDArray[np.uint8], rough_px: Points, within_px: float | None = None) -> BlackboardOutline:
    """Move rough corners (4, 2) to the board's edges; ``picture`` is (h, w) grey or (h, w, 3) BGR.

    The edges are looked for within ``within_px`` of the rough sides, by default 1.2 % of the picture's width. A side
    that follows a slight curve, as lens distortion leaves it, is fitted as such. A side of which less than a quarter is
    seen stays where it was.

    Raises:
        Unmeasurable: ``no-edges``: none of the four sides was seen.
        ValueError: the corners are not a convex quadrilateral, clockwise as seen from the upper left.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8) if picture.ndim == 3 else picture
    rough = np.asarray(rough_px, np.float64).reshape(4, 2)
    if not is_clockwise_quadrilateral(rough):
        raise ValueError("the corners are not a convex quadrilateral in clockwise order")
    reach = 0.012 * grey.shape[1] if within_px is None else within_px
    outline = fit_outline(grey, rough, reach)
    if not outline.sides_seen.any():
        raise Unmeasurable("no-edges")
    return outline


def fit_outline(grey: NDArray[np.uint8], rough: Points, within_px: float) -> BlackboardOutline:
    """``refine_outline`` of a clockwise quadrilateral, whether or not any of its sides is seen in ``grey`` (h, w)."""
    sides = [_fit_side(grey, rough[index], rough[(index + 1) % 4], within_px) for index in range(4)]
    corners, errors = zip(*(_corner(sides[index - 1], sides[index]) for index in range(4)), strict=True)
    return BlackboardOutline(np.array(corners), np.array([side.seen for side in sides]), max(errors))


def is_clockwise_quadrilateral(corners_px: Points) -> bool:
    """Whether (4, 2) points turn clockwise, as a picture is seen, at each corner."""
    sides = np.roll(corners_px, -1, axis=0) - corners_px
    following = np.roll(sides, -1, axis=0)
    return bool(np.all(sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0] > 0))


def _fit_side(grey: NDArray[np.uint8], start: Points, end: Points, reach: float) -> _Side:
    along = end - start
    length = float(np.linalg.norm(along))
    unit = along / length
    outwards = np.array([unit[1], -unit[0]])
    places = np.linspace(0.01, 0.99, min(_STATIONS, max(8, int(length / 3))))
    stations, offsets, signs = _edge_points(grey, start, along, outwards, places, reach)
    line = _best_line(stations, offsets, signs, reach)
    unseen = _Side(start, along, outwards, np.zeros(2), np.diag([(reach / 2) ** 2, 0.0]), 0.0)
    if line is None:
        return unseen
    sign, first, last = line
    of_sign = signs == sign
    stations, offsets = stations[of_sign], offsets[of_sign]
    near = np.abs(offsets - first - (last - first) * stations) < 2 * _INLIER_PX
    seen = len(np.unique(stations[near])) / len(places)
    if seen < _SEEN:
        return unseen
    coefficients, covariance = _fit(stations[near], offsets[near])
    return _Side(start, along, outwards, coefficients, covariance, seen)


def _edge_points(
    grey: NDArray[np.uint8], start: Points, along: Points, outwards: Points, places: Points, reach: float
) -> tuple[Points, Points, Points]:
    """Where brightness changes across the side: place along it, offset outwards in px, +1 where it rises outwards."""
    unit = along / np.linalg.norm(along)
    offsets = np.arange(-reach - 3, reach + 3 + _STEP_PX, _STEP_PX)
    centres = start + places[:, None] * along
    beside = np.array(_ALONG_PX)[:, None] * unit
    points = centres[:, None, None] + beside[None, :, None] + offsets[None, None, :, None] * outwards
    flat = points.reshape(-1, len(offsets), 2).astype(np.float32)
    sampled = cv2.remap(grey, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profiles = np.asarray(sampled, np.float32).reshape(len(places), len(_ALONG_PX), len(offsets)).mean(axis=1)
    smooth = np.asarray(cv2.GaussianBlur(profiles, (9, 1), 0.8 / _STEP_PX), np.float64)
    slopes = np.gradient(smooth, _STEP_PX, axis=1)
    strength = np.abs(slopes)
    noise = float(np.median(strength)) * 1.4826
    middle = strength[:, 1:-1]
    is_peak = (middle >= strength[:, :-2]) & (middle > strength[:, 2:]) & (middle > max(_LEAST_SLOPE, 3 * noise))
    rows, columns = np.nonzero(is_peak)
    before, here, after = (strength[rows, columns + shift] for shift in (0, 1, 2))
    vertex = 0.5 * (before - after) / (before - 2 * here + after)
    return places[rows], offsets[columns + 1] + vertex * _STEP_PX, np.sign(slopes[rows, columns + 1])


def _best_line(stations: Points, offsets: Points, signs: Points, reach: float) -> tuple[float, float, float] | None:
    """Sign of the edge and its offsets at both ends: of the lines that most points lie on, the innermost."""
    ends = np.arange(-reach, reach + 1.0)
    found: list[tuple[int, float, float, float]] = []
    for sign in (1.0, -1.0):
        place, offset = stations[signs == sign], offsets[signs == sign]
        if not len(place):
            continue
        # For one offset at the start each point names the offsets at the end that a line through it may have.
        for first in ends:
            low = first + (offset - _VOTE_PX - first) / place
            high = first + (offset + _VOTE_PX - first) / place
            counts = np.zeros(len(ends) + 1, np.int64)
            np.add.at(counts, np.clip(np.ceil(low - ends[0]), 0, len(ends)).astype(int), 1)
            np.add.at(counts, np.clip(np.floor(high - ends[0]) + 1, 0, len(ends)).astype(int), -1)
            votes = np.cumsum(counts[:-1])
            most = int(votes.max())
            found.extend((most, sign, float(first), float(ends[last])) for last in np.flatnonzero(votes == most))
    if not found:
        return None
    best = max(votes for votes, *_ in found)
    _, sign, first, last = min(
        (line for line in found if line[0] >= _AS_GOOD * best), key=lambda line: (line[2] + line[3], -line[0])
    )
    # The innermost hypothesis lies at the rim of its edge's points; the middle of those is the edge.
    near = [line for line in found if line[1] == sign and abs(line[2] - first) < 3 and abs(line[3] - last) < 3]
    _, sign, first, last = max(near)
    return sign, first, last


def _fit(places: Points, offsets: Points) -> tuple[Points, Points]:
    """Coefficients of a line, or of a parabola where both ends are seen and it fits better, and their covariance."""
    line = _robust_fit(places, offsets, 1)
    both_ends = np.any(places < _ENDS) and np.any(places > 1 - _ENDS)
    if not both_ends or len(places) < 24:
        return line[:2]
    curve = _robust_fit(places, offsets, 2)
    # Bayes's information criterion: one parameter more for a smaller scatter.
    gain = len(places) * np.log(line[2] / curve[2]) if curve[2] > 0 else 0.0
    return curve[:2] if gain > np.log(len(places)) else line[:2]


def _robust_fit(places: Points, offsets: Points, degree: int) -> tuple[Points, Points, float]:
    """Least squares with Tukey's weights: coefficients, their covariance, and the mean squared residual."""
    powers = np.vander(places, degree + 1, increasing=True)
    weights = np.ones(len(places))
    coefficients: Points = np.zeros(degree + 1)
    residuals = offsets
    for _ in range(_FIT_ROUNDS):
        roots = np.sqrt(weights)
        coefficients = np.asarray(np.linalg.lstsq(powers * roots[:, None], offsets * roots, rcond=None)[0], np.float64)
        residuals = offsets - powers @ coefficients
        scale = max(1.4826 * float(np.median(np.abs(residuals))), 0.05)
        weights = np.clip(1 - (residuals / (4.685 * scale)) ** 2, 0, None) ** 2
    squares = float(np.sum(weights * residuals**2) / np.sum(weights))
    covariance = squares * np.linalg.pinv(powers.T @ (powers * weights[:, None]))
    return coefficients, np.asarray(covariance, np.float64), squares


def _corner(before: _Side, after: _Side) -> tuple[Points, float]:
    """Where two sides meet, and how far from there, 95 %, the corner may be."""
    end, begin = 1.0, 0.0
    for _ in range(3):
        first, second = before.at(end), after.at(begin)
        directions = np.stack([before.tangent(end), -after.tangent(begin)], axis=1)
        steps = np.linalg.solve(directions, second - first)
        end, begin = end + float(steps[0]), begin + float(steps[1])
    first, second = (side / np.linalg.norm(side) for side in (before.tangent(end), after.tangent(begin)))
    sine = abs(float(first[0] * second[1] - first[1] * second[0]))
    deviation = np.sqrt(before.variance(end) + after.variance(begin)) / sine
    return before.at(end), float(1.96 * deviation)
