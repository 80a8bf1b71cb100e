"""RMS and peak level of audio in dBFS, for each window of lesson time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LESSON_RATE_HZ = 48_000
SECOND_NS = 1_000_000_000
METER_WINDOW_NS = SECOND_NS // 2
FLOOR_DBFS = -120.0


@dataclass(frozen=True, slots=True)
class LevelReading:
    """Level of [lesson_ns, lesson_ns + length_ns) in dBFS: RMS over all channels, and the highest sample.

    0 dBFS is a constant 1.0, so a full-scale sine has an RMS of -3.01 dBFS; digital silence is ``FLOOR_DBFS``.
    """

    lesson_ns: int
    length_ns: int
    rms_dbfs: float
    peak_dbfs: float


class LevelMeter:
    """Measures one stream of contiguous lesson sound in windows that begin at multiples of ``window_ns``.

    ``window_ns`` is ``SECOND_NS`` for the journal and ``METER_NS`` for a meter a person
    looks at; it must hold a whole number of samples. The stream's first sample is at ``start_lesson_ns``.
    """

    def __init__(self, start_lesson_ns: int = 0, window_ns: int = SECOND_NS) -> None:
        self._window = window_ns * LESSON_RATE_HZ // SECOND_NS
        self._begin = self._position = start_lesson_ns * LESSON_RATE_HZ // SECOND_NS
        self._squares = 0.0
        self._peak = 0.0

    def push_samples(self, samples: NDArray[np.float32]) -> list[LevelReading]:
        """Add samples of shape (n, channels); return the readings of the windows they complete."""
        readings: list[LevelReading] = []
        while len(samples):
            room = self._window - self._position % self._window
            part, samples = samples[:room], samples[room:]
            self._squares += float(np.vdot(part, part)) / part.shape[1]
            self._peak = max(self._peak, float(part.max()), -float(part.min()))
            self._position += len(part)
            if self._position % self._window == 0:
                readings += self.flush()
        return readings

    def flush(self) -> list[LevelReading]:
        """The reading of the window that is not full, if it holds any samples; measuring continues after it."""
        count = self._position - self._begin
        if not count:
            return []
        reading = LevelReading(
            lesson_ns=_nanoseconds(self._begin),
            length_ns=_nanoseconds(self._position) - _nanoseconds(self._begin),
            rms_dbfs=to_dbfs(math.sqrt(self._squares / count)),
            peak_dbfs=to_dbfs(self._peak),
        )
        self._begin, self._squares, self._peak = self._position, 0.0, 0.0
        return [reading]


def to_dbfs(amplitude: float) -> float:
    """Convert an amplitude (1.0 is full scale) to dBFS, never below ``FLOOR_DBFS``."""
    return max(FLOOR_DBFS, 20.0 * math.log10(amplitude)) if amplitude > 0.0 else FLOOR_DBFS


def _nanoseconds(samples: int) -> int:
    return samples * SECOND_NS // LESSON_RATE_HZ
