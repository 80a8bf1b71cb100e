"""Convert a camera's pictures (JPEG, H.264 or raw) to yuv420p frames of the track's size."""

from __future__ import annotations

from itertools import cycle

import av
from av.video.reformatter import ColorRange, VideoReformatter

from drivers.samples import AccessUnit, DecodedPicture, JpegPicture, Picture
from pipelines.capture.jpeg_decoder import InvalidJpeg, JpegDecoder, UnsupportedSubsampling
from pipelines.yuv_planes import planes_of

# One is being filled while one is encoded and one is held to be repeated.
_POOL_FRAMES = 3


class InvalidPicture(ValueError):
    """These bytes are not a picture; the next ones may be."""


class FrameConverter:
    """Convert to frames of one size and colour range; owned by one thread.

    A returned frame stays valid until ``_POOL_FRAMES`` - 1 more have been converted.
    """

    def __init__(self, width: int, height: int, *, full_range: bool) -> None:
        self.width = width
        self.height = height
        self.full_range = full_range
        self._jpeg_decoder = JpegDecoder()
        self._frames = cycle(self._new_frame() for _ in range(_POOL_FRAMES))
        # It keeps its scaler between pictures; a frame's own reformat() would make one for each.
        self._reformatter = VideoReformatter()
        self._mjpeg_codec: av.VideoCodecContext | None = None
        self._h264_codec: av.VideoCodecContext | None = None

    def convert(self, picture: Picture) -> av.VideoFrame | None:
        """The picture as a frame; None while the decoder waits for a key picture.

        Raises:
            InvalidPicture: The bytes cannot be decoded.
        """
        match picture:
            case JpegPicture():
                return self._from_jpeg(picture.data)
            case AccessUnit():
                return self._from_h264(picture)
            case DecodedPicture():
                return self._conform(picture.frame)

    def _from_jpeg(self, data: bytes) -> av.VideoFrame | None:
        try:
            if self.full_range and self._jpeg_decoder.read_size(data) == (self.width, self.height):
                frame = next(self._frames)
                self._jpeg_decoder.decode(data, planes_of(frame))
                return frame
            return self._from_any_jpeg(data)
        except UnsupportedSubsampling:
            return self._from_any_jpeg(data)
        except InvalidJpeg as error:
            raise InvalidPicture(str(error)) from error

    def _from_any_jpeg(self, data: bytes) -> av.VideoFrame | None:
        self._mjpeg_codec = self._mjpeg_codec or av.CodecContext.create("mjpeg", "r")
        return self._decode(self._mjpeg_codec, data)

    def _from_h264(self, unit: AccessUnit) -> av.VideoFrame | None:
        if self._h264_codec is None:
            if not unit.key:
                return None
            self._h264_codec = av.CodecContext.create("h264", "r")
            self._h264_codec.flags |= av.codec.context.Flags.low_delay
            self._h264_codec.thread_count = 1
        return self._decode(self._h264_codec, unit.data)

    def _decode(self, decoder: av.VideoCodecContext, data: bytes) -> av.VideoFrame | None:
        try:
            frames = decoder.decode(av.Packet(data))
        except av.FFmpegError as error:
            raise InvalidPicture(str(error)) from error
        return self._conform(frames[-1]) if frames else None

    def _conform(self, frame: av.VideoFrame) -> av.VideoFrame:
        wanted = ColorRange.JPEG if self.full_range else ColorRange.MPEG
        given = ColorRange.JPEG if frame.format.name.startswith("yuvj") else ColorRange(frame.color_range)
        same_range = given == wanted or (given == ColorRange.UNSPECIFIED and wanted == ColorRange.MPEG)
        same_size = (frame.width, frame.height) == (self.width, self.height)
        if same_range and same_size and frame.format.name == "yuv420p":
            return frame
        try:
            return self._reformatter.reformat(
                frame, self.width, self.height, "yuv420p", src_color_range=given, dst_color_range=wanted
            )
        except av.FFmpegError as error:
            raise InvalidPicture(str(error)) from error

    def _new_frame(self) -> av.VideoFrame:
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        frame.color_range = ColorRange.JPEG
        return frame
