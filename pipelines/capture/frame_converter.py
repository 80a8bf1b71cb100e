"""Convert a camera's pictures (JPEG, H.264 or raw) to yuv420p frames of the track's size."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle

import av
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from drivers.h264_annexb import first_sps
from drivers.h264_sps import InvalidParameterSet, parse_sps
from drivers.samples import (
    SQUARE,
    AccessUnit,
    ColourMatrix,
    DamagedPicture,
    DecodedPicture,
    JpegPicture,
    Picture,
)
from pipelines.capture.jpeg_decoder import InvalidJpeg, JpegDecoder, UnsupportedSubsampling
from pipelines.yuv_planes import planes_of

# One is being filled while one is encoded and one is held to be repeated.
_POOL_FRAMES = 3


_BLACK, _BLACK_FULL, _GREY = 16, 0, 128
# A shape that differs by less is not worth black edges.
_SAME_SHAPE = 0.02
_COLORSPACES = {ColourMatrix.BT601: Colorspace.ITU601, ColourMatrix.BT709: Colorspace.ITU709}
_SD_ROWS = 576


class InvalidPicture(ValueError):
    """These bytes are not a picture; the next ones may be."""


class DamagedFrame(InvalidPicture):
    """Parts of the picture are missing or wrong; ``frame`` is what there is of it."""

    def __init__(self, reason: str, frame: av.VideoFrame) -> None:
        super().__init__(reason)
        self.frame = frame


@dataclass(frozen=True, slots=True)
class SourceShape:
    """Size of a camera's pictures, and the width of a pixel divided by its height."""

    width: int
    height: int
    pixel_aspect: Fraction


