"""How much of a camera's picture moves, where, and how much of it differs from a second ago."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.directing.observations import CameraLook
from pipelines.yuv_planes import Plane

Image = NDArray[np.float32]

# Looks closer together than this are refused: they would cost time and tell nothing.
_LEAST_NS = 120_000_000
# What moves slowly is seen against a picture so old.
_MOTION_NS = 300_000_000
_CHANGE_NS = 950_000_000
# After so long without a picture the old ones say nothing. (Of H.264 that is passed through only key pictures come.)
_FORGET_NS = 4_500_000_000
# Added to luma before the logarithm: below it is mostly noise.
_DARK = 16.0
# Edges whose contrast changes by less than about a twelfth are no motion, whatever the noise.
_LEAST_EDGE = 0.08
# A pixel moves by more than so many times its usual unrest, of which it learns a fiftieth a look.
_UNREST = 6.0
_LEARNING = 0.02
# Of nine neighbours so many move with it; single ones are noise.
_NEIGHBOURS = 3
# Parts of one thing are so near to each other; a person is at most this much wider than tall, stride and arms included.
_JOINED = np.ones((5, 5), np.uint8)
_UPRIGHT = 1.2
# A screen's pixel changed by at least so much luma.
_LEAST_CHANGE = 10.0
# By so much luma a camera that films a screen changes its exposure; more than that is another slide.
_MOST_EXPOSURE = 24.0
_CHANGE_NOISE = 5.0

_LOGARITHMS = np.log(np.arange(256, dtype=np.float32) + np.float32(_DARK)).astype(np.float32)


class _Seen(NamedTuple):
    lesson_ns: int
    luma: Plane
    logarithm: Image
    across: Image
    down: Image


class MotionMeter:
    """Measures one camera's small grey pictures, about five a second.

    Motion is a change of *edges of the logarithm of luma* against 0.3 s ago. Light that changes multiplies luma by
    something smooth, which adds something smooth to the logarithm and leaves its edges alone: exposure steps, mains
    flicker and a lamp in the corner are no motion. What comes out of the dark or is lost in white changes an edge by
    no more than the light has changed, so thresholds rise by that. Each pixel's threshold follows its usual unrest,
    which a sigma-delta filter learns (Manzanera, Richefeu, "A new motion detection algorithm based on
    sigma-delta background estimation", Pattern Recognition Letters 2007), so that noise in dark corners, a camera
    that trembles and a curtain by the window count for less.

    ``change`` is for screens: pixels whose luma differs from what stood there a second ago, flat areas too.
    """

    def __init__(self, role: str) -> None:
        self._role = role
        self._past: deque[_Seen] = deque()
        self._unrest: Image | None = None

    def push(self, luma: Plane, lesson_ns: int) -> CameraLook | None:
        """Measure the next picture, uint8 (h, w), which is not kept.

        None for the first one, after a gap of 4.5 seconds, after a change of size, and where it comes less than
        0.12 s after the one before or is older.

        Raises:
            ValueError: ``luma`` is not uint8 of two dimensions, at least 8x8.
        """
        if luma.ndim != 2 or luma.dtype != np.uint8 or min(luma.shape) < 8:
            raise ValueError(f"luma is {luma.dtype} {luma.shape}; it must be uint8 (height, width), at least 8x8")
        past = self._past
        if past and 0 <= lesson_ns - past[-1].lesson_ns < _LEAST_NS:
            return None
        if past and (past[-1].luma.shape != luma.shape or not 0 < lesson_ns - past[-1].lesson_ns <= _FORGET_NS):
            past.clear()
            self._unrest = None
        seen = _see(luma, lesson_ns)
        look = self._compare(seen) if past else None
        past.append(seen)
        while len(past) > 1 and lesson_ns - past[1].lesson_ns >= _CHANGE_NS:
            past.popleft()
        return look

    def _compare(self, seen: _Seen) -> CameraLook:
        moving = self._moving(seen, _so_old(self._past, seen.lesson_ns, _MOTION_NS))
        change = _changed_share(seen, self._past[-1], self._past[0])
        height, width = seen.luma.shape
        count = cv2.countNonZero(moving)
        if not count:
            return CameraLook(self._role, seen.lesson_ns, 0.0, change=change)
        piece, tall = _main_piece(moving)
        moments: dict[str, Any] = cv2.moments(piece, binaryImage=True)
        area = moments["m00"]
        return CameraLook(
            self._role,
            seen.lesson_ns,
            motion=count / (width * height),
            x=(moments["m10"] / area + 0.5) / width,
            y=(moments["m01"] / area + 0.5) / height,
            spread=float(np.sqrt((moments["mu20"] + moments["mu02"]) / area)) / width,
            change=change,
            height=tall / height,
        )

    def _moving(self, seen: _Seen, old: _Seen) -> Plane:
        """1 where something moves, uint8 (h, w)."""
        edges = cv2.add(cv2.absdiff(seen.across, old.across), cv2.absdiff(seen.down, old.down))
        if self._unrest is None:
            self._unrest = np.full(edges.shape, np.median(edges), np.float32)
        threshold = cv2.max(cv2.multiply(self._unrest, _UNREST), _LEAST_EDGE)  # type: ignore[call-overload]
        threshold += _light_step(seen, old)
        moving = (edges > threshold).view(np.uint8)
        # What is learnt of one look is limited, or a person who stands and gestures would soon be furniture.
        limited = cv2.min(edges, 2 * _LEAST_EDGE)  # type: ignore[call-overload]
        cv2.accumulateWeighted(limited, self._unrest, _LEARNING)
        neighbours = cv2.boxFilter(moving, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
        return np.asarray((neighbours >= _NEIGHBOURS) & (moving > 0)).view(np.uint8)


def _main_piece(moving: Plane) -> tuple[Plane, int]:
    """The tallest upright piece of what moves, 1 where it is, and its height; else the largest piece, and 0."""
    solid = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, _JOINED)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    wide, tall, areas = (stats[1:, one] for one in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    heights = np.where(wide <= _UPRIGHT * tall, tall, 0)
    best = int(np.argmax(heights)) if heights.any() else int(np.argmax(areas))
    return np.asarray(labels == best + 1).view(np.uint8), int(heights[best])


def _see(luma: Plane, lesson_ns: int) -> _Seen:
    soft = cv2.GaussianBlur(luma, (3, 3), 0)
    logarithm = cv2.LUT(soft, _LOGARITHMS)
    across = cv2.Sobel(logarithm, cv2.CV_32F, 1, 0, ksize=1)
    down = cv2.Sobel(logarithm, cv2.CV_32F, 0, 1, ksize=1)
    return _Seen(lesson_ns, soft, logarithm, across, down)  # type: ignore[arg-type]


def _so_old(past: deque[_Seen], lesson_ns: int, age_ns: int) -> _Seen:
    """The newest picture that is at least so old, else the oldest."""
    return next((one for one in reversed(past) if lesson_ns - one.lesson_ns >= age_ns), past[0])


def _light_step(seen: _Seen, old: _Seen) -> float:
    """By how much the logarithm of most of the picture changed: a lamp, or the camera's exposure."""
    return abs(float(np.median(seen.logarithm[::3, ::3] - old.logarithm[::3, ::3])))


def _changed_share(seen: _Seen, last: _Seen, second_ago: _Seen) -> float:
    noise = float(np.median(cv2.absdiff(seen.luma, last.luma)[::2, ::2])) * 1.4826
    difference = cv2.subtract(seen.luma, second_ago.luma, dtype=cv2.CV_16S)
    exposure = float(np.median(difference[::2, ::2]))
    if abs(exposure) <= _MOST_EXPOSURE:
        difference -= round(exposure)
    least = max(_LEAST_CHANGE, _CHANGE_NOISE * noise)
    return float(np.count_nonzero(np.abs(difference) > least) / difference.size)
