"""What time a microphone's sample was taken: a robust line through sample counts and capture times."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BUCKET_S = 1.0
BUCKETS = 128
LEAST_JITTER_NS = 20_000.0
SETTLED_ERROR_NS = 150_000.0
SETTLED_STAMPS = 8
SETTLED_S = 3.0

_MAD_TO_SIGMA = 1.4826
_HUBER = 1.5


@dataclass(frozen=True, slots=True)
class _Bucket:
    """About a second of stamps: their mean count in seconds, mean lateness in ns, and number."""

    seconds: float
    late_ns: float
    stamps: int


class ClockEstimator:
    """The clock of one unbroken run of samples, learned from the time stamps of its blocks.

    Stamps may be off by milliseconds either way: each second of them becomes one point, the last 128 points
    become a line, and outliers count little or nothing. Before there is enough to see a slope it is
    taken to be ``ppm`` give or take ``give_or_take_ppm``. Memory is fixed.
    """

    def __init__(self, rate_hz: int, ppm: float = 0.0, give_or_take_ppm: float = 150.0) -> None:
        self.rate_hz = rate_hz
        self.jitter_ns = LEAST_JITTER_NS
        self.stamps = 0
        self._first_guess = -1e3 * ppm
        self._give_or_take = 1e3 * give_or_take_ppm
        self._origin_ns = 0
        self._latest_s = 0.0
        self._buckets: deque[_Bucket] = deque(maxlen=BUCKETS)
        self._open_s: list[float] = []
        self._open_late: list[float] = []
        # The line: lateness against the nominal rate is _middle_late + _slope · (seconds - _middle_s).
        self._middle_s = 0.0
        self._middle_late = 0.0
        self._slope = self._first_guess
        self._middle_error = math.inf
        self._slope_error = self._give_or_take

    def successor(self) -> ClockEstimator:
        """A fit for the next run of the same device, which starts with what this one knows of the rate."""
        return ClockEstimator(self.rate_hz, self.ppm, max(5.0, self._slope_error / 1e3))

    def observe(self, sample: int, captured_ns: int) -> None:
        """A block said that its first sample, number ``sample`` of the run, was taken at ``captured_ns``."""
        if not self.stamps:
            self._origin_ns = captured_ns - round(sample / self.rate_hz * 1e9)
        self.stamps += 1
        self._latest_s = sample / self.rate_hz
        self._open_s.append(self._latest_s)
        self._open_late.append(captured_ns - self._origin_ns - self._latest_s * 1e9)
        if self._latest_s - self._open_s[0] >= BUCKET_S:
            self._buckets.append(self._summary())
            self._open_s, self._open_late = [], []
            self._refit([*self._buckets])
        elif not self.settled:
            self._refit([*self._buckets, self._summary()])

    def time_ns(self, sample: float) -> float:
        """The CLOCK_MONOTONIC time of sample ``sample`` of the run, which may lie ahead or between two."""
        seconds = sample / self.rate_hz
        return self._origin_ns + seconds * 1e9 + self._middle_late + self._slope * (seconds - self._middle_s)

    @property
    def ppm(self) -> float:
        """How much faster than nominal the microphone's clock runs, in parts per million."""
        return (1.0 / (1.0 + self._slope * 1e-9) - 1.0) * 1e6

    @property
    def error_ns(self) -> float:
        """The standard error of ``time_ns`` for the latest sample."""
        return math.hypot(self._middle_error, self._slope_error * (self._latest_s - self._middle_s))

    @property
    def settled(self) -> bool:
        """Whether ``time_ns`` is good enough to place sound by: to 0.15 ms, or as three seconds could make it."""
        return self._latest_s >= SETTLED_S or (self.stamps >= SETTLED_STAMPS and self.error_ns < SETTLED_ERROR_NS)

    def _summary(self) -> _Bucket:
        seconds, late = np.array(self._open_s), np.array(self._open_late)
        off = np.abs(late - np.median(late))
        jitter = max(LEAST_JITTER_NS, _MAD_TO_SIGMA * float(np.median(off)))
        weight = min(len(late), 50) / 100
        self.jitter_ns += weight * (jitter - self.jitter_ns)
        kept = off <= 4.0 * jitter
        return _Bucket(float(seconds[kept].mean()), float(late[kept].mean()), int(kept.sum()))

    def _refit(self, buckets: list[_Bucket]) -> None:
        seconds = np.array([bucket.seconds for bucket in buckets])
        late = np.array([bucket.late_ns for bucket in buckets])
        stamps = np.array([bucket.stamps for bucket in buckets], dtype=np.float64)
        self._solve(seconds, late, stamps)
        if len(buckets) > 2:
            self._solve(seconds, late, stamps * self._trust(seconds, late))

    def _trust(self, seconds: NDArray[np.float64], late: NDArray[np.float64]) -> NDArray[np.float64]:
        """Huber's weights: 1 near the line, less and less away from it."""
        off = np.abs(late - self._middle_late - self._slope * (seconds - self._middle_s))
        usual = _HUBER * max(LEAST_JITTER_NS, _MAD_TO_SIGMA * float(np.median(off)))
        return np.minimum(1.0, usual / np.maximum(off, 1.0))

    def _solve(self, seconds: NDArray[np.float64], late: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
        """Least squares with the first guess of the slope as one more observation."""
        precise = weights / self.jitter_ns**2
        total = float(precise.sum())
        self._middle_s = float(precise @ seconds) / total
        self._middle_late = float(precise @ late) / total
        around = seconds - self._middle_s
        known = self._give_or_take**-2
        information = float(precise @ around**2) + known
        seen = float(precise @ (around * (late - self._middle_late)))
        self._slope = (seen + known * self._first_guess) / information
        self._middle_error = total**-0.5
        self._slope_error = information**-0.5
