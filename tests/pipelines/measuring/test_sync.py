"""Offsets of camera and microphone from wand and hands, with planted truths and honest intervals."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.measuring.clap_motion import ClapMotion, clap_motion
from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.light_onset import LightOnset
from pipelines.measuring.sound_onset import ToneOnsets
from pipelines.measuring.sync import (
    Distance,
    Source,
    flash_gaps_ms,
    hands_offset,
    latency_settings,
    robust_mean,
    wand_offset,
)

ORIGIN_NS = 9_000_000_000_000
ROWS, COLUMNS = 18, 32
DISTANCE = Distance(2.5)
Floats = NDArray[np.float64]


def hands_apart(at_ms: Floats, claps_ms: Floats) -> Floats:
    """How far hands are apart, 0 to 1: they close in an eighth of a second, rest for half of one, then part."""
    since = at_ms[:, None] - claps_ms[None, :]
    closing = np.clip(-since / 125, 0, 1) ** 1.2
    opening = np.clip((since - 450) / 330, 0, 1)
    apart: Floats = np.where(since < 0, closing, opening).min(axis=1)
    return apart


def pictures_of_hands(
    claps_ms: Floats, rng: np.random.Generator, *, fps: float, latency_ms: float
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Tile means of two hands that are blurred by an exposure of 10 ms; somebody sways elsewhere in the picture."""
    interval_ms = 1e3 / fps
    middle_ms = rng.uniform(0, interval_ms) + np.arange(round((claps_ms[-1] + 1500) / interval_ms)) * interval_ms
    tiles = 100 + rng.normal(0, 0.3, (len(middle_ms), ROWS, COLUMNS))
    columns = np.arange(COLUMNS)
    for part_ms in np.linspace(-5, 5, 5):
        reach = 0.8 + 4.0 * hands_apart(middle_ms + part_ms, claps_ms)
        for side in (-1, 1):
            centre = 12 + side * reach
            cover = np.clip(1.0 - np.abs(columns[None, :] + 0.5 - centre[:, None]), 0, 1)
            tiles[:, 8:10, :] += 60 / 5 * cover[:, None, :]
    sway = 24 + 4 * np.sin(middle_ms / 1e3 * 2.1 + rng.uniform(0, 6))
    tiles[:, 4:12, :] += 30 * np.clip(2 - np.abs(columns[None, :] - sway[:, None]), 0, 1)[:, None, :]
    stamps_ms = middle_ms + latency_ms + rng.normal(0, 0.5, len(middle_ms))
    return tiles.astype(np.float32), ORIGIN_NS + np.rint(stamps_ms * 1e6).astype(np.int64)


@pytest.mark.parametrize("fps", [15, 25, 30])
@pytest.mark.parametrize("offset_ms", [-80.0, -25.0, 0.0, 33.0, 80.0])
def test_a_planted_offset_is_found_within_10_ms_by_hands(fps: float, offset_ms: float) -> None:
    seed = round(fps * 1000 + offset_ms)
    rng = np.random.default_rng(seed)
    claps_ms = 1200 + np.cumsum(1300 + rng.uniform(0, 300, 20))
    # The camera's latency is 100 ms, so that either may be the later one.
    heard_ms = claps_ms + DISTANCE.travel_ms + 100 - offset_ms + rng.normal(0, 0.5, 20)
    heard_ms = np.sort(np.append(heard_ms, claps_ms[7] + 430))  # a book falls, too
    heard_ns = ORIGIN_NS + np.rint(heard_ms * 1e6).astype(np.int64)
    seen = clap_motion(*pictures_of_hands(claps_ms, rng, fps=fps, latency_ms=100.0), heard_ns)
    found = hands_offset(seen, DISTANCE)
    error_ms = found.offset_ms.value - offset_ms
    print(f"seed {seed}: error {error_ms:+.1f} ms, stated ± {found.offset_ms.half_width:.1f} ms, bound 10 ms")
    assert abs(error_ms) < 10
    assert found.enough
    assert found.offset_ms.holds(offset_ms)
    assert found.camera_latency_ms is None
    assert 15 <= len(found.differences_ms) <= 20


def test_where_nothing_moves_no_clap_is_seen() -> None:
    rng = np.random.default_rng(4)
    stamps = ORIGIN_NS + np.arange(600) * 40_000_000
    claps = ORIGIN_NS + np.arange(1, 21) * 1_100_000_000
    with pytest.raises(Unmeasurable, match="no-motion"):
        clap_motion(rng.normal(100, 0.3, (600, ROWS, COLUMNS)).astype(np.float32), stamps, claps)


