"""NumPy views of the Y, U and V planes of a yuv420p frame, without a copy."""

from __future__ import annotations

import av
import numpy as np
from av.video.plane import VideoPlane
from numpy.typing import NDArray

Plane = NDArray[np.uint8]


def planes_of(frame: av.VideoFrame) -> tuple[Plane, Plane, Plane]:
    """Views of Y (h, w), U and V (h/2, w/2) of a yuv420p frame; writing to them writes the frame."""
    views = [_view(plane) for plane in frame.planes]
    return views[0], views[1], views[2]


def luma_of(frame: av.VideoFrame) -> Plane:
    """A view of Y alone."""
    return _view(frame.planes[0])


def subsampled_luma(frame: av.VideoFrame, step: int = 8) -> Plane:
    """A view of every ``step``-th luma sample in both directions: enough for brightness and motion, nearly free."""
    return luma_of(frame)[::step, ::step]


def _view(plane: VideoPlane) -> Plane:
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
