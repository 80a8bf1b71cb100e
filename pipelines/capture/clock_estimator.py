"""Estimate an audio device's clock: a robust line through sample counts and capture times."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BUCKET_S = 1.0
BUCKETS = 128
MIN_JITTER_NS = 20_000.0
SETTLED_ERROR_NS = 150_000.0
SETTLED_OBSERVATIONS = 8
SETTLED_S = 3.0
# No card is so far off that is not taken for one of another rate; stamps that say so were late.
MAX_SLOPE = 0.03

_MAD_TO_SIGMA = 1.4826
_HUBER = 1.5


@dataclass(frozen=True, slots=True)
class _Bucket:
    """About a second of observations: their mean sample time in seconds, mean lateness in ns, and number."""

    seconds: float
    late_ns: float
    counts: int


class ClockEstimator:
    """The clock of one unbroken run of samples, estimated from the time stamps of its blocks.

    Time stamps may be off by milliseconds either way: each second of them becomes one point, the last 128 points
    become a line by least squares with Huber's weights, so outliers count little or nothing. Until there is enough
    for a slope, the clock's error is taken to be ``ppm`` ± ``uncertainty_ppm`` parts per million; it is never taken to
    be more than 3 %. Memory is fixed.
    """

    def __init__(self, rate_hz: int, ppm: float = 0.0, uncertainty_ppm: float = 150.0) -> None:
        self.rate_hz = rate_hz
        self.jitter_ns = MIN_JITTER_NS
        self.observations = 0
        self._prior_slope = -1e3 * ppm
        self._prior_error = 1e3 * uncertainty_ppm
        self._origin_ns = 0
        self._latest_s = 0.0
        self._buckets: deque[_Bucket] = deque(maxlen=BUCKETS)
        self._open_s: list[float] = []
        self._open_late: list[float] = []
        # The line: lateness against the nominal rate is _mean_late + _slope · (seconds - _mean_s).
        self._mean_s = 0.0
        self._mean_late = 0.0
        self._slope = self._prior_slope
        self._mean_error = math.inf
        self._slope_error = self._prior_error

    def successor(self) -> ClockEstimator:
        """An estimator for the next run of the same device, which starts with the rate this one has learned."""
        return ClockEstimator(self.rate_hz, self.ppm, max(5.0, self._slope_error / 1e3))

    def observe(self, sample: int, captured_ns: int) -> None:
        """Add an observation: sample number ``sample`` of the run was captured at ``captured_ns``."""
        if not self.observations:
            self._origin_ns = captured_ns - round(sample / self.rate_hz * 1e9)
        self.observations += 1
        self._latest_s = sample / self.rate_hz
        self._open_s.append(self._latest_s)
        self._open_late.append(captured_ns - self._origin_ns - self._latest_s * 1e9)
        if self._latest_s - self._open_s[0] >= BUCKET_S:
            self._buckets.append(self._summary())
            self._open_s, self._open_late = [], []
            self._refit([*self._buckets])
        elif not self.is_settled:
            self._refit([*self._buckets, self._summary()])

    def time_ns(self, sample: float) -> float:
        """CLOCK_MONOTONIC time in ns of sample ``sample`` of the run, which may be fractional or in the future."""
        seconds = sample / self.rate_hz
        return self._origin_ns + seconds * 1e9 + self._mean_late + self._slope * (seconds - self._mean_s)

    @property
    def ppm(self) -> float:
        """How much faster than nominal the microphone's clock runs, in parts per million."""
        return (1.0 / (1.0 + self._slope * 1e-9) - 1.0) * 1e6

    @property
    def error_ns(self) -> float:
        """The standard error of ``time_ns`` for the latest sample."""
        return math.hypot(self._mean_error, self._slope_error * (self._latest_s - self._mean_s))

    @property
    def is_settled(self) -> bool:
        """Whether ``time_ns`` is good enough to place samples: to 0.15 ms, or after three seconds in any case."""
        return self._latest_s >= SETTLED_S or (
            self.observations >= SETTLED_OBSERVATIONS and self.error_ns < SETTLED_ERROR_NS
        )

    def _summary(self) -> _Bucket:
        seconds, late = np.array(self._open_s), np.array(self._open_late)
        off = np.abs(late - np.median(late))
        jitter = max(MIN_JITTER_NS, _MAD_TO_SIGMA * float(np.median(off)))
        weight = min(len(late), 50) / 100
        self.jitter_ns += weight * (jitter - self.jitter_ns)
        kept = off <= 4.0 * jitter
        return _Bucket(float(seconds[kept].mean()), float(late[kept].mean()), int(kept.sum()))

    def _refit(self, buckets: list[_Bucket]) -> None:
        seconds = np.array([bucket.seconds for bucket in buckets])
        late = np.array([bucket.late_ns for bucket in buckets])
        counts = np.array([bucket.counts for bucket in buckets], dtype=np.float64)
        self._solve(seconds, late, counts)
        if len(buckets) > 2:
            self._solve(seconds, late, counts * self._huber_weights(seconds, late))

    def _huber_weights(self, seconds: NDArray[np.float64], late: NDArray[np.float64]) -> NDArray[np.float64]:
        """Huber's weights: 1 near the line, decreasing with the distance from it."""
        off = np.abs(late - self._mean_late - self._slope * (seconds - self._mean_s))
        threshold = _HUBER * max(MIN_JITTER_NS, _MAD_TO_SIGMA * float(np.median(off)))
        return np.minimum(1.0, threshold / np.maximum(off, 1.0))

    def _solve(self, seconds: NDArray[np.float64], late: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
        """Weighted least squares with the prior of the slope as one more observation."""
        precision = weights / self.jitter_ns**2
        total = float(precision.sum())
        self._mean_s = float(precision @ seconds) / total
        self._mean_late = float(precision @ late) / total
        around = seconds - self._mean_s
        prior = self._prior_error**-2
        information = float(precision @ around**2) + prior
        covariance = float(precision @ (around * (late - self._mean_late)))
        slope = (covariance + prior * self._prior_slope) / information
        self._slope = min(max(slope, -MAX_SLOPE * 1e9), MAX_SLOPE * 1e9)
        self._mean_error = total**-0.5
        self._slope_error = information**-0.5
