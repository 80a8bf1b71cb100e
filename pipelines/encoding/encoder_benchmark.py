"""Measure libx264's CPU cost on this machine, and choose the initial preset and the number of threads by it."""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

import av
import numpy as np

from pipelines.encoding.encoder_selection import DEFAULT_RATE_CONTROL, RateControl, encoder_candidates
from pipelines.encoding.load_governor import PRESETS
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.x264_encoder import H264Settings
from pipelines.yuv_planes import planes_of

log = logging.getLogger(__name__)

_WIDTH, _HEIGHT, _FPS = 640, 360, 30
_MEASURED = 12
_WARM_UP = 3
# Noise as in a dim room: easier frames cost less.
_NOISE = 4.0
_KBPS = 4000 * _WIDTH * _HEIGHT // (1920 * 1080)
_LOWEST_PRIORITY = 19
_STOP_S = 5.0

# Decoding, sound, files and the other process need the rest.
_SHARE_OF_CORES = 0.5
# One thread encodes what takes it less of a frame's time than this; decoding comes before it in the same thread.
_SHARE_OF_A_THREAD = 0.4
# Where nothing was measured: above this rate one core may not be enough for one encoder.
_ONE_THREAD_PIXELS_A_SECOND = 1280 * 720 * 30
MOST_THREADS = 2


@dataclass(frozen=True, slots=True)
class EncodingCosts:
    """CPU time of libx264 in nanoseconds per pixel, by preset."""

    ns_per_pixel: dict[str, float]

    def best_preset(self, pixels_a_second: float, cores: int) -> str:
        """The best preset at which all tracks together, ``pixels_per_second``, need at most half of the cores."""
        for preset in PRESETS:
            if self.ns_per_pixel[preset] * pixels_a_second <= _SHARE_OF_CORES * cores * 1e9:
                return preset
        return PRESETS[-1]


def threads_for(width: int, height: int, fps: Fraction, cores: int, costs: EncodingCosts | None) -> int:
    """Threads for one encoder, chosen at the best preset, so that a cheaper preset does not change them."""
    rate = float(width * height * fps)
    is_one_enough = (
        rate <= _ONE_THREAD_PIXELS_A_SECOND
        if costs is None
        else costs.ns_per_pixel[PRESETS[0]] * rate <= _SHARE_OF_A_THREAD * 1e9
    )
    return 1 if is_one_enough else min(MOST_THREADS, cores)


def benchmark_encoder(rate: RateControl = DEFAULT_RATE_CONTROL) -> EncodingCosts:
    """Encode a few noisy frames at each preset in the calling thread, and read its CPU clock.

    ``rate``: who controls the bit rate, which is a part of the cost.
    """
    frames = _noisy_frames()
    return EncodingCosts({preset: _preset_cost(preset, frames, rate) for preset in PRESETS})


class EncoderBenchmark:
    """Run the benchmark once, in a thread of the lowest priority; ``costs`` is None until it is done."""

    def __init__(self, rate: RateControl = DEFAULT_RATE_CONTROL) -> None:
        self.costs: EncodingCosts | None = None
        self._rate = rate
        self._thread = threading.Thread(target=self._measure, name="encoder-benchmark")

    def start(self) -> None:
        """Start the benchmark."""
        self._thread.start()

    def close(self) -> None:
        """Wait until it is done. Idempotent, also without a start."""
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def _measure(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
        self.costs = benchmark_encoder(self._rate)
        costs = ", ".join(f"{preset} {ns:.1f} ns a pixel" for preset, ns in self.costs.ns_per_pixel.items())
        log.info("encoding costs this box %s", costs)


def _noisy_frames() -> list[av.VideoFrame]:
    rng = np.random.default_rng(1)
    background = rng.normal(110, 40, (_HEIGHT // 8, _WIDTH // 8)).repeat(8, 0).repeat(8, 1)
    frames = []
    for number in range(_WARM_UP + _MEASURED):
        frame = av.VideoFrame(_WIDTH, _HEIGHT, "yuv420p")
        luma, *chroma = planes_of(frame)
        noise = rng.normal(0, _NOISE, background.shape)
        luma[:] = np.clip(np.roll(background, 3 * number, 1) + noise, 0, 255).astype(np.uint8)
        for plane in chroma:
            plane[:] = 128
        frames.append(frame)
    return frames


def _preset_cost(preset: str, frames: list[av.VideoFrame], rate: RateControl) -> float:
    # With one thread libx264 works in its caller's, whose clock is read.
    settings = H264Settings(_WIDTH, _HEIGHT, Fraction(_FPS), _KBPS, preset, full_range=True)
    (software,) = encoder_candidates("libx264", hardware=False, rate=rate)
    encoder = software(settings)
    spent_ns = []
    for number, frame in enumerate(frames):
        started_ns = time.thread_time_ns()
        encoder.encode(frame, number * VIDEO_TIMESCALE // _FPS, key=number == 0)
        spent_ns.append(time.thread_time_ns() - started_ns)
    encoder.close()
    return median(spent_ns[_WARM_UP:]) / (_WIDTH * _HEIGHT)
