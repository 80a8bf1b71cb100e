"""How well series of measurements follow a pattern of on and off times, at many delays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

_TREND_S = 2.5


def correlate_pattern(
    series: NDArray[np.float32],
    times_ns: NDArray[np.int64],
    spans_ns: NDArray[np.int64],
    delays_ms: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return Pearson's correlation of each series with the pattern, shape (delays, m), -1 to 1.

    ``series``: shape (n, m), m series measured at ``times_ns`` (n,). ``spans_ns``: shape (k, 2), the pattern is on from
    the first to the second; at delay d it is expected so many milliseconds later. What changes more slowly than within
    some seconds, such as daylight, is taken out of both. A constant series correlates with nothing: 0.
    """
    origin_ns = int(times_ns[0])
    at_ms = (times_ns - origin_ns) / 1e6
    spans_ms = (spans_ns - origin_ns) / 1e6
    expected = is_on(at_ms[None, :] - delays_ms[:, None], spans_ms).astype(np.float32)
    window = max(3, round(_TREND_S * 1e3 * (len(at_ms) - 1) / max(at_ms[-1], 1.0)))
    pattern = _unit(expected - uniform_filter1d(expected, window, axis=1, mode="nearest"), axis=1)
    measured = _unit(series - uniform_filter1d(series, window, axis=0, mode="nearest"), axis=0)
    correlation: NDArray[np.float64] = (pattern @ measured).astype(np.float64)
    return correlation


def is_on(at_ms: NDArray[np.float64], spans_ms: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each time lies in one of the spans, which are in order and do not overlap."""
    last = np.searchsorted(spans_ms[:, 0], at_ms, side="right") - 1
    inside: NDArray[np.bool_] = (last >= 0) & (at_ms < spans_ms[np.maximum(last, 0), 1])
    return inside


def _unit(values: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    centred = values - values.mean(axis=axis, keepdims=True)
    norm = np.sqrt(np.square(centred).sum(axis=axis, keepdims=True))
    unit: NDArray[np.float32] = np.where(norm > 1e-6, centred / np.maximum(norm, 1e-6), 0).astype(np.float32)
    return unit
