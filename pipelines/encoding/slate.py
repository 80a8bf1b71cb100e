"""The still that stands where a camera is missing, and names it in Chinese and English.

The words are pictures beside this file (set in Noto Sans CJK, OFL 1.1), so that the box needs no fonts.
"""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.yuv_planes import planes_of

_WORDS = Path(__file__).with_name("slates")
_BACKGROUND = 40
_GREY = 128
_WIDTH_OF_WORDS = 0.8


def render_slate(role: str, width: int, height: int) -> av.VideoFrame:
    """A yuv420p frame of that size which says that ``role`` has no picture."""
    frame = av.VideoFrame(width, height, "yuv420p")
    luma, u, v = planes_of(frame)
    luma[:] = _BACKGROUND
    u[:] = v[:] = _GREY
    words = _words(role, width, height)
    top, left = (height - words.shape[0]) // 2, (width - words.shape[1]) // 2
    place = luma[top : top + words.shape[0], left : left + words.shape[1]]
    np.maximum(place, words, out=place)
    return frame


def _words(role: str, width: int, height: int) -> NDArray[np.uint8]:
    path = _WORDS / f"{role}.png"
    image = cv2.imread(str(path if path.exists() else _WORDS / "other.png"), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise AssertionError(f"{_WORDS} is not installed whole")
    scale = min(_WIDTH_OF_WORDS * width / image.shape[1], _WIDTH_OF_WORDS * height / image.shape[0])
    size = (max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale)))
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, np.uint8)
