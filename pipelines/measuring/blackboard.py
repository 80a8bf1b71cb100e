"""The blackboard or whiteboard in a picture of a classroom: its four corners."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.blackboard_edges import BlackboardOutline, fit_outline, is_clockwise_quadrilateral
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.long_lines import LongLines, long_lines

Points = NDArray[np.float64]

# The board is looked for in a picture of this width, and its edges are then fitted in the full one.
_SEARCH_WIDTH = 960
_MOST_LINES = 16
_MOST_QUADRILATERALS = 600
_STATIONS = 32
_SMALLEST_AREA = 0.015
_NARROWEST = 0.8
_WIDEST = 9.0
_INSIDE_PX = 3.0
_DEEPER_PX = 8.0
_OUTSIDE_PX = (2.5, 4.5)
# Where board, frame and wall are each brighter than the last, the edge that is found is the frame's outer one.
_FRAMES_PX = (0.0, 4.0, 8.0)
_SAME_COLOUR = 14.0
_STEP_LUMA = 5.0
_LEAST_SIDE = 0.3
_LEAST_SUPPORT = 0.5
# Of a wall's pale rectangles (a projector's screen, a whiteboard, the wall itself) and a dark one the dark one is it.
_PALE = 0.5
# Projectors' screens are 4:3 to 16:9, and most boards are longer.
_SCREEN_SHAPE = 2.0
_LIKE_A_SCREEN = 0.35
_DARKER = 15.0
_RUNS_ON = 0.7
_REFINE_WITHIN = 0.006
_APART = 0.04


@dataclass(frozen=True, slots=True)
class Blackboard:
    """A board and how sure it is: ``score`` 0..1 is for the order of candidates. ``is_dark``: not a whiteboard."""

    outline: BlackboardOutline
    is_dark: bool
    score: float


@dataclass(frozen=True, slots=True)
class _Candidates:
    """k quadrilaterals (k, 4, 2), clockwise from the upper left, and +1 where all around them is brighter, else -1."""

    corners: Points
    outwards: Points


def find_blackboard(picture: NDArray[np.uint8]) -> Blackboard:
    """The most likely board of ``find_boards``.

    Raises:
        Unmeasurable: ``no-board``: nothing in the picture looks like a board; the corners must be set by hand.
    """
    return find_boards(picture, most=1)[0]


def find_boards(picture: NDArray[np.uint8], most: int = 3) -> tuple[Blackboard, ...]:
    """Rectangles on a wall that may be the board, the most likely first; ``picture`` is (h, w, 3) BGR.

    Four long edges, two level and two plumb, which may be hidden in part; of one brightness step all around, with one
    colour, but for shading and writing, up to each of them. Large and dark ones come first.

    Raises:
        Unmeasurable: ``no-board``: nothing in the picture looks like a board.
    """
    scale = picture.shape[1] / _SEARCH_WIDTH
    small = np.asarray(cv2.resize(picture, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    candidates = _quadrilaterals(*long_lines(grey, _MOST_LINES), grey.shape[1], grey.shape[0])
    scores, is_dark, frames = _scores(small, grey, candidates)
    full = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    boards: list[Blackboard] = []
    for index in np.argsort(-scores):
        if scores[index] <= 0 or len(boards) == most:
            break
        rough = (_inset(candidates.corners[index], frames[index]) + 0.5) * scale - 0.5
        is_known = any(_is_near(rough, board.outline.corners_px, _APART * picture.shape[1]) for board in boards)
        if is_known or not is_clockwise_quadrilateral(rough):
            continue
        outline = fit_outline(full, rough, _REFINE_WITHIN * picture.shape[1])
        # A side that is no edge in the full picture was pieced together from something else.
        if not outline.sides_seen.all():
            continue
        boards.append(Blackboard(outline, bool(is_dark[index]), float(scores[index])))
    if not boards:
        raise Unmeasurable("no-board")
    return tuple(boards)


def _inset(corners: Points, by_px: Points) -> Points:
    """A quadrilateral (4, 2) whose sides, the first from the first corner to the second, are moved inwards."""
    along = np.roll(corners, -1, axis=0) - corners
    inwards = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    starts = corners + inwards * by_px[:, None]
    sides = np.cross(_with_one(starts), _with_one(starts + along))
    crossing = np.cross(np.roll(sides, 1, axis=0), sides)
    return np.asarray(crossing[:, :2] / crossing[:, 2:], np.float64)


def _is_near(first: Points, second: Points, distance: float) -> bool:
    return bool(np.linalg.norm(first - second, axis=1).max() < distance)


def _quadrilaterals(level: LongLines, plumb: LongLines, width: int, height: int) -> _Candidates:
    """All that two level and two plumb edges enclose and that may be a board by sign, size and shape."""
    nothing = _Candidates(np.zeros((0, 4, 2)), np.zeros(0))
    if len(level.sign) < 2 or len(plumb.sign) < 2:
        return nothing
    crossings = _crossings(level, plumb)
    tops, bottoms = np.nonzero(level.sign[:, None] == -level.sign[None, :])
    lefts, rights = np.nonzero(plumb.sign[:, None] == -plumb.sign[None, :])
    rows, columns = np.meshgrid(np.arange(len(tops)), np.arange(len(lefts)), indexing="ij")
    # Above a board that is darker than its surroundings the step is downwards in brightness, at its left too.
    same = level.sign[tops[rows]] == plumb.sign[lefts[columns]]
    top, bottom = tops[rows[same]], bottoms[rows[same]]
    left, right = lefts[columns[same]], rights[columns[same]]
    corners = np.stack(
        [crossings[top, left], crossings[top, right], crossings[bottom, right], crossings[bottom, left]], axis=1
    )
    sides = np.roll(corners, -1, axis=1) - corners
    following = np.roll(sides, -1, axis=1)
    turns = sides[..., 0] * following[..., 1] - sides[..., 1] * following[..., 0]
    lengths = np.linalg.norm(sides, axis=2)
    area = _areas(corners)
    shape = (lengths[:, 0] + lengths[:, 2]) / np.maximum(lengths[:, 1] + lengths[:, 3], 1e-6)
    margin = 0.01 * width
    inside = np.all((corners > -margin) & (corners < (width + margin, height + margin)), axis=(1, 2))
    fits = (
        np.all(turns > 0, axis=1)
        & inside
        & (sides[:, 0, 0] > 0)
        & (sides[:, 1, 1] > 0)
        & (area > _SMALLEST_AREA * width * height)
        & (shape > _NARROWEST)
        & (shape < _WIDEST)
    )
    seen = (
        _seen_share(level, top, corners[:, 0], corners[:, 1], 0)
        + _seen_share(plumb, right, corners[:, 1], corners[:, 2], 1)
        + _seen_share(level, bottom, corners[:, 3], corners[:, 2], 0)
        + _seen_share(plumb, left, corners[:, 0], corners[:, 3], 1)
    )
    share = np.where(fits, seen, -1.0)
    chosen = np.argsort(-share)[: min(_MOST_QUADRILATERALS, int(fits.sum()))]
    return _Candidates(corners[chosen], -level.sign[top[chosen]])


def _seen_share(lines: LongLines, which: NDArray[np.intp], start: Points, end: Points, axis: int) -> Points:
    """How much of each side was seen as part of its line, 0..1: the line's density where both overlap."""
    first, last = lines.start[which, axis], lines.end[which, axis]
    overlap = np.minimum(last, end[:, axis]) - np.maximum(first, start[:, axis])
    density = np.minimum(lines.seen_px[which] / (last - first), 1.0)
    length = np.maximum(end[:, axis] - start[:, axis], 1e-6)
    return np.asarray(np.clip(overlap / length, 0, 1) * density, np.float64)


