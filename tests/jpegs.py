"""JPEG pictures decoded by FFmpeg: another decoder than the product's own."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray


def decoded(data: bytes) -> av.VideoFrame:
    """The picture, in the pixel format of its chroma: yuvj420p or yuvj422p."""
    (frame,) = av.CodecContext.create("mjpeg", "r").decode(av.Packet(data))
    assert isinstance(frame, av.VideoFrame)
    return frame


def luma_of(data: bytes) -> NDArray[np.uint8]:
    """The luma plane of the picture, (height, width)."""
    frame = decoded(data)
    plane = frame.planes[0]
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
