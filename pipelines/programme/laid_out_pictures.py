"""Cameras of a lesson laid out in one picture, decoded and encoded: side by side, or one in a corner of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.reformatter import ColorRange, Interpolation

from pipelines.yuv_planes import planes_of

_WIDTH, _HEIGHT = 1280, 720
_MARGIN = 16
_FPS = 25
# Good enough to read what stands on a board; an hour takes some hundred megabytes.
_X264 = {"crf": "22", "preset": "veryfast", "bf": "0"}
_BLACK = (16, 128, 128)


class Layout(StrEnum):
    """``PIP``: the second camera in the lower right corner of the first. ``SIDE_BY_SIDE``: all in a row."""

    PIP = "pip"
    SIDE_BY_SIDE = "side-by-side"


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a camera's picture goes: all numbers even, since chroma has half the resolution."""

    x: int
    y: int
    width: int
    height: int


def _boxes(layout: Layout, count: int) -> tuple[tuple[int, int], list[_Box]]:
    """The size of the whole picture, and a box for each camera, in the order in which they are drawn."""
    if layout is Layout.PIP:
        width, height = _WIDTH // 4, _HEIGHT // 4
        corner = _Box(_WIDTH - width - _MARGIN, _HEIGHT - height - _MARGIN, width, height)
        return (_WIDTH, _HEIGHT), [_Box(0, 0, _WIDTH, _HEIGHT), corner]
    width, height = (960, 540) if count == 2 else (640, 360)
    return (width * count, height), [_Box(number * width, 0, width, height) for number in range(count)]


@dataclass(slots=True)
class _Camera:
    """The pictures of a track, of which one stands until the next."""

    frames: Iterator[av.VideoFrame]
    pixel_aspect: float
    box: _Box
    shown: av.VideoFrame | None = None
    coming: av.VideoFrame | None = None
    is_new: bool = False

    def advance(self, at_s: float) -> bool:
        """Go on to the picture of this moment; False where the track has ended before."""
        while True:
            self.coming = self.coming or next(self.frames, None)
            if self.coming is None or (self.coming.time or 0.0) > at_s:
                return self.coming is not None
            self.shown, self.coming, self.is_new = self.coming, None, True

    def draw(self, whole: av.VideoFrame) -> None:
        """Draw a picture that is new into its box, as large as it fits, in its shape."""
        if self.shown is None or not self.is_new:
            return
        self.is_new = False
        box, frame = self.box, self.shown
        aspect = frame.width / frame.height * self.pixel_aspect
        width = min(box.width, round(box.height * aspect / 2) * 2)
        height = min(box.height, round(width / aspect / 2) * 2)
        fitted = frame.reformat(
            width, height, "yuv420p", dst_color_range=ColorRange.MPEG, interpolation=Interpolation.AREA
        )
        x, y = box.x + (box.width - width) // 4 * 2, box.y + (box.height - height) // 4 * 2
        for number, (target, source) in enumerate(zip(planes_of(whole), planes_of(fitted), strict=True)):
            half = 1 if number == 0 else 2
            left, top, right, below = box.x, box.y, box.x + box.width, box.y + box.height
            target[top // half : below // half, left // half : right // half] = _BLACK[number]
            target[y // half : (y + height) // half, x // half : (x + width) // half] = source


def _camera(source: InputContainer, box: _Box) -> _Camera:
    return _Camera(source.decode(video=0), float(source.streams.video[0].sample_aspect_ratio or 1), box)


class LaidOutPictures:
    """The encoded pictures of ``sources``, one container for each camera, as a stream of ``out``."""

    def __init__(self, layout: Layout, sources: Sequence[InputContainer], out: OutputContainer) -> None:
        (width, height), boxes = _boxes(layout, len(sources))
        self._cameras = [_camera(source, box) for source, box in zip(sources, boxes, strict=True)]
        self._stream = out.add_stream("libx264", rate=_FPS, options=_X264)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = Fraction(1, _FPS)
        self._stream.codec_context.time_base = Fraction(1, _FPS)

    def packets(self) -> Iterator[tuple[float, av.Packet[Stream]]]:
        """Yield each packet after its time in seconds; the picture ends with the longest track."""
        whole = av.VideoFrame(self._stream.width, self._stream.height, "yuv420p")
        for plane, level in zip(planes_of(whole), _BLACK, strict=True):
            plane[:] = level
        number = 0
        # Every camera goes on, also after one that does.
        while sum(camera.advance(number / _FPS) for camera in self._cameras):
            for camera in self._cameras:
                camera.draw(whole)
            yield from self._encode(whole, number)
            number += 1
        yield from self._encode(None, number)

    def _encode(self, frame: av.VideoFrame | None, number: int) -> Iterator[tuple[float, av.Packet[Stream]]]:
        if frame is not None:
            frame.pts, frame.time_base = number, Fraction(1, _FPS)
        for packet in self._stream.encode(frame):
            yield float((packet.dts or 0) * (packet.time_base or 1)), packet
