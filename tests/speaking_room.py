"""Two microphones in a room where people take turns: each hears all of them, near or far, and noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from synthetic_voice import voice

Sound = NDArray[np.float64]

RATE_HZ = 48_000
_FAR_DB, _FAR_SAMPLES = -12.0, 200
_REVERBERATION_S, _WET = 0.5, 0.007


@dataclass(frozen=True)
class Turn:
    """Somebody speaks near a microphone, from and to seconds."""

    near: int
    from_s: float
    to_s: float
    name: str = "slt"


def speech(name: str, seconds: float, rms_dbfs: float) -> Sound:
    """A voice without a break, by its level, shape (n,)."""
    spoken = voice(RATE_HZ, name)
    return 10 ** (rms_dbfs / 20) * np.resize(spoken / np.sqrt(np.square(spoken).mean()), round(seconds * RATE_HZ))


def room(seconds: float, turns: list[Turn], speech_dbfs: float = -20.0, noise_dbfs: float = -60.0) -> Sound:
    """What both microphones hear, shape (2, n)."""
    count = round(seconds * RATE_HZ)
    heard = np.random.default_rng(2).normal(0, 10 ** (noise_dbfs / 20), (2, count))
    for turn in turns:
        first = round(turn.from_s * RATE_HZ)
        said = np.zeros(count)
        spoken = speech(turn.name, turn.to_s - turn.from_s, speech_dbfs)
        said[first : first + len(spoken)] = spoken
        said = _echoing(said)
        heard[turn.near] += said
        heard[1 - turn.near, _FAR_SAMPLES:] += 10 ** (_FAR_DB / 20) * said[:-_FAR_SAMPLES]
    return heard


@cache
def _echo(size: int) -> NDArray[np.complex128]:
    seconds = np.arange(RATE_HZ // 2) / RATE_HZ
    echo = _WET * np.random.default_rng(3).normal(0, 1, len(seconds)) * 10 ** (-3 * seconds / _REVERBERATION_S)
    echo[0] = 1.0
    return np.fft.rfft(echo, size)


def _echoing(said: Sound) -> Sound:
    size = 1 << (len(said) + RATE_HZ // 2).bit_length()
    heard: Sound = np.fft.irfft(np.fft.rfft(said, size) * _echo(size), size)[: len(said)]
    return heard
