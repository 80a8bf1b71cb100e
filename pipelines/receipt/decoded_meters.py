"""Meters of decoded frames: brightness and movement of pictures, level and peak of sound, second by second."""

from __future__ import annotations

from statistics import fmean
from typing import Protocol

import av
import numpy as np
from numpy.typing import NDArray

from pipelines.capture.channel_meter import ChannelMeter
from pipelines.capture.level_meter import to_dbfs
from pipelines.receipt.findings import Finding, FindingCode, bad
from pipelines.receipt.seconds import (
    NOT_COUNTED,
    SECOND_NS,
    PictureSecond,
    SoundSecond,
    picture_seconds,
    sound_seconds,
)
from pipelines.yuv_planes import planes_of, subsampled_luma

# The recorder repeats a picture long before this: a longer break was never written.
LONGEST_PICTURE_NS = 2_000_000_000

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
        self.seconds = picture_seconds()

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        """See DecodedMeter.measure."""
        if not isinstance(frame, av.VideoFrame) or frame.pts is None or frame.time_base is None:
            raise ValueError("a picture without a time")
        at_ns = round(frame.pts * frame.time_base * SECOND_NS)
        if self._last is not None and at_ns - self._last_ns > LONGEST_PICTURE_NS:
            seconds = (at_ns - self._last_ns) / SECOND_NS
            self.gaps.append(bad(FindingCode.UNFILLED_GAP, self._track, self._last_ns, at_ns, seconds=seconds))
        if at_ns // SECOND_NS != self._last_ns // SECOND_NS:
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
            change = float(np.abs(blocks - self._blocks).max())
            at_ns = self._last_ns // SECOND_NS * SECOND_NS
            self.seconds.append(PictureSecond(at_ns, fmean(self._lumas), change, NOT_COUNTED, 0, 0.0))
        self._blocks = blocks
        self._lumas = []


def _block_means(frame: av.VideoFrame) -> NDArray[np.float64]:
    luma = planes_of(frame)[0]
    rows, columns = luma.shape[0] // _BLOCK, luma.shape[1] // _BLOCK
    whole = luma[: rows * _BLOCK, : columns * _BLOCK]
    means: NDArray[np.float64] = whole.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3), dtype=np.float64)
    return means


class SoundMeter:
    """Measures RMS level and peak of each lesson second, and the level of each channel above mains hum."""

    def __init__(self) -> None:
        self.seconds = sound_seconds()
        self._second = -1
        self._powers: list[float] = []
        self._peak = 0.0
        self._channels = ChannelMeter()
        self._rate_hz = 0

    def measure(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        """See DecodedMeter.measure."""
        if not isinstance(frame, av.AudioFrame) or frame.pts is None or frame.time_base is None:
            raise ValueError("sound without a time")
        at_ns = int(frame.pts * frame.time_base * SECOND_NS)
        if at_ns // SECOND_NS != self._second:
            self.finish_second()
            self._second = at_ns // SECOND_NS
        if frame.sample_rate != self._rate_hz:
            self._rate_hz = frame.sample_rate
            self._channels.restart(self._rate_hz)
        samples = np.asarray(frame.to_ndarray(), np.float32)
        self._powers.append(float(np.square(samples, dtype=np.float64).mean()))
        self._peak = max(self._peak, float(np.abs(samples).max()))
        self._channels.push_samples(samples.T, at_ns)

    def finish_second(self) -> None:
        """Measure the second of the last frame, which is over."""
        if self._powers:
            rms_dbfs, peak_dbfs = to_dbfs(fmean(self._powers) ** 0.5), to_dbfs(self._peak)
            levels = tuple(self._channels.pop_second(self._second))
            self.seconds.append(SoundSecond(self._second * SECOND_NS, rms_dbfs, peak_dbfs, NOT_COUNTED, levels))
        self._powers, self._peak = [], 0.0
