"""What is heard in one microphone, as the director and the mix are told it ten times a second."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.level_meter import LESSON_RATE_HZ, SECOND_NS, to_dbfs
from pipelines.capture.speech_detector import SpeechDetector, SpeechReading
from pipelines.directing.observations import SpeechHeard

TOLD_EVERY: Final = LESSON_RATE_HZ // 10


class HeardSpeech:
    """Follows one microphone's lesson sound; where it is not contiguous a new stream begins."""

    def __init__(self, microphone: str, detector: SpeechDetector) -> None:
        self._microphone = microphone
        self._detector = detector
        self._next: int | None = None
        self._count, self._squares, self._highest = 0, 0.0, 0.0

    @property
    def reading(self) -> SpeechReading:
        """What is known now."""
        return self._detector.reading

    def forget(self) -> None:
        """Forget everything that was heard."""
        self._detector.reset()
        self._next = None
        self._forget_window()

    def push_samples(self, first_sample: int, samples: NDArray[np.float32]) -> list[SpeechHeard]:
        """Add samples of shape (n, channels) from this lesson sample on; return what is to be told of them."""
        if self._next not in (None, first_sample):
            self.forget()
        told = []
        while len(samples):
            part, samples = samples[: TOLD_EVERY - self._count], samples[TOLD_EVERY - self._count :]
            self._detector.push_samples(part)
            self._highest = max([self._highest, *self._detector.probabilities])
            self._squares += float(np.square(part).mean(axis=1).sum())
            self._count += len(part)
            first_sample += len(part)
            if self._count == TOLD_EVERY:
                level = to_dbfs(math.sqrt(self._squares / TOLD_EVERY))
                lesson_ns = first_sample * SECOND_NS // LESSON_RATE_HZ
                told.append(SpeechHeard(self._microphone, lesson_ns, self._highest, level))
                self._forget_window()
        self._next = first_sample
        return told

    def _forget_window(self) -> None:
        self._count, self._squares, self._highest = 0, 0.0, 0.0
