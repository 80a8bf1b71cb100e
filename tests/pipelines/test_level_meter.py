"""Levels are those of whole lesson seconds, however the sound arrives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.level_meter import FLOOR_DBFS, METER_WINDOW_NS, SECOND_NS, LevelMeter


@given(cuts=st.lists(st.integers(1, 40_000), max_size=6))
def test_seconds_do_not_depend_on_the_pieces(cuts: list[int]) -> None:
    loudness = np.repeat(np.array([0.5, 0.05, 0.005], np.float32), 48_000)
    sound = loudness[:, None] * np.sin(2 * np.pi * 1000 * np.arange(144_000) / 48_000, dtype=np.float64)[:, None]
    meter = LevelMeter()
    levels = [
        level for part in np.split(sound.astype(np.float32), np.cumsum(cuts)) for level in meter.push_samples(part)
    ]
    assert [level.lesson_ns for level in levels] == [0, SECOND_NS, 2 * SECOND_NS]
    assert [level.rms_dbfs for level in levels] == pytest.approx([-9.03, -29.03, -49.03], abs=0.01)
    assert [level.peak_dbfs for level in levels] == pytest.approx([-6.02, -26.02, -46.02], abs=0.01)


def test_a_lesson_that_starts_in_mid_second_keeps_to_the_clock() -> None:
    meter = LevelMeter(start_lesson_ns=1_300_000_000, window_ns=METER_WINDOW_NS)
    levels = meter.push_samples(np.full((48_000, 1), 0.1, np.float32))
    assert [(level.lesson_ns, level.length_ns) for level in levels] == [
        (1_300_000_000, 200_000_000),
        (1_500_000_000, 500_000_000),
    ]
    (rest,) = meter.flush()
    assert (rest.lesson_ns, rest.length_ns) == (2_000_000_000, 300_000_000)
    assert rest.rms_dbfs == pytest.approx(-20.0, abs=0.01)
    assert meter.flush() == []


def test_a_single_negative_peak_in_one_channel_is_seen() -> None:
    sound = np.zeros((48_000, 2), np.float32)
    sound[123, 1] = -0.5
    (level,) = LevelMeter().push_samples(sound)
    assert level.peak_dbfs == pytest.approx(-6.02, abs=0.01)


def test_digital_silence_has_a_level() -> None:
    (level,) = LevelMeter().push_samples(np.zeros((48_000, 1), np.float32))
    assert (level.rms_dbfs, level.peak_dbfs) == (FLOOR_DBFS, FLOOR_DBFS)
