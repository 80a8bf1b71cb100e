"""Render the slate: the still that replaces a missing camera and names it in Chinese and English.

The captions are images beside this file (set in Noto Sans CJK, OFL 1.1), so that the machine needs no fonts.
"""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.yuv_planes import planes_of

_CAPTIONS = Path(__file__).with_name("slates")
_BACKGROUND = 40
_GREY = 128
_CAPTION_WIDTH = 0.8


def render_slate(role: str, width: int, height: int) -> av.VideoFrame:
    """A yuv420p frame of this size which says that ``role`` has no picture."""
    frame = av.VideoFrame(width, height, "yuv420p")
    luma, u, v = planes_of(frame)
    luma[:] = _BACKGROUND
    u[:] = v[:] = _GREY
    caption = _caption(role, width, height)
    top, left = (height - caption.shape[0]) // 2, (width - caption.shape[1]) // 2
    area = luma[top : top + caption.shape[0], left : left + caption.shape[1]]
    np.maximum(area, caption, out=area)
    return frame


def _caption(role: str, width: int, height: int) -> NDArray[np.uint8]:
    path = _CAPTIONS / f"{role}.png"
    image = cv2.imread(str(path if path.exists() else _CAPTIONS / "other.png"), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise AssertionError(f"{_CAPTIONS} is not installed whole")
    scale = min(_CAPTION_WIDTH * width / image.shape[1], _CAPTION_WIDTH * height / image.shape[0])
    size = (max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale)))
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, np.uint8)
