"""The delay of a camera's stamps from pictures of a blinking light, against planted delays and exposures."""

from __future__ import annotations

import numpy as np
import pytest
from draws import draws, least
from numpy.typing import NDArray

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.light_onset import LightOnset, light_onset, tile_means
from pipelines.measuring.sync import flash_gaps_ms

ORIGIN_NS = 5_000_000_000_000
ON_MS = 220.0
Tiles = NDArray[np.float32]
Times = NDArray[np.int64]


def flashes(count: int, rng: np.random.Generator) -> Times:
    """Flashes with uneven gaps, and the unevenness of a program that sleeps."""
    on_ms = 1000 + np.cumsum([0, *(ON_MS + gap + rng.exponential(1.0) for gap in flash_gaps_ms(count - 1))])
    return ORIGIN_NS + np.rint(np.stack([on_ms, on_ms + ON_MS], axis=1) * 1e6).astype(np.int64)


def pictures(
    when: Times,
    rng: np.random.Generator,
    *,
    fps: float,
    delay_ms: float,
    exposure_ms: float,
    jitter_ms: float = 0.3,
    saturated_from: float = 1.0,
    contrast: float = 60.0,
    shape: tuple[int, int] = (3, 4),
) -> tuple[Tiles, Times]:
    """Tiles with noise and something that moves, of which (1, 2) sees the light; and stamps as late as planted."""
    interval_ms = 1e3 / fps
    count = round((when[-1, 1] - ORIGIN_NS) / 1e6 / interval_ms + 1500 / interval_ms)
    middle_ms = rng.uniform(0, interval_ms) + np.arange(count) * interval_ms
    on_ms = (when - ORIGIN_NS) / 1e6
    begin, end = middle_ms - exposure_ms / 2, middle_ms + exposure_ms / 2
    overlaps = np.minimum(end[:, None], on_ms[None, :, 1]) - np.maximum(begin[:, None], on_ms[None, :, 0])
    share = np.maximum(0, overlaps).sum(axis=1) / exposure_ms
    tiles = 90 + rng.normal(0, 1.0, (count, *shape))
    tiles += 20 * np.sin(middle_ms[:, None, None] / 1e3 * rng.uniform(1, 9, shape))
    tiles[:, 1, 2] = 70 + 3 * np.sin(middle_ms / 4e3) + rng.normal(0, 1.0, count)
    tiles[:, 1, 2] += contrast * np.minimum(share / saturated_from, 1)
    stamps_ms = middle_ms + delay_ms + rng.normal(0, jitter_ms, count)
    return tiles.astype(np.float32), ORIGIN_NS + np.rint(stamps_ms * 1e6).astype(np.int64)


def measured(seed: int, count: int = 25, **planted: float) -> LightOnset:
    rng = np.random.default_rng(seed)
    when = flashes(count, rng)
    return light_onset(*pictures(when, rng, **planted), when)  # type: ignore[arg-type]


@pytest.mark.parametrize("fps", [15, 25, 30])
@pytest.mark.parametrize("exposure_ms", [2.0, 10.0, 30.0])
@pytest.mark.parametrize("delay_ms", [-80.0, 0.0, 47.0, 80.0])
def test_a_planted_delay_is_found_within_3_ms(fps: float, exposure_ms: float, delay_ms: float) -> None:
    seed = round(fps * 1000 + exposure_ms * 10 + delay_ms)
    found = measured(seed, fps=fps, delay_ms=delay_ms, exposure_ms=exposure_ms)
    error_ms = found.latency_ms.value - delay_ms
    print(f"seed {seed}: error {error_ms:+.2f} ms, stated ± {found.latency_ms.half_width:.2f} ms, bound 3 ms")
    assert (found.row, found.column) == (1, 2)
    assert abs(error_ms) < 3
    assert found.latency_ms.half_width < 3
    assert abs(found.exposure_ms.value - exposure_ms) < max(3.0, 1.5 * found.exposure_ms.half_width)


