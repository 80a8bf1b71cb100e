"""Smooth the jitter of capture time stamps around a camera's constant frame rate. Pure."""

from __future__ import annotations

from fractions import Fraction

# A stamp farther from the line than this, in periods, is taken as it is: the camera has changed its rate.
_TOLERANCE = 0.3
# The rate is that of the last three seconds at 30 pictures each.
_MAX_FITTED = 90
# Pictures that were stamped one after the other stay in order; a tick of the track is shorter.
_MIN_SPACING_NS = 20_000


class TimestampSmoother:
    """An alpha-beta filter of capture times: exposures are evenly spaced, their stamps jitter by milliseconds.

    A line is fitted through the last pictures (with the gains of least squares) and each picture's time is read from
    it; lost pictures leave out whole periods. A picture that does not fit keeps its stamp, and the line begins anew.
    So a time is at most about ``_TOLERANCE`` periods from its stamp, and a camera without a constant rate keeps its
    stamps.
    """

    def __init__(self, fps: Fraction) -> None:
        self._nominal_ns = 1_000_000_000 / float(fps)
        self._period_ns = self._nominal_ns
        self._stamp_ns = 0
        self._last_ns = 0.0
        self._fitted = 0

    def smooth(self, captured_ns: int) -> int:
        """The smoothed capture time of the next picture, stamped ``captured_ns``."""
        is_later, self._stamp_ns = captured_ns > self._stamp_ns, captured_ns
        periods = round((captured_ns - self._last_ns) / self._period_ns)
        expected_ns = self._last_ns + periods * self._period_ns
        error_ns = captured_ns - expected_ns
        if not self._fitted or periods < 1 or abs(error_ns) > _TOLERANCE * self._period_ns:
            earliest_ns = round(self._last_ns) + _MIN_SPACING_NS
            return self._restart(max(captured_ns, earliest_ns) if is_later else captured_ns)
        self._fitted = count = min(self._fitted + 1, _MAX_FITTED)
        self._last_ns = expected_ns + error_ns * 2 * (2 * count - 1) / (count * (count + 1))
        self._period_ns += error_ns / periods * 6 / (count * (count + 1))
        return round(self._last_ns)

    def _restart(self, at_ns: int) -> int:
        self._period_ns = self._nominal_ns
        self._last_ns = float(at_ns)
        self._fitted = 1
        return at_ns
