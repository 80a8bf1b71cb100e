"""The noise under speech, followed while somebody speaks: the least power of the last seconds."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.mix_grid import CHUNK_S

SILENT: Final = 1e-12
"""A power so low (-120 dBFS) is no sound of a room, but a microphone that is away or muted."""


class NoiseFloor:
    """Follows the noise of ``rows`` streams; ``highest`` is what noise is taken to be until a pause has been heard.

    Source: R. Martin, Noise power spectral density estimation based on optimal smoothing and minimum statistics, IEEE
    Trans. Speech Audio Process. 9, 2001; here of the whole band, without its correction of the bias.
    """

    def __init__(self, rows: int, seconds: float, highest: float) -> None:
        self._latest = np.full((round(seconds / CHUNK_S), rows), np.inf)
        self._at = 0
        self._highest = highest

    def push(self, powers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add the power of the next chunk of each stream, return the power of their noise; shapes (rows,)."""
        self._latest[self._at] = np.where(powers > SILENT, powers, np.inf)
        self._at = (self._at + 1) % len(self._latest)
        least: NDArray[np.float64] = self._latest.min(axis=0)
        return np.clip(least, SILENT, self._highest)
