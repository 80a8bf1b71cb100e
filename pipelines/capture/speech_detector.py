"""Detection of speech in a microphone's sound: whether somebody speaks, and for how long nobody has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.voice_activity_model import RATE_HZ, WINDOW

_LIKELY = 0.5
# Below this a voice has ended; between the two it goes on, or has not begun (the hysteresis that Silero recommends).
_UNLIKELY = 0.35
# A door, a chair or a cough is shorter than this; a word is not.
_SHORTEST_S = 0.25
_SHORTEST_WINDOWS = round(_SHORTEST_S * RATE_HZ / WINDOW)


class VoiceModel(Protocol):
    """See ``VoiceActivityModel``."""

    def probability(self, window: NDArray[np.float32]) -> float:
        """Return how likely the next window is speech."""

    def reset(self) -> None:
        """Forget the stream."""


@dataclass(frozen=True, slots=True)
class SpeechReading:
    """Whether somebody speaks, and the seconds of sound since somebody last did, or since listening began."""

    is_speaking: bool
    silent_s: float


class SpeechDetector:
    """Follows one stream of contiguous lesson sound; it keeps no sound but the window that is not full.

    ``probabilities`` are those of the windows that the last samples completed.
    """

    def __init__(self, model: VoiceModel) -> None:
        self._model = model
        self.reset()

    def reset(self) -> None:
        """Forget everything that was heard: the next samples are of another stream."""
        self._model.reset()
        self._resampler = soxr.ResampleStream(LESSON_RATE_HZ, RATE_HZ, 1, dtype="float32", quality="LQ")
        self._waiting = np.zeros(0, np.float32)
        self.probabilities: list[float] = []
        self._voiced_windows = self._silent_windows = 0
        self._is_voiced = False

    def push_samples(self, samples: NDArray[np.float32]) -> SpeechReading:
        """Add samples of shape (n, channels) at the lesson's rate; return what is known after them."""
        mono = np.ascontiguousarray(samples.mean(axis=1, dtype=np.float32))
        waiting = np.concatenate([self._waiting, self._resampler.resample_chunk(mono)])
        whole = len(waiting) // WINDOW * WINDOW
        self.probabilities = [self._model.probability(window) for window in waiting[:whole].reshape(-1, WINDOW)]
        for probability in self.probabilities:
            self._judge(probability)
        self._waiting = waiting[whole:].copy()
        return self.reading

    @property
    def reading(self) -> SpeechReading:
        """What is known now."""
        return SpeechReading(
            is_speaking=self._voiced_windows >= _SHORTEST_WINDOWS, silent_s=self._silent_windows * WINDOW / RATE_HZ
        )

    def _judge(self, probability: float) -> None:
        self._is_voiced = probability >= (_UNLIKELY if self._is_voiced else _LIKELY)
        self._voiced_windows = self._voiced_windows + 1 if self._is_voiced else 0
        self._silent_windows = 0 if self._voiced_windows >= _SHORTEST_WINDOWS else self._silent_windows + 1
