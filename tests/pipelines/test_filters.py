"""The recursive filters of the mix: the response that their sources give, and the same whatever the pieces."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import sosfilt

from pipelines.capture.biquad import K_WEIGHTING, Biquad, high_pass
from pipelines.capture.block_filter import BLOCK, BlockFilter

RATE_HZ = 48_000


@pytest.mark.parametrize("sections", [high_pass(80), high_pass(200), K_WEIGHTING], ids=["80 Hz", "200 Hz", "K"])
def test_it_is_the_recursion_sample_by_sample(sections: tuple[Biquad, ...]) -> None:
    sound = np.random.default_rng(1).normal(0, 0.3, (2, 400 * BLOCK)) + 0.5
    filtered = BlockFilter(sections, 2)
    cuts = np.array([1, 3, 100, 101, 250]) * BLOCK
    ours = np.concatenate([filtered.filter(piece) for piece in np.split(sound, cuts, axis=1)], axis=1)
    by_sample = sosfilt([[one.b0, one.b1, one.b2, 1, one.a1, one.a2] for one in sections], sound)
    np.testing.assert_allclose(ours, by_sample, atol=1e-9)


@pytest.mark.parametrize(("hz", "low", "high"), [(20, -60, -45), (40, -25, -23), (80, -3.1, -2.9), (300, -0.1, 0.1)])
def test_the_high_pass_takes_off_what_is_low(hz: float, low: float, high: float) -> None:
    assert low < gain_db(high_pass(80), hz) < high


def test_a_full_tone_of_997_hz_is_as_loud_as_its_standard_says() -> None:
    """Source: Rec. ITU-R BS.1770-4, annex 1: -3.01 LKFS."""
    assert gain_db(K_WEIGHTING, 997) - 3.01 - 0.691 == pytest.approx(-3.01, abs=0.01)


def gain_db(sections: tuple[Biquad, ...], hz: float) -> float:
    tone = np.sin(2 * np.pi * hz * np.arange(RATE_HZ) / RATE_HZ)[None, :]
    settled = BlockFilter(sections, 1).filter(tone)[:, RATE_HZ // 2 :]
    return float(10 * np.log10(np.square(settled).mean() / 0.5))
