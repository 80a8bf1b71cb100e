"""Measure the rate at which an audio device really delivers samples, where it is not the one that it promises."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.signal_limits import USUAL_RATES_HZ

WINDOW_S = 3.0
LOOK_S = 0.5
# A clock estimator follows what is nearer to the promised rate than this.
TOLERANCE = 0.005
SHORT_WINDOW_S = 2.5
# Time stamps jitter: what less than ``SHORT_WINDOW_S`` of them show is known less well.
SHORT_WINDOW_TOLERANCE = 0.03
# How far from a usual rate time stamps may be that mean it.
UNCERTAINTY = 0.01
SHORT_WINDOW_UNCERTAINTY = 0.03
# What a burst of blocks shows, stamped with their arrival, is no rate.
LARGEST_RATIO = 8.0

_SHORT_SPAN_S = 0.1
_MIN_POINTS = 5


class RateMeter:
    """The last seconds of a device's time stamps against its sample count.

    A wrong rate shows in every span of time stamps, a tenth of a second or half the window. Lost samples show in the
    few spans that contain them, and jitter in the short ones only: the medians of both lengths must agree. A card
    delivers at one of the usual rates; what comes at any other loses or doubles samples, or its stamps are wrong.
    """

    def __init__(self, rate_hz: int) -> None:
        self._window = WINDOW_S * rate_hz
        self._points: deque[tuple[int, int]] = deque()

    def observe(self, sample: int, captured_ns: int) -> None:
        """Add an observation: sample number ``sample`` since the opening was captured at ``captured_ns``."""
        self._points.append((sample, captured_ns))
        while self._points[0][0] < sample - self._window:
            self._points.popleft()

    def clear(self) -> None:
        """Forget everything: another rate is believed from now on."""
        self._points.clear()

    def other_rate_hz(self, believed_hz: int, window_s: float = WINDOW_S) -> int | None:
        """Return the usual rate of the last ``window_s``, or None where it is ``believed_hz`` or cannot be told."""
        points = np.array(self._points, dtype=np.float64).reshape(-1, 2)
        points = points[points[:, 0] >= points[-1:, 0] - window_s * believed_hz]
        if len(points) < _MIN_POINTS:
            return None
        seconds = (points[-1, 0] - points[0, 0]) / believed_hz
        tolerance = TOLERANCE if seconds >= SHORT_WINDOW_S else SHORT_WINDOW_TOLERANCE
        lag = max(1, round(len(points) * _SHORT_SPAN_S / seconds))
        # After a loss the points may be few, and lie within less than a short span.
        if lag >= len(points):
            return None
        short = _median_ratio(points, lag, believed_hz)
        long = _median_ratio(points, len(points) // 2, believed_hz)
        if short is None or long is None or not _agree(short - 1.0, long - 1.0, tolerance):
            return None
        measured_hz = believed_hz * long
        usual_hz = min(USUAL_RATES_HZ, key=lambda rate_hz: abs(rate_hz - measured_hz))
        uncertainty = UNCERTAINTY if seconds >= SHORT_WINDOW_S else SHORT_WINDOW_UNCERTAINTY
        return usual_hz if usual_hz != believed_hz and abs(measured_hz / usual_hz - 1.0) < uncertainty else None


def _median_ratio(points: NDArray[np.float64], lag: int, hz: int) -> float | None:
    """The median rate of all spans of ``lag`` blocks, as a multiple of ``hz``; None where that is no rate."""
    samples, ns = (points[lag:] - points[:-lag]).T
    median = float(np.median(ns / (samples * 1e9 / hz)))
    return 1.0 / median if 1 / LARGEST_RATIO <= median <= LARGEST_RATIO else None


def _agree(short: float, long: float, tolerance: float) -> bool:
    return min(abs(short), abs(long)) > tolerance and (short > 0) == (long > 0)
