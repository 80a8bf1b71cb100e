"""Decode a key picture of a passed-through track every few seconds: nobody else looks at what the camera sends."""

from __future__ import annotations

from collections.abc import Callable

import av

from drivers.samples import AccessUnit, Picture
from pipelines.capture.frame_converter import InvalidPicture

# 5 ms at 720p, so an eighth of a percent of a core, and half a percent each second; every picture would be 7.5 %.
# Every fourth second of a camera's clock, which is not quite ours.
LOOK_INTERVAL_NS = 3_900_000_000


class KeyPictureDecoder:
    """Decodes the first key picture of every ``interval_ns()`` of lesson time; owned by the track's thread."""

    def __init__(self, interval_ns: Callable[[], int]) -> None:
        self._interval_ns = interval_ns
        self._codec: av.VideoCodecContext | None = None
        self._looked_ns: int | None = None

    def decode_due(self, picture: Picture, lesson_ns: int) -> av.VideoFrame | None:
        """The picture decoded, if it is a key picture and one is due; else None.

        Raises:
            InvalidPicture: it cannot be decoded.
        """
        if not isinstance(picture, AccessUnit) or not picture.key:
            return None
        if self._looked_ns is not None and lesson_ns - self._looked_ns < self._interval_ns():
            return None
        self._looked_ns = lesson_ns
        if self._codec is None:
            self._codec = av.CodecContext.create("h264", "r")
            self._codec.flags |= av.codec.context.Flags.low_delay
            self._codec.thread_count = 1
        try:
            frames = self._codec.decode(av.Packet(picture.data))
        except av.FFmpegError as error:
            raise InvalidPicture(str(error)) from error
        if frames and frames[-1].is_corrupt:
            raise InvalidPicture("a key picture is damaged")
        return frames[-1] if frames else None
