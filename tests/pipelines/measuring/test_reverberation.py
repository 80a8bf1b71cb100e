"""Reverberation time of simulated rooms: the truth is the decay of the noise-free response itself."""

from __future__ import annotations

import numpy as np
import pytest
from draws import draws, least
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from simulated_rooms import MEAN_TO_BEGIN_DB, diffuse_response, own_decay_s, own_mid_s, recorded_claps, shoebox_response
from synthetic_voice import voice

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.exponential_sweep import ExponentialSweep
from pipelines.measuring.reverberation import reverberation_from_claps, reverberation_from_response

RATE_HZ = 16_000
CHEAP_HZ = 12_000
BOUND = 0.10


@pytest.mark.parametrize("rt60_s", [0.3, 0.5, 0.8, 1.2, 2.5])
@pytest.mark.parametrize("seed", [1, 2])
def test_five_claps_at_20_db_snr_give_the_time_within_a_tenth(rt60_s: float, seed: int) -> None:
    """The signal's power is its mean over the reverberation time, as is that of the noise."""
    response = shoebox_response(rt60_s, RATE_HZ, seed)
    truth = own_mid_s(response, RATE_HZ)
    sound = recorded_claps(response, RATE_HZ, truth, 20.0 + MEAN_TO_BEGIN_DB, np.random.default_rng(seed))
    found = reverberation_from_claps(sound, RATE_HZ)
    error = found.rt60_s.value / truth - 1.0
    print(f"{truth:.3f} s: error {100 * error:+.1f} % of ±{100 * BOUND:.0f} %, stated ±{found.rt60_s.half_width:.3f} s")
    assert found.impulses == 5
    assert abs(error) < BOUND
    assert found.rt60_s.holds(truth)


def test_where_the_reverberation_begins_only_20_db_above_the_noise_9_of_10_are_within_a_tenth() -> None:
    errors, held = [], 0
    for seed in range(30):
        rt60_s = (0.3, 0.6, 1.2)[seed % 3]
        response = diffuse_response(rt60_s, CHEAP_HZ, seed)
        truth = own_mid_s(response, CHEAP_HZ)
        sound = recorded_claps(response, CHEAP_HZ, rt60_s, 20.0, np.random.default_rng(seed))
        found = reverberation_from_claps(sound, CHEAP_HZ).rt60_s
        errors.append(found.value / truth - 1.0)
        held += found.holds(truth)
    rms, largest = np.sqrt(np.mean(np.square(errors))), np.abs(errors).max()
    print(f"error: RMS {100 * rms:.1f} %, largest {100 * largest:.1f} %; held {held} of 30")
    assert np.mean(np.abs(errors) < BOUND) >= 0.9
    assert held >= 27


def test_the_stated_interval_holds_the_truth_95_times_in_100() -> None:
    held, errors, widths = 0, [], []
    rooms = draws(200)
    # Other rooms than those on which the method was tried out.
    for seed in range(3000, 3000 + rooms):
        dice = np.random.default_rng(seed)
        rt60_s = float(np.exp(dice.uniform(np.log(0.3), np.log(1.0))))
        late_s = rt60_s * dice.uniform(1.0, 1.3) if seed % 2 else None
        response = diffuse_response(rt60_s, CHEAP_HZ, seed, late_s)
        truth = own_mid_s(response, CHEAP_HZ)
        sound = recorded_claps(
            response, CHEAP_HZ, rt60_s, float(dice.uniform(18, 35)), dice, claps=int(dice.integers(2, 6))
        )
        found = reverberation_from_claps(sound, CHEAP_HZ).rt60_s
        held += found.holds(truth)
        errors.append(found.value / truth - 1.0)
        widths.append(found.half_width / truth)
    print(f"held {held} of {rooms}; error: median {100 * np.median(np.abs(errors)):.1f} %, ", end="")
    print(f"mean {100 * np.mean(errors):+.1f} %, stated ±{100 * np.median(widths):.1f} % (median)")
    assert held >= (0.95 * rooms if rooms == 200 else least(0.95, rooms))
    assert np.median(widths) < BOUND


def test_one_clap_says_how_little_it_knows() -> None:
    response = diffuse_response(0.6, RATE_HZ, 5)
    one, five = (
        reverberation_from_claps(recorded_claps(response, RATE_HZ, 0.6, 20.0, np.random.default_rng(5), claps), RATE_HZ)
        for claps in (1, 5)
    )
    assert one.rt60_s.half_width > 1.3 * five.rt60_s.half_width
    assert one.rt60_s.holds(own_mid_s(response, RATE_HZ))


