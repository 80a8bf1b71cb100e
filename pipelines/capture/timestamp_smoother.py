"""When a picture was really taken: stamps that jitter around a camera's even pace. Pure."""

from __future__ import annotations

from fractions import Fraction

# What lies farther from the pace, in periods, is believed as it is stamped: the camera has changed its pace.
_TOLERANCE = 0.3
# The pace is that of the last three seconds of 30 pictures each.
_MOST_REMEMBERED = 90
# Pictures that were stamped one after the other stay so; a tick of the track's is shorter.
_LEAST_APART_NS = 20_000


class TimestampSmoother:
    """A camera exposes evenly, but stamps with milliseconds of jitter; lost pictures leave whole periods out.

    A line is fitted through the last pictures (an alpha-beta filter with the gains of least squares) and each
    picture's time read from it. A picture that does not fit is where its stamp says, and the line begins anew.
    So a time is about ``_TOLERANCE`` periods from its stamp at most, and a camera without a pace keeps its stamps.
    """

    def __init__(self, fps: Fraction) -> None:
        self._nominal_ns = 1_000_000_000 / float(fps)
        self._period_ns = self._nominal_ns
        self._stamp_ns = 0
        self._last_ns = 0.0
        self._remembered = 0

    def even(self, captured_ns: int) -> int:
        """The time of the next picture, which says that it was taken at ``captured_ns``."""
        comes_later, self._stamp_ns = captured_ns > self._stamp_ns, captured_ns
        periods = round((captured_ns - self._last_ns) / self._period_ns)
        expected_ns = self._last_ns + periods * self._period_ns
        off_ns = captured_ns - expected_ns
        if not self._remembered or periods < 1 or abs(off_ns) > _TOLERANCE * self._period_ns:
            least_ns = round(self._last_ns) + _LEAST_APART_NS
            return self._begin(max(captured_ns, least_ns) if comes_later else captured_ns)
        self._remembered = count = min(self._remembered + 1, _MOST_REMEMBERED)
        self._last_ns = expected_ns + off_ns * 2 * (2 * count - 1) / (count * (count + 1))
        self._period_ns += off_ns / periods * 6 / (count * (count + 1))
        return round(self._last_ns)

    def _begin(self, at_ns: int) -> int:
        self._period_ns = self._nominal_ns
        self._last_ns = float(at_ns)
        self._remembered = 1
        return at_ns
