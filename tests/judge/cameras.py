"""Cameras of a judged lesson: what they look at, how fast, in which coding, and what goes wrong on the way."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

from drivers.camera.packet_decoder import make_decoder
from drivers.samples import Coding, DecodedPicture, JpegPicture, Picture, PictureFormat
from pipelines.yuv_planes import planes_of
from tests.virtual_room import BEGIN_NS, SECOND_NS

WIDTH, HEIGHT = 160, 96
_BEFORE_S = 3.0
_TAKES_MS = 20.0

Luma: TypeAlias = NDArray[np.uint8]
Scene: TypeAlias = Callable[[float], Luma]
"""Luma (96, 160), 0..255, of a lesson second; the lens sees it, noise included."""


class Sends(StrEnum):
    """The form in which a camera delivers its pictures to its driver."""

    PLANES = "planes"
    MJPEG = "mjpeg"
    H264 = "h264"
    HEVC = "hevc"


def room(rng: np.random.Generator, *, brightness: float = 1.0, noise: float = 2.0, full_range: bool = False) -> Scene:
    """A classroom in which somebody moves, seen by a sensor with noise."""
    furniture = rng.integers(40, 200, (HEIGHT // 16, WIDTH // 16)).repeat(16, 0).repeat(16, 1)
    grain = rng.normal(0.0, noise, (8, HEIGHT, WIDTH))
    pace = rng.uniform(0.2, 2.0)
    black = 0 if full_range else 16

    def look(second: float) -> Luma:
        view = furniture.astype(np.float64)
        column = int((np.sin(second * pace) + 1) / 2 * (WIDTH - 24))
        view[24:72, column : column + 24] = 30.0 + 150.0 * ((np.arange(48) // 8) % 2)[:, None]
        view = black + view * brightness + grain[int(second * 1000) % len(grain)]
        return np.clip(np.rint(view), 0, 255).astype(np.uint8)

    return look


def slides(rng: np.random.Generator, every_s: float) -> Scene:
    """A screen whose pictures are the same to the last bit until the next slide."""
    pages = [rng.integers(0, 2, (HEIGHT // 8, WIDTH // 8)).repeat(8, 0).repeat(8, 1) * 200 + 20 for _ in range(4)]
    return lambda second: pages[int(max(0.0, second) // every_s) % len(pages)].astype(np.uint8)


def cut_to(first: Scene, other: Scene, from_s: float, to_s: float) -> Scene:
    """``other`` between these seconds, ``first`` otherwise."""
    return lambda second: other(second) if from_s <= second < to_s else first(second)


def frozen(scene: Scene, from_s: float, to_s: float) -> Scene:
    """A sensor that stands still between these seconds, noise and all."""
    return lambda second: scene(from_s if from_s <= second < to_s else second)


@dataclass(frozen=True, slots=True)
class JudgedCamera:
    """A camera that promises ``fps`` and takes a picture every 1 / ``true_fps(second)`` s.

    ``is_there`` says in which seconds its pictures arrive. ``lost`` of the stream's packets (never key pictures) are
    lost before the driver, ``halved`` of the JPEGs arrive with their end missing, ``garbled`` as other bytes, and
    ``backward`` of the pictures have the time of their predecessor.
    """

    role: str
    scene: Scene
    fps: Fraction = Fraction(25)
    true_fps: Callable[[float], float] | None = None
    is_there: Callable[[float], bool] = lambda _second: True
    sends: Sends = Sends.PLANES
    gop_s: float = 1.0
    b_frames: int = 0
    jitter_ms: float = 2.0
    halved: float = 0.0
    garbled: float = 0.0
    lost: float = 0.0
    backward: float = 0.0
    spoilt_from_s: float = 0.0
    seed: int = 0

    @property
    def format(self) -> PictureFormat:
        """What it says when it is opened."""
        coding = {Sends.MJPEG: Coding.MJPEG, Sends.H264: Coding.PLANES if self.b_frames else Coding.H264}
        return PictureFormat(WIDTH, HEIGHT, self.fps, coding.get(self.sends, Coding.PLANES))

    def pictures(self, end_ns: int) -> Iterator[tuple[int, Picture]]:
        """Every picture with the moment it comes."""
        rng = np.random.default_rng(self.seed)
        arrival_ns, previous_ns = 0, 0
        for second, picture in self._delivered((end_ns - BEGIN_NS) / SECOND_NS, rng):
            at_ns = BEGIN_NS + round(second * SECOND_NS)
            stamp_ns = at_ns + round(rng.uniform(-1, 1) * self.jitter_ms * 1e6)
            if second > self.spoilt_from_s and rng.random() < self.backward:
                stamp_ns = previous_ns
            previous_ns = stamp_ns
            arrival_ns = max(arrival_ns + 1, at_ns + round(rng.uniform(1, _TAKES_MS) * 1e6))
            if self.is_there(second):
                yield arrival_ns, replace(picture, captured_ns=stamp_ns)

    def _delivered(self, end_s: float, rng: np.random.Generator) -> Iterator[tuple[float, Picture]]:
        frames = self._frames(end_s, rng)
        match self.sends:
            case Sends.PLANES:
                yield from ((second, DecodedPicture(0, frame)) for second, frame in frames)
            case Sends.MJPEG:
                yield from self._jpegs(frames, rng)
            case Sends.H264 | Sends.HEVC:
                yield from self._stream(frames, rng)

    def _frames(self, end_s: float, rng: np.random.Generator) -> Iterator[tuple[float, av.VideoFrame]]:
        second = -_BEFORE_S + rng.uniform(0, 1 / float(self.fps))
        while second < end_s:
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuvj420p" if self.sends is Sends.MJPEG else "yuv420p")
            luma, blue, red = planes_of(frame)
            luma[:], blue[:], red[:] = self.scene(second), 128, 128
            yield second, frame
            second += 1 / (self.true_fps(second) if self.true_fps else float(self.fps))

    def _jpegs(
        self, frames: Iterator[tuple[float, av.VideoFrame]], rng: np.random.Generator
    ) -> Iterator[tuple[float, Picture]]:
        codec = av.CodecContext.create("mjpeg", "w")
        assert isinstance(codec, av.VideoCodecContext)
        codec.width, codec.height, codec.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        codec.time_base = Fraction(1, 1000)
        for number, (second, frame) in enumerate(frames):
            frame.pts = number
            data = b"".join(map(bytes, codec.encode(frame)))
            if second > self.spoilt_from_s:
                chance = rng.random()
                if chance < self.halved:
                    scan = data.index(b"\xff\xda") + 14
                    data = data[: int(scan + (len(data) - scan) * rng.uniform(0.2, 0.7))] + b"\xff\xd9"
                elif chance < self.halved + self.garbled:
                    data = bytes(rng.integers(0, 256, len(data), np.uint8))
            yield second, JpegPicture(0, data)

    def _stream(
        self, frames: Iterator[tuple[float, av.VideoFrame]], rng: np.random.Generator
    ) -> Iterator[tuple[float, Picture]]:
        """The pictures as the driver makes them of a stream's packets."""
        with av.open(io.BytesIO(self._encoded(frames)), "r", format="matroska") as container:
            stream = container.streams.video[0]
            decoder = make_decoder(stream)
            for packet in container.demux(stream):
                second = float((packet.pts or 0) * stream.time_base) - _BEFORE_S
                may_be_lost = packet.size and not packet.is_keyframe and second > self.spoilt_from_s
                if may_be_lost and rng.random() < self.lost:
                    continue
                for at_ns, picture in decoder.decode(packet):
                    assert at_ns is not None
                    yield at_ns / 1e9 - _BEFORE_S, picture

    def _encoded(self, frames: Iterator[tuple[float, av.VideoFrame]]) -> bytes:
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="matroska") as container:
            name = "libx265" if self.sends is Sends.HEVC else "libx264"
            stream = container.add_stream(name, rate=self.fps)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.codec_context.time_base = Fraction(1, 90_000)
            stream.codec_context.gop_size = max(1, round(self.gop_s * self.fps))
            stream.codec_context.max_b_frames = self.b_frames
            stream.codec_context.bit_rate = 300_000
            stream.codec_context.thread_count = 1
            options = {"preset": "ultrafast", "x265-params": f"log-level=none:bframes={self.b_frames}"}
            if not self.b_frames:
                options["tune"] = "zerolatency"
            stream.codec_context.options = options
            for second, frame in frames:
                frame.pts, frame.time_base = round((second + _BEFORE_S) * 90_000), Fraction(1, 90_000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return buffer.getvalue()
