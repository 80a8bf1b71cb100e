"""The samples of one microphone that wait for those of the others."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray


class SampleQueue:
    """Contiguous float32 samples of shape (n, channels): pieces of any length in, pieces of the wanted length out."""

    def __init__(self, channels: int) -> None:
        self._pieces: deque[NDArray[np.float32]] = deque()
        self._none = np.zeros((0, channels), np.float32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def push(self, samples: NDArray[np.float32]) -> None:
        """Add samples of shape (n, channels) at the end."""
        if len(samples):
            self._pieces.append(samples)
            self._count += len(samples)

    def pop(self, count: int) -> NDArray[np.float32]:
        """Remove and return the oldest ``count`` samples, or as many as there are."""
        taken = [self._none]
        while count and self._pieces:
            piece = self._pieces.popleft()
            taken.append(piece[:count])
            if count < len(piece):
                self._pieces.appendleft(piece[count:])
            self._count -= len(taken[-1])
            count -= len(taken[-1])
        return taken[1] if len(taken) == 2 else np.concatenate(taken)
