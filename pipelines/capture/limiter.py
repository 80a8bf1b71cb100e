"""A look-ahead limiter: no true peak above the ceiling, and no click where it takes hold."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.mix_grid import CHUNK
from pipelines.capture.true_peak import HIGHEST_RATIO, TAPS, true_peaks
from pipelines.loudness_target import HIGHEST_PEAK_DBTP

# Of a tone below 20 kHz the interpolator reads peaks up to 0.6 dB too low, since its grid has four points a sample
# (Rec. ITU-R BS.1770-4, attachment 1 to annex 2), of clicks at random up to 0.8 (worst of 10,000), since it is short.
_MARGIN_DB: Final = 1.0
_CELL: Final = LESSON_RATE_HZ // 2000
_CELLS: Final = CHUNK // _CELL
_ATTACK_CELLS: Final = 10
_RELEASE_DB_S: Final = 40.0
_RELEASE_DB: Final = _RELEASE_DB_S * _CELL / LESSON_RATE_HZ
# The interpolator's curve is known half its length later, so each cell looks into the next one.
_LATE_CELLS: Final = _ATTACK_CELLS + 2
LOOK_AHEAD: Final = _LATE_CELLS * _CELL
"""Samples by which the output is late."""

_WITHIN: Final = (np.arange(_CELL, dtype=np.float32) / _CELL)[None, :]


class Limiter:
    """Takes and gives chunks of shape (channels, ``CHUNK``); the output is ``LOOK_AHEAD`` late.

    The gain of a cell of 0.5 ms is the least that any of the next 5 ms needs, released at a fixed rate and then
    averaged over 5 ms: so it has come down before the peak does.
    """

    def __init__(self, channels: int, ceiling_dbtp: float = HIGHEST_PEAK_DBTP) -> None:
        self._ceiling = 10.0 ** ((ceiling_dbtp - _MARGIN_DB) / 20.0)
        self._late = np.zeros((channels, LOOK_AHEAD), np.float32)
        self._heads = np.zeros((channels, TAPS - 1), np.float32)
        self._peaks = np.zeros(_LATE_CELLS + 1)
        self._released_db = np.zeros(_ATTACK_CELLS + 1)

    def push(self, chunk: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add a chunk, return the one that is complete."""
        known = np.concatenate([self._late, chunk], axis=1)
        out, self._late = known[:, :CHUNK], known[:, CHUNK:].copy()
        heads, self._heads = self._heads, chunk[:, 1 - TAPS :].copy()
        highest = max(float(np.abs(chunk).max()), float(np.abs(heads).max()))
        is_low = highest * HIGHEST_RATIO <= self._ceiling
        if is_low and not self._released_db.any() and self._peaks.max() <= self._ceiling:
            self._peaks[:] = 0.0
            return out
        return out * self._gains(np.concatenate([heads, chunk], axis=1))

    def _gains(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The gain of each sample that is given out now, shape (``CHUNK``,)."""
        cells = true_peaks(samples).reshape(_CELLS, _CELL).max(axis=1)
        peaks = np.concatenate([self._peaks, cells])
        self._peaks = peaks[_CELLS:]
        both = np.maximum(peaks[:-1], peaks[1:])
        needed_db = -20.0 * np.log10(np.maximum(both / self._ceiling, 1.0))
        least_db = np.lib.stride_tricks.sliding_window_view(needed_db, _ATTACK_CELLS + 1).min(axis=1)[-_CELLS:]
        rises_db = _RELEASE_DB * np.arange(_CELLS + 1)
        released_db = np.concatenate([self._released_db[-1:], least_db])
        released_db = np.minimum.accumulate(released_db - rises_db) + rises_db
        released_db = np.concatenate([self._released_db[:-1], released_db])
        self._released_db = released_db[_CELLS:]
        averages = np.lib.stride_tricks.sliding_window_view(released_db, _ATTACK_CELLS).mean(axis=1)
        nodes = (10.0 ** (averages[: _CELLS + 1] / 20.0)).astype(np.float32)[:, None]
        gains: NDArray[np.float32] = nodes[:-1] + (nodes[1:] - nodes[:-1]) * _WITHIN
        return gains.reshape(CHUNK)
