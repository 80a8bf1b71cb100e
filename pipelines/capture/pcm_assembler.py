"""Assemble contiguous PCM from samples and silence, and report where silence fills gaps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.journal.entries import Cause

MAX_POP_SAMPLES = 10 * LESSON_RATE_HZ
MAX_GAP_SAMPLES = 60 * LESSON_RATE_HZ
MIN_GAP_SAMPLES = LESSON_RATE_HZ // 1000


@dataclass(frozen=True, slots=True)
class SilentSpan:
    """Silence in the place of lesson samples [begin, end), with its cause."""

    begin: int
    end: int
    cause: Cause
    reason: str


class PcmAssembler:
    """Contiguous float32 samples from lesson sample ``position`` on; silences under a millisecond are not reported."""

    def __init__(self, position: int, channels: int) -> None:
        self.position = position
        self._chunks: deque[NDArray[np.float32]] = deque()
        self._captured: dict[int, int] = {}
        self._silence = np.zeros((LESSON_RATE_HZ, channels), np.float32)
        self._current: SilentSpan | None = None
        self._reportable: list[SilentSpan] = []

    def append_samples(self, samples: NDArray[np.float32]) -> None:
        """Append samples of shape (n, channels)."""
        if len(samples):
            self._close_silence()
            self._count(self.position, self.position + len(samples), 1)
            self._append(samples)

    def pad_to(self, position: int, cause: Cause, reason: str) -> None:
        """Append silence up to ``position``; silence that continues keeps its first cause."""
        begin = self.position
        while self.position < position:
            self._append(self._silence[: position - self.position])
        if self.position > begin:
            silence = self._current or SilentSpan(begin, begin, cause, reason)
            self._current = SilentSpan(silence.begin, self.position, silence.cause, silence.reason)
            if self.position - silence.begin >= MAX_GAP_SAMPLES:
                self._report(self._current)
                self._current = SilentSpan(self.position, self.position, silence.cause, silence.reason)

    def truncate_to(self, position: int) -> None:
        """Remove what goes beyond ``position``, unless it was popped."""
        self._close_silence()
        while self._chunks and self.position > position:
            chunk = self._chunks.pop()
            kept = chunk[: max(0, len(chunk) - (self.position - position))]
            # Silence may be removed too, of which nothing was counted.
            self._count(self.position - len(chunk) + len(kept), self.position, -1)
            self.position -= len(chunk)
            self._append(kept)
            if len(kept):
                break

    def pop_samples(self) -> NDArray[np.float32]:
        """Remove and return the oldest samples, ten seconds at most."""
        popped = [self._silence[:0]]
        count = 0
        while self._chunks and count < MAX_POP_SAMPLES:
            popped.append(self._chunks.popleft())
            count += len(popped[-1])
        return np.concatenate(popped)

    def pop_captured(self, second: int) -> int:
        """Remove the number of samples in this lesson second that are no silence of ours, and all that is older."""
        count = self._captured.get(second, 0)
        self._captured = {one: kept for one, kept in self._captured.items() if one > second}
        return count

    def pop_silences(self) -> list[SilentSpan]:
        """The silences that ended since the last call, and one piece a minute of a silence that lasts."""
        silences, self._reportable = self._reportable, []
        return silences

    def _count(self, begin: int, end: int, sign: int) -> None:
        while begin < end:
            second = begin // LESSON_RATE_HZ
            part = min(end, (second + 1) * LESSON_RATE_HZ) - begin
            self._captured[second] = max(0, self._captured.get(second, 0) + sign * part)
            begin += part

    def _append(self, samples: NDArray[np.float32]) -> None:
        if len(samples):
            self._chunks.append(samples)
            self.position += len(samples)

    def _close_silence(self) -> None:
        silence, self._current = self._current, None
        if silence is not None:
            self._report(silence)

    def _report(self, silence: SilentSpan) -> None:
        if silence.end - silence.begin >= MIN_GAP_SAMPLES:
            self._reportable.append(silence)
