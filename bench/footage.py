"""Footage and sound to measure with: made by this script, kept in build/bench under its own parameters."""

from __future__ import annotations

import shutil
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Literal, Protocol

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Interpolation
from numpy.typing import NDArray
from rich.progress import track

from drivers.camera.simulation.jpeg_encoder import JpegEncoder

FOLDER = Path("build/bench")
FPS = 30
RATE_HZ = 48_000
# Noise is drawn once, larger than a picture by this, and each picture takes another part of it.
_NOISE_MARGIN = 64

# A square with people who walk, filmed from a wall; Debian's opencv-doc brings it.
_FILMED = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")

Image = NDArray[np.uint8]


class FootageSource(Protocol):
    """MJPEG to measure with."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels."""

    @property
    def frames(self) -> int:
        """How many pictures."""

    @property
    def name(self) -> str:
        """What it is called in the table."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""

    def file(self) -> Path:
        """An AVI with it, made now if there is none."""


@dataclass(frozen=True, slots=True)
class SyntheticFootage:
    """MJPEG as a webcam in a dim classroom sends it: gradient and texture that move, and a sensor's noise.

    The quality puts a 1080p picture at 200-250 kB; ``subsampling`` 422 is what UVC cameras send.
    """

    width: int
    height: int
    frames: int = 1800
    subsampling: Literal["420", "422"] = "422"
    quality: int = 68
    noise: float = 4.0
    seed: int = 1
    moves: bool = True

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return "a dim room" if self.moves else "a dim room where nothing moves"

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / FPS

    def file(self) -> Path:
        """An AVI with it, made now if there is none."""
        name = f"mjpeg-{self.width}x{self.height}-{self.subsampling}-q{self.quality}"
        still = "" if self.moves else "-still"
        path = FOLDER / f"{name}-n{self.noise:g}-s{self.seed}{still}-{self.frames}.avi"
        return cached_file(path, self._write)

    def _write(self, path: Path) -> None:
        scene = _Scene(self)
        pictures = (scene.picture(number) for number in range(self.frames))
        write_mjpeg(path, self, self.subsampling, self.quality, pictures)


@dataclass(frozen=True, slots=True)
class FilmedFootage:
    """What a real camera saw (opencv-doc's vtest.avi), scaled up, forwards and backwards, as 4:2:2 MJPEG."""

    width: int
    height: int
    frames: int = 1800
    quality: int = 75

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return "vtest.avi"

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / FPS

    def file(self) -> Path:
        """An AVI with it, made now if there is none."""
        path = FOLDER / f"filmed-{self.width}x{self.height}-q{self.quality}-{self.frames}.avi"
        return cached_file(path, self._write)

    def _write(self, path: Path) -> None:
        small = filmed_pictures()
        there_and_back = chain(small, reversed(small))
        pictures = map(self._scaled, islice(cycle(there_and_back), self.frames))
        write_mjpeg(path, self, "422", self.quality, pictures)

    def _scaled(self, frame: av.VideoFrame) -> Image:
        large = frame.reformat(
            self.width,
            self.height,
            "yuv422p",
            interpolation=Interpolation.BICUBIC,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
        )
        return np.asarray(large.to_ndarray(), np.uint8).ravel()


def filmed_pictures() -> list[av.VideoFrame]:
    """The pictures of vtest.avi as they are."""
    with av.open(str(_FILMED)) as film:
        return list(film.decode(video=0))


def write_mjpeg(
    path: Path, shape: FootageSource, subsampling: Literal["420", "422"], quality: int, pictures: Iterator[Image]
) -> None:
    """Write planes, one after the other in an array a picture, as MJPEG in an AVI."""
    jpeg = JpegEncoder(shape.width, shape.height, subsampling, quality)
    shown = track(pictures, f"footage {shape.width}x{shape.height}", total=shape.frames, transient=True)
    with av.open(str(path), "w", format="avi") as out:
        stream = out.add_stream("mjpeg", rate=FPS)
        stream.width, stream.height = shape.width, shape.height
        stream.pix_fmt = f"yuvj{subsampling}p"
        for number, planes in enumerate(shown):
            packet = av.Packet(jpeg.encode(planes))
            packet.stream = stream
            packet.pts = packet.dts = number
            packet.time_base = Fraction(1, FPS)
            packet.is_keyframe = True
            out.mux(packet)


class _Scene:
    def __init__(self, footage: SyntheticFootage) -> None:
        dice = np.random.default_rng(footage.seed)
        width, height = footage.width, footage.height
        tall = height if footage.subsampling == "422" else height // 2
        self._dice = dice
        self._moves = footage.moves
        self._shapes = ((height, width), (tall, width // 2), (tall, width // 2))
        self._grounds = [_ground(dice, shape, level) for shape, level in zip(self._shapes, (60, 24, 24), strict=True)]
        self._noises = [_noise(dice, shape, footage.noise) for shape in self._shapes]

    def picture(self, number: int) -> Image:
        """The planes of one picture, one after the other."""
        return np.concatenate([self._plane(index, number).ravel() for index in range(3)])

    def _plane(self, index: int, number: int) -> Image:
        height, width = self._shapes[index]
        shift = number * 2 % width if index == 0 else number % width
        still = self._grounds[index]
        top, left = self._dice.integers(0, _NOISE_MARGIN, 2)
        noise = self._noises[index][top : top + height, left : left + width]
        plane = still
        if self._moves:
            # A third of the picture: the teacher before a still wall.
            plane = still.copy()
            low, high = height // 3, height * 2 // 3
            plane[low:high] = np.roll(still[low:high], shift, axis=1)
        return np.asarray(cv2.add(plane, noise, dtype=cv2.CV_8U), np.uint8)


def _ground(dice: np.random.Generator, shape: tuple[int, int], depth: int) -> Image:
    height, width = shape
    gradient = np.linspace(-depth, depth, width)[None, :] * np.linspace(0.3, 1.0, height)[:, None]
    texture = cv2.GaussianBlur(dice.normal(0, depth, shape), (0, 0), 3) * 1.5
    return np.clip(128 + gradient + texture, 0, 255).astype(np.uint8)


def _noise(dice: np.random.Generator, shape: tuple[int, int], deviation: float) -> NDArray[np.int16]:
    height, width = shape[0] + _NOISE_MARGIN, shape[1] + _NOISE_MARGIN
    return np.round(dice.normal(0, deviation, (height, width))).astype(np.int16)


def voice_wav(seconds: float) -> Path:
    """A WAV of something as uneven as a voice: 48 kHz, mono, 16 bits."""

    def write(path: Path) -> None:
        times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
        voice = np.sin(2 * np.pi * 220 * times) * (0.5 + 0.5 * np.sin(2 * np.pi * 3.1 * times))
        hiss = np.random.default_rng(3).normal(0, 0.05, len(times))
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes(((0.3 * voice + hiss) * 32767).clip(-32768, 32767).astype("<i2").tobytes())

    return cached_file(FOLDER / f"voice-{seconds:g}s.wav", write)


def cached_file(path: Path, write: Callable[[Path], object]) -> Path:
    """``path``, written now if it is not there yet; a file half written does not count."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        if part.is_dir():
            shutil.rmtree(part)
        write(part)
        part.replace(path)
    return path
