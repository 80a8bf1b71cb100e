"""The tilt of a camera about its own axis, from the vertical and horizontal edges of the room, in perspective."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from pipelines.measuring.estimate import Estimate, Unmeasurable

# A line counts from this part of the picture's height on.
MIN_LENGTH = 0.06
MIN_LINES = 4
LARGEST_TILT_DEG = 20.0

_DETECTION_HEIGHT = 540
_END_ERROR_PX = 0.5
# Door frames, blackboards and lenses are true to about this.
_BUILDING_ERROR_RAD = math.radians(0.3)
_LARGEST_HALF_WIDTH_DEG = 5.0
_MOST_LINES = 150
# Parallel lines nearer than this part of the width share their error.
_SAME_THING = 0.1
_PARALLEL_RAD = math.radians(4.0)
_AGREEING = 3.0
# Of lines in all directions about a seventh agree with some room.
_AGREEING_SHARE = 0.3
# Before anything is measured: a camera's pitch and yaw towards the walls, and its lens (65 degrees across).
_ANGLE_PRIOR_RAD = math.radians(20.0)
_USUAL_FOCAL_WIDTHS = 0.5 / math.tan(math.radians(65.0) / 2.0)
_FOCAL_PRIOR = 0.35
# The coarse search; beyond 45 degrees of yaw the side walls take the front wall's part.
_ROLLS_RAD = np.radians(np.arange(-LARGEST_TILT_DEG, LARGEST_TILT_DEG + 0.1, 0.75))
_PITCHES_RAD = np.radians(np.arange(-15.0, 31.0, 2.5))
_YAWS_RAD = np.radians(np.arange(-44.0, 45.0, 3.0))
_FOCAL_STEPS = np.array([-0.35, 0.0, 0.35])
_KEPT_PER_ROLL, _STARTS = 3, 8
# Lines further off than this many errors count as those of other things.
_SCALE = 3.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """The picture's tilt, positive where it is turned clockwise: a level line falls to the right.

    The camera is then to be turned clockwise, seen from behind it, by as much. ``pitch_deg`` is positive where it
    looks down. ``verticals`` and ``horizontals`` are the lines that agree with the room that was found.
    """

    tilt_deg: Estimate
    pitch_deg: Estimate
    verticals: int
    horizontals: int


@dataclass(frozen=True, slots=True)
class _Lines:
    """Middles (n, 2) in px from the picture's centre, directions (n, 2), their errors in rad, which are upright.

    ``share`` is what a line counts beside others that may belong to the same thing.
    """

    middles: NDArray[np.float64]
    directions: NDArray[np.float64]
    errors: NDArray[np.float64]
    share: NDArray[np.float64]
    is_upright: NDArray[np.bool_]


def horizon(luma: NDArray[np.uint8], focal_px: float | None = None) -> Horizon:
    """The tilt of a luma picture (height, width), with the lens's focal length in pixels where that is known.

    Upright lines of a room meet in one vanishing point when the camera looks up or down, level lines of its front wall
    in another when it looks sideways; both are functions of the camera's roll, pitch, yaw and focal length, which are
    fitted to all lines together, with a loss that lets the edges of persons and furniture count little. Lines are by
    LSD (R. Grompone von Gioi et al., LSD: a line segment detector, 2012).

    Raises:
        Unmeasurable: ``no-lines``: too few long ones, or such that contradict one another.
    """
    lines = _room_lines(luma)
    width = luma.shape[1]
    focal = focal_px if focal_px is not None else _USUAL_FOCAL_WIDTHS * width
    focal_prior = 0.02 if focal_px is not None else _FOCAL_PRIOR
    if len(lines.errors) < MIN_LINES:
        raise Unmeasurable("no-lines")

    prior_errors = np.array([math.radians(LARGEST_TILT_DEG), _ANGLE_PRIOR_RAD, _ANGLE_PRIOR_RAD, focal_prior])

    def cost(camera: NDArray[np.float64]) -> NDArray[np.float64]:
        # The loss is of the lines alone: what was known before keeps its full weight.
        return np.concatenate([np.sqrt(_losses(camera, lines, focal)), camera / prior_errors])

    starts = _starts(lines, focal, prior_errors)
    best = min((least_squares(cost, start) for start in starts), key=lambda solution: float(solution.cost))
    camera = np.asarray(best.x, np.float64)
    agrees = np.abs(_residuals(camera, lines, focal)) < _AGREEING
    half_widths = 1.96 * np.degrees(_errors(lines, focal, camera, prior_errors))
    tilt_deg, pitch_deg = float(np.degrees(camera[0])), float(np.degrees(camera[1]))
    verticals, horizontals = int((agrees & lines.is_upright).sum()), int((agrees & ~lines.is_upright).sum())
    is_room = verticals + horizontals >= max(MIN_LINES, _AGREEING_SHARE * len(agrees))
    if not is_room or half_widths[0] > _LARGEST_HALF_WIDTH_DEG or abs(tilt_deg) > LARGEST_TILT_DEG:
        raise Unmeasurable("no-lines")
    return Horizon(
        Estimate(tilt_deg, float(half_widths[0])), Estimate(pitch_deg, float(half_widths[1])), verticals, horizontals
    )


def _room_lines(luma: NDArray[np.uint8]) -> _Lines:
    """The long lines of the picture that are near-vertical or near-horizontal."""
    height, width = luma.shape
    scale = max(1.0, height / _DETECTION_HEIGHT)
    size = (round(width / scale), round(height / scale))
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(small)[0]
    if found is None:
        raise Unmeasurable("no-lines")
    ends = (np.asarray(found, np.float64).reshape(-1, 2, 2) + 0.5) * scale - np.array([width, height]) / 2.0
    along = ends[:, 1] - ends[:, 0]
    lengths = np.linalg.norm(along, axis=1)
    largest = math.tan(math.radians(LARGEST_TILT_DEG + 10.0))
    across = np.abs(along)
    near_axis = across.min(axis=1) < largest * across.max(axis=1)
    chosen = np.flatnonzero(near_axis & (lengths >= MIN_LENGTH * height))
    chosen = chosen[np.argsort(-lengths[chosen])][:_MOST_LINES]
    middles, directions = ends[chosen].mean(axis=1), along[chosen] / lengths[chosen, None]
    errors = np.hypot(_END_ERROR_PX * scale * math.sqrt(2.0) / lengths[chosen], _BUILDING_ERROR_RAD)
    return _Lines(
        middles=middles,
        directions=directions,
        errors=errors,
        share=1.0 / np.sqrt(_crowd(middles, directions, _SAME_THING * width)),
        is_upright=across[chosen, 1] > across[chosen, 0],
    )


def _crowd(middles: NDArray[np.float64], directions: NDArray[np.float64], reach_px: float) -> NDArray[np.float64]:
    """How many lines, itself included, may be of the same thing as each one, such as a striped shirt or a frame."""
    near = np.linalg.norm(middles[:, None] - middles[None], axis=2) < reach_px
    parallel = np.abs(directions @ directions.T) > math.cos(_PARALLEL_RAD)
    return np.asarray((near & parallel).sum(axis=1), np.float64)


def _starts(lines: _Lines, focal: float, prior_errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The best cameras (n, 4) of a coarse search: the loss has many minima, since any few lines agree with some room.

    Upright lines say which pitch and focal length go with each roll; with these the yaw is looked for.
    """
    grid = np.stack(np.meshgrid(_ROLLS_RAD, _PITCHES_RAD, 0.0, _FOCAL_STEPS, indexing="ij"), axis=-1)
    grid = grid.reshape(len(_ROLLS_RAD), -1, 4)
    prior = ((grid / prior_errors) ** 2).sum(axis=-1)
    upright = (_losses(grid, lines, focal) * lines.is_upright).sum(axis=-1) + prior
    kept = np.take_along_axis(grid, np.argsort(upright, axis=1)[:, :_KEPT_PER_ROLL, None], axis=1).reshape(-1, 1, 4)
    cameras = np.repeat(kept, len(_YAWS_RAD), axis=1)
    cameras[:, :, 2] = _YAWS_RAD
    cameras = cameras.reshape(len(_ROLLS_RAD), -1, 4)
    total = _losses(cameras, lines, focal).sum(axis=-1) + ((cameras / prior_errors) ** 2).sum(axis=-1)
    # One of each roll: else all would lie in the same minimum.
    best = np.take_along_axis(cameras, total.argmin(axis=1)[:, None, None], axis=1)[:, 0]
    return np.asarray(best[np.argsort(total.min(axis=1))[:_STARTS]], np.float64)


