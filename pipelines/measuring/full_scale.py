"""Samples in full-scale units: what a driver delivers, as the float64 that measurements compute with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16] | NDArray[np.float64]
"""Sound of shape (n, channels) or (n,): int16 as drivers deliver it, or float64 with full scale at ±1."""

_INT16_FULL_SCALE = 32768.0


def full_scale(samples: Samples) -> NDArray[np.float64]:
    """Return samples of shape (n, channels) or (n,) as float64 of shape (n, channels), full scale at ±1."""
    columns = samples[:, None] if samples.ndim == 1 else samples
    scale = _INT16_FULL_SCALE if columns.dtype == np.int16 else 1.0
    return np.asarray(columns, np.float64) / scale


def mono(samples: Samples) -> NDArray[np.float64]:
    """Return the mean of all channels, of shape (n,), full scale at ±1, as the recorder mixes them down."""
    return np.asarray(full_scale(samples).mean(axis=1), np.float64)


def to_db(power: float, lowest_db: float = -200.0) -> float:
    """Convert a power (a mean square; 1.0 is a constant full scale) to dB, never below ``lowest_db``."""
    return max(lowest_db, 10.0 * float(np.log10(power))) if power > 0.0 else lowest_db
