"""What the speech detector says of each microphone, on the mix's grid; the mix goes on without it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.level_meter import LESSON_RATE_HZ, SECOND_NS
from pipelines.capture.mix_grid import CHUNK, CHUNK_S
from pipelines.directing.observations import SpeechHeard

DELAY_CHUNKS: Final = 4
"""So late what was said of a chunk counts (0.4 s), always, so that a mix does not depend on how busy the box is."""
# One microphone may be so far ahead of the mix (6.4 s) while another stalls.
_AHEAD_CHUNKS: Final = 64

# What sounds and is no speech, for this long, weighs so much less.
_MOST_HANDICAP_DB: Final = 15.0
_LEARNED_S: Final = 0.2
_FORGOTTEN_S: Final = 1.0


class SpeechEvidence:
    """Judgements by microphone and chunk; ``hear`` may be called from any thread, all else by the mix's."""

    def __init__(self, roles: Sequence[str], first_sample: int) -> None:
        self._rows = {role: row for row, role in enumerate(roles)}
        self._first = first_sample
        self._inbox: deque[SpeechHeard] = deque(maxlen=64 * len(roles))
        self._judged: dict[int, dict[int, float]] = {}
        self._active: deque[NDArray[np.bool_]] = deque(maxlen=DELAY_CHUNKS + 1)
        self._noise_share = np.zeros(len(roles))
        self._chunk = 0

    def hear(self, heard: SpeechHeard) -> None:
        """Add what the detector says of the sound just before ``heard.lesson_ns``."""
        self._inbox.append(heard)

    @property
    def handicaps_db(self) -> NDArray[np.float64]:
        """What speaks against each microphone: it sounds, but not of speech; shape (microphones,)."""
        handicaps: NDArray[np.float64] = _MOST_HANDICAP_DB * self._noise_share
        return handicaps

    def push(self, active: NDArray[np.bool_]) -> float | None:
        """Go on by a chunk in which these microphones heard more than noise.

        Returns how likely speech was in any microphone ``DELAY_CHUNKS`` ago; None where nothing is known of it.
        """
        self._sort_inbox()
        self._active.append(active)
        judged = self._judged.pop(self._chunk - DELAY_CHUNKS, {})
        self._noise_share *= 1.0 - CHUNK_S / _FORGOTTEN_S
        for row, probability in judged.items():
            if self._active[0][row]:
                step = CHUNK_S / _LEARNED_S
                self._noise_share[row] += step * (1.0 - probability - self._noise_share[row])
        self._noise_share = np.clip(self._noise_share, 0.0, 1.0)
        self._chunk += 1
        return max(judged.values(), default=None)

    def _sort_inbox(self) -> None:
        while self._inbox:
            heard = self._inbox.popleft()
            row = self._rows.get(heard.microphone)
            # What is heard in a tenth of a second counts for the chunk in which its middle lies.
            middle = heard.lesson_ns * LESSON_RATE_HZ // SECOND_NS - CHUNK // 2
            chunk = (middle - self._first) // CHUNK
            if row is not None and self._chunk - DELAY_CHUNKS <= chunk <= self._chunk + _AHEAD_CHUNKS:
                self._judged.setdefault(chunk, {})[row] = heard.probability
