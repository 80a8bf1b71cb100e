"""The thread that listens for speech in the running lesson; what is recorded never waits for it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.heard_speech import HeardSpeech
from pipelines.capture.speech_detector import SpeechDetector, SpeechReading, VoiceModel
from pipelines.capture.voice_activity_model import VoiceActivityModel
from pipelines.directing.observations import SpeechHeard

log = logging.getLogger(__name__)

UNAVAILABLE = "speech-unavailable"
"""The fault code where the model cannot be used."""

# Sound of each microphone comes ten times a second, and up to 4 s late in a burst after one stalled.
_MOST_WAITING = 256
_FORGET_S = 5.0
# Nicer than the threads of sound and pictures: whether somebody speaks can wait.
_NICENESS = 10
# A disk that hangs while the model is read must not hold up the end of the process.
_JOIN_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class _Sound:
    microphone: str
    first_sample: int
    samples: NDArray[np.float32]


class SpeechMonitor:
    """Loads the model in its own thread, and judges there what ``push`` is given, each microphone for itself.

    While no sound comes (a pause, no lesson) everything that was heard is forgotten within five seconds. ``reading`` is
    the last one of all microphones together, None where nothing is known: no sound comes, or the model cannot be used.
    ``fault`` is a code, empty while there is none.
    """

    def __init__(self, make_model: Callable[[], VoiceModel] = VoiceActivityModel) -> None:
        self.fault = ""
        self.reading: SpeechReading | None = None
        self._make_model = make_model
        self._listeners: list[Callable[[SpeechHeard], None]] = []
        self._heard: dict[str, HeardSpeech] = {}
        self._queue: DropOldestQueue[_Sound] = DropOldestQueue(_MOST_WAITING)
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)

    def add_listener(self, listener: Callable[[SpeechHeard], None]) -> None:
        """Have it called in this thread, about ten times a second for each microphone; it must not wait."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def push(self, microphone: str, first_sample: int, samples: NDArray[np.float32]) -> None:
        """Give it a microphone's samples from this lesson sample on, shape (n, channels) at the lesson's rate.

        Never blocks, from any thread.
        """
        if not self.fault:
            self._queue.put(_Sound(microphone, first_sample, samples))

    def close(self) -> None:
        """Stop the thread. Idempotent."""
        self._is_closing = True
        self._queue.wake()
        if self._thread.is_alive():
            self._thread.join(_JOIN_TIMEOUT_S)

    def _run(self) -> None:
        try:
            # On Linux 0 is the calling thread alone.
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + _NICENESS)
            # What cannot be loaded is found out now, not in the first lesson.
            spare: list[VoiceModel] = [self._make_model()]
            while not self._is_closing:
                self._listen(spare)
        except Exception:  # the edge of a part: whatever the model's library raises, the lesson goes on
            self.fault, self.reading = UNAVAILABLE, None
            log.exception("speech can no longer be told from other sound; lessons are recorded all the same")

    def _listen(self, spare: list[VoiceModel]) -> None:
        sound = self._queue.get(_FORGET_S)
        if sound is not None:
            if sound.microphone not in self._heard:
                model = spare.pop() if spare else self._make_model()
                self._heard[sound.microphone] = HeardSpeech(sound.microphone, SpeechDetector(model))
            for heard in self._heard[sound.microphone].push_samples(sound.first_sample, sound.samples):
                for listener in self._listeners:
                    listener(heard)
            self.reading = _of_all([one.reading for one in self._heard.values()])
        elif self.reading is not None:
            for one in self._heard.values():
                one.forget()
            self.reading = None


def _of_all(readings: list[SpeechReading]) -> SpeechReading:
    return SpeechReading(any(one.is_speaking for one in readings), min(one.silent_s for one in readings))