def _crossings(level: LongLines, plumb: LongLines) -> Points:
    """Where each level line (n) crosses each plumb one (m): (n, m, 2)."""
    first, second = _homogeneous(level), _homogeneous(plumb)
    crossing = np.cross(first[:, None, :], second[None, :, :])
    return np.asarray(crossing[..., :2] / crossing[..., 2:], np.float64)


def _homogeneous(lines: LongLines) -> Points:
    return np.cross(_with_one(lines.start), _with_one(lines.end))


def _with_one(points: Points) -> Points:
    return np.hstack([points, np.ones((len(points), 1))])


def _areas(corners: Points) -> Points:
    x, y = corners[..., 0], corners[..., 1]
    return np.asarray(0.5 * np.abs(np.sum(x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1), axis=1)), np.float64)


def _scores(
    small: NDArray[np.uint8], grey: NDArray[np.uint8], candidates: _Candidates
) -> tuple[Points, NDArray[np.bool_], Points]:
    """0..1 for each candidate, 0 for no board; whether it is darker than its surroundings; its frame's width (k, 4)."""
    corners = candidates.corners
    if not len(corners):
        return np.zeros(0), np.zeros(0, np.bool_), np.zeros((0, 4))
    colour = np.asarray(cv2.cvtColor(cv2.medianBlur(small, 5), cv2.COLOR_BGR2LAB), np.float32)
    support, runs_on, frames = _side_support(colour, np.asarray(grey, np.float32), candidates)
    evenness, inner_luma = _evenness(colour, corners)
    is_dark = inner_luma < _luma_around(colour, corners) - _DARKER
    together = np.exp(np.mean(np.log(np.maximum(support, 1e-3)), axis=1))
    lengths = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    shape = (lengths[:, 0] + lengths[:, 2]) / (lengths[:, 1] + lengths[:, 3])
    pale = _PALE * np.where(shape < _SCREEN_SHAPE, _LIKE_A_SCREEN, 1.0)
    size = np.sqrt(_areas(corners) / (grey.shape[0] * grey.shape[1]))
    scores = (
        together**3 * support.min(axis=1) * evenness * (1 - _RUNS_ON * runs_on) * size * np.where(is_dark, 1.0, pale)
    )
    scores[(support.min(axis=1) < _LEAST_SIDE) | (together < _LEAST_SUPPORT)] = 0.0
    return scores, is_dark, frames


