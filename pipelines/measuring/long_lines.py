"""Long straight edges of a picture: segments on one line joined, however much in front of them hides parts."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_SHORTEST_SEGMENT = 0.02
_JOIN_PX = 2.5
_STEEPEST_LEVEL_DEG = 40.0
_LEANING_PLUMB_DEG = 30.0
_BESIDE_PX = 2.5


@dataclass(frozen=True, slots=True)
class LongLines:
    """n edges as ``start`` and ``end`` (n, 2), from left to right or from the top down.

    ``sign`` (n,): +1 where the picture is brighter below the edge, or to the right of it. ``seen_px`` (n,): how much of
    it was seen, in sum.
    """

    start: Points
    end: Points
    sign: Points
    seen_px: Points


def long_lines(grey: NDArray[np.uint8], most: int) -> tuple[LongLines, LongLines]:
    """The level and the plumb edges of ``grey`` (h, w), at most ``most`` of each, the longest first.

    Source: Grompone von Gioi et al., LSD: a line segment detector, Image Processing On Line 2 (2012).
    """
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    segments = np.zeros((0, 4)) if found is None else np.asarray(found, np.float64).reshape(-1, 4)
    spans = segments[:, 2:] - segments[:, :2]
    segments = segments[np.hypot(spans[:, 0], spans[:, 1]) > _SHORTEST_SEGMENT * grey.shape[1]]
    spans = np.abs(segments[:, 2:] - segments[:, :2])
    level = spans[:, 1] < np.tan(np.radians(_STEEPEST_LEVEL_DEG)) * spans[:, 0]
    plumb = spans[:, 0] < np.tan(np.radians(_LEANING_PLUMB_DEG)) * spans[:, 1]
    return _joined(grey, segments[level], 0, most), _joined(grey, segments[plumb & ~level], 1, most)


def _joined(grey: NDArray[np.uint8], segments: Points, axis: int, most: int) -> LongLines:
    """Lines through the segments, each begun by the longest that is left; ``axis``: 0 level, 1 plumb."""
    backwards = segments[:, 2 + axis] < segments[:, axis]
    segments[backwards] = segments[backwards][:, [2, 3, 0, 1]]
    starts, ends = segments[:, :2], segments[:, 2:]
    lengths = np.linalg.norm(ends - starts, axis=1)
    signs = _brightness_steps(grey, starts, ends, axis)
    free = np.ones(len(segments), np.bool_)
    lines: list[tuple[Points, Points, float, float]] = []
    for longest in np.argsort(-lengths):
        if not free[longest]:
            continue
        point, direction = starts[longest], (ends[longest] - starts[longest]) / lengths[longest]
        member = free & (signs == signs[longest])
        for _ in range(2):
            normal = np.array([-direction[1], direction[0]])
            off = np.maximum(np.abs((starts - point) @ normal), np.abs((ends - point) @ normal))
            on_line = member & (off < _JOIN_PX)
            on_line[longest] = True
            point, direction = _line_through(starts[on_line], ends[on_line], lengths[on_line], axis)
        free &= ~on_line
        along = np.concatenate([(starts[on_line] - point) @ direction, (ends[on_line] - point) @ direction])
        lines.append(
            (
                point + along.min() * direction,
                point + along.max() * direction,
                float(signs[longest]),
                float(lengths[on_line].sum()),
            )
        )
    lines.sort(key=lambda line: -line[3])
    lines = lines[:most]
    return LongLines(
        np.array([line[0] for line in lines]).reshape(-1, 2),
        np.array([line[1] for line in lines]).reshape(-1, 2),
        np.array([line[2] for line in lines]),
        np.array([line[3] for line in lines]),
    )


def _line_through(starts: Points, ends: Points, lengths: Points, axis: int) -> tuple[Points, Points]:
    """A point and a unit vector, to the right or down, of the line nearest to the segments' ends, by their lengths."""
    points = np.concatenate([starts, ends])
    weights = np.tile(lengths, 2)
    centre = np.average(points, axis=0, weights=weights)
    _, _, axes = np.linalg.svd((points - centre) * np.sqrt(weights)[:, None], full_matrices=False)
    direction = axes[0] if axes[0, axis] > 0 else -axes[0]
    return centre, np.asarray(direction, np.float64)


def _brightness_steps(grey: NDArray[np.uint8], starts: Points, ends: Points, axis: int) -> Points:
    """+1 or -1 for each segment: whether what lies below it, or to the right, is brighter."""
    beside = np.zeros(2)
    beside[1 - axis] = _BESIDE_PX
    along = np.linspace(0.1, 0.9, 9)[None, :, None]
    points = starts[:, None] + along * (ends - starts)[:, None]
    limit = np.array([grey.shape[1] - 1, grey.shape[0] - 1])
    sides = []
    for shifted in (points + beside, points - beside):
        columns, rows = np.moveaxis(np.clip(np.rint(shifted), 0, limit).astype(int), -1, 0)
        sides.append(grey[rows, columns].astype(np.float64).mean(axis=1))
    return np.where(sides[0] >= sides[1], 1.0, -1.0)
