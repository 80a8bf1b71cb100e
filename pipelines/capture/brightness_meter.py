"""Measure a video track's brightness and motion per lesson second, from the frames that are encoded anyway."""

from __future__ import annotations

import av
import numpy as np

from pipelines.journal.entries import PictureMeasurement
from pipelines.yuv_planes import Plane, subsampled_luma

SECOND_NS = 1_000_000_000
# A few comparisons a second distinguish a frozen picture from a live one.
_SAMPLE_NS = 240_000_000


class BrightnessMeter:
    """Mean luma and largest change between samples (0..255) of each lesson second; owned by the track's thread."""

    def __init__(self, track: str) -> None:
        self._track = track
        self._second = -1
        self._sampled_ns = -_SAMPLE_NS
        self._previous: Plane | None = None
        self._lumas: list[float] = []
        self._changes: list[float] = []

    def push_frame(self, frame: av.VideoFrame, lesson_ns: int) -> list[PictureMeasurement]:
        """Measure a frame; return the figures of the lesson second that it completes, if any."""
        complete = self._finish(lesson_ns // SECOND_NS)
        if lesson_ns - self._sampled_ns >= _SAMPLE_NS:
            self._sampled_ns = lesson_ns
            luma = subsampled_luma(frame).copy()
            self._lumas.append(float(luma.mean()))
            if self._previous is not None and self._previous.shape == luma.shape:
                self._changes.append(float(np.abs(luma.astype(np.int16) - self._previous).mean()))
            self._previous = luma
        return complete

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
