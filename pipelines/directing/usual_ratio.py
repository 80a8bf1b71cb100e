"""How much louder the room's microphone is than the teacher's while the teacher speaks, learnt from the lesson."""

from __future__ import annotations

import numpy as np

_LOWEST_DB, _HIGHEST_DB = -60, 60
# Speech of before so long counts half.
_HALF_LIFE_S = 600.0
_LEARNT_S = 6.0
# The teacher has most of a lesson's speech; with a discussion in it still more than a third.
_QUANTILE = 0.3


class UsualRatio:
    """A low quantile of the differences in dB of two microphones' levels, over the last ten minutes of speech or so.

    A quantile, since it stands still while students speak for a minute, where a mean would follow them.
    """

    def __init__(self) -> None:
        self._seconds = np.zeros(_HIGHEST_DB - _LOWEST_DB + 1)
        self._weight = 1.0

    def push(self, difference_db: float, step_s: float) -> None:
        """Add ``step_s`` seconds of speech with this difference."""
        # Instead of making all older ones lighter, each newer one is heavier.
        self._weight *= 2.0 ** (step_s / _HALF_LIFE_S)
        if self._weight > 1e6:
            self._seconds /= self._weight
            self._weight = 1.0
        place = min(_HIGHEST_DB, max(_LOWEST_DB, round(difference_db))) - _LOWEST_DB
        self._seconds[place] += step_s * self._weight

    @property
    def usual_db(self) -> float | None:
        """The usual difference; None until there were six seconds of speech."""
        sums = np.cumsum(self._seconds)
        if sums[-1] < _LEARNT_S * self._weight:
            return None
        return float(np.searchsorted(sums, _QUANTILE * sums[-1]) + _LOWEST_DB)
