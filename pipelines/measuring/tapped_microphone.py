"""Which of several microphones was tapped: the one whose level jumps most above its own background."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Unmeasurable

# A finger on the housing; a desk that is knocked at stays below.
_LEAST_JUMP_DB = 20.0
# What reaches the others through the air is far weaker than what the finger does.
_LEAST_LEAD_DB = 6.0
_LEAST_BLOCKS = 10


def tapped_microphone(peaks: Mapping[str, NDArray[np.float64]]) -> str:
    """Return the microphone that was tapped.

    ``peaks`` has the peak (0 to 1) of each block of each microphone, float64 (n,), from before the taps until after
    them: the background is the median.

    Raises:
        Unmeasurable: ``no-tap``: no level jumps; ``two-taps``: two jump alike; ``too-short``: too few blocks.
    """
    jumps = sorted(((_jump_db(values), role) for role, values in peaks.items()), reverse=True)
    if not jumps or jumps[0][0] < _LEAST_JUMP_DB:
        raise Unmeasurable("no-tap")
    if len(jumps) > 1 and jumps[0][0] - jumps[1][0] < _LEAST_LEAD_DB:
        raise Unmeasurable("two-taps")
    return jumps[0][1]


def _jump_db(values: NDArray[np.float64]) -> float:
    if len(values) < _LEAST_BLOCKS:
        raise Unmeasurable("too-short")
    background = max(float(np.median(values)), 1 / 32768)
    return float(20 * np.log10(max(float(values.max()), 1 / 32768) / background))
