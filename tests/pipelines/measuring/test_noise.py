"""Planted noise, by luma level, in rooms in which somebody walks."""

from __future__ import annotations

import numpy as np
import pytest
from planted_pictures import captured, classroom, with_person

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.noise import temporal_noise

SIZE = (960, 540)
ROOM = classroom(SIZE)


@pytest.mark.parametrize("noise", [1.0, 3.0, 8.0])
@pytest.mark.parametrize("light", [1.0, 0.25])
def test_planted_noise_is_found_though_somebody_walks(noise: float, light: float) -> None:
    rng = np.random.default_rng(21)
    pictures = np.stack([captured(rng, light * with_person(ROOM, 0.2 + 0.05 * number), noise) for number in range(6)])
    found = temporal_noise(pictures)
    # Whole codes add 1/12 code² of their own.
    truth = np.hypot(noise, 12**-0.5)
    error_db = 20 * np.log10(found.deviation.value / truth)
    print(f"noise {noise} light {light}: {found.deviation}, {error_db:+.2f} dB (bound 0.3), {len(found.levels)} levels")
    assert abs(error_db) < 0.3
    for level in found.levels:
        assert abs(20 * np.log10(level.deviation.value / truth)) < 0.6
        assert abs(level.snr_db.value - 20 * np.log10(level.luma / level.deviation.value)) < 1e-9


def test_each_level_has_its_own_noise() -> None:
    rng = np.random.default_rng(22)
    deviation = 1.0 + ROOM / 40.0
    pictures = np.stack(
        [np.clip(np.rint(ROOM + rng.standard_normal(ROOM.shape) * deviation), 0, 255) for _ in range(4)]
    ).astype(np.uint8)
    found = temporal_noise(pictures)
    errors = [level.deviation.value / (1.0 + level.luma / 40.0) - 1.0 for level in found.levels]
    print(f"{len(errors)} levels, worst {max(map(abs, errors)):.1%} (bound 6 %)")
    assert len(errors) >= 5
    assert max(map(abs, errors)) < 0.06


def test_the_interval_holds_the_truth_in_19_of_20_noises() -> None:
    small = classroom((480, 270))
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(2300 + seed)
        found = temporal_noise(np.stack([captured(rng, small, 3.0) for _ in range(4)]))
        held += found.deviation.holds(float(np.hypot(3.0, 12**-0.5)))
    print(f"held in {held} of 60 (bound 53)")
    assert held >= 53


def test_frozen_pictures_have_no_noise_to_measure() -> None:
    still = captured(np.random.default_rng(24), ROOM, 3.0)
    with pytest.raises(Unmeasurable, match="frozen-picture"):
        temporal_noise(np.stack([still] * 4))