def _losses(camera: NDArray[np.float64], lines: _Lines, focal: float) -> NDArray[np.float64]:
    """Geman and McClure's loss of each line, for cameras (…, 4): (…, n). It grows no more for lines of other things."""
    square = (_residuals(camera, lines, focal) / _SCALE) ** 2
    return np.asarray(_SCALE**2 * lines.share * square / (1.0 + square), np.float64)


def _residuals(camera: NDArray[np.float64], lines: _Lines, usual_focal_px: float) -> NDArray[np.float64]:
    """How far each line's direction is from that to its vanishing point, in units of its error: (…, n).

    ``camera`` (…, 4) is roll, pitch and yaw in rad, and the logarithm of the focal length against the usual one.
    """
    roll = camera[..., 0]
    sine_pitch, sine_yaw = np.sin(camera[..., 1]), np.sin(camera[..., 2])
    cosine_pitch, cosine_yaw = np.cos(camera[..., 1]), np.cos(camera[..., 2])
    focal = usual_focal_px * np.exp(np.clip(camera[..., 3], -2.0, 2.0))
    # Level lines run along the front wall or along the side walls.
    upright = _rolled(roll, np.zeros_like(roll), cosine_pitch, sine_pitch)
    across = _rolled(roll, cosine_yaw, -sine_pitch * sine_yaw, cosine_pitch * sine_yaw)
    ahead = _rolled(roll, -sine_yaw, -sine_pitch * cosine_yaw, cosine_pitch * cosine_yaw)
    found = np.empty((*roll.shape, len(lines.errors)))
    found[..., lines.is_upright] = _off(lines, lines.is_upright, focal, upright)
    is_level = ~lines.is_upright
    to_across, to_ahead = _off(lines, is_level, focal, across), _off(lines, is_level, focal, ahead)
    found[..., is_level] = np.where(np.abs(to_across) < np.abs(to_ahead), to_across, to_ahead)
    return found


