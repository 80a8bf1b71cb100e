"""The true rate of a card is found from poor time stamps, with an interval that holds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.measuring.card_clock import card_clock
from pipelines.measuring.estimate import Unmeasurable

RATE_HZ = 48_000
BLOCK = 960


def stamps(
    seconds: float, ppm: float, jitter_ms: float, seed: int, lateness: str = "uniform"
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    dice = np.random.default_rng(seed)
    blocks = int(seconds * RATE_HZ / BLOCK)
    true_s = np.arange(blocks) * BLOCK / (RATE_HZ * (1.0 + ppm * 1e-6))
    if lateness == "uniform":
        off_ms = dice.uniform(-jitter_ms, jitter_ms, blocks)
    else:
        off_ms = dice.exponential(jitter_ms, blocks)
    return np.round(1e12 + true_s * 1e9 + off_ms * 1e6).astype(np.int64), np.full(blocks, BLOCK)


def test_the_interval_holds_and_is_narrow() -> None:
    held, worst, runs = 0, 0.0, 200
    for seed in range(runs):
        ppm = float(np.random.default_rng(seed).uniform(-300.0, 300.0))
        found = card_clock(*stamps(60.0, ppm, 2.0, seed, "late" if seed % 2 else "uniform"), RATE_HZ).ppm
        held += found.holds(ppm)
        worst = max(worst, abs(found.value - ppm))
    print(f"held {held} of {runs}; worst error {worst:.2f} ppm after 60 s of ±2 ms; bound 10")
    assert held >= 0.92 * runs
    assert worst < 10.0


@pytest.mark.parametrize("late_s", [0.1, 1.0])
def test_a_stall_with_a_burst_of_late_blocks_moves_it_hardly(late_s: float) -> None:
    captured_ns, counts = stamps(60.0, 87.0, 0.1, 1)
    stalled = slice(1500, 1500 + round(late_s * 50))
    captured_ns[stalled] = captured_ns[stalled].max()
    captured_ns[100] += 300_000_000
    found = card_clock(captured_ns, counts, RATE_HZ).ppm
    assert found.value == pytest.approx(87.0, abs=1.0)
    assert found.holds(87.0)


def test_a_card_of_another_rate_and_one_that_loses_samples_are_told_apart() -> None:
    captured_ns, counts = stamps(30.0, 0.0, 0.5, 2)
    slow = card_clock((captured_ns[0] + (captured_ns - captured_ns[0]) * 48.0 / 44.1).astype(np.int64), counts, RATE_HZ)
    assert slow.ppm.value == pytest.approx((44.1 / 48.0 - 1) * 1e6, abs=30.0)
    captured_ns[700:] += 20_000_000
    with pytest.raises(Unmeasurable, match="samples-lost"):
        card_clock(captured_ns, counts, RATE_HZ)
    with pytest.raises(Unmeasurable, match="too-short"):
        card_clock(*stamps(5.0, 0.0, 0.5, 3), RATE_HZ)
