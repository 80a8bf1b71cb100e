"""A stretch of sound without a break, resampled so that its clock agrees with ours."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from pipelines.capture.gap_detector import SampleRun
from pipelines.capture.level_meter import LESSON_RATE_HZ

SLEW_PPM_PER_S = 200.0
MOST_CATCHING_UP_PPM = 300.0
CATCHING_UP_S = 4.0
FADE_SAMPLES = 240

# soxr's variable-rate filter delays by this many output samples (measured: 1.36 to 1.64 for 16 to 192 kHz).
# It holds for a greatest ratio of 1 or more, where the chain of its stages does not change.
FILTER_DELAY = 1.615


class Resampler:
    """Turns consecutive samples of a run into consecutive lesson samples.

    Lesson time is monotonic time plus ``offset_ns`` throughout. The first sample in is
    number ``first`` of the run, the first one out lesson sample ``position``; the distance between where
    a sample lands and where its time says it belongs is measured at every block and worked off by
    running a little faster or slower, never by a step. Both ends are faded over 5 ms.
    """

    def __init__(self, run: SampleRun, first: int, position: int, offset_ns: int, channels: int) -> None:
        self.run = run
        self.offset_ns = offset_ns
        self.next = first
        self._nominal = run.fit.rate_hz / LESSON_RATE_HZ
        self._ratio = self._true_ratio()
        self._resampler = soxr.ResampleStream(max(1.0, self._nominal) * 1.01, 1.0, channels, vr=True)
        self._channels = channels
        self._content = first - FILTER_DELAY * self._ratio
        self._start = self._position = position

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next samples in, of shape (n, channels); the lesson samples they complete."""
        self._steer(len(samples) / self.run.fit.rate_hz)
        self.next += len(samples)
        return self._fade_in(self._resampled(samples, last=False))

    def end(self) -> NDArray[np.float32]:
        """What the filter still holds, faded out."""
        tail = self._fade_in(self._resampled(np.zeros((0, self._channels), np.float32), last=True))
        fade = min(FADE_SAMPLES, len(tail))
        tail[len(tail) - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
        return tail

    @property
    def late_samples(self) -> float:
        """How many samples later in the lesson than it should the sound lands now."""
        return self._position - self._belongs(self._content)

    @property
    def last_belongs(self) -> float:
        """The lesson sample, as a fraction, where the last sample fed belongs."""
        return self._belongs(self.next - 1)

    def _belongs(self, sample: float) -> float:
        return (self.run.fit.time_ns(sample) + self.offset_ns) * LESSON_RATE_HZ / 1e9

    def _true_ratio(self) -> float:
        return self._nominal * (1.0 + self.run.fit.ppm * 1e-6)

    def _steer(self, seconds: float) -> None:
        late_ppm = self.late_samples / LESSON_RATE_HZ / CATCHING_UP_S * 1e6
        catching_up = min(max(late_ppm, -MOST_CATCHING_UP_PPM), MOST_CATCHING_UP_PPM)
        wanted = self._true_ratio() * (1.0 + catching_up * 1e-6)
        step = self._nominal * SLEW_PPM_PER_S * 1e-6 * seconds
        self._ratio += min(max(wanted - self._ratio, -step), step)
        self._resampler.set_io_ratio(self._ratio, 1.0)

    def _resampled(self, samples: NDArray[np.float32], *, last: bool) -> NDArray[np.float32]:
        out: NDArray[np.float32] = self._resampler.resample_chunk(samples, last=last)
        # A new ratio counts from the next sample out, so the place in the input is known exactly.
        self._content += self._ratio * len(out)
        self._position += len(out)
        return out

    def _fade_in(self, out: NDArray[np.float32]) -> NDArray[np.float32]:
        done = self._position - len(out) - self._start
        fade = min(FADE_SAMPLES - done, len(out))
        if fade > 0:
            out[:fade] *= ((done + np.arange(fade, dtype=np.float32)) / FADE_SAMPLES)[:, None]
        return out
