"""The true peak of sound: how high it goes between its samples."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# fmt: off
_FIRST: Final = (
    0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625,
    0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
)
_SECOND: Final = (
    -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625,
    0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
)
# fmt: on
INTERPOLATOR: Final = np.array([_FIRST, _SECOND, _SECOND[::-1], _FIRST[::-1]], np.float32).T
"""Four samples for each, shape (taps, 4). Source: Rec. ITU-R BS.1770-4, annex 2."""

TAPS: Final = len(INTERPOLATOR)
HIGHEST_RATIO: Final = float(np.abs(INTERPOLATOR).sum(axis=0).max())
"""No true peak is higher above the highest sample."""


def true_peaks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each sample of (channels, ``TAPS`` - 1 + n) but the first ones the highest point of the curve near it.

    Shape (n,): the largest magnitude in any channel, of the sample itself and of the curve half the filter before it.
    """
    windows = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(samples, TAPS, axis=1))
    between = np.abs(windows @ INTERPOLATOR).max(axis=(0, 2))
    peaks: NDArray[np.float32] = np.maximum(between, np.abs(samples[:, TAPS - 1 :]).max(axis=0))
    return peaks
