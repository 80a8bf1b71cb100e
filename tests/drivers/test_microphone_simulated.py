"""The simulated microphone: beeps at the logged times, its own clock, and faults."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from waiting import SkippableTime

from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.microphone.simulation import simulated_microphone
from drivers.microphone.simulation.simulated_microphone import SimulatedMicrophone, SimulatedMicrophoneOptions
from drivers.samples import SoundFormat


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SkippableTime:
    """The microphone's time."""
    skippable = SkippableTime()
    monkeypatch.setattr(simulated_microphone, "time", skippable)
    return skippable


def made(**options: object) -> SimulatedMicrophone:
    return SimulatedMicrophone("lapel", SoundFormat(48_000, 1), SimulatedMicrophoneOptions(**options))  # type: ignore[arg-type]


def test_a_beep_begins_at_every_flash_to_the_sample(tmp_path: Path) -> None:
    log = tmp_path / "beeps.jsonl"
    microphone = made(flash_period_s=0.4, ppm=200.0, stamp_jitter_ms=0.0, noise_dbfs=-100.0, log=log)
    microphone.open()
    blocks = [microphone.read(1.0) for _ in range(70)]
    microphone.close()
    sound = np.concatenate([block.samples for block in blocks])[:, 0]
    sample_ns = 1e9 / 48_000 / (1 + 200e-6)
    times = np.concatenate([block.captured_ns + np.arange(len(block.samples)) * sample_ns for block in blocks])
    loud = np.flatnonzero(np.abs(sound) > 200)
    # On a machine that stood still a card loses sound: a beep that begins in such a gap has no onset.
    begins = [index for index in loud[np.diff(loud, prepend=-10_000) > 5_000] if index and not _after_gap(times, index)]
    true = [json.loads(line)["beep_ns"] for line in log.read_text().splitlines()]
    assert len(begins) >= 2
    assert all(beep_ns % 400_000_000 == 0 for beep_ns in true)
    # The sine needs a sample or two to rise above the threshold.
    assert all(any(0 <= times[index] - beep_ns < 3 * sample_ns for beep_ns in true) for index in begins)


def _after_gap(times: NDArray[np.float64], index: int) -> bool:
    return bool(times[index] - times[index - 1] > 1e6)


def test_a_room_is_quiet_and_a_muted_microphone_quieter_but_not_zero() -> None:
    def rms_dbfs(microphone: SimulatedMicrophone) -> float:
        microphone.open()
        sound = np.concatenate([microphone.read(1.0).samples for _ in range(10)])
        microphone.close()
        return float(20 * np.log10(np.sqrt(np.mean(np.square(sound, dtype=np.float64))) / 32767))

    assert rms_dbfs(made(flash_period_s=0.0)) == pytest.approx(-61.0, abs=1.0)
    assert rms_dbfs(made(mute=True, flash_period_s=0.1)) == pytest.approx(-62.0, abs=0.7)


def test_a_reader_more_than_a_second_late_loses_sound_and_can_see_it(clock: SkippableTime) -> None:
    microphone = made(stamp_jitter_ms=0.0)
    microphone.open()
    before = microphone.read(1.0)
    clock.skip(1.2)
    after = microphone.read(1.0)
    lost_ns = after.captured_ns - before.captured_ns - 20_000_000
    assert lost_ns >= 150_000_000
    assert lost_ns % 20_000_000 == pytest.approx(0, abs=5)
    on_time = [microphone.read(0.0) for _ in range(40)]
    assert on_time[-1].captured_ns - after.captured_ns == pytest.approx(40 * 20_000_000, abs=5)
    microphone.close()


def test_a_fault_file_takes_it_away_stalls_and_returns_it(tmp_path: Path) -> None:
    fault = tmp_path / "fault"
    microphone = made(fault_file=fault)
    microphone.open()
    fault.write_text("stall")
    with pytest.raises(DeviceStalled):
        microphone.read(0.1)
    fault.write_text("lost")
    with pytest.raises(DeviceLost):
        microphone.read(0.1)
    with pytest.raises(DeviceMissing):
        microphone.open()
    fault.write_text("lots")
    with pytest.raises(DeviceMisconfigured, match="lost"):
        microphone.open()
    fault.unlink()
    microphone.open()
    microphone.read(0.5)
    microphone.close()


def test_it_goes_and_returns_by_the_clock(clock: SkippableTime) -> None:
    microphone = made(lost_after_s=0.1, returns_after_s=100.0)
    microphone.open()
    clock.skip(0.1)
    with pytest.raises(DeviceLost):
        microphone.read(0.5)
    with pytest.raises(DeviceMissing):
        microphone.open()
    clock.skip(100.0)
    microphone.open()
    microphone.close()
