"""Whether a picture is the one before it again, as grabbers send a screen that stands still."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from drivers.samples import DecodedPicture, JpegPicture, Picture
from pipelines.yuv_planes import Plane, luma_of, planes_of

# A camera's noise is in every row.
_FIRST_LOOK = 64


def is_same_picture(before: Picture | None, picture: Picture) -> bool:
    """Whether this picture shows what the one before it shows, as far as that is known without decoding it."""
    match before, picture:
        case JpegPicture(), JpegPicture():
            return before.data == picture.data
        case DecodedPicture(), DecodedPicture():
            return before.pixel_aspect == picture.pixel_aspect and is_same_frame(before.frame, picture.frame)
        case _:
            return False


def is_same_frame(before: av.VideoFrame, frame: av.VideoFrame) -> bool:
    """Whether two yuv420p frames have the same samples, and mean the same colours by them."""
    if before is frame:
        return True
    if _kind(before) != _kind(frame):
        return False
    if not np.array_equal(luma_of(before)[::_FIRST_LOOK], luma_of(frame)[::_FIRST_LOOK]):
        return False
    planes = zip(planes_of(before), planes_of(frame), strict=True)
    return all(np.array_equal(_in_words(one), _in_words(other)) for one, other in planes)


def _in_words(plane: Plane) -> NDArray[np.uint8] | NDArray[np.uint64]:
    """The same bytes, eight at a time where they lie so: compared in less time."""
    return plane.reshape(-1).view(np.uint64) if plane.flags.c_contiguous and plane.size % 8 == 0 else plane


def _kind(frame: av.VideoFrame) -> tuple[int, int, str, int, int]:
    return frame.width, frame.height, frame.format.name, int(frame.color_range), int(frame.colorspace)
