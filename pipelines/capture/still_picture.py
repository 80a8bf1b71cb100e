"""Make a still, a small JPEG for a page, of a camera's picture or of a frame that was decoded for something else."""

from __future__ import annotations

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from drivers.samples import AccessUnit, DecodedPicture, JpegPicture, Picture

# Enough to see on a phone whether a camera is sharp and where it looks.
STILL_WIDTH = 640
_QUALITY = 75

BgrImage = NDArray[np.uint8]


def shrink(frame: av.VideoFrame, reformatter: VideoReformatter) -> av.VideoFrame:
    """A copy of ``frame``, yuv420p and at most ``STILL_WIDTH`` wide: half a millisecond for 1080p."""
    width = min(STILL_WIDTH, frame.width)
    height = max(2, round(frame.height * width / frame.width / 2) * 2)
    return reformatter.reformat(frame, width, height, "yuv420p", interpolation=Interpolation.AREA)


def image_of_frame(frame: av.VideoFrame) -> BgrImage:
    """A yuv420p frame as BGR of shape (h, w, 3)."""
    return frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)


def image_of_picture(picture: Picture, camera_width: int) -> BgrImage | None:
    """A camera's picture, decoded as small as its coding allows; None where it cannot be decoded alone.

    A JPEG is scaled while it is decoded (by 2, 4 or 8), so that no more of it is transformed than is shown.
    """
    match picture:
        case JpegPicture(data=data):
            return _decode_jpeg(data, camera_width)
        case AccessUnit(data=data, key=True):
            frame = _decode_key_picture(data)
        case DecodedPicture(frame=frame):
            pass
        case _:
            return None
    return None if frame is None else image_of_frame(shrink(frame, VideoReformatter()))


def encode_still(image: BgrImage) -> bytes:
    """The still's bytes: a baseline JPEG."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()


def _decode_jpeg(data: bytes, width: int) -> BgrImage | None:
    reductions = (
        (8, cv2.IMREAD_REDUCED_COLOR_8),
        (4, cv2.IMREAD_REDUCED_COLOR_4),
        (2, cv2.IMREAD_REDUCED_COLOR_2),
    )
    # A 1080p picture becomes 960 wide: scaling it once more would cost as much as sending it.
    flag = next((flag for by, flag in reductions if width // by >= STILL_WIDTH), cv2.IMREAD_COLOR)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    return None if decoded is None else decoded.astype(np.uint8, copy=False)


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
