"""Whatever a clock is believed to be, its samples are resampled."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.capture.clock_estimator import MAX_SLOPE, ClockEstimator
from pipelines.capture.gap_detector import SampleRun
from pipelines.capture.resampler import Resampler

SECOND_NS = 1_000_000_000


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("way", [-1, 1])
@pytest.mark.parametrize("off_s", [-2.0, 0.0, 2.0])
def test_a_clock_as_wrong_as_can_be_believed_does_not_stop_its_sound(rate_hz: int, way: int, off_s: float) -> None:
    run = SampleRun(ClockEstimator(rate_hz, uncertainty_ppm=1e6))
    for second in range(5):
        for _ in range(50):
            run.clock.observe(second * rate_hz, round(second * SECOND_NS * (1 + way * 2 * MAX_SLOPE)))
    assert run.clock.ppm == pytest.approx(-way * MAX_SLOPE / (1 + way * MAX_SLOPE) * 1e6, rel=1e-3)
    resampler = Resampler(run, 0, round(off_s * 48_000), 0, 1)
    block = np.zeros((rate_hz // 50, 1), np.float32)
    made = sum(len(resampler.resample(block)) for _ in range(100))
    assert made == pytest.approx(2 * 48_000, rel=0.05)
