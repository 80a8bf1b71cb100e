"""What encoding costs on this box, measured while nobody records; with which preset and threads a lesson begins."""

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

from pipelines.encoding.load_governor import PRESETS
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of

log = logging.getLogger(__name__)

_WIDTH, _HEIGHT, _FPS = 640, 360, 30
_PICTURES = 12
_WARM_UP = 3
# Noise as in a dim room: what is easier costs less.
_NOISE = 4.0
_KBPS = 4000 * _WIDTH * _HEIGHT // (1920 * 1080)
_LOWEST_PRIORITY = 19
_STOP_S = 5.0

# Decoding, sound, files and the other process need the rest.
_SHARE_OF_CORES = 0.5
# One thread encodes what takes it less of a picture's time than this; decoding comes before it in the same thread.
_SHARE_OF_A_THREAD = 0.4
# Where nothing was measured: above this rate one core may not be enough for one encoder.
_ONE_THREAD_PIXELS_A_SECOND = 1280 * 720 * 30
MOST_THREADS = 2


@dataclass(frozen=True, slots=True)
class EncodingCosts:
    """CPU time of libx264 in ns a pixel, by preset."""

    ns_per_pixel: dict[str, float]

    def best_preset(self, pixels_a_second: float, cores: int) -> str:
        """The best preset at which so many pixels a second, of all tracks together, leave enough of the cores."""
        for preset in PRESETS:
            if self.ns_per_pixel[preset] * pixels_a_second <= _SHARE_OF_CORES * cores * 1e9:
                return preset
        return PRESETS[-1]


def threads_for(width: int, height: int, fps: Fraction, cores: int, costs: EncodingCosts | None) -> int:
    """How many threads one encoder gets; at the best preset, so that giving way changes the preset alone."""
    rate = float(width * height * fps)
    enough = (
        rate <= _ONE_THREAD_PIXELS_A_SECOND
        if costs is None
        else costs.ns_per_pixel[PRESETS[0]] * rate <= _SHARE_OF_A_THREAD * 1e9
    )
    return 1 if enough else min(MOST_THREADS, cores)


def benchmark_encoder() -> EncodingCosts:
    """Encode a few noisy pictures at each preset in the calling thread, and read its CPU clock."""
    pictures = _pictures()
    return EncodingCosts({preset: _cost(preset, pictures) for preset in PRESETS})


class EncoderBenchmark:
    """Measures once, in a thread that takes only what nobody else wants; ``costs`` is None until it has."""

    def __init__(self) -> None:
        self.costs: EncodingCosts | None = None
        self._thread = threading.Thread(target=self._measure, name="headroom")

    def start(self) -> None:
        """Begin to measure."""
        self._thread.start()

    def close(self) -> None:
        """Wait until it is done. Again, or without a start: nothing."""
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def _measure(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
        self.costs = benchmark_encoder()
        told = ", ".join(f"{preset} {ns:.1f} ns a pixel" for preset, ns in self.costs.ns_per_pixel.items())
        log.info("encoding costs this box %s", told)


def _pictures() -> list[av.VideoFrame]:
    dice = np.random.default_rng(1)
    ground = dice.normal(110, 40, (_HEIGHT // 8, _WIDTH // 8)).repeat(8, 0).repeat(8, 1)
    pictures = []
    for number in range(_WARM_UP + _PICTURES):
        frame = av.VideoFrame(_WIDTH, _HEIGHT, "yuv420p")
        luma, *chroma = planes_of(frame)
        noise = dice.normal(0, _NOISE, ground.shape)
        luma[:] = np.clip(np.roll(ground, 3 * number, 1) + noise, 0, 255).astype(np.uint8)
        for plane in chroma:
            plane[:] = 128
        pictures.append(frame)
    return pictures


def _cost(preset: str, pictures: list[av.VideoFrame]) -> float:
    # With one thread libx264 works in its caller's, whose clock is read.
    coding = H264Settings(_WIDTH, _HEIGHT, Fraction(_FPS), _KBPS, preset, full_range=True)
    encoder = X264Encoder(coding)
    spent_ns = []
    for number, picture in enumerate(pictures):
        began_ns = time.thread_time_ns()
        encoder.encode(picture, number * VIDEO_TIMESCALE // _FPS, key=number == 0)
        spent_ns.append(time.thread_time_ns() - began_ns)
    encoder.close()
    return median(spent_ns[_WARM_UP:]) / (_WIDTH * _HEIGHT)
