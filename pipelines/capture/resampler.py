"""Resample an unbroken run of samples to 48 kHz with a variable ratio that tracks the device's clock drift."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from pipelines.capture.gap_detector import SampleRun
from pipelines.capture.level_meter import LESSON_RATE_HZ

SLEW_PPM_PER_S = 200.0
MAX_CORRECTION_PPM = 300.0
# A clock that is further off than any crystal is followed at once, in steps of a twelfth of a semitone at most.
MAX_RATIO_ERROR_PPM = 500.0
LARGE_OFFSET_S = 0.01
LARGE_CORRECTION_PPM = 5_000.0
CORRECTION_TIME_S = 4.0
# Above the largest error of a clock (3 %) and its correction together.
RATIO_HEADROOM = 1.04
FADE_SAMPLES = 240

# soxr's variable-rate filter delays by this many output samples (measured: 1.36 to 1.64 for 16 to 192 kHz).
# It holds for a greatest ratio of 1 or more, where the chain of its stages does not change.
FILTER_DELAY = 1.615


class Resampler:
    """Turn consecutive samples of a run into consecutive lesson samples (float32, 48 kHz).

    Lesson time is monotonic time plus ``offset_ns`` throughout. The first input sample is number ``first`` of the
    run, the first output sample is lesson sample ``position``. The distance between where a sample lands and where
    its capture time puts it is measured at every block and corrected by a slightly different ratio (at most
    ``MAX_CORRECTION_PPM``, slewed by ``SLEW_PPM_PER_S``, faster where it is large), never by a step. Both ends are
    faded over 5 ms.
    """

    def __init__(self, run: SampleRun, first: int, position: int, offset_ns: int, channels: int) -> None:
        self.run = run
        self.offset_ns = offset_ns
        self.next_sample = first
        self._nominal = run.clock.rate_hz / LESSON_RATE_HZ
        self._ratio = self._true_ratio()
        self._resampler = soxr.ResampleStream(max(1.0, self._nominal) * RATIO_HEADROOM, 1.0, channels, vr=True)
        self._channels = channels
        self._input_position = first - FILTER_DELAY * self._ratio
        self._first_position = self._position = position

    def resample(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Resample the next samples, shape (n, channels); return the lesson samples they complete."""
        self._adjust_ratio(len(samples) / self.run.clock.rate_hz)
        self.next_sample += len(samples)
        return self._fade_in(self._resample_chunk(samples, last=False))

    def flush(self) -> NDArray[np.float32]:
        """Return what the filter still holds, faded out."""
        tail = self._fade_in(self._resample_chunk(np.zeros((0, self._channels), np.float32), last=True))
        fade = min(FADE_SAMPLES, len(tail))
        tail[len(tail) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
        return tail

    @property
    def late_samples(self) -> float:
        """By how many lesson samples the output is later than it should be."""
        return self._position - self._target_position(self._input_position)

    @property
    def last_target_position(self) -> float:
        """The fractional lesson sample at which the last input sample belongs."""
        return self._target_position(self.next_sample - 1)

    def _target_position(self, sample: float) -> float:
        return (self.run.clock.time_ns(sample) + self.offset_ns) * LESSON_RATE_HZ / 1e9

    def _true_ratio(self) -> float:
        return self._nominal * (1.0 + self.run.clock.ppm * 1e-6)

    def _adjust_ratio(self, seconds: float) -> None:
        late_s = self.late_samples / LESSON_RATE_HZ
        limit_ppm = MAX_CORRECTION_PPM if abs(late_s) < LARGE_OFFSET_S else LARGE_CORRECTION_PPM
        correction_ppm = min(max(late_s / CORRECTION_TIME_S * 1e6, -limit_ppm), limit_ppm)
        wanted = self._true_ratio() * (1.0 + correction_ppm * 1e-6)
        off = wanted - self._ratio
        step = self._nominal * SLEW_PPM_PER_S * 1e-6 * seconds
        step = max(step, abs(off) - self._nominal * MAX_RATIO_ERROR_PPM * 1e-6)
        self._ratio += min(max(off, -step), step)
        self._resampler.set_io_ratio(self._ratio, 1.0)

    def _resample_chunk(self, samples: NDArray[np.float32], *, last: bool) -> NDArray[np.float32]:
        out: NDArray[np.float32] = self._resampler.resample_chunk(samples, last=last)
        # A new ratio counts from the next sample out, so the place in the input is known exactly.
        self._input_position += self._ratio * len(out)
        self._position += len(out)
        return out

    def _fade_in(self, out: NDArray[np.float32]) -> NDArray[np.float32]:
        done = self._position - len(out) - self._first_position
        fade = min(FADE_SAMPLES - done, len(out))
        if fade > 0:
            out[:fade] *= ((done + np.arange(fade, dtype=np.float32)) / FADE_SAMPLES)[:, None]
        return out