def test_a_sweep_gives_t30_of_every_octave() -> None:
    sweep = ExponentialSweep(RATE_HZ, seconds=4.0, low_hz=100.0, high_hz=7_000.0)
    response = shoebox_response(0.7, RATE_HZ, 3)
    played = np.concatenate([np.zeros(RATE_HZ // 2), sweep.signal(), np.zeros(2 * RATE_HZ)])
    heard = fftconvolve(played, response)[: len(played)]
    heard += np.random.default_rng(3).standard_normal(len(heard)) * heard.std() / 40.0
    found = reverberation_from_response(sweep.impulse_response(heard), RATE_HZ)
    assert [band.centre_hz for band in found.bands] == [250, 500, 1000, 2000, 4000]
    for band in found.bands:
        truth = own_decay_s(response, RATE_HZ, band.centre_hz, end_db=-35.0)
        assert band.t30_s is not None
        print(f"{band.centre_hz} Hz: {band.t30_s.value:.3f} ± {band.t30_s.half_width:.3f} s, true {truth:.3f} s")
        assert band.t30_s.value == pytest.approx(truth, rel=0.05)


def test_the_filter_turns_the_sweep_into_an_impulse() -> None:
    sweep = ExponentialSweep(RATE_HZ, seconds=3.0, low_hz=100.0, high_hz=7_000.0)
    played = np.concatenate([sweep.signal(), np.zeros(RATE_HZ)])
    response = sweep.impulse_response(played)
    power = np.square(response) / np.square(response).max()
    assert 10.0 * np.log10(power[int(0.1 * RATE_HZ) :].max()) < -45.0


def noise(seconds: float) -> NDArray[np.float64]:
    return np.random.default_rng(1).standard_normal(int(seconds * RATE_HZ)) * 0.003


@pytest.mark.parametrize("name", ["noise", "slt", "kal", "awb", "a beep", "silence"])
def test_what_is_no_clap_is_not_measured(name: str) -> None:
    sound = noise(6.0)
    if name == "a beep":
        sound[2 * RATE_HZ : 3 * RATE_HZ] += 0.3 * np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ) / RATE_HZ)
    elif name == "silence":
        sound[:] = 0.0
    elif name != "noise":
        sound[RATE_HZ:] += voice(RATE_HZ, name)[: 5 * RATE_HZ]
    with pytest.raises(Unmeasurable, match="no-impulse"):
        reverberation_from_claps(sound, RATE_HZ)


@pytest.mark.parametrize("name", ["slt", "awb", "rms"])
def test_a_sentence_that_ends_with_a_consonant_gives_no_figure(name: str) -> None:
    spoken = voice(RATE_HZ, name)
    sound = noise(len(spoken) / RATE_HZ + 2.0)
    sound[: len(spoken)] += spoken
    with pytest.raises(Unmeasurable, match=r"no-impulse|too-noisy"):
        reverberation_from_claps(sound, RATE_HZ)


def test_somebody_may_count_to_three_before_the_claps() -> None:
    response = diffuse_response(0.7, RATE_HZ, 8)
    sound = recorded_claps(response, RATE_HZ, 0.7, 30.0, np.random.default_rng(8))
    spoken = 0.05 * voice(RATE_HZ)[: 2 * RATE_HZ]
    before = np.random.default_rng(9).standard_normal(len(spoken)) * sound[: RATE_HZ // 2].std()
    found = reverberation_from_claps(np.concatenate([before + spoken, sound[RATE_HZ // 2 :]]), RATE_HZ)
    assert found.impulses >= 4
    assert found.rt60_s.value == pytest.approx(own_mid_s(response, RATE_HZ), rel=BOUND)


def test_clipped_claps_and_claps_in_noise_are_refused() -> None:
    response = diffuse_response(0.6, RATE_HZ, 6)
    dice = np.random.default_rng(6)
    loud = recorded_claps(response, RATE_HZ, 0.6, 30.0, dice)
    clipped = np.clip(np.rint(loud * 15.0 * 32768), -32768, 32767).astype(np.int16)
    with pytest.raises(Unmeasurable, match="clipped"):
        reverberation_from_claps(clipped, RATE_HZ)
    with pytest.raises(Unmeasurable, match=r"too-noisy|no-impulse"):
        reverberation_from_claps(recorded_claps(response, RATE_HZ, 0.6, 3.0, dice), RATE_HZ)
