"""The mix of who speaks: open before the first word, never dead, no click, and every sample in its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyloudnorm import Meter
from speaking_room import RATE_HZ, Sound, Turn, room, speech

from pipelines.capture.gain_sharing import GainSharing
from pipelines.capture.level_meter import SECOND_NS
from pipelines.capture.mix_grid import CHUNK, HOP, HOPS
from pipelines.capture.mixdown import Mixdown
from pipelines.capture.speech_mix import LOOK_AHEAD, SpeechMix, SpeechMixSettings
from pipelines.directing.observations import SpeechHeard

LEVEL_ONLY = SpeechMixSettings(high_pass_hz=0, target_lufs=None)
TENTH = RATE_HZ // 10
HZ_1000 = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(3 * RATE_HZ) / RATE_HZ)


def mixed(
    heard: Sound,
    settings: SpeechMixSettings = LEVEL_ONLY,
    sizes: tuple[int, ...] = (TENTH,),
    tell: Callable[[SpeechMix, int], None] = lambda _mix, _sample: None,
) -> Sound:
    """The mix of microphones of shape (microphones, n), which come in pieces of these sizes in turn; shape (n,)."""
    roles = [f"m{number}" for number in range(len(heard))]
    mix = SpeechMix(dict.fromkeys(roles, 0.0), settings=settings)
    out, at, turn = [], 0, 0
    while at < heard.shape[1]:
        size = sizes[turn % len(sizes)]
        for role, samples in zip(roles, heard.astype(np.float32), strict=True):
            mix.push_samples(role, samples[at : at + size, None])
        at, turn = at + size, turn + 1
        tell(mix, min(at, heard.shape[1]))
        out.append(mix.pop_mix())
    return np.concatenate([*out, mix.finish()])[:, 0].astype(np.float64)


def dbfs(sound: Sound) -> float:
    return float(10 * np.log10(np.square(sound).mean()))


@given(
    places=st.lists(st.integers(0, 3 * CHUNK - 1), min_size=1, max_size=4, unique=True),
    count=st.integers(1, 3 * CHUNK),
    sizes=st.lists(st.integers(1, 2 * CHUNK), min_size=1, max_size=4),
)
def test_each_sample_stays_in_its_place_however_the_pieces_come(
    places: list[int], count: int, sizes: list[int]
) -> None:
    heard = np.zeros((2, 3 * CHUNK))
    heard[0, places] = 0.5
    heard = heard[:, :count]
    out = mixed(heard, sizes=tuple(sizes))
    assert len(out) == count
    assert np.flatnonzero(out).tolist() == sorted(place for place in places if place < count)
    np.testing.assert_array_equal(out, mixed(heard, sizes=(count,)))


def test_the_high_pass_takes_off_rumble_and_moves_nothing() -> None:
    settings = SpeechMixSettings(high_pass_hz=80, target_lufs=None)
    seconds = np.arange(3 * RATE_HZ) / RATE_HZ
    rumble, voice = 0.2 * np.sin(2 * np.pi * 25 * seconds), 0.1 * np.sin(2 * np.pi * 400 * seconds)
    out = mixed((rumble + voice)[None, :], settings)[RATE_HZ:]
    loud = np.abs(np.fft.rfft(out[:RATE_HZ])) / RATE_HZ * 2
    assert loud[25] < 0.2 / 30
    assert loud[400] == pytest.approx(0.1, rel=0.02)
    heard = np.zeros((1, 3 * CHUNK))
    heard[0, 4000] = 0.5
    assert np.argmax(mixed(heard, settings)) == 4000


def test_the_mix_is_never_far_behind() -> None:
    mix = SpeechMix({"a": 0.0})
    for pushed in range(TENTH, 10 * TENTH, TENTH):
        mix.push_samples("a", np.zeros((TENTH, 1), np.float32))
        popped = sum(map(len, [mix.pop_mix()]))
        assert popped >= (TENTH if pushed > TENTH else TENTH - LOOK_AHEAD - CHUNK)


def test_one_microphone_sounds_as_ever_where_nothing_else_is_asked_for() -> None:
    heard = room(4, [Turn(0, 1, 3)])[:1]
    np.testing.assert_allclose(mixed(heard), heard[0], atol=1e-6)


def test_who_speaks_is_open_from_before_the_first_word_and_the_other_is_turned_down() -> None:
    """Measured against the sum: the other microphone's noise is all that it adds, once 15 dB and once 0 dB down."""
    turns = [Turn(0, 1, 4), Turn(1, 4.5, 7.5, "rms"), Turn(0, 8, 11)]
    heard = room(12, turns)
    out = mixed(heard)
    for turn in turns:
        begin, end = round(turn.from_s * RATE_HZ), round(turn.to_s * RATE_HZ)
        said = heard[turn.near]
        # What is missing of, or added to, the near microphone, against that microphone.
        assert dbfs(out[begin + TENTH : end] - said[begin + TENTH : end]) < dbfs(said[begin:end]) - 12
        loud = begin + int(np.argmax(np.abs(said[begin:end]) > 0.05))
        first_word = slice(loud - HOP, loud + TENTH)
        assert dbfs(out[first_word]) - dbfs(said[first_word]) > -3.1
    pause = slice(round(11.6 * RATE_HZ), 12 * RATE_HZ)
    assert dbfs(out[pause]) == pytest.approx(-60, abs=0.5)
    assert dbfs(heard[:, pause].sum(axis=0)) == pytest.approx(-57, abs=0.5)