class FrameConverter:
    """Convert to frames of one size, shape, colour range and matrix; owned by one thread.

    A picture of another shape is fitted in, with black beside it. A returned frame stays valid until
    ``_POOL_FRAMES`` - 2 more have been converted, and while it is ``held``. ``source`` is the shape of the last
    picture.
    """

    def __init__(
        self,
        width: int,
        height: int,
        *,
        full_range: bool,
        matrix: ColourMatrix = ColourMatrix.UNKNOWN,
        pixel_aspect: Fraction = SQUARE,
    ) -> None:
        self.width = width
        self.height = height
        self.full_range = full_range
        self.pixel_aspect = pixel_aspect
        self.source: SourceShape | None = None
        self.held: av.VideoFrame | None = None
        self._matrix = matrix
        self._sps_bytes = b""
        self._stream_aspect = SQUARE
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
                return self._conform(picture.frame, picture.pixel_aspect)
            case DamagedPicture():
                raise InvalidPicture("it came damaged")

    def _from_jpeg(self, data: bytes) -> av.VideoFrame | None:
        try:
            if self._takes_jpegs and self._jpeg_decoder.read_size(data) == (self.width, self.height):
                self.source = SourceShape(self.width, self.height, SQUARE)
                frame = next(one for one in self._frames if one is not self.held)
                if warning := self._jpeg_decoder.decode(data, planes_of(frame)):
                    raise DamagedFrame(warning, frame)
                return frame
            return self._from_any_jpeg(data)
        except UnsupportedSubsampling:
            return self._from_any_jpeg(data)
        except InvalidJpeg as error:
            raise InvalidPicture(str(error)) from error

    @property
    def _takes_jpegs(self) -> bool:
        """Whether the planes of a JPEG are those of the track: full range, BT.601, square pixels (JFIF 1.02)."""
        return self.full_range and self._matrix is not ColourMatrix.BT709 and self.pixel_aspect == SQUARE

    def _from_any_jpeg(self, data: bytes) -> av.VideoFrame | None:
        self._mjpeg_codec = self._mjpeg_codec or av.CodecContext.create("mjpeg", "r")
        return self._decode(self._mjpeg_codec, data, SQUARE)

    def _from_h264(self, unit: AccessUnit) -> av.VideoFrame | None:
        if self._h264_codec is None:
            if not unit.key:
                return None
            self._h264_codec = av.CodecContext.create("h264", "r")
            self._h264_codec.flags |= av.codec.context.Flags.low_delay
            self._h264_codec.thread_count = 1
        if unit.key and (sps := first_sps(unit.data)) != self._sps_bytes:
            self._sps_bytes = sps
            with suppress(InvalidParameterSet):
                self._stream_aspect = parse_sps(sps).pixel_aspect
        return self._decode(self._h264_codec, unit.data, self._stream_aspect)

    def _decode(self, decoder: av.VideoCodecContext, data: bytes, pixel_aspect: Fraction) -> av.VideoFrame | None:
        try:
            frames = decoder.decode(av.Packet(data))
        except av.FFmpegError as error:
            raise InvalidPicture(str(error)) from error
        if not frames:
            return None
        if frames[-1].is_corrupt:
            raise InvalidPicture("parts of the picture are missing")
        return self._conform(frames[-1], pixel_aspect)

    def _conform(self, frame: av.VideoFrame, pixel_aspect: Fraction) -> av.VideoFrame:
        self.source = SourceShape(frame.width, frame.height, pixel_aspect)
        given = ColorRange.JPEG if frame.format.name.startswith("yuvj") else ColorRange(frame.color_range)
        wanted = ColorRange.JPEG if self.full_range else ColorRange.MPEG
        same_range = given == wanted or (given == ColorRange.UNSPECIFIED and wanted == ColorRange.MPEG)
        from_matrix, to_matrix = _colorspace(frame), _COLORSPACES.get(self._matrix)
        same_matrix = None in (from_matrix, to_matrix) or from_matrix == to_matrix
        width, height = self._fitted_size(self.source)
        fills = (width, height) == (self.width, self.height)
        same_size = fills and (frame.width, frame.height) == (width, height)
        if same_range and same_matrix and same_size and frame.format.name == "yuv420p":
            return frame
        try:
            fitted = self._reformatter.reformat(
                frame,
                width,
                height,
                "yuv420p",
                src_colorspace=None if same_matrix else from_matrix,
                dst_colorspace=None if same_matrix else to_matrix,
                src_color_range=given,
                dst_color_range=wanted,
            )
        except (av.FFmpegError, ValueError) as error:
            raise InvalidPicture(str(error)) from error
        return fitted if fills else self._framed(fitted)

    def _fitted_size(self, source: SourceShape) -> tuple[int, int]:
        """The size, in the track's pixels, at which a picture keeps its shape and fits into the track's."""
        shape = source.width * source.pixel_aspect / source.height
        ratio = float(shape / (self.width * self.pixel_aspect / self.height))
        if abs(ratio - 1) <= _SAME_SHAPE:
            return self.width, self.height
        width, height = (self.width, self.height / ratio) if ratio > 1 else (self.width * ratio, self.height)
        return max(2, round(width / 2) * 2), max(2, round(height / 2) * 2)

    def _framed(self, picture: av.VideoFrame) -> av.VideoFrame:
        """The picture in the middle of a black frame."""
        framed = av.VideoFrame(self.width, self.height, "yuv420p")
        framed.color_range = ColorRange.JPEG if self.full_range else ColorRange.MPEG
        left, top = (self.width - picture.width) // 4 * 2, (self.height - picture.height) // 4 * 2
        black = _BLACK_FULL if self.full_range else _BLACK
        colours = zip(planes_of(framed), planes_of(picture), (black, _GREY, _GREY), (1, 2, 2), strict=True)
        for whole, part, colour, step in colours:
            whole[:] = colour
            height, width = part.shape
            whole[top // step : top // step + height, left // step : left // step + width] = part
        return framed

    def _new_frame(self) -> av.VideoFrame:
        frame = av.VideoFrame(self.width, self.height, "yuv420p")
        frame.color_range = ColorRange.JPEG
        return frame


def _colorspace(frame: av.VideoFrame) -> Colorspace | None:
    """The matrix that the frame says it has; what says none is taken for BT.601 in SD and for BT.709 in HD."""
    match int(frame.colorspace):
        case 1:
            return Colorspace.ITU709
        case 5 | 6:
            return Colorspace.ITU601
        case 2:
            return Colorspace.ITU601 if frame.height <= _SD_ROWS else Colorspace.ITU709
        case _:
            return None
