"""The rate that a camera really gives, the pictures that are missing, and whether low light slows it down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate, Unmeasurable

MIN_PICTURES = 12
# A camera that is slower than this share of its promise is slowed by something; clocks err by far less.
SLOWED_BELOW = 0.95
# Below this mean luma, 0..1 of the range, automatic exposure has reason to lengthen the exposure beyond the interval.
DIM_LUMA = 0.3

_REGULAR = 0.2
# Any times lie on a line of tiny intervals: no camera loses more than three of four pictures.
_MOST_MISSING = 4
_NEARLY = 0.85
_PERIOD_PICTURES = 150
_DIVISOR_TOLERANCE = 0.03


class Slowdown(StrEnum):
    """Why fewer pictures come than were promised."""

    NONE = "none"
    LOW_LIGHT = "low-light"  # the interval itself is longer, and the picture is dim
    LONGER_INTERVAL = "longer-interval"  # the interval itself is longer, in good light: another mode, or the bus
    LOSSES = "losses"  # the interval is as promised, and pictures are missing


@dataclass(frozen=True, slots=True)
class FrameRate:
    """A camera's rate: ``fps`` by its own interval, as though none were missing, and ``delivered_fps`` as they came."""

    fps: Estimate
    delivered_fps: float
    missing_share: float
    jitter_ms: float


@dataclass(frozen=True, slots=True)
class RateAgainstPromise:
    """The rate as a ratio to the promised one; ``divisor`` is 2 where it is halved, None where it is no whole part."""

    ratio: Estimate
    divisor: int | None
    slowdown: Slowdown


@dataclass(frozen=True, slots=True)
class PictureClock:
    """Consecutive numbers of the pictures, with holes where some are missing, and the line of their times."""

    numbers: NDArray[np.int64]
    period_ns: float
    start_ns: float
    residual_ns: NDArray[np.float64]

    @property
    def times_s(self) -> NDArray[np.float64]:
        """The times without their jitter, in seconds since the first picture."""
        return np.asarray((self.numbers - self.numbers[0]) * (self.period_ns * 1e-9), np.float64)


def picture_clock(capture_ns: NDArray[np.int64]) -> PictureClock:
    """Number the pictures by their capture times (n,) in ns, and fit a line through times over numbers.

    Raises:
        Unmeasurable: ``too-few-pictures``, or ``times-not-ascending``.
    """
    if len(capture_ns) < MIN_PICTURES:
        raise Unmeasurable("too-few-pictures")
    times = (capture_ns - capture_ns[0]).astype(np.float64)
    if not (np.diff(times) >= 0).all() or times[-1] <= 0:
        raise Unmeasurable("times-not-ascending")
    clock = _numbered(times, _period(times[:_PERIOD_PICTURES]))
    if clock is not None:
        return clock
    # Stamps that jitter by as much as the interval cannot tell a hole from a late picture.
    return _line(np.arange(len(times), dtype=np.int64), times)


def frame_rate(capture_ns: NDArray[np.int64]) -> FrameRate:
    """The camera's rate of the capture times (n,) in ns, ascending, as its driver stamped them.

    The interval is the slope of a line through the times over the pictures' numbers. Its 95 % interval holds where the
    jitter is that of a first-order autoregression.

    Raises:
        Unmeasurable: ``too-few-pictures``, or ``times-not-ascending``.
    """
    clock = picture_clock(capture_ns)
    numbers, residual = clock.numbers, clock.residual_ns
    count = len(numbers)
    jitter_ns = float(np.sqrt(residual @ residual / (count - 2)))
    spread = float(((numbers - numbers.mean()) ** 2).sum()) ** 0.5
    power = float(residual @ residual)
    correlation = min(max(float(residual[1:] @ residual[:-1]) / power, 0.0), 0.95) if power else 0.0
    inflation = ((1.0 + correlation) / (1.0 - correlation)) ** 0.5
    relative = 1.96 * inflation * jitter_ns / spread / clock.period_ns
    fps = 1e9 / clock.period_ns
    expected = int(numbers[-1] - numbers[0])
    return FrameRate(
        fps=Estimate(fps, fps * relative),
        delivered_fps=(count - 1) * 1e9 / float(capture_ns[-1] - capture_ns[0]),
        missing_share=max(0.0, 1.0 - (count - 1) / expected),
        jitter_ms=jitter_ns / 1e6,
    )


def rate_against_promise(rate: FrameRate, promised_fps: float, mean_luma: float) -> RateAgainstPromise:
    """The measured rate against the promised one, with the picture's mean luma (0..1 of its range) at the same time.

    A UVC camera whose exposure has priority over its rate (control ``exposure_dynamic_framerate``) lengthens its
    interval in low light, often to twice. (USB Device Class Definition for Video Devices 1.5, 4.2.2.1.3.)
    """
    ratio = Estimate(rate.fps.value / promised_fps, rate.fps.half_width / promised_fps)
    inverse = 1.0 / ratio.value
    nearest = max(1, round(inverse))
    divisor = nearest if abs(inverse / nearest - 1.0) < _DIVISOR_TOLERANCE else None
    if ratio.value < SLOWED_BELOW:
        slowdown = Slowdown.LOW_LIGHT if mean_luma < DIM_LUMA else Slowdown.LONGER_INTERVAL
    elif rate.delivered_fps < SLOWED_BELOW * promised_fps:
        slowdown = Slowdown.LOSSES
    else:
        slowdown = Slowdown.NONE
    return RateAgainstPromise(ratio, divisor, slowdown)


def _period(times: NDArray[np.float64]) -> float:
    """The longest interval of whose multiples the times are, as nearly as of any: by their Fourier transform."""
    mean = (len(times) - 1) / times[-1]
    frequencies = np.arange(0.9 * mean, _MOST_MISSING * mean, 0.2 / times[-1])
    coherence = np.abs(np.exp(2j * np.pi * frequencies[:, None] * times).mean(axis=1))
    first = int(np.flatnonzero(coherence >= _NEARLY * coherence.max())[0])
    # The first that is nearly as good may be on the slope of the one that is meant.
    around = slice(first, first + 10)
    return 1.0 / float(frequencies[around][coherence[around].argmax()])


def _numbered(times: NDArray[np.float64], period: float) -> PictureClock | None:
    """Pictures numbered by a period that is refined over ever more of them; None where times do not lie on it."""
    count, start = min(_PERIOD_PICTURES, len(times)), _phase(times[:_PERIOD_PICTURES], period)
    while True:
        seen = times[:count]
        numbers = np.rint((seen - start) / period).astype(np.int64)
        clock = _line(numbers, seen)
        period, start = clock.period_ns, clock.start_ns
        if float(np.sqrt(np.mean(clock.residual_ns**2))) > _REGULAR * period:
            return None
        if count == len(times):
            is_sound = (np.diff(numbers) > 0).all() and numbers[-1] - numbers[0] < _MOST_MISSING * count
            return clock if is_sound else None
        count = min(2 * count, len(times))


def _phase(times: NDArray[np.float64], period: float) -> float:
    """The mean time of the pictures, less whole intervals."""
    return float(np.angle(np.exp(2j * np.pi / period * times).mean())) / (2.0 * np.pi) * period


def _line(numbers: NDArray[np.int64], times: NDArray[np.float64]) -> PictureClock:
    around = numbers - numbers.mean()
    period = float(around @ times / (around @ around))
    start = float(times.mean() - period * numbers.mean())
    return PictureClock(numbers, period, start, times - start - period * numbers)