def seen_light(latency: Estimate, per_flash_ms: Floats) -> LightOnset:
    return LightOnset(latency, Estimate(10, 1), 40.0, 1, 1, 0.9, per_flash_ms)


@pytest.mark.parametrize("source", list(Source))
def test_the_stated_interval_holds_the_truth_in_95_of_100(source: Source) -> None:
    rng = np.random.default_rng(95)
    runs = 200
    held = 0
    for _ in range(runs):
        truth_ms, metres, count = rng.uniform(-80, 80), rng.uniform(1, 6), int(rng.integers(10, 30))
        guess = Distance(metres + rng.normal(0, 0.3 / 1.96))
        shared_ms = rng.normal(0, 0.5 / 1.96)
        travel_ms = Distance(metres).travel_ms
        wrong = rng.random(count) < 0.05
        if source is Source.WAND:
            jitter_ms, spread_ms = rng.uniform(0.1, 2.0), rng.uniform(0.2, 3)
            after_ms = 20 + travel_ms + shared_ms + rng.normal(0, jitter_ms, count) + wrong * rng.uniform(15, 90, count)
            camera = Estimate(20 + truth_ms + rng.normal(0, spread_ms / 1.96), spread_ms)
            light = seen_light(camera, 20 + truth_ms + rng.uniform(-15, 15, count))
            found = wand_offset(light, ToneOnsets(after_ms, 3000.0, 20.0, 0.8), guess)
            assert found.microphone_latency_ms is not None
        else:
            interval_ms = 1e3 / rng.choice([15, 25, 30])
            after_ms = truth_ms - travel_ms + shared_ms + rng.normal(0, 6 / 1.96)
            after_ms = after_ms + interval_ms * rng.uniform(-0.5, 0.5, count) + wrong * rng.uniform(150, 300, count)
            found = hands_offset(ClapMotion(after_ms, interval_ms, 1, 1, 0.7), guess)
        held += found.offset_ms.holds(truth_ms)
    print(f"{source}: held in {held} of {runs}; bound 184 to 198")
    assert 0.92 <= held / runs <= 0.99


def test_a_wand_tells_the_latencies_of_camera_and_microphone_apart() -> None:
    rng = np.random.default_rng(6)
    after_ms = 31 + DISTANCE.travel_ms + rng.normal(0, 0.3, 20)
    found = wand_offset(
        seen_light(Estimate(75, 0.8), 75 + rng.uniform(-9, 9, 20)), ToneOnsets(after_ms, 3000.0, 20.0, 0.8), DISTANCE
    )
    assert found.camera_latency_ms is not None
    assert found.microphone_latency_ms is not None
    assert found.camera_latency_ms.value == 75
    assert found.microphone_latency_ms.value == pytest.approx(31, abs=0.3)
    assert found.offset_ms.value == pytest.approx(44, abs=0.3)
    assert found.travel_ms == pytest.approx(7.29, abs=0.01)
    assert found.enough
    wide = wand_offset(
        seen_light(Estimate(75, 6.0), np.full(20, 75.0)), ToneOnsets(after_ms, 3000.0, 20.0, 0.8), DISTANCE
    )
    assert not wide.enough


def test_settings_are_whole_and_never_negative_and_keep_the_differences() -> None:
    assert latency_settings({"cameras.teacher": 62.4, "microphones.ceiling": 18.3}) == {
        "cameras.teacher": 62,
        "microphones.ceiling": 18,
    }
    assert latency_settings({"cameras.teacher": -37.2, "microphones.ceiling": 0.0, "cameras.students": 12.0}) == {
        "cameras.teacher": 0,
        "microphones.ceiling": 37,
        "cameras.students": 49,
    }
    assert latency_settings({}) == {}


def test_too_few_pairs_are_no_measurement() -> None:
    with pytest.raises(Unmeasurable, match="too-few-pairs"):
        robust_mean(np.array([1.0, np.nan, 1.1, 0.9, 1.0]), 0.5, 0.0)


def test_flashes_meet_every_phase_of_a_camera() -> None:
    gaps = np.array(flash_gaps_ms(30))
    for interval_ms in (1e3 / 15, 40.0, 1e3 / 30):
        phases = np.sort(np.cumsum(gaps + 220) % interval_ms)
        widest = np.diff(np.append(phases, phases[0] + interval_ms)).max()
        assert widest < 0.25 * interval_ms