@given(
    levels=st.lists(st.lists(st.floats(-120, 0), min_size=6, max_size=6), min_size=2, max_size=4),
    seed=st.integers(0, 99),
)
def test_the_noise_of_the_room_is_that_of_one_microphone_whoever_speaks(levels: list[list[float]], seed: int) -> None:
    """However loud each microphone is in turn, the powers of their gains add up to one."""
    sharing = GainSharing(len(levels))
    rng = np.random.default_rng(seed)
    for chunk in range(6):
        powers = 10.0 ** (np.array([one[chunk] for one in levels])[:, None] / 10) * rng.uniform(0.5, 2, (1, HOPS))
        gains = sharing.push(powers, np.zeros(powers.shape, np.bool_), rng.uniform(0, 15, len(levels)))
        np.testing.assert_allclose(np.square(gains).sum(axis=0), 1.0)
        assert (gains > 0.1).all()


def test_a_microphone_that_dies_in_a_word_and_comes_back_makes_no_click_and_the_other_takes_over_at_once() -> None:
    heard = room(8, [Turn(0, 0.5, 7.5)])
    whole = mixed(heard)
    dies, returns = round(2.1234 * RATE_HZ), round(5.4321 * RATE_HZ)
    broken = heard.copy()
    broken[0, dies:returns] = 0.0
    out = mixed(broken)
    usual = np.abs(np.diff(whole, 3)).max()
    for at in (dies, returns):
        assert np.abs(np.diff(out, 3))[at - TENTH : at + TENTH].max() <= usual
    np.testing.assert_allclose(
        out[dies + 2 * HOP : returns - 2 * HOP], heard[1, dies + 2 * HOP : returns - 2 * HOP], atol=1e-6
    )
    back = slice(returns + RATE_HZ, round(7.4 * RATE_HZ))
    assert dbfs(out[back]) == pytest.approx(dbfs(whole[back]), abs=0.3)


