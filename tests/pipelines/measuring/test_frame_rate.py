"""Planted rates, losses and jitters, and a camera that halves its rate in the dark."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.frame_rate import Slowdown, frame_rate, rate_against_promise

SECOND_NS = 1e9


def stamps(seed: int, *, fps: float, seconds: float = 10.0, lost: float = 0.0, jitter_ms: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    numbers = np.arange(int(seconds * fps))
    numbers = numbers[rng.random(len(numbers)) >= lost]
    late = rng.normal(0.0, jitter_ms * 1e6, len(numbers))
    return np.sort(np.rint(7e12 + numbers / fps * SECOND_NS + late)).astype(np.int64)


@pytest.mark.parametrize("lost", [0.0, 0.05, 0.5])
@pytest.mark.parametrize("jitter_ms", [0.1, 2.0])
@pytest.mark.parametrize("fps", [29.97, 25.0, 14.2])
def test_rate_and_losses_are_found(fps: float, lost: float, jitter_ms: float) -> None:
    found = [frame_rate(stamps(seed, fps=fps, lost=lost, jitter_ms=jitter_ms)) for seed in range(12)]
    worst = max(abs(one.fps.value / fps - 1.0) for one in found)
    missing = float(np.mean([one.missing_share for one in found]))
    held = sum(one.fps.holds(fps) for one in found)
    print(f"{fps} fps: worst {worst:.4%} (bound 0.05 %), held {held} of 12, missing {missing:.3f} of {lost}")
    assert worst < 0.0005
    assert held >= 9
    assert abs(missing - lost) < 0.02


def test_a_camera_that_halves_its_rate_in_the_dark_is_told_from_one_that_loses_pictures() -> None:
    dark = rate_against_promise(frame_rate(stamps(1, fps=15.0, jitter_ms=1.0)), 30.0, mean_luma=0.12)
    assert (dark.divisor, dark.slowdown) == (2, Slowdown.LOW_LIGHT)
    bright = rate_against_promise(frame_rate(stamps(1, fps=15.0, jitter_ms=1.0)), 30.0, mean_luma=0.5)
    assert (bright.divisor, bright.slowdown) == (2, Slowdown.LONGER_INTERVAL)
    odd = rate_against_promise(frame_rate(stamps(1, fps=24.0, jitter_ms=1.0)), 30.0, mean_luma=0.12)
    assert (odd.divisor, odd.slowdown) == (None, Slowdown.LOW_LIGHT)
    lossy = rate_against_promise(frame_rate(stamps(1, fps=30.0, lost=0.2)), 30.0, mean_luma=0.12)
    assert (lossy.divisor, lossy.slowdown) == (1, Slowdown.LOSSES)
    fine = rate_against_promise(frame_rate(stamps(1, fps=29.97, lost=0.01)), 30.0, mean_luma=0.12)
    assert (fine.divisor, fine.slowdown) == (1, Slowdown.NONE)


def test_pictures_that_arrive_in_pairs_are_not_counted_as_lost() -> None:
    regular = stamps(3, fps=30.0)
    pairs = regular.copy()
    pairs[::2] = pairs[1::2] - 1_000_000
    found = frame_rate(pairs)
    print(f"{found}")
    assert abs(found.fps.value - 30.0) < 0.1
    assert found.missing_share < 0.01


def test_times_that_say_nothing_are_refused() -> None:
    with pytest.raises(Unmeasurable, match="too-few-pictures"):
        frame_rate(stamps(1, fps=30.0, seconds=0.2))
    with pytest.raises(Unmeasurable, match="times-not-ascending"):
        frame_rate(stamps(1, fps=30.0)[::-1].copy())
