"""Y, U and V planes packed one after the other, each row padded to four bytes, as libjpeg-turbo takes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

NEUTRAL = 128


class PackedPlanes:
    """One picture's memory, ``packed``, and its planes as views without their padding."""

    def __init__(self, width: int, height: int, chroma_rows: int) -> None:
        line, half = _padded(width), _padded(width // 2)
        end, middle = line * height, line * height + half * chroma_rows
        self.packed: Image = np.full(middle + half * chroma_rows, NEUTRAL, dtype=np.uint8)
        self.luma = self.packed[:end].reshape(height, line)[:, :width]
        self.blue = self.packed[end:middle].reshape(chroma_rows, half)[:, : width // 2]
        self.red = self.packed[middle:].reshape(chroma_rows, half)[:, : width // 2]


def _padded(width: int) -> int:
    return -(-width // 4) * 4
