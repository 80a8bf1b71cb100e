"""Power of sound in windows of 100 ms, unweighted from 20 Hz to 20 kHz and A-weighted."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import spectrogram

WINDOW_S: Final = 0.1

_LOWEST_HZ: Final = 20.0
_HIGHEST_HZ: Final = 20_000.0


def a_weighting(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the A-weighting of a power at each frequency, 1.0 at 1 kHz.

    Source: IEC 61672-1, Sound level meters, annex E.
    """
    square = np.square(frequency_hz)
    poles = (square + 20.6**2) * np.sqrt((square + 107.7**2) * (square + 737.9**2)) * (square + 12_194.0**2)
    return np.asarray(np.square(12_194.0**2 * square**2 / poles) * 10.0**0.2, np.float64)


def window_powers(samples: NDArray[np.float64], rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean square of each window of 100 ms (Hann) of samples of shape (n, channels): unweighted, A-weighted.

    Both have the shape (windows,) and are means over the channels. A constant is not in them.
    """
    length = round(rate_hz * WINDOW_S)
    frequencies, _, density = spectrogram(samples, rate_hz, "hann", length, 0, detrend="constant", axis=0)
    audible = (frequencies >= _LOWEST_HZ) & (frequencies <= _HIGHEST_HZ)
    power = density.mean(axis=1)[audible] * (frequencies[1] - frequencies[0])
    return power.sum(axis=0), a_weighting(frequencies[audible]) @ power
