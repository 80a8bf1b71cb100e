"""The thread that listens for speech in the running lesson; what is recorded never waits for it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.speech_detector import SpeechDetector, SpeechReading, VoiceModel
from pipelines.capture.voice_activity_model import VoiceActivityModel

log = logging.getLogger(__name__)

UNAVAILABLE = "speech-unavailable"
"""The fault code where the model cannot be used."""

# Sound comes ten times a second, and up to 4 s late in a burst after a microphone stalled.
_MOST_WAITING = 128
_FORGET_S = 5.0
# Nicer than the threads of sound and pictures: whether somebody speaks can wait.
_NICENESS = 10
# A disk that hangs while the model is read must not hold up the end of the process.
_JOIN_TIMEOUT_S = 2.0


class SpeechMonitor:
    """Loads the model in its own thread, and judges there what ``push`` is given.

    While no sound comes (a pause, no lesson) everything that was heard is forgotten within five seconds. ``reading`` is
    the last one, None where nothing is known: no sound comes, or the model cannot be used. ``fault`` is a code, empty
    while there is none.
    """

    def __init__(self, make_model: Callable[[], VoiceModel] = VoiceActivityModel) -> None:
        self.fault = ""
        self.reading: SpeechReading | None = None
        self._make_model = make_model
        self._queue: DropOldestQueue[NDArray[np.float32]] = DropOldestQueue(_MOST_WAITING)
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def push(self, samples: NDArray[np.float32]) -> None:
        """Give it samples of the mix, shape (n, channels) at the lesson's rate; never blocks, from any thread."""
        if not self.fault:
            self._queue.put(samples)

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
            detector = SpeechDetector(self._make_model())
            while not self._is_closing:
                self._listen(detector)
        except Exception:  # the edge of a part: whatever the model's library raises, the lesson goes on
            self.fault, self.reading = UNAVAILABLE, None
            log.exception("speech can no longer be told from other sound; lessons are recorded all the same")

    def _listen(self, detector: SpeechDetector) -> None:
        samples = self._queue.get(_FORGET_S)
        if samples is not None:
            self.reading = detector.push_samples(samples)
        elif self.reading is not None:
            detector.reset()
            self.reading = None
