"""The H.264 encoder that a board has in hardware, through the kernel's memory-to-memory video devices."""

from __future__ import annotations

from collections.abc import Mapping

import av
from av.video.frame import PictureType

from pipelines.encoding.errors import EncoderFailed
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.parameter_sets import ParameterSetInserter
from pipelines.encoding.x264_encoder import H264Settings, h264_context

# Key pictures are asked for every second; where a driver does not listen they come this often by themselves.
_GOP_S = 2


class V4l2m2mEncoder:
    """See ``encoders.PictureEncoder``. FFmpeg finds the device itself; ``codec`` is any of its H.264 encoders.

    Packets come a few pictures late. The parameter sets come in the stream, perhaps once only and by
    themselves, and never say that colours have the full range: all of that is made good here.
    """

    preset = None

    def __init__(
        self,
        coding: H264Settings,
        codec: str = "h264_v4l2m2m",
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.name = codec
        self._context = h264_context(codec, coding)
        self._context.gop_size = round(_GOP_S * coding.fps)
        self._context.max_b_frames = 0
        self._context.options = dict(options or {})
        self._sets = ParameterSetInserter(full_range=coding.full_range)
        self._inside = 0
        self._closed = False
        try:
            self._context.open()
        except av.FFmpegError as error:
            raise EncoderFailed(
                f"{codec} cannot be used: no device of this machine encodes H.264 at "
                f"{coding.width}x{coding.height} ({error.strerror})"
            ) from error

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        """The access units that are done, most often those of earlier frames. EncoderFailed."""
        frame.pts = start
        frame.time_base = self._context.time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        self._inside += 1
        return self._encoded(frame)

    def close(self) -> list[EncodedPacket]:
        """The access units still inside. Again: nothing. EncoderFailed."""
        if self._closed:
            return []
        self._closed = True
        return self._encoded(None)

    def _encoded(self, frame: av.VideoFrame | None) -> list[EncodedPacket]:
        try:
            raw = self._context.encode(frame)
            return [packet for one in raw if (packet := self._packet(one)) is not None]
        except av.FFmpegError as error:
            raise EncoderFailed(f"{self.name} failed: {error.strerror}", self._inside) from error

    def _packet(self, raw: av.Packet[av.VideoStream]) -> EncodedPacket | None:
        data = self._sets.insert(bytes(raw), key=raw.is_keyframe)
        if not data:
            return None
        self._inside -= 1
        if raw.pts is None:
            raise EncoderFailed(f"{self.name} failed: a picture came without its time", self._inside)
        return EncodedPacket(raw.pts, data, raw.is_keyframe)
