"""The clock of a microphone is learned from poor stamps, quickly enough and then well."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.capture.clock_estimator import BUCKETS, MAX_SLOPE, ClockEstimator

RATE_HZ = 48_000
BLOCK = 960
START_NS = 123_456_789_000


def observe(
    fit: ClockEstimator, seconds: float, ppm: float, jitter_ms: float, dice: np.random.Generator, first: int = 0
) -> int:
    """Show a fit the stamps of a stretch of blocks; the sample after the last."""
    after = first + round(seconds * RATE_HZ)
    for sample in range(first, after, BLOCK):
        late_ns = dice.uniform(-jitter_ms, jitter_ms) * 1e6
        fit.observe(sample, true_ns(sample, ppm) + int(late_ns))
    return after


def true_ns(sample: float, ppm: float) -> int:
    return START_NS + round(sample / (RATE_HZ * (1 + ppm * 1e-6)) * 1e9)


@settings(max_examples=20)
@given(ppm=st.floats(-200, 200), jitter_ms=st.floats(0.0, 5.0), seed=st.integers(0, 1000))
def test_two_minutes_of_poor_stamps_give_a_good_clock(ppm: float, jitter_ms: float, seed: int) -> None:
    fit = ClockEstimator(RATE_HZ)
    latest = observe(fit, 120.0, ppm, jitter_ms, np.random.default_rng(seed))
    assert fit.ppm == pytest.approx(ppm, abs=0.5 + jitter_ms)
    assert fit.time_ns(latest) == pytest.approx(true_ns(latest, ppm), abs=0.03e6 + jitter_ms * 0.05e6)


@settings(max_examples=20)
@given(ppm=st.floats(-200, 200), seed=st.integers(0, 1000))
def test_it_knows_when_it_is_good_enough(ppm: float, seed: int) -> None:
    fit = ClockEstimator(RATE_HZ)
    dice = np.random.default_rng(seed)
    sample = 0
    while not fit.is_settled:
        sample = observe(fit, 0.02, ppm, 0.1, dice, sample)
    assert sample <= 0.5 * RATE_HZ
    assert fit.time_ns(sample) == pytest.approx(true_ns(sample, ppm), abs=0.3e6)


def test_poor_stamps_are_waited_for_no_longer_than_three_seconds() -> None:
    fit = ClockEstimator(RATE_HZ)
    latest = observe(fit, 3.1, 0.0, 30.0, np.random.default_rng(1))
    assert fit.is_settled
    assert fit.time_ns(latest) == pytest.approx(true_ns(latest, 0.0), abs=8e6)


def test_stamps_of_bursts_and_hiccups_hardly_move_it() -> None:
    fit = ClockEstimator(RATE_HZ)
    dice = np.random.default_rng(3)
    latest = observe(fit, 60.0, 50.0, 1.0, dice)
    for late_ms in range(18, 0, -1):
        fit.observe(latest, true_ns(latest, 50.0) + late_ms * 1_000_000)
        latest += BLOCK
    latest = observe(fit, 5.0, 50.0, 1.0, dice, latest)
    assert fit.ppm == pytest.approx(50.0, abs=3.0)
    assert fit.time_ns(latest) == pytest.approx(true_ns(latest, 50.0), abs=0.3e6)


def test_a_successor_starts_with_the_rate_that_was_learned() -> None:
    fit = ClockEstimator(RATE_HZ)
    observe(fit, 60.0, -120.0, 0.2, np.random.default_rng(5))
    fresh = fit.successor()
    observe(fresh, 0.1, -120.0, 0.2, np.random.default_rng(6))
    assert fresh.ppm == pytest.approx(-120.0, abs=5.0)


def test_a_clock_that_warms_up_is_followed_in_fixed_memory() -> None:
    fit = ClockEstimator(RATE_HZ)
    sample, now_ns = 0, float(START_NS)
    for step in range(400):
        for _ in range(50):
            fit.observe(sample, int(now_ns))
            sample += BLOCK
            now_ns += BLOCK / RATE_HZ / (1 + step * 0.05e-6) * 1e9
    assert fit.ppm == pytest.approx(20.0 - 0.05 * BUCKETS / 2, abs=1.0)
    assert fit.time_ns(sample) == pytest.approx(now_ns, abs=0.15e6)


@given(
    late_ms=st.lists(st.floats(0.0, 400.0), min_size=2, max_size=8), uncertainty_ppm=st.sampled_from([150.0, 5_000.0])
)
def test_no_stamps_make_it_believe_in_an_impossible_card(late_ms: list[float], uncertainty_ppm: float) -> None:
    fit = ClockEstimator(RATE_HZ, uncertainty_ppm=uncertainty_ppm)
    dice, sample = np.random.default_rng(5), 0
    for late in late_ms:
        for _ in range(25):
            fit.observe(sample, true_ns(sample, 0.0) + int((late + dice.uniform(-0.01, 0.01)) * 1e6))
            sample += BLOCK
        assert abs(fit.ppm) <= MAX_SLOPE / (1 - MAX_SLOPE) * 1e6 + 1e-3
