"""Clipped sound: samples that stand at the end of the range, or at a lower ceiling that an input stage has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.full_scale import Samples, full_scale

_FULL_SCALE: Final = 32_766.5 / 32_768.0
_CEILING_RUN: Final = 3
_CEILING_RUNS: Final = 5
_LOWEST_CEILING: Final = 0.1
_CEILING_NEAR: Final = 1.5 / 32_768.0


@dataclass(frozen=True, slots=True)
class Clipping:
    """Share of the clipped samples (0 to 1), their number, and the longest run of them in one channel in ms."""

    share: float
    samples: int
    longest_run_ms: float

    @property
    def is_clipped(self) -> bool:
        """Whether any sample is clipped."""
        return self.samples > 0


def clipping(samples: Samples, rate_hz: int) -> Clipping:
    """Find clipped samples in sound of shape (n, channels) or (n,), int16 or float64 in full-scale units.

    A sample is clipped at full scale; also where an amplifier before the converter clips: at least three samples in a
    row within one step of the highest (or lowest) of all, and that at least five times, above -20 dBFS.
    """
    sound = full_scale(samples)
    marks = np.column_stack([_clipped(channel) for channel in sound.T])
    longest = max((max(_run_lengths(channel), default=0) for channel in marks.T), default=0)
    count = int(marks.sum())
    return Clipping(count / max(1, marks.size), count, longest / rate_hz * 1e3)


def _clipped(channel: NDArray[np.float64]) -> NDArray[np.bool_]:
    marks = np.abs(channel) >= _FULL_SCALE
    for side in (channel, -channel):
        ceiling = float(side.max(initial=0.0))
        if ceiling >= _LOWEST_CEILING:
            at_ceiling = side >= ceiling - _CEILING_NEAR
            if sum(length >= _CEILING_RUN for length in _run_lengths(at_ceiling)) >= _CEILING_RUNS:
                marks |= at_ceiling
    return marks


def _run_lengths(marks: NDArray[np.bool_]) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return [int(length) for length in edges[1::2] - edges[::2]]
