"""The mix is the sum as far as all have come, whatever the pieces, and never clips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.capture.mixdown import LIMITER_KNEE, Mixdown, remix_channels, soft_limit


def noise(count: int, seed: int, channels: int = 1) -> NDArray[np.float32]:
    return np.random.default_rng(seed).uniform(-0.4, 0.4, (count, channels)).astype(np.float32)


@given(
    lapel=st.lists(st.integers(0, 50), max_size=12),
    ceiling=st.lists(st.integers(0, 50), max_size=12),
    taken_after=st.integers(0, 12),
)
def test_any_pieces_give_the_same_sum_up_to_where_both_have_come(
    lapel: list[int], ceiling: list[int], taken_after: int
) -> None:
    mixer = Mixdown({"lapel": 0.0, "ceiling": -6.0})
    sounds = {"lapel": noise(sum(lapel), 1), "ceiling": noise(sum(ceiling), 2)}
    pieces = {
        role: np.split(sounds[role], np.cumsum(sizes)) for role, sizes in (("lapel", lapel), ("ceiling", ceiling))
    }
    taken = []
    for turn in range(13):
        for role, parts in pieces.items():
            if turn < len(parts):
                mixer.push_samples(role, parts[turn])
        if turn == taken_after:
            taken.append(mixer.pop_mix())
    taken.append(mixer.pop_mix())
    ready = min(sum(lapel), sum(ceiling))
    wanted = sounds["lapel"][:ready] + sounds["ceiling"][:ready] * np.float32(10 ** (-6 / 20))
    np.testing.assert_allclose(np.concatenate(taken), wanted, atol=1e-6)


def test_one_quiet_microphone_passes_untouched() -> None:
    mixer = Mixdown({"lapel": 0.0})
    sound = noise(480, 3)
    mixer.push_samples("lapel", sound)
    np.testing.assert_array_equal(mixer.pop_mix(), sound)


def test_microphones_of_any_channels_become_the_channels_of_the_mix() -> None:
    stereo = np.array([[0.2, 0.4], [-0.1, 0.1]], np.float32)
    np.testing.assert_allclose(remix_channels(stereo, 1), [[0.3], [0.0]], atol=1e-7)
    np.testing.assert_allclose(remix_channels(stereo[:, :1], 2), [[0.2, 0.2], [-0.1, -0.1]], atol=1e-7)
    mixer = Mixdown({"lapel": 0.0, "ceiling": 0.0}, channels=2)
    mixer.push_samples("lapel", stereo)
    mixer.push_samples("ceiling", stereo[:, :1])
    np.testing.assert_allclose(mixer.pop_mix(), [[0.4, 0.6], [-0.2, 0.0]], atol=1e-7)


@given(level=st.floats(0.0, 8.0, width=32))
def test_the_guard_bends_what_is_too_loud_and_nothing_else(level: float) -> None:
    out = soft_limit(np.array([[level], [-level]], np.float32))
    assert np.abs(out).max() <= 1.0
    assert out[0, 0] == -out[1, 0]
    if level <= LIMITER_KNEE:
        assert out[0, 0] == np.float32(level)


def test_the_guard_keeps_louder_louder() -> None:
    rising = np.linspace(0.0, 1.5, 900, dtype=np.float32)[:, None]
    assert (np.diff(soft_limit(rising)[:, 0]) >= 0).all()
    assert soft_limit(rising)[-1, 0] > soft_limit(rising)[600, 0] > LIMITER_KNEE


def test_a_microphone_that_was_not_announced_is_refused() -> None:
    with pytest.raises(KeyError):
        Mixdown({"lapel": 0.0}).push_samples("ceiling", noise(10, 1))
