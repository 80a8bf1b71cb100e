"""The power of sound in octave bands over time."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

REVERBERATION_BANDS_HZ: Final = (250, 500, 1000, 2000, 4000)

_ORDER = 3


def octave_band(samples: NDArray[np.float64], rate_hz: int, centre_hz: float) -> NDArray[np.float64]:
    """Filter samples of shape (n,) by an octave band, Butterworth of third order.

    Source: IEC 61260-1, Octave-band and fractional-octave-band filters.
    """
    edges = [centre_hz / math.sqrt(2.0), centre_hz * math.sqrt(2.0)]
    return np.asarray(sosfilt(butter(_ORDER, edges, "bandpass", fs=rate_hz, output="sos"), samples), np.float64)


def bandwidth_hz(centre_hz: float) -> float:
    """Return the width of an octave band."""
    return centre_hz / math.sqrt(2.0)


def binned_power(samples: NDArray[np.float64], rate_hz: int, bin_s: float) -> NDArray[np.float64]:
    """Return the mean square of each whole bin of ``bin_s``, of shape (bins,)."""
    length = round(rate_hz * bin_s)
    whole = len(samples) // length
    return np.asarray(np.square(samples[: whole * length]).reshape(whole, length).mean(axis=1), np.float64)
