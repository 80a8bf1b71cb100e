"""Sound that is made: samples and silence end to end, and the holes where silence stands in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.journal.entries import Cause

MOST_TAKEN = 10 * LESSON_RATE_HZ
HOLE_PIECE = 60 * LESSON_RATE_HZ
WORTH_TELLING = LESSON_RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class SilentSpan:
    """Silence in the place of lesson samples [begin, end), and why."""

    begin: int
    end: int
    cause: Cause
    reason: str


class PcmAssembler:
    """Contiguous samples from lesson sample ``position`` on; silences under a millisecond are not told."""

    def __init__(self, position: int, channels: int) -> None:
        self.position = position
        self._pieces: deque[NDArray[np.float32]] = deque()
        self._no_sound = np.zeros((LESSON_RATE_HZ, channels), np.float32)
        self._open: SilentSpan | None = None
        self._told: list[SilentSpan] = []

    def sound(self, samples: NDArray[np.float32]) -> None:
        """Go on with these samples of shape (n, channels)."""
        if len(samples):
            self._close_silence()
            self._append(samples)

    def silence_to(self, position: int, cause: Cause, reason: str) -> None:
        """Go on with silence up to ``position``; silence that goes on keeps its first cause."""
        begin = self.position
        while self.position < position:
            self._append(self._no_sound[: position - self.position])
        if self.position > begin:
            silence = self._open or SilentSpan(begin, begin, cause, reason)
            self._open = SilentSpan(silence.begin, self.position, silence.cause, silence.reason)
            if self.position - silence.begin >= HOLE_PIECE:
                self._tell(self._open)
                self._open = SilentSpan(self.position, self.position, silence.cause, silence.reason)

    def end_at(self, position: int) -> None:
        """Take back what goes beyond ``position``, unless it was taken."""
        self._close_silence()
        while self._pieces and self.position > position:
            piece = self._pieces.pop()
            kept = piece[: max(0, len(piece) - (self.position - position))]
            self.position -= len(piece)
            self._append(kept)
            if len(kept):
                break

    def take(self) -> NDArray[np.float32]:
        """Remove and return the oldest samples, ten seconds at most."""
        taken = [self._no_sound[:0]]
        count = 0
        while self._pieces and count < MOST_TAKEN:
            taken.append(self._pieces.popleft())
            count += len(taken[-1])
        return np.concatenate(taken)

    def silences(self) -> list[SilentSpan]:
        """The silences that have ended since the last call, and a piece a minute of one that has not."""
        told, self._told = self._told, []
        return told

    def _append(self, samples: NDArray[np.float32]) -> None:
        if len(samples):
            self._pieces.append(samples)
            self.position += len(samples)

    def _close_silence(self) -> None:
        silence, self._open = self._open, None
        if silence is not None:
            self._tell(silence)

    def _tell(self, silence: SilentSpan) -> None:
        if silence.end - silence.begin >= WORTH_TELLING:
            self._told.append(silence)
