"""Meters of decoded frames: brightness and movement of pictures, level and peak of sound, second by second."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Protocol

import av
import numpy as np
from numpy.typing import NDArray

from pipelines.journal.entries import PictureMeasurement, SoundMeasurement
from pipelines.receipt.findings import Finding, FindingCode, bad
from pipelines.yuv_planes import planes_of, subsampled_luma

# The recorder repeats a picture long before this: a longer break was never written.
LONGEST_PICTURE_NS = 2_000_000_000
QUIETEST_DBFS = -120.0

_SECOND_NS = 1_000_000_000
_BLOCK = 16


class DecodedMeter(Protocol):
    """Measures one track's frames as they come out of the decoder."""

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        """Measure the next frame.

        Raises:
            ValueError: the frame is damaged, or has no time.
        """


class PictureMeter:
    """Measures brightness and movement of each lesson second, and finds breaks between pictures.

    Movement is the largest change of any 16×16 block's mean luma from the last picture of one second to that of
    the next. An encoder blurs and refines a still picture by a step or two all over, and leaves out a camera's
    noise; a moving hand changes its own block by far more.
    """

    def __init__(self, track: str) -> None:
        self._track = track
        self._last: av.VideoFrame | None = None
        self._last_ns = 0
        self._blocks: NDArray[np.float64] | None = None
        self._lumas: list[float] = []
        self.gaps: list[Finding] = []
        self.measurements: list[PictureMeasurement] = []

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        """See DecodedMeter.measure."""
        if not isinstance(frame, av.VideoFrame) or frame.pts is None or frame.time_base is None:
            raise ValueError("a picture without a time")
        at_ns = round(frame.pts * frame.time_base * _SECOND_NS)
        if self._last is not None and at_ns - self._last_ns > LONGEST_PICTURE_NS:
            seconds = (at_ns - self._last_ns) / _SECOND_NS
            self.gaps.append(bad(FindingCode.UNFILLED_GAP, self._track, self._last_ns, at_ns, seconds=seconds))
        if at_ns // _SECOND_NS != self._last_ns // _SECOND_NS:
            self.finish_second()
        self._last, self._last_ns = frame, at_ns
        self._lumas.append(float(subsampled_luma(frame).mean()))
        if frame.is_corrupt:
            raise ValueError("a picture is damaged")

    def finish_second(self) -> None:
        """Measure the second of the last picture, which is over; the very first has nothing to be compared with."""
        if self._last is None or not self._lumas:
            return
        blocks = _block_means(self._last)
        if self._blocks is not None and self._blocks.shape == blocks.shape:
            self.measurements.append(
                PictureMeasurement(
                    track=self._track,
                    lesson_ns=self._last_ns // _SECOND_NS * _SECOND_NS,
                    luma=round(fmean(self._lumas), 2),
                    change=round(float(np.abs(blocks - self._blocks).max()), 3),
                )
            )
        self._blocks = blocks
        self._lumas = []


def _block_means(frame: av.VideoFrame) -> NDArray[np.float64]:
    luma = planes_of(frame)[0]
    rows, columns = luma.shape[0] // _BLOCK, luma.shape[1] // _BLOCK
    whole = luma[: rows * _BLOCK, : columns * _BLOCK]
    means: NDArray[np.float64] = whole.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3), dtype=np.float64)
    return means


class SoundMeter:
    """Measures RMS level and peak of each lesson second."""

    def __init__(self, track: str) -> None:
        self._track = track
        self._powers: dict[int, list[float]] = {}
        self._peaks: dict[int, float] = {}

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        """See DecodedMeter.measure."""
        if not isinstance(frame, av.AudioFrame) or frame.pts is None or frame.time_base is None:
            raise ValueError("sound without a time")
        second = int(frame.pts * frame.time_base)
        samples = frame.to_ndarray()
        self._powers.setdefault(second, []).append(float(np.square(samples, dtype=np.float64).mean()))
        self._peaks[second] = max(self._peaks.get(second, 0.0), float(np.abs(samples).max()))

    def measurements(self) -> Iterator[SoundMeasurement]:
        """Yield the measurement of each second, in order."""
        for second, powers in sorted(self._powers.items()):
            yield SoundMeasurement(
                track=self._track,
                lesson_ns=second * _SECOND_NS,
                rms_dbfs=_dbfs(fmean(powers) ** 0.5),
                peak_dbfs=_dbfs(self._peaks[second]),
            )


def _dbfs(amplitude: float) -> float:
    return round(max(QUIETEST_DBFS, 20 * float(np.log10(max(amplitude, 1e-9)))), 2)
