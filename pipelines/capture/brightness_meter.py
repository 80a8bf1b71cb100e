"""Measure a video track per lesson second: its pictures, and brightness and motion of those that are decoded anyway."""

from __future__ import annotations

import av
import numpy as np

from pipelines.journal.entries import PictureMeasurement
from pipelines.yuv_planes import Plane, subsampled_luma

SECOND_NS = 1_000_000_000
# A few comparisons a second distinguish a frozen picture from a live one.
_SAMPLE_NS = 240_000_000


class BrightnessMeter:
    """Counts the pictures of each lesson second; mean luma and largest change between samples (0..255) of it.

    Owned by the track's thread.
    """

    def __init__(self, track: str) -> None:
        self._track = track
        self._second = -1
        self._sampled_ns = -_SAMPLE_NS
        self._previous: Plane | None = None
        self._lumas: list[float] = []
        self._changes: list[float] = []
        self._pictures = 0
        self._damaged = 0

    def push_picture(
        self, lesson_ns: int, frame: av.VideoFrame | None, *, is_damaged: bool = False
    ) -> list[PictureMeasurement]:
        """Count a picture of the camera, and measure it where it was decoded; return the seconds that are complete."""
        complete = self._finish(lesson_ns // SECOND_NS)
        self._pictures += 1
        self._damaged += is_damaged
        if frame is not None and lesson_ns - self._sampled_ns >= _SAMPLE_NS:
            self._sampled_ns = lesson_ns
            self._measure(frame)
        return complete

    def flush(self) -> list[PictureMeasurement]:
        """The last second, which the lesson's end may have cut."""
        return self._finish(-1)

    def _measure(self, frame: av.VideoFrame) -> None:
        luma = subsampled_luma(frame).copy()
        self._lumas.append(float(luma.mean()))
        if self._previous is not None and self._previous.shape == luma.shape:
            self._changes.append(float(np.abs(luma.astype(np.int16) - self._previous).mean()))
        self._previous = luma

    def _finish(self, second: int) -> list[PictureMeasurement]:
        if second == self._second:
            return []
        finished, self._second = self._second, second
        lumas, self._lumas = self._lumas, []
        changes, self._changes = self._changes, []
        pictures, self._pictures = self._pictures, 0
        damaged, self._damaged = self._damaged, 0
        if not pictures:
            return []
        figures = PictureMeasurement(
            track=self._track,
            lesson_ns=finished * SECOND_NS,
            luma=round(float(np.mean(lumas)), 2) if lumas else None,
            change=round(float(np.max(changes)), 3) if changes else None,
            pictures=pictures,
            damaged=damaged,
        )
        return [figures]
