"""The delay of a microphone's stamps from beeps and claps in a reverberant room, against planted delays."""

from __future__ import annotations

import numpy as np
import pyroomacoustics
import pytest
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from drivers.samples import SoundBlock
from pipelines.measuring.clap_onset import clap_onsets
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.sound_onset import tone_onsets
from pipelines.measuring.sound_track import SoundTrack, sound_track
from pipelines.measuring.sync import Distance, flash_gaps_ms, microphone_latency, robust_mean

RATE_HZ = 48_000
ORIGIN_NS = 7_000_000_000_000
ON_MS = 220.0
DISTANCE = Distance(3.0)
Sound = NDArray[np.float64]
Times = NDArray[np.int64]


def beep_times(count: int) -> Times:
    on_ms = 1000 + np.cumsum([0, *(ON_MS + gap for gap in flash_gaps_ms(count - 1))])
    return ORIGIN_NS + np.rint(np.stack([on_ms, on_ms + ON_MS], axis=1) * 1e6).astype(np.int64)


def room_response(rng: np.random.Generator, rt60_s: float, direct_to_reverberant_db: float) -> Sound:
    """A direct sound after 3 m, and from 4 ms later on a tail that has more energy than it."""
    travel = round(DISTANCE.travel_ms / 1e3 * RATE_HZ)
    after = np.arange(round(rt60_s * RATE_HZ)) / RATE_HZ
    tail = rng.normal(size=len(after)) * 10 ** (-3 * after / rt60_s) * (after > 0.004)
    tail *= 10 ** (-direct_to_reverberant_db / 20) / np.sqrt(np.square(tail).sum())
    tail[0] = 1.0
    return np.concatenate([np.zeros(travel), tail])


def buzzer(when: Times, tone_hz: float, seconds: float) -> Sound:
    """A buzzer's beeps, which take a third of a millisecond to build up."""
    at_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sound = np.zeros(len(at_s))
    for on_ns, off_ns in when - ORIGIN_NS:
        since = at_s - on_ns / 1e9
        sound += (
            (since >= 0)
            * (at_s < off_ns / 1e9)
            * (1 - np.exp(-since.clip(0) / 3e-4))
            * np.sin(2 * np.pi * tone_hz * since)
        )
    return sound


def heard(sound: Sound, delay_ms: float, rng: np.random.Generator, stamp_jitter_ms: float = 1.0) -> SoundTrack:
    """The sound in blocks of 10 ms with stamps that are late and uneven, of a card that runs 60 ppm fast."""
    size, step_ns = RATE_HZ // 100, 1e7 / (1 + 60e-6)
    samples = np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16)[:, None]
    starts = range(0, len(samples) - size, size)
    return sound_track(
        [
            SoundBlock(
                ORIGIN_NS + round(step_ns * number + (delay_ms + rng.normal(0, stamp_jitter_ms)) * 1e6),
                samples[start : start + size],
            )
            for number, start in enumerate(starts)
        ],
        RATE_HZ,
    )


def speech_like_noise(rng: np.random.Generator, count: int, rms: float) -> Sound:
    """Pink-like noise whose loudness comes and goes."""
    white = rng.normal(size=count)
    pink = np.convolve(white, np.exp(-np.arange(40) / 6.0), "same")
    swell = 0.2 + np.abs(np.sin(np.arange(count) / RATE_HZ * 5.1))
    noise = pink * swell
    return rms * noise / noise.std()


@pytest.mark.parametrize("delay_ms", [-80.0, 15.0, 80.0])
@pytest.mark.parametrize(
    ("rt60_s", "direct_db", "tone_hz"), [(0.4, 0.0, 2300.0), (1.2, -8.0, 3070.0), (0.8, -4.0, 4000.0)]
)
def test_a_planted_delay_is_found_within_1_ms_by_the_first_arrival(
    delay_ms: float, rt60_s: float, direct_db: float, tone_hz: float
) -> None:
    seed = round(delay_ms + tone_hz)
    rng = np.random.default_rng(seed)
    when = beep_times(10)
    sound = 0.05 * fftconvolve(buzzer(when, tone_hz, 9.0), room_response(rng, rt60_s, direct_db))[: 9 * RATE_HZ]
    sound += speech_like_noise(rng, len(sound), 0.01)
    # A card that runs fast takes more samples of the same sound: stretched by 60 ppm.
    track = heard(np.interp(np.arange(len(sound)) / (1 + 60e-6), np.arange(len(sound)), sound), delay_ms, rng)
    onsets = tone_onsets(track, when)
    found = microphone_latency(onsets, DISTANCE).mean
    error_ms = found.value - delay_ms
    print(f"seed {seed}: error {error_ms:+.2f} ms, stated ± {found.half_width:.2f} ms, bound 1 ms")
    assert abs(onsets.tone_hz - tone_hz) <= 50
    assert abs(error_ms) < 1
    assert found.holds(delay_ms)


