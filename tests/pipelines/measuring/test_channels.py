"""Faults of channels are found in simulated rooms, and the microphone at which somebody claps."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyroomacoustics
import pytest
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from simulated_rooms import CLASSROOM_M
from synthetic_voice import voice

from pipelines.measuring.channels import channel_faults, nearest_microphone, polarity
from pipelines.measuring.estimate import Unmeasurable

RATE_HZ = 16_000
# Here reverberation is ten times as strong as the direct sound: to refuse is right there, a wrong sign never is.
FAR_M = 3.0
MICROPHONES_M = ((1.0, 3.5, 1.5), (1.2, 3.5, 1.5), (3.0, 3.0, 2.0), (7.0, 5.0, 2.2))
PLACES_M = ((2.5, 3.0, 1.6), (4.5, 2.0, 1.6), (1.6, 5.0, 1.6))


@cache
def heard(place: int, microphone: int, kind: str = "voice") -> NDArray[np.float64]:
    """What a microphone hears of a voice at a place, in a classroom of 0.6 s."""
    absorption, _ = pyroomacoustics.inverse_sabine(0.6, CLASSROOM_M)
    material = pyroomacoustics.Material(absorption)
    room = pyroomacoustics.ShoeBox(CLASSROOM_M, fs=RATE_HZ, materials=material, max_order=12)
    room.add_source(list(PLACES_M[place]))
    room.add_microphone(list(MICROPHONES_M[microphone]))
    room.compute_rir()
    dice = np.random.default_rng(10 * place + microphone)
    dry = voice(RATE_HZ)[: 4 * RATE_HZ]
    sound = fftconvolve(dry, room.rir[0][0])[: len(dry)]
    return sound + dice.standard_normal(len(sound)) * sound.std() * 0.05


@pytest.mark.parametrize("place", range(len(PLACES_M)))
@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 2), (1, 3), (2, 3)])
def test_swapped_polarity_is_heard_between_microphones_in_a_room(place: int, first: int, second: int) -> None:
    one, other = heard(place, first), heard(place, second)
    way = [float(np.linalg.norm(np.subtract(PLACES_M[place], MICROPHONES_M[index]))) for index in (first, second)]
    lag_ms = (way[1] - way[0]) / 343.0 * 1e3
    for sign in (1.0, -1.0):
        try:
            found = polarity(one, sign * other, RATE_HZ)
        except Unmeasurable:
            assert max(way) > FAR_M
            continue
        print(f"{sign:+.0f}: {found}, true lag {lag_ms:.2f} ms; bound 0.15")
        assert found.is_inverted == (sign < 0)
        if max(way) < FAR_M:
            assert found.lag_ms == pytest.approx(lag_ms, abs=0.15)


def test_two_microphones_that_hear_different_things_have_no_polarity() -> None:
    dice = np.random.default_rng(4)
    with pytest.raises(Unmeasurable, match="not-correlated"):
        polarity(dice.standard_normal(4 * RATE_HZ), dice.standard_normal(4 * RATE_HZ), RATE_HZ)


def test_dead_doubled_and_inverted_channels_of_a_device_are_told_apart() -> None:
    one, other = 0.3 * heard(0, 0) / heard(0, 0).std() * 0.1, 0.3 * heard(0, 1) / heard(0, 1).std() * 0.1
    hum = 0.02 * np.sin(2 * np.pi * 50 * np.arange(len(one)) / RATE_HZ)
    channels = np.column_stack([one, hum, one * 0.7, -other])
    found = channel_faults(np.rint(channels * 32767).astype(np.int16), RATE_HZ)
    assert found.dead == (1,)
    assert found.doubled == ((0, 2),)
    assert found.inverted == ((0, 3), (2, 3))
    healthy = channel_faults(np.column_stack([one, other]), RATE_HZ)
    assert (healthy.dead, healthy.doubled, healthy.inverted) == ((), (), ())


@pytest.mark.parametrize("at", [0, 1])
def test_the_microphone_at_which_somebody_scratches_is_known_whatever_its_gain(at: int) -> None:
    dice = np.random.default_rng(at)
    sounds = [dice.standard_normal(3 * RATE_HZ) * gain for gain in (0.0005, 0.01)]
    scratch = dice.standard_normal(RATE_HZ // 2)
    near, far = ((0.05, 0.02), (1.0, 0.0002))[at]
    sounds[0][RATE_HZ : RATE_HZ + len(scratch)] += (near if at == 0 else far) * scratch
    sounds[1][RATE_HZ + 40 : RATE_HZ + 40 + len(scratch)] += (far if at == 0 else near) * scratch
    found = nearest_microphone(sounds, RATE_HZ)
    assert found.index == at
    assert found.margin_db > 6.0


def test_a_clap_between_two_microphones_belongs_to_the_earlier_or_to_none() -> None:
    dice = np.random.default_rng(9)
    sounds = [dice.standard_normal(2 * RATE_HZ) * 0.001 for _ in range(2)]
    clap = dice.standard_normal(400) * np.exp(-np.arange(400) / 60)
    sounds[0][RATE_HZ : RATE_HZ + 400] += 0.35 * clap
    sounds[1][RATE_HZ + 50 : RATE_HZ + 450] += 0.3 * clap
    assert nearest_microphone(sounds, RATE_HZ).index == 0
    assert nearest_microphone(sounds, RATE_HZ).lead_ms == pytest.approx(50 / 16, abs=1.0)
    sounds[1][RATE_HZ - 100 : RATE_HZ + 300] += 0.2 * clap
    with pytest.raises(Unmeasurable, match="ambiguous"):
        nearest_microphone(sounds, RATE_HZ)
    with pytest.raises(Unmeasurable, match="nothing-heard"):
        nearest_microphone([sound[: RATE_HZ // 2] for sound in sounds], RATE_HZ)