def test_what_is_loud_and_no_speech_does_not_take_the_mix() -> None:
    """A projector beside one microphone, as loud as who speaks into the other, by what the detector says of both."""
    heard = room(9, [Turn(0, 1, 8)], speech_dbfs=-26)
    rattle = np.random.default_rng(5).normal(0, 0.05, 7 * RATE_HZ)
    rattle *= np.sin(2 * np.pi * 3 * np.arange(len(rattle)) / RATE_HZ) > 0
    heard[1, RATE_HZ : 8 * RATE_HZ] += rattle

    def tell(mix: SpeechMix, sample: int) -> None:
        mix.hear(SpeechHeard("m0", sample * SECOND_NS // RATE_HZ, 0.95, -26))
        mix.hear(SpeechHeard("m1", sample * SECOND_NS // RATE_HZ, 0.03, -26))

    late = slice(4 * RATE_HZ, 8 * RATE_HZ)
    told, untold = mixed(heard, tell=tell)[late], mixed(heard)[late]
    said, noise = heard[0, late], rattle[3 * RATE_HZ :]
    assert np.dot(told, noise) < 0.45 * np.dot(untold, noise)
    assert dbfs(told - said) < dbfs(untold - said) - 6


@pytest.mark.parametrize("dbfs_of_speech", [-32.0, -12.0])
def test_speech_comes_to_the_target_and_silence_stays_as_quiet_as_it_was(dbfs_of_speech: float) -> None:
    heard = room(30, [Turn(0, 1, 14)], dbfs_of_speech, noise_dbfs=-75)[:1]
    out = mixed(heard, SpeechMixSettings())
    assert Meter(RATE_HZ).integrated_loudness(out[7 * RATE_HZ : 14 * RATE_HZ]) == pytest.approx(-18, abs=1)
    # Not a tenth of a decibel while nobody speaks.
    early, late = out[16 * RATE_HZ : 18 * RATE_HZ], out[28 * RATE_HZ :]
    assert dbfs(late) == pytest.approx(dbfs(early), abs=0.1)


def test_it_pulls_no_noise_up_to_speech() -> None:
    """A fan alone, with and without a detector that says what it is."""
    fan = np.random.default_rng(6).normal(0, 0.001, (1, 8 * RATE_HZ))

    def tell(mix: SpeechMix, sample: int) -> None:
        mix.hear(SpeechHeard("m0", sample * SECOND_NS // RATE_HZ, 0.02, -60))

    for out in (mixed(fan, SpeechMixSettings()), mixed(fan, SpeechMixSettings(), tell=tell)):
        assert dbfs(out[-RATE_HZ:]) == pytest.approx(-60, abs=0.3)


def test_gains_channels_and_unknown_roles_are_as_with_a_sum() -> None:
    for make in (partial(SpeechMix, settings=LEVEL_ONLY), Mixdown):
        mix = make({"lapel": -6.0}, channels=2)
        mix.push_samples("lapel", HZ_1000[:, None].astype(np.float32))
        out = np.concatenate([mix.pop_mix(), mix.finish()])
        assert out.shape == (len(HZ_1000), 2)
        # What begins or ends in mid-swing is faded for 5 ms.
        wanted = 10 ** (-6 / 20) * np.stack([HZ_1000, HZ_1000], axis=1)
        np.testing.assert_allclose(out[HOP:-HOP], wanted[HOP:-HOP], atol=1e-6)
        with pytest.raises(KeyError):
            mix.push_samples("ceiling", np.zeros((1, 1), np.float32))


def test_a_microphone_far_ahead_of_a_stalled_one_is_judged_by_what_was_heard_in_it() -> None:
    """The words of one wait 4 s for another's sound; what was said of them counts all the same."""
    heard = np.stack([speech("slt", 6, -40), np.zeros(6 * RATE_HZ)]).astype(np.float32)
    mix = SpeechMix({"m0": 0.0, "m1": 0.0}, settings=SpeechMixSettings(0, -18.0))
    for at in range(0, heard.shape[1], TENTH):
        mix.push_samples("m0", heard[0, at : at + TENTH, None])
        mix.hear(SpeechHeard("m0", (at + TENTH) * SECOND_NS // RATE_HZ, 0.0, -40))
    mix.push_samples("m1", heard[1, :, None])
    out = mix.pop_mix()[:, 0]
    assert dbfs(out[-RATE_HZ:]) == pytest.approx(dbfs(heard[0, len(out) - RATE_HZ : len(out)]), abs=0.2)
