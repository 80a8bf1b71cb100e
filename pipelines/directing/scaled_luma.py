"""The small grey picture that the director looks at, made of a frame that was decoded for something else."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from pipelines.yuv_planes import Plane

LUMA_WIDTH = 160
LUMA_HEIGHT = 90


class LumaScaler:
    """Shrinks frames to 160x90 grey: 0.2 ms for 1080p. Owned by one thread.

    The mean of an area, unlike single samples, takes a sensor's noise and a JPEG's artefacts with it.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def shrink(self, frame: av.VideoFrame) -> Plane:
        """The luma of ``frame``, uint8 (90, 160), in memory of its own."""
        small = self._reformatter.reformat(frame, LUMA_WIDTH, LUMA_HEIGHT, "gray", interpolation=Interpolation.AREA)
        plane = small.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return rows[:LUMA_HEIGHT, :LUMA_WIDTH].copy()
