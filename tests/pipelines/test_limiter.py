"""No true peak passes the limiter's ceiling, whatever comes; what is low enough passes untouched, in its place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import soxr
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.capture.limiter import LOOK_AHEAD, Limiter
from pipelines.capture.mix_grid import CHUNK
from pipelines.loudness_target import HIGHEST_PEAK_DBTP

Sound = NDArray[np.float32]

CHUNKS = 4
COUNT = CHUNKS * CHUNK
RATE_HZ = 48_000


def limited(sound: Sound) -> Sound:
    """Through the limiter in chunks, shape (channels, ``COUNT``), in its place again."""
    limiter = Limiter(len(sound))
    late = np.concatenate([sound, np.zeros((len(sound), CHUNK), np.float32)], axis=1)
    out = np.concatenate([limiter.push(late[:, at : at + CHUNK]) for at in range(0, late.shape[1], CHUNK)], axis=1)
    return out[:, LOOK_AHEAD : LOOK_AHEAD + COUNT]


def true_peak_dbtp(sound: Sound) -> float:
    """By a converter that is not ours, at sixteen times the rate."""
    between = [soxr.resample(one, RATE_HZ, 16 * RATE_HZ, quality="VHQ") for one in sound.astype(np.float64)]
    return float(20 * np.log10(max(np.abs(one).max() for one in between)))


SECONDS = np.arange(COUNT) / RATE_HZ


def noise(level: float, seed: int, hz: float) -> Sound:
    """Noise in bursts."""
    bursts = np.sin(2 * np.pi * hz / 100 * SECONDS) > 0
    return (np.random.default_rng(seed).normal(0, level, (2, COUNT)) * bursts).astype(np.float32)


def tone(level: float, seed: int, hz: float) -> Sound:
    """A tone, whose highest points lie anywhere between the samples, that begins and ends at once."""
    wave = level * np.sin(2 * np.pi * hz * SECONDS + seed)[None, :]
    return np.where((SECONDS > 0.05) & (SECONDS < 0.12), wave, 0).astype(np.float32)


def clicks(level: float, seed: int, hz: float) -> Sound:
    """Single samples, of either sign, at random."""
    rng = np.random.default_rng(seed)
    hits = rng.random((1, COUNT)) < hz / RATE_HZ
    return (level * hits * rng.choice([-1, 1], (1, COUNT))).astype(np.float32)


def square(level: float, seed: int, hz: float) -> Sound:
    """Clipped as hard as can be."""
    return level * np.sign(np.sin(2 * np.pi * hz / 10 * SECONDS + seed))[None, :]


def audible(sound: NDArray[np.floating]) -> Sound:
    """What is below 20 kHz of it: no microphone and no player has more."""
    spectrum = np.fft.rfft(sound)
    spectrum[:, 20_000 * COUNT // RATE_HZ :] = 0
    return np.fft.irfft(spectrum, COUNT).astype(np.float32)


@given(
    make=st.sampled_from([noise, tone, clicks, square]),
    level=st.floats(0.01, 30.0),
    seed=st.integers(0, 10_000),
    hz=st.floats(100, 20_000),
)
@example(clicks, 3.1947691913529446, 6692, 1372.3871102047372)
@example(clicks, 6.599483649433, 452555, 629.770349080418)
def test_no_peak_is_above_the_ceiling(
    make: Callable[[float, int, float], Sound], level: float, seed: int, hz: float
) -> None:
    assert true_peak_dbtp(limited(audible(make(level, seed, hz)))) <= HIGHEST_PEAK_DBTP


@given(level=st.floats(0.0, 0.4), seed=st.integers(0, 10_000))
def test_what_is_low_enough_passes_untouched(level: float, seed: int) -> None:
    sound = np.random.default_rng(seed).uniform(-level, level, (1, COUNT)).astype(np.float32)
    np.testing.assert_array_equal(limited(sound), sound)


def test_it_has_come_down_before_the_peak_and_goes_up_again_after_it() -> None:
    sound = 0.25 * np.sin(2 * np.pi * 1000 * SECONDS)[None, :].astype(np.float32)
    peak = slice(COUNT // 4, COUNT // 4 + 480)
    sound[:, peak] *= 12
    out = limited(sound)
    gain_db = 20 * np.log10(np.abs(out).reshape(-1, 480).max(axis=1) / np.abs(sound).reshape(-1, 480).max(axis=1))
    hit = peak.start // 480
    assert gain_db[: hit - 1] == pytest.approx(0, abs=0.01)
    assert -12 < gain_db[hit] < -10
    assert (np.diff(gain_db[hit:]) > 0).any()
    # No step: what changes from one sample to the next is what the tone does, a fifth more at most.
    assert np.abs(np.diff(out)).max() < 1.2 * np.abs(np.diff(0.9 * np.sin(2 * np.pi * 1000 * SECONDS))).max()
