"""The true rate of a sound card against this machine's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import medfilt
from scipy.stats import theilslopes

from pipelines.measuring.estimate import Estimate, Unmeasurable

_SEGMENTS: Final = 30
_LEAST_BLOCKS: Final = 5 * _SEGMENTS
_LEAST_S: Final = 10.0
_STEP_NS: Final = 15e6
_STEP_TO_SCATTER: Final = 8.0
_STALL_SEGMENTS: Final = 5
# Segments' medians may agree by chance; a time stamp has microseconds at best.
_STAMP_NS: Final = 1_000.0


@dataclass(frozen=True, slots=True)
class CardClock:
    """How much faster than promised a card takes samples, and by how much its time stamps scatter around that."""

    ppm: Estimate
    jitter_ms: float


def card_clock(captured_ns: NDArray[np.int64], counts: NDArray[np.int64], rate_hz: int) -> CardClock:
    """Measure a card's clock from the blocks of one unbroken capture.

    ``captured_ns`` is the time of each block's first sample, ``counts`` the number of its samples, both of shape
    (blocks,). The capture is cut into 30 segments; the median lateness of a segment's stamps against the promised
    rate ignores late blocks, and the line through these medians is that of Theil and Sen with its 95 % interval,
    which needs no normal distribution. (``pipelines.capture.clock_estimator`` follows a clock while it records, with
    a prior and a window of two minutes; here no prior may pull the figure.)

    Raises:
        Unmeasurable: ``too-short`` below 10 s or 150 blocks, ``samples-lost`` where stamps step against the count.

    Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968.
    """
    first = np.concatenate([[0], np.cumsum(counts[:-1])]).astype(np.float64)
    seconds = first / rate_hz
    if len(first) < _LEAST_BLOCKS or seconds[-1] < _LEAST_S:
        raise Unmeasurable("too-short")
    late_ns = (captured_ns - captured_ns[0]).astype(np.float64) - seconds * 1e9
    parts = np.array_split(np.arange(len(first)), _SEGMENTS)
    middle_s = np.array([seconds[part].mean() for part in parts])
    middle_ns = np.array([np.median(late_ns[part]) for part in parts])
    slope, offset, low, high = (float(figure) for figure in theilslopes(middle_ns, middle_s, 0.95))
    _refuse_steps(middle_s, middle_ns)
    # With a slope in ns a second: lateness that grows is a card that is slow.
    ppm = (1.0 / (1.0 + slope * 1e-9) - 1.0) * 1e6
    resolution = 2.0 * _STAMP_NS / (middle_s[-1] - middle_s[0])
    half_width = max(high - slope, slope - low, resolution) * 1e-3
    away = late_ns - offset - slope * seconds
    jitter_ms = float(1.4826 * np.median(np.abs(away - np.median(away))) / 1e6)
    return CardClock(Estimate(ppm, half_width), jitter_ms)


def _refuse_steps(seconds: NDArray[np.float64], late_ns: NDArray[np.float64]) -> None:
    """Raises ``Unmeasurable("samples-lost")`` where lateness steps and stays so; that of a stall comes back."""
    rate = float(np.median(np.diff(late_ns) / np.diff(seconds)))
    steps = np.abs(np.diff(medfilt(late_ns - rate * seconds, _STALL_SEGMENTS)))[
        _STALL_SEGMENTS // 2 : -(_STALL_SEGMENTS // 2)
    ]
    if float(steps.max()) > max(_STEP_NS, _STEP_TO_SCATTER * float(np.median(steps))):
        raise Unmeasurable("samples-lost")