def _off(
    lines: _Lines, chosen: NDArray[np.bool_], focal: NDArray[np.float64], direction: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far lines are from pointing to the vanishing point of a direction (…, 3), in units of their error."""
    middles, along = lines.middles[chosen], lines.directions[chosen]
    x = (focal * direction[..., 0])[..., None] - direction[..., 2, None] * middles[:, 0]
    y = (focal * direction[..., 1])[..., None] - direction[..., 2, None] * middles[:, 1]
    sine = (x * along[:, 1] - y * along[:, 0]) / np.maximum(np.hypot(x, y), 1e-9)
    return np.asarray(sine / lines.errors[chosen], np.float64)


def _rolled(
    roll: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.stack([np.cos(roll) * x - np.sin(roll) * y, np.sin(roll) * x + np.cos(roll) * y, z], axis=-1)


def _errors(
    lines: _Lines, focal: float, camera: NDArray[np.float64], prior_errors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Standard errors of the camera's parameters, by the lines that agree with it and what was known before."""
    residual = _residuals(camera, lines, focal)
    agrees = np.abs(residual) < _AGREEING
    step = 1e-4
    jacobian = np.stack(
        [
            (_residuals(camera + shift, lines, focal) - _residuals(camera - shift, lines, focal))[agrees] / (2.0 * step)
            for shift in step * np.eye(4)
        ],
        axis=1,
    )
    excess = max(1.0, float(residual[agrees] @ residual[agrees]) / max(int(agrees.sum()) - 4, 1))
    information = (jacobian.T * lines.share[agrees]) @ jacobian / excess + np.diag(prior_errors**-2.0)
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(information))), np.float64)