def test_a_rectangular_room_with_hard_walls_does_not_hide_the_first_arrival() -> None:
    room = pyroomacoustics.ShoeBox([9.0, 7.0, 3.2], fs=RATE_HZ, materials=pyroomacoustics.Material(0.12), max_order=12)
    room.add_source([2.0, 3.5, 1.5])
    room.add_microphone([5.5, 3.0, 2.6])
    room.compute_rir()
    response = np.asarray(room.rir[0][0], dtype=np.float64)
    distance = Distance(float(np.linalg.norm(np.subtract([2.0, 3.5, 1.5], [5.5, 3.0, 2.6]))), 0.05)
    # The library centres its fractional-delay filters, which begins every response so much later.
    centre_ms = pyroomacoustics.constants.get("frac_delay_length") // 2 / RATE_HZ * 1e3
    when, rng = beep_times(10), np.random.default_rng(3)
    sound = fftconvolve(buzzer(when, 2730.0, 9.0), response)[: 9 * RATE_HZ]
    sound = 0.2 * sound / np.abs(sound).max() + speech_like_noise(rng, 9 * RATE_HZ, 0.003)
    found = microphone_latency(tone_onsets(heard(sound, 30.0 - centre_ms, rng), when), distance).mean
    print(f"error {found.value - 30:+.2f} ms, bound 1 ms")
    assert abs(found.value - 30) < 1


def test_claps_are_found_where_they_begin_and_nowhere_else() -> None:
    rng = np.random.default_rng(5)
    times_s = 0.8 + np.cumsum(0.7 + rng.uniform(0, 0.4, 9))
    clicks = np.zeros(11 * RATE_HZ)
    for at_s in times_s:
        burst = rng.normal(size=400) * np.exp(-np.arange(400) / 60)
        clicks[round(at_s * RATE_HZ) : round(at_s * RATE_HZ) + 400] += burst
    sound = 0.2 * fftconvolve(clicks, room_response(rng, 0.6, -3.0))[: 11 * RATE_HZ]
    sound += speech_like_noise(rng, len(sound), 0.01)
    onsets = clap_onsets(heard(sound, 20.0, rng, stamp_jitter_ms=0.2))
    assert len(onsets) == len(times_s)
    late_ms = (onsets - ORIGIN_NS) / 1e6 - times_s * 1e3 - DISTANCE.travel_ms
    found = robust_mean(late_ms, 0.5, 0.5).mean
    print(f"error {found.value - 20:+.2f} ms, bound 1 ms")
    assert abs(found.value - 20) < 1


def test_what_is_not_there_is_not_heard() -> None:
    rng = np.random.default_rng(9)
    noise = heard(speech_like_noise(rng, 9 * RATE_HZ, 0.03), 0.0, rng)
    assert len(clap_onsets(noise)) == 0
    with pytest.raises(Unmeasurable, match="no-beep"):
        tone_onsets(noise, beep_times(10))


def test_lost_sound_moves_only_what_follows_it() -> None:
    rng = np.random.default_rng(2)
    size = RATE_HZ // 100
    numbers = [number for number in range(400) if not 150 <= number < 190]
    blocks = [
        SoundBlock(ORIGIN_NS + number * 10_000_000 + round(rng.normal(0, 5e5)), np.zeros((size, 1), np.int16))
        for number in numbers
    ]
    track = sound_track(blocks, RATE_HZ)
    times_ms = (track.times_ns(np.array([100.0 * size, 200.0 * size])) - ORIGIN_NS) / 1e6
    assert times_ms == pytest.approx([1000, 2400], abs=0.4)
