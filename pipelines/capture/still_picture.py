"""Make a still, a JPEG for a page, of a camera's picture or of a frame that was decoded for something else."""

from __future__ import annotations

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from drivers.samples import AccessUnit, DecodedPicture, JpegPicture, Picture
from pipelines.capture.standalone_jpeg import standalone

# Enough to see on a phone whether a camera is sharp and where it looks.
STILL_WIDTH = 640
_QUALITY = 75


def shrink(frame: av.VideoFrame, reformatter: VideoReformatter) -> av.VideoFrame:
    """A copy of ``frame``, yuv420p and at most ``STILL_WIDTH`` wide: half a millisecond for 1080p."""
    width = min(STILL_WIDTH, frame.width)
    height = max(2, round(frame.height * width / frame.width / 2) * 2)
    return reformatter.reformat(frame, width, height, "yuv420p", interpolation=Interpolation.AREA)


def still_of_frame(frame: av.VideoFrame) -> bytes:
    """The still of a frame that ``shrink`` has made: a baseline JPEG."""
    image = frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()


def still_of_picture(picture: Picture) -> bytes | None:
    """The still of a camera's picture; None where it cannot be shown without another one.

    A JPEG stays as large as it is: to make it smaller would cost a hundred times as much as to hand it on.
    """
    match picture:
        case JpegPicture(data=data):
            return standalone(data)
        case AccessUnit(data=data, key=True):
            frame = _decode_key_picture(data)
        case DecodedPicture(frame=frame):
            pass
        case _:
            return None
    return None if frame is None else still_of_frame(shrink(frame, VideoReformatter()))


def _decode_key_picture(data: bytes) -> av.VideoFrame | None:
    codec = av.CodecContext.create("h264", "r")
    codec.thread_count = 1
    # A third of the time, for edges that nobody sees in a still.
    codec.options = {"skip_loop_filter": "all"}
    try:
        frames = [*codec.decode(av.Packet(data)), *codec.decode(None)]
    except av.FFmpegError:
        return None
    return frames[-1] if frames else None
