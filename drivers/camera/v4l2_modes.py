"""Capture modes of a V4L2 camera, and the choice of the one that fits the config best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from drivers.samples import PictureFormat

WantedCoding = Literal["auto", "mjpeg", "h264", "nv12", "yuyv"]

# In the order of preference; why it is this one stands in DECISIONS.md.
PIXEL_FORMATS: dict[str, str] = {
    "MJPG": "mjpeg",
    "JPEG": "mjpeg",
    "NV12": "nv12",
    "YUYV": "yuyv422",
    "UYVY": "uyvy422",
    "H264": "h264",
}
"""The supported pixel formats by their V4L2 codes, each with FFmpeg's name for it."""

_FOURCCS: dict[WantedCoding, tuple[str, ...]] = {
    "auto": tuple(PIXEL_FORMATS),
    "mjpeg": ("MJPG", "JPEG"),
    "h264": ("H264",),
    "nv12": ("NV12",),
    "yuyv": ("YUYV", "UYVY"),
}
# 30000/1001 serves where 30 is wanted, and 24 where 25 is.
_ENOUGH_RATE = 0.95
_ASPECT_TOLERANCE = 0.02
_DISTORTED_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class CaptureMode:
    """A capture mode: pixel format code, size in pixels, frames a second."""

    code: str
    width: int
    height: int
    fps: Fraction

    def __str__(self) -> str:
        return f"{self.code} {self.width}x{self.height} at {float(self.fps):g}"


def choose_mode(
    modes: Iterable[CaptureMode], wanted: PictureFormat, coding: WantedCoding = "auto"
) -> CaptureMode | None:
    """Return the mode that fits best; None where no mode has a supported pixel format.

    First counts how much of the wanted format a mode covers: pixels times pictures, each up to what is wanted, and half
    of that where the aspect ratio would be distorted. Among equals the order of ``PIXEL_FORMATS`` decides, then the
    fewest pixels and pictures in excess, then the widest picture, so that the order of ``modes`` never does.
    """
    fourccs = _FOURCCS[coding]
    usable = [mode for mode in modes if mode.code in fourccs and mode.width and mode.height]
    return min(usable, key=lambda mode: _rank(mode, wanted, fourccs), default=None)


def _rank(mode: CaptureMode, wanted: PictureFormat, fourccs: tuple[str, ...]) -> tuple[float, int, int, Fraction, int]:
    area = mode.width * mode.height
    return -_coverage(mode, wanted), fourccs.index(mode.code), area, mode.fps, -mode.width


def _coverage(mode: CaptureMode, wanted: PictureFormat) -> float:
    pixels = min(mode.width / wanted.width, 1.0) * min(mode.height / wanted.height, 1.0)
    rate = float(mode.fps / wanted.fps)
    aspect_ratio = mode.width * wanted.height / (mode.height * wanted.width)
    weight = _DISTORTED_WEIGHT if abs(aspect_ratio - 1.0) > _ASPECT_TOLERANCE else 1.0
    return round(pixels * (1.0 if rate >= _ENOUGH_RATE else rate) * weight, 2)
