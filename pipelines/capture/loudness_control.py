"""The slow gain that brings speech to the wanted loudness, and leaves everything else as loud as it is beside it."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.biquad import K_WEIGHTING
from pipelines.capture.block_filter import BlockFilter
from pipelines.capture.mix_grid import CHUNK_S, HOPS
from pipelines.capture.noise_floor import SILENT, NoiseFloor
from pipelines.capture.speech_evidence import DELAY_CHUNKS
from pipelines.loudness_target import TARGET_LUFS

LOWEST_DB: Final = -12.0
HIGHEST_DB: Final = 12.0
QUIET_HIGHEST_DB: Final = 30.0
"""The highest gain where the noise stays below ``QUIET_NOISE_LUFS`` with it: a card that nobody has set."""
QUIET_NOISE_LUFS: Final = -45.0
SLEW_DB_S: Final = 3.0
FIRST_SLEW_DB_S: Final = 12.0
"""From the first words on until speech has its loudness for the first time: a lesson must not begin inaudible."""

_BLOCK_CHUNKS: Final = round(0.4 / CHUNK_S)
_SPEECH_CHUNKS: Final = round(20.0 / CHUNK_S)
_LEAST_CHUNKS: Final = round(0.5 / CHUNK_S)
_NOISE_S: Final = 10.0
_LIKELY: Final = 0.5
_ABSOLUTE_GATE: Final = 10.0 ** ((-70.0 + 0.691) / 10.0)
_RELATIVE_GATE: Final = 0.1
# A door that slams is louder than that; the limiter takes it down.
_HIGHEST_OVER_MEDIAN: Final = 10.0
# Where no detector says what is speech, it is what is so far above the noise.
_OVER_NOISE: Final = 10.0


class LoudnessControl:
    """Measures the mix before its gain, chunk by chunk, and says the gain; it begins at 0 dB.

    Loudness is that of the last 20 s of speech, in blocks of 400 ms that must be no more than 10 LU quieter than all of
    them or louder than their median. While nobody speaks the gain stands still.

    Source: Rec. ITU-R BS.1770-4, Algorithms to measure audio programme loudness and true-peak audio level, annex 1
    (blocks, gates, -0.691 dB; here over a window that moves).
    """

    def __init__(self, channels: int, target_lufs: float = TARGET_LUFS) -> None:
        self.gain_db = 0.0
        self._target_lufs = target_lufs
        self._weigh = BlockFilter(K_WEIGHTING, channels)
        self._noise = NoiseFloor(1, _NOISE_S, np.inf)
        self._chunks: deque[float] = deque(maxlen=_BLOCK_CHUNKS)
        self._waiting: deque[tuple[float, float]] = deque()
        self._speech = np.zeros(_SPEECH_CHUNKS)
        self._count = 0
        self._slew_db_s = FIRST_SLEW_DB_S

    def push(self, mix: NDArray[np.float32], speech: float | None) -> NDArray[np.float32]:
        """Add a chunk of the mix, shape (channels, ``CHUNK``); return the gains at the edges of its hops, amplitudes.

        ``speech`` is how likely somebody spoke ``DELAY_CHUNKS`` ago, None where nobody knows.
        """
        power = float(np.square(self._weigh.filter(mix)).mean(axis=1).sum())
        noise = float(self._noise.push(np.array([power]))[0])
        self._chunks.append(power)
        self._waiting.append((sum(self._chunks) / len(self._chunks), noise))
        before_db = self.gain_db
        if len(self._waiting) > DELAY_CHUNKS:
            block, its_noise = self._waiting.popleft()
            is_speech = block > _OVER_NOISE * its_noise if speech is None else speech >= _LIKELY
            if is_speech and block > _ABSOLUTE_GATE:
                self._speech[self._count % _SPEECH_CHUNKS] = block
                self._count += 1
                self._go_on(noise)
        return (10.0 ** (np.linspace(before_db, self.gain_db, HOPS + 1) / 20.0)).astype(np.float32)

    def _go_on(self, noise: float) -> None:
        if self._count < _LEAST_CHUNKS:
            return
        blocks = self._speech[: self._count]
        voices = blocks[blocks < _HIGHEST_OVER_MEDIAN * np.median(blocks)]
        gated = voices[voices > _RELATIVE_GATE * voices.mean()]
        quiet_db = QUIET_NOISE_LUFS - _lufs(max(noise, SILENT)) if math.isfinite(noise) else 0.0
        highest_db = min(max(HIGHEST_DB, quiet_db), QUIET_HIGHEST_DB)
        wanted_db = min(max(self._target_lufs - _lufs(float(gated.mean())), LOWEST_DB), highest_db)
        most_db = self._slew_db_s * CHUNK_S
        if abs(wanted_db - self.gain_db) <= most_db:
            self._slew_db_s = SLEW_DB_S
        self.gain_db += min(max(wanted_db - self.gain_db, -most_db), most_db)


def _lufs(power: float) -> float:
    return 10.0 * math.log10(power) - 0.691
