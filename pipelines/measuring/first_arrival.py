"""The first sample of a sound that follows quiet: the direct sound, however loud what the walls return."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MARGIN = 8


def first_arrival(power: NDArray[np.float64]) -> int:
    """Return where in ``power`` (squares of samples, shape (n,)) the variance changes.

    That is where Akaike's criterion of a quiet part and a loud one is least. The window must begin in the quiet and end
    soon after the onset, before reflections are much louder than it.

    Source: Maeda (1985), A method for reading and checking phase times in auto-processing system of seismic wave data
    (the AIC picker of seismology, made for first arrivals).
    """
    count = len(power)
    before = np.cumsum(power)[:-1]
    total = before[-1] + power[-1]
    splits = np.arange(1, count)
    tiny = 1e-12 * max(float(total), 1e-30)
    quiet = np.log(before / splits + tiny)
    loud = np.log((total - before) / (count - splits) + tiny)
    criterion = splits * quiet + (count - splits) * loud
    inner = slice(_MARGIN, max(_MARGIN + 1, count - 1 - _MARGIN))
    return int(np.argmin(criterion[inner])) + _MARGIN + 1
