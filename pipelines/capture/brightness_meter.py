"""How bright a picture is and how much it moves, gathered from the frames that are encoded anyway."""

from __future__ import annotations

import av
import numpy as np

from pipelines.journal.entries import PictureMeasurement
from pipelines.yuv_planes import Plane, scaled_luma

SECOND_NS = 1_000_000_000
# A few comparisons a second tell a frozen picture from a living one.
_COMPARE_NS = 240_000_000


class BrightnessMeter:
    """One track's figures, a line for each lesson second; used by the track's thread."""

    def __init__(self, track: str) -> None:
        self._track = track
        self._second = -1
        self._compared_ns = -_COMPARE_NS
        self._before: Plane | None = None
        self._lumas: list[float] = []
        self._changes: list[float] = []

    def feed(self, frame: av.VideoFrame, lesson_ns: int) -> list[PictureMeasurement]:
        """Look at a frame; the figures of the lesson second that is over now, if one is."""
        done = self._finish(lesson_ns // SECOND_NS)
        if lesson_ns - self._compared_ns >= _COMPARE_NS:
            self._compared_ns = lesson_ns
            luma = scaled_luma(frame).copy()
            self._lumas.append(float(luma.mean()))
            if self._before is not None and self._before.shape == luma.shape:
                self._changes.append(float(np.abs(luma.astype(np.int16) - self._before).mean()))
            self._before = luma
        return done

    def _finish(self, second: int) -> list[PictureMeasurement]:
        if second == self._second:
            return []
        finished, self._second = self._second, second
        lumas, self._lumas = self._lumas, []
        changes, self._changes = self._changes, []
        if not lumas or not changes:
            return []
        figures = PictureMeasurement(
            track=self._track,
            lesson_ns=finished * SECOND_NS,
            luma=round(float(np.mean(lumas)), 2),
            change=round(float(np.max(changes)), 3),
        )
        return [figures]