@pytest.mark.parametrize("seed", range(3))
def test_a_light_that_saturates_the_sensor_shifts_nothing(seed: int) -> None:
    found = measured(seed, fps=25, delay_ms=40.0, exposure_ms=30.0, saturated_from=0.15)
    error_ms = found.latency_ms.value - 40.0
    print(f"seed {seed}: error {error_ms:+.2f} ms, stated ± {found.latency_ms.half_width:.2f} ms, bound 1.5 ms")
    assert abs(error_ms) < 1.5
    assert abs(found.exposure_ms.value - 30) < 4


@pytest.mark.parametrize("exposure_ms", [3.0, 15.0, 33.0])
def test_a_camera_that_makes_luma_by_a_curve_shifts_nothing(exposure_ms: float) -> None:
    rng = np.random.default_rng(round(exposure_ms))
    when = flashes(25, rng)
    tiles, stamps = pictures(when, rng, fps=30, delay_ms=10.0, exposure_ms=exposure_ms, contrast=60.0)
    light = np.clip((tiles[:, 1, 2] - 70) / 60, 0, 1)
    tiles[:, 1, 2] = 70 + 60 * light ** (1 / 2.2) * (light > 0.07) + rng.normal(0, 1, len(stamps))
    found = light_onset(tiles, stamps, when)
    error_ms = found.latency_ms.value - 10
    print(f"error {error_ms:+.2f} ms, stated ± {found.latency_ms.half_width:.2f} ms, bound 1.5 ms")
    assert abs(error_ms) < 1.5
    assert found.latency_ms.holds(10)
    assert found.exposure_ms.holds(exposure_ms)


def test_single_flashes_scatter_around_the_delay_by_no_more_than_the_gap_between_exposures() -> None:
    found = measured(7, fps=25, delay_ms=20.0, exposure_ms=10.0, jitter_ms=0.1)
    assert np.isfinite(found.per_flash_ms).sum() >= 23
    assert np.nanmax(np.abs(found.per_flash_ms - 20)) < 16.5


def test_the_stated_interval_holds_the_truth_in_95_of_100() -> None:
    rng = np.random.default_rng(13)
    held, runs = 0, draws(200)
    for _ in range(runs):
        fps, exposure_ms = float(rng.choice([15, 25, 30])), float(rng.uniform(1, 33))
        delay_ms, jitter_ms = float(rng.uniform(-80, 80)), float(rng.choice([0.1, 0.5, 2.0]))
        when = flashes(16, rng)
        tiles, stamps = pictures(
            when, rng, fps=fps, delay_ms=delay_ms, exposure_ms=exposure_ms, jitter_ms=jitter_ms, shape=(2, 3)
        )
        held += light_onset(tiles, stamps, when).latency_ms.holds(delay_ms)
    print(f"held in {held} of {runs}; bound {least(0.95, runs)} to {0.99 * runs:.0f}")
    assert held >= least(0.95, runs)
    assert held <= 0.99 * runs or runs < 200


def test_what_cannot_be_measured_is_said() -> None:
    rng = np.random.default_rng(1)
    when = flashes(12, rng)
    tiles, stamps = pictures(when, rng, fps=25, delay_ms=0, exposure_ms=10, contrast=0.0)
    for expected, given in {
        "no-light": (tiles, stamps, when),
        "too-few-flashes": (tiles, stamps, when[:4]),
        "too-few-pictures": (tiles[:5], stamps[:5], when),
        "flashes-too-short": (tiles, stamps, np.stack([when[:, 0], when[:, 0] + 60_000_000], axis=1)),
    }.items():
        with pytest.raises(Unmeasurable) as why:
            light_onset(*given)
        assert why.value.why == expected


def test_tiles_are_means_of_their_part_of_the_picture() -> None:
    luma = np.zeros((1080, 1920), np.uint8)
    luma[60:120, 120:180] = 200
    means = tile_means(luma)
    assert means.shape == (18, 32)
    assert means[1, 2] == pytest.approx(200)
    assert means.sum() == pytest.approx(200)
