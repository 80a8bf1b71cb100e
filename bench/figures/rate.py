"""Rate control of our own against x264's ABR at equal size, on scenes that are hard for it: quality, bounds and CPU."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median

import av
import numpy as np

from bench.footage import FPS
from bench.rate_scenes import HEIGHT, SCENES, WIDTH, Planes, frame_of
from bench.result_rows import ResultRow, bound, difference, ratio
from pipelines.encoding.constant_qp_encoder import ConstantQpEncoder
from pipelines.encoding.encoder_selection import VideoEncoder
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of

_KBPS = 450
_SECONDS = 16
_RUNS = 3
# ABR does not hit a size at once: so it may be larger, but not smaller.
_EQUAL_SIZE = 0.98
_TRIES = 4
_SETTINGS = H264Settings(WIDTH, HEIGHT, Fraction(FPS), _KBPS, "superfast", full_range=True)


@dataclass(frozen=True, slots=True)
class _Track:
    packets: list[EncodedPacket]
    cpu_s: float

    @property
    def octets(self) -> int:
        return sum(len(packet.data) for packet in self.packets)

    @property
    def largest_second(self) -> float:
        """In seconds of the configured rate."""
        seconds: dict[int, int] = defaultdict(int)
        for packet in self.packets:
            seconds[packet.start // VIDEO_TIMESCALE] += len(packet.data)
        return max(seconds.values()) * 8 / (_KBPS * 1000)


def measure() -> list[ResultRow]:
    """Mean PSNR of luma and that of the worst picture, the largest second, and libx264's CPU in turns."""
    rows: list[ResultRow] = []
    for name, scene in SCENES.items():
        rows += _compared(name, list(scene(_SECONDS * FPS)))
    return rows


def _compared(name: str, pictures: Sequence[Planes]) -> list[ResultRow]:
    ours = _encoded(ConstantQpEncoder(_SETTINGS), pictures)
    kbps = _kbps_for(ours.octets, pictures)
    turns = [
        (
            _encoded(ConstantQpEncoder(_SETTINGS), pictures).cpu_s,
            _encoded(X264Encoder(replace(_SETTINGS, bitrate_kbps=kbps)), pictures).cpu_s,
        )
        for _ in range(_RUNS)
    ]
    peer = _encoded(X264Encoder(replace(_SETTINGS, bitrate_kbps=kbps)), pictures)
    mine, others = _psnr_db(ours, pictures), _psnr_db(peer, pictures)
    size = ours.octets * 8 / 1000 / _SECONDS / _KBPS
    how = f"{size:.2f} of {_KBPS} kbit/s, ABR {peer.octets / ours.octets:.2f} of that; {_SECONDS} s of 360p"
    own_s, abr_s = (median(times) for times in zip(*turns, strict=True))
    return [
        difference(f"PSNR Y, {name}", float(mine.mean()), float(others.mean()), "x264's ABR", "dB", -0.3, how),
        difference(f"worst picture, {name}", float(mine.min()), float(others.min()), "x264's ABR", "dB", 0.0),
        bound(f"largest second, {name}", ours.largest_second, "× the rate", 2.0, f"ABR {peer.largest_second:.2f}"),
        ratio(f"CPU of the encoder, {name}", own_s, abr_s, "x264's ABR", "s", 0.9, f"median of {_RUNS}"),
    ]


def _encoded(encoder: VideoEncoder, pictures: Sequence[Planes]) -> _Track:
    packets: list[EncodedPacket] = []
    spent_ns = 0
    for number, planes in enumerate(pictures):
        frame = frame_of(planes)
        begun_ns = time.thread_time_ns()
        packets += encoder.encode(frame, number * VIDEO_TIMESCALE // FPS, key=number % FPS == 0)
        spent_ns += time.thread_time_ns() - begun_ns
    encoder.close()
    return _Track(packets, spent_ns / 1e9)


def _kbps_for(octets: int, pictures: Sequence[Planes]) -> int:
    """The bit rate at which ABR's track becomes no smaller than so many bytes."""
    kbps = octets * 8 / 1000 / _SECONDS
    for _ in range(_TRIES):
        made = _encoded(X264Encoder(replace(_SETTINGS, bitrate_kbps=max(1, round(kbps)))), pictures).octets
        if _EQUAL_SIZE <= made / octets <= 2 - _EQUAL_SIZE:
            break
        kbps *= octets / made
    return max(1, round(kbps))


def _psnr_db(track: _Track, pictures: Sequence[Planes]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Of each picture as it is shown: one that was left out is its predecessor."""
    decoder = av.CodecContext.create("h264", "r")
    shown = [frame for packet in track.packets for frame in decoder.decode(av.Packet(packet.data))]
    shown += decoder.decode(None)
    at = {packet.start: planes_of(frame)[0] for packet, frame in zip(track.packets, shown, strict=True)}
    quality = []
    latest = planes_of(shown[0])[0]
    for number, planes in enumerate(pictures):
        latest = at.get(number * VIDEO_TIMESCALE // FPS, latest)
        error = float(np.mean(np.square(latest.astype(np.float32) - planes[0])))
        quality.append(10 * np.log10(255**2 / max(error, 1e-3)))
    return np.array(quality)
