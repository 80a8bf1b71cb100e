"""The level of each channel of a device: neither a constant nor mains hum is sound."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.capture.channel_meter import ChannelMeter

SECOND = 1_000_000_000


def sine(hertz: float, level_dbfs: float, rate_hz: int) -> NDArray[np.float64]:
    times = np.arange(2 * rate_hz) / rate_hz
    return float(np.sqrt(2) * 10 ** (level_dbfs / 20)) * np.sin(2 * np.pi * hertz * times)


def levels(*channels: NDArray[np.float64], rate_hz: int, block: int = 441) -> list[float]:
    """The second's level of each channel, delivered in blocks from before the second on."""
    meter = ChannelMeter()
    meter.restart(rate_hz)
    samples = np.stack(channels, axis=1).astype(np.float32)
    for at in range(0, len(samples), block):
        meter.push_samples(samples[at : at + block], 500_000_000 + at * SECOND // rate_hz)
    return meter.pop_second(1)


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_a_dead_channel_is_dead_whatever_the_other_hears(rate_hz: int) -> None:
    voice, nothing = sine(440, -30, rate_hz), np.zeros(2 * rate_hz)
    assert levels(voice, nothing, rate_hz=rate_hz) == pytest.approx([-30.0, -120.0], abs=0.2)


@pytest.mark.parametrize("hertz", [50, 60, 100])
def test_mains_hum_and_a_constant_are_no_sound(hertz: int) -> None:
    (level,) = levels(sine(hertz, -45, 48_000) + 0.2, rate_hz=48_000)
    assert level < -70
    (voice,) = levels(sine(hertz, -45, 48_000) + 0.2 + sine(300, -50, 48_000), rate_hz=48_000)
    assert voice == pytest.approx(-50.0, abs=0.3)


def test_a_second_in_which_nothing_was_captured_has_no_level() -> None:
    meter = ChannelMeter()
    meter.restart(48_000)
    meter.push_samples(np.zeros((48_000, 1), np.float32), 5 * SECOND)
    assert meter.pop_second(4) == []
    assert meter.pop_second(5) == [-120.0]
    assert meter.pop_second(5) == []
