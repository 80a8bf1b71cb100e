"""Levels of speech and noise, against FFmpeg's meters and against signals whose level is known."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from synthetic_voice import voice

from pipelines.measuring.clipping import clipping
from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.sound_level import noise_floor, speech_level, speech_over_noise_db, true_peak_dbtp

RATE_HZ = 48_000


def white(seconds: float, level_dbfs: float, seed: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(int(seconds * RATE_HZ)) * 10.0 ** (level_dbfs / 20.0)


def test_loudness_and_true_peak_are_those_of_ffmpegs_meter(tmp_path: Path) -> None:
    samples = np.rint(0.4 * voice(RATE_HZ) * 32767).astype(np.int16)
    raw = tmp_path / "voice.s16"
    raw.write_bytes(samples.tobytes())
    ask = [
        "ffmpeg",
        "-f",
        "s16le",
        "-ar",
        str(RATE_HZ),
        "-ac",
        "1",
        "-i",
        str(raw),
        "-af",
        "ebur128=peak=true",
        "-f",
        "null",
        "-",
    ]
    summary = subprocess.run(ask, capture_output=True, text=True, check=True).stderr.rpartition("Summary:")[2]
    loudness, peak = (float(found) for found in re.findall(r"(?:I|Peak): +(-?[\d.]+) (?:LUFS|dBFS)", summary))
    level = speech_level(samples, RATE_HZ)
    print(f"ffmpeg {loudness} LUFS {peak} dBTP, here {level.loudness_lufs:.2f} {level.true_peak_dbtp:.2f}; bound 0.2")
    assert level.loudness_lufs == pytest.approx(loudness, abs=0.2)
    assert level.true_peak_dbtp == pytest.approx(peak, abs=0.2)


def test_pauses_do_not_change_the_active_level_of_speech() -> None:
    spoken = voice(RATE_HZ)
    with_pause = np.concatenate([spoken, np.zeros(2 * len(spoken))])
    dense, sparse = speech_level(spoken, RATE_HZ), speech_level(with_pause, RATE_HZ)
    assert sparse.active_level_dbfs == pytest.approx(dense.active_level_dbfs, abs=0.5)
    assert sparse.active_share == pytest.approx(dense.active_share / 3, abs=0.05)
    assert dense.active_level_dbfs >= 10 * np.log10(np.mean(spoken**2))


@pytest.mark.parametrize("level_dbfs", [-80.0, -55.0])
def test_a_cough_and_a_chair_are_not_in_the_noise_floor(level_dbfs: float) -> None:
    sound = white(10.0, level_dbfs)
    sound[RATE_HZ : 3 * RATE_HZ] += white(2.0, -20.0, seed=2)
    sound[6 * RATE_HZ : 7 * RATE_HZ] += 0.3 * voice(RATE_HZ)[RATE_HZ : 2 * RATE_HZ]
    floor = noise_floor(sound, RATE_HZ)
    # White noise up to 24 kHz: 20 kHz of it are audible (-0.8 dB).
    print(f"{level_dbfs}: {floor.unweighted_dbfs}, A {floor.a_weighted_dbfs}; bound 0.5")
    assert floor.unweighted_dbfs.value == pytest.approx(level_dbfs - 0.8, abs=0.5)


def test_a_tone_of_1_khz_weighs_the_same_and_one_of_100_hz_19_db_less() -> None:
    times = np.arange(4 * RATE_HZ) / RATE_HZ
    for hertz, weight_db in ((1000, 0.0), (100, -19.1), (10_000, -2.5)):
        floor = noise_floor(0.1 * np.sin(2 * np.pi * hertz * times), RATE_HZ)
        assert floor.unweighted_dbfs.value == pytest.approx(-23.0, abs=0.1)
        assert floor.a_weighted_dbfs.value - floor.unweighted_dbfs.value == pytest.approx(weight_db, abs=0.2)


@pytest.mark.parametrize("snr_db", [8.0, 20.0, 40.0])
def test_speech_over_noise_is_found_from_their_sum(snr_db: float) -> None:
    times = int(2 * len(voice(RATE_HZ)) / RATE_HZ) + 1
    spoken = np.tile(voice(RATE_HZ), 3)
    alone = speech_over_noise_db(spoken, noise_floor(white(5.0, -60.0), RATE_HZ), RATE_HZ).value
    louder = white(5.0, -60.0 + alone - snr_db)
    mixed = spoken + white(times * 10, -60.0 + alone - snr_db, seed=3)[: len(spoken)]
    found = speech_over_noise_db(mixed, noise_floor(louder, RATE_HZ), RATE_HZ)
    print(f"{snr_db} dB: found {found.value:.1f} ± {found.half_width:.1f}; bound 2")
    assert found.value == pytest.approx(snr_db, abs=2.0)
    assert found.holds(snr_db)


def test_peaks_between_the_samples_are_seen() -> None:
    # A sine of a quarter of the rate, sampled at 45 degrees: every sample is 3 dB below the peak.
    sine = 0.5 * np.sin(np.pi / 2 * np.arange(RATE_HZ) + np.pi / 4)
    assert 20 * np.log10(np.abs(sine).max()) == pytest.approx(-9.03, abs=0.01)
    assert true_peak_dbtp(sine) == pytest.approx(-6.02, abs=0.3)


def test_clipping_is_found_at_full_scale_and_below_it() -> None:
    tone = 1.2 * np.sin(2 * np.pi * 200 * np.arange(RATE_HZ) / RATE_HZ)
    true_share = float(np.mean(np.abs(tone) >= 1.0))
    loud = clipping(np.clip(np.rint(tone * 32768), -32768, 32767).astype(np.int16), RATE_HZ)
    assert loud.share == pytest.approx(true_share, abs=0.01)
    assert loud.longest_run_ms == pytest.approx(1e3 / 400 * true_share, abs=0.1)
    amplifier = clipping(np.rint(np.clip(tone, -0.8, 0.8) * 20000).astype(np.int16), RATE_HZ)
    assert amplifier.share > true_share
    for clean in (0.9 * tone / 1.2, 0.5 * voice(RATE_HZ), white(2.0, -60.0)):
        assert not clipping(np.rint(clean * 32767).astype(np.int16), RATE_HZ).is_clipped


def test_what_is_too_short_or_silent_is_said() -> None:
    with pytest.raises(Unmeasurable, match="too-short"):
        speech_level(white(1.0, -20.0), RATE_HZ)
    with pytest.raises(Unmeasurable, match="no-speech"):
        speech_level(np.zeros(4 * RATE_HZ), RATE_HZ)
    with pytest.raises(Unmeasurable, match="digital-silence"):
        noise_floor(np.zeros((4 * RATE_HZ, 2), np.int16), RATE_HZ)
    with pytest.raises(Unmeasurable, match="no-speech"):
        speech_over_noise_db(white(5.0, -60.0), noise_floor(white(5.0, -60.0, seed=2), RATE_HZ), RATE_HZ)
