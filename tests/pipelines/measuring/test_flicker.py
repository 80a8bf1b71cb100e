"""Planted flicker of lamps on 50 and 60 Hz, in rolling and global shutters, and what is none."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from planted_pictures import Image, captured, classroom, flickering, with_ball, with_person

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.flicker import flicker, shutter_attenuation, standing_bands

SIZE = (320, 180)


@functools.cache
def room() -> Image:
    return classroom(SIZE)


def stamps(fps: float, seconds: float, rng: np.random.Generator) -> np.ndarray:
    """With 1 ms of jitter in the stamps, not in the pictures."""
    times = np.arange(int(seconds * fps)) / fps
    return np.sort(np.rint((times + rng.normal(0, 0.001, len(times))) * 1e9)).astype(np.int64)


def filmed(
    seed: int,
    *,
    fps: float = 30.0,
    seconds: float = 2.0,
    light_hz: float = 100.0,
    depth: float = 0.0,
    readout_s: float = 0.025,
    moves: str = "",
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    pictures = []
    for at_s in np.arange(int(seconds * fps)) / fps:
        seen = room()
        if moves == "person":
            seen = with_person(seen, 0.1 + 0.35 * at_s)
        if moves == "near person":
            for part in (0.0, 0.12, 0.24):
                seen = with_person(seen, -0.1 + part + 0.5 * at_s)
        if moves == "ball":
            seen = with_ball(
                seen, 0.5 + 0.3 * np.sin(2 * np.pi * 0.9 * at_s), 0.45 - 0.1 * np.cos(2 * np.pi * 1.8 * at_s)
            )
        if moves == "daylight":
            seen = seen * (1.0 + 0.2 * np.tanh(4 * (at_s - 0.8)))
        lit = flickering(seen, at_s, light_hz=light_hz, depth=depth, readout_s=readout_s)
        pictures.append(captured(rng, lit, 2.5))
    return np.stack(pictures), stamps(fps, seconds, rng)


@pytest.mark.parametrize(
    ("fps", "light_hz", "readout_s", "hidden"),
    [
        (30.0, 100.0, 0.025, (60,)),
        (29.97, 99.8, 0.012, (60,)),
        (25.0, 120.0, 0.020, (50,)),
        (24.0, 100.3, 0.0, (60,)),
        (15.0, 100.0, 0.030, (60,)),
    ],
)
@pytest.mark.parametrize(("depth", "moves"), [(0.08, ""), (0.01, "person")])
def test_depth_mains_and_bands_are_found(
    fps: float, light_hz: float, readout_s: float, hidden: tuple[int, ...], depth: float, moves: str
) -> None:
    found = flicker(*filmed(31, fps=fps, light_hz=light_hz, readout_s=readout_s, depth=depth, moves=moves, seconds=3.0))
    error = found.depth_pct.value - 100 * depth
    print(f"depth {100 * depth} %: error {error:+.2f} (bound {0.3 + 10 * depth:.1f}), {found}")
    assert found.is_found
    assert found.mains_hz == (50 if light_hz < 110 else 60)
    assert found.hidden_mains_hz == hidden
    assert abs(error) < 0.3 + 10 * depth
    assert found.light_hz is not None
    assert found.light_hz.holds(light_hz)
    assert found.readout_ms is not None
    assert abs(found.readout_ms - 1e3 * readout_s) < 2.0


@pytest.mark.parametrize("moves", ["", "person", "near person", "ball", "daylight"])
@pytest.mark.parametrize("fps", [30.0, 24.5])
def test_what_moves_is_no_flicker(moves: str, fps: float) -> None:
    found = flicker(*filmed(40, fps=fps, moves=moves, seconds=2.0 if fps == 30.0 else 4.0))
    print(f"{moves}: {found.depth_pct}")
    assert not found.is_found
    assert found.depth_pct.value < 1.0


def test_where_both_mains_would_stand_still_nothing_is_said() -> None:
    with pytest.raises(Unmeasurable, match="flicker-hidden"):
        flicker(*filmed(51, fps=20.0, depth=0.1))


def test_lamps_of_either_mains_that_beat_alike_are_not_told_apart() -> None:
    # 100 Hz and 120 Hz both pulsate 10 times a second at 22 pictures a second, seen by a global shutter.
    found = flicker(*filmed(52, fps=22.0, depth=0.05, readout_s=0.0, seconds=3.0))
    assert found.is_found
    assert found.mains_hz is None


def test_bands_that_stand_still_are_found_against_another_shutter() -> None:
    for depth in (0.0, 0.02, 0.08):
        with_bands, _ = filmed(53, fps=25.0, depth=depth, readout_s=0.022, seconds=0.5)
        without, _ = filmed(54, fps=25.0, seconds=0.5)
        found = standing_bands(with_bands, (0.8 * without).astype(np.uint8))
        print(f"planted {100 * depth} %: {found}")
        assert abs(found.depth_pct.value - 100 * depth) < 0.3
        assert not depth or abs(found.bands - 2.2) < 0.15


def test_an_exposure_of_whole_half_periods_lets_no_flicker_through() -> None:
    assert shutter_attenuation(10.0, 50) < 1e-12
    assert shutter_attenuation(20.0, 50) < 1e-12
    assert abs(shutter_attenuation(1000 / 60, 50) - 0.165) < 0.001
    assert shutter_attenuation(1000 / 120, 60) < 1e-12


def test_a_dark_room_is_too_dark() -> None:
    pictures, capture_ns = filmed(55)
    with pytest.raises(Unmeasurable, match="too-dark"):
        flicker(pictures // 16, capture_ns)
