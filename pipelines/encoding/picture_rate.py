"""How many pictures a second a track really gets, against what its camera promised. Pure."""

from __future__ import annotations

from collections import deque
from fractions import Fraction

_SECONDS = 3
# A rate that varies a little changes nothing.
_TOLERANCE = 1.3


class PictureRate:
    """Counts the pictures of each lesson second; the rate is that of the fullest of the last three whole seconds."""

    def __init__(self, promised_fps: Fraction) -> None:
        self._promised_fps = float(promised_fps)
        self._counts: deque[int] = deque(maxlen=_SECONDS)
        self._second: int | None = None
        self._first_second: int | None = None
        self._count = 0
        self._factor = 1.0

    def count(self, second: int) -> None:
        """A picture of this lesson second came; seconds only increase."""
        if second != self._second:
            # The second in which the track began is no whole one.
            if self._second is not None and self._second != self._first_second:
                self._counts.append(self._count)
            self._first_second = second if self._second is None else self._first_second
            self._second, self._count = second, 0
            self._adjust()
        self._count += 1

    def corrected(self, kbps: int) -> int:
        """The bit rate to ask for at the promised rate, to get ``kbps`` at the real one."""
        return max(1, round(kbps * self._factor))

    def _adjust(self) -> None:
        if len(self._counts) < _SECONDS:
            return
        wanted = self._promised_fps / max(self._counts)
        if not 1 / _TOLERANCE < wanted / self._factor < _TOLERANCE:
            self._factor = wanted