def _side_support(
    colour: NDArray[np.float32], grey: NDArray[np.float32], candidates: _Candidates
) -> tuple[Points, Points, Points]:
    """The share of each side (k, 4) that has the board's colour up to it and a step of the right sign beyond it.

    And the share (k,) of what continues the sides beyond the corners that has such a step: a board's edges end there,
    those of floor and ceiling do not. And how wide a frame (k, 4) lies between the board's colour and the edge.
    """
    starts = candidates.corners
    along = np.roll(starts, -1, axis=1) - starts
    outwards = np.stack([along[..., 1], -along[..., 0]], axis=-1)
    outwards /= np.linalg.norm(outwards, axis=-1, keepdims=True)
    on_side = np.linspace(0.03, 0.97, _STATIONS)
    places = np.concatenate([on_side, np.linspace(-0.15, -0.04, 6), np.linspace(1.04, 1.15, 6)])[:, None]
    edge = starts[:, :, None] + places * along[:, :, None]
    beyond = outwards[:, :, None]
    sign = candidates.outwards[:, None, None]
    lit = [sign * _sample(grey, edge + distance * beyond) for distance in _OUTSIDE_PX]
    outside = np.maximum(*lit)
    steps = outside - sign * _sample(grey, edge - _INSIDE_PX * beyond) > _STEP_LUMA
    supports = []
    for frame in _FRAMES_PX:
        within = edge[:, :, :_STATIONS] - (frame + _INSIDE_PX) * beyond
        deeper = _sample(colour, within - _DEEPER_PX * beyond)
        same = np.abs(_sample(colour, within) - deeper).sum(axis=-1) < _SAME_COLOUR
        step = outside[..., :_STATIONS] - sign * _sample(grey, within) > _STEP_LUMA
        supports.append((same & step).mean(axis=2))
    # No frame where that explains the side about as well.
    best = np.argmax(np.stack(supports, axis=-1) - 0.05 * (np.array(_FRAMES_PX) > 0), axis=-1)
    support = np.take_along_axis(np.stack(supports, axis=-1), best[..., None], axis=-1)[..., 0]
    runs_on = steps[..., _STATIONS:].mean(axis=(1, 2))
    return np.asarray(support, np.float64), np.asarray(runs_on, np.float64), np.array(_FRAMES_PX)[best]


def _evenness(colour: NDArray[np.float32], corners: Points) -> tuple[Points, Points]:
    """The share of neighbouring points of the inside that have one colour, and its median luma."""
    across, down = np.linspace(0.06, 0.94, 17), np.linspace(0.08, 0.92, 9)
    upper_left, upper_right, lower_right, lower_left = (corners[:, index, None, None] for index in range(4))
    u, v = across[None, None, :, None], down[None, :, None, None]
    points = (upper_left * (1 - u) + upper_right * u) * (1 - v) + (lower_left * (1 - u) + lower_right * u) * v
    inside = _sample(colour, points)
    level = np.abs(np.diff(inside, axis=2)).sum(axis=-1) < _SAME_COLOUR
    plumb = np.abs(np.diff(inside, axis=1)).sum(axis=-1) < _SAME_COLOUR
    share = (level.mean(axis=(1, 2)) + plumb.mean(axis=(1, 2))) / 2
    return np.asarray(share, np.float64), np.asarray(np.median(inside[..., 0], axis=(1, 2)), np.float64)


def _luma_around(colour: NDArray[np.float32], corners: Points) -> Points:
    """The median luma of a ring around each quadrilateral, a tenth of its size away."""
    centre = corners.mean(axis=1, keepdims=True)
    ring = centre + 1.2 * (corners - centre)
    places = np.linspace(0, 1, 12)[:, None]
    points = ring[:, :, None] + places * (np.roll(ring, -1, axis=1) - ring)[:, :, None]
    return np.asarray(np.median(_sample(colour, points)[..., 0], axis=(1, 2)), np.float64)


def _sample(values: NDArray[np.float32], points: Points) -> NDArray[np.float32]:
    """The nearest pixel's value at points (..., 2); remap takes at most 32,767 rows of them."""
    rows = points.reshape(-1, points.shape[-2], 2).astype(np.float32)
    sampled = cv2.remap(values, rows[..., 0], rows[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled, np.float32).reshape(points.shape[:-1] + values.shape[2:])
