"""Mains hum is found, measured, and told from tones and speech."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from synthetic_voice import voice

from pipelines.measuring.mains_hum import mains_hum

RATE_HZ = 16_000
SECONDS = 10.0
TIMES = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ


def room(seed: int = 1, level_dbfs: float = -60.0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).standard_normal(len(TIMES)) * 10.0 ** (level_dbfs / 20.0)


def tone(hertz: float, level_dbfs: float) -> NDArray[np.float64]:
    return np.sqrt(2.0) * 10.0 ** (level_dbfs / 20.0) * np.sin(2 * np.pi * hertz * TIMES + 0.7)


@pytest.mark.parametrize("hertz", [49.52, 49.9, 50.0, 50.03, 50.47, 59.9, 60.0])
def test_the_mains_frequency_and_the_level_of_each_harmonic_are_found(hertz: float) -> None:
    planted = {1: -62.0, 2: -66.0, 3: -70.0, 7: -72.0}
    found = mains_hum(room() + sum(tone(hertz * number, level) for number, level in planted.items()), RATE_HZ)
    assert found.nominal_hz == round(hertz, -1)
    assert found.frequency_hz is not None
    print(f"{hertz}: {found.frequency_hz.value:.4f} ± {found.frequency_hz.half_width:.4f} Hz; bound 0.01")
    assert found.frequency_hz.value == pytest.approx(hertz, abs=0.01)
    assert found.frequency_hz.holds(hertz)
    assert {one.number for one in found.harmonics if one.is_present} == set(planted)
    for one in found.harmonics:
        if one.is_present:
            assert one.level_dbfs == pytest.approx(planted[one.number], abs=1.0)
    assert found.level_dbfs == pytest.approx(-59.8, abs=0.8)


def test_hum_of_a_rectifier_has_no_50_hz_and_is_found() -> None:
    found = mains_hum(room() + tone(100.06, -65.0), RATE_HZ)
    assert found.nominal_hz == 50
    assert [one.number for one in found.harmonics if one.is_present] == [2]


@pytest.mark.parametrize("name", ["noise", "440 Hz", "1 kHz", "300 Hz", "speech", "a deep voice", "silence"])
def test_other_sound_is_no_hum(name: str) -> None:
    spoken = voice(RATE_HZ, "kal" if name == "a deep voice" else "slt")
    sounds = {
        "noise": room(2),
        "440 Hz": room() + tone(440.0, -30.0),
        "1 kHz": room() + tone(1000.0, -20.0),
        "300 Hz": room() + tone(300.0, -20.0),
        "silence": np.zeros(len(TIMES)),
    }
    sound = sounds.get(name, room() + 0.5 * np.resize(spoken, len(TIMES)))
    found = mains_hum(sound, RATE_HZ)
    assert not found.is_present, found
    assert not any(one.is_present for one in found.harmonics)


def test_hum_under_speech_is_found() -> None:
    spoken = 0.2 * np.resize(voice(RATE_HZ), len(TIMES))
    found = mains_hum(spoken + room() + tone(49.98, -45.0) + tone(149.94, -50.0), RATE_HZ)
    assert found.nominal_hz == 50
    assert found.frequency_hz is not None
    assert found.frequency_hz.value == pytest.approx(49.98, abs=0.05)
