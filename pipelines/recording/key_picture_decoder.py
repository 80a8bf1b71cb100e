"""Decode a key picture of a passed-through track every few seconds: nobody else looks at what the camera sends."""

from __future__ import annotations

import av

from drivers.samples import AccessUnit, Picture
from pipelines.capture.frame_converter import InvalidPicture

# 5 ms at 720p, so an eighth of a percent of a core; every picture would be 7.5 %.
LOOK_INTERVAL_NS = 4_000_000_000


class KeyPictureDecoder:
    """Decodes the first key picture of every 4 s of lesson time; owned by the track's thread."""

    def __init__(self) -> None:
        self._codec: av.VideoCodecContext | None = None
        self._looked_ns = -LOOK_INTERVAL_NS

    def decode_due(self, picture: Picture, lesson_ns: int) -> av.VideoFrame | None:
        """The picture decoded, if it is a key picture and one is due; else None.

        Raises:
            InvalidPicture: it cannot be decoded.
        """
        if not isinstance(picture, AccessUnit) or not picture.key or lesson_ns - self._looked_ns < LOOK_INTERVAL_NS:
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
