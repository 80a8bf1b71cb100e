"""The board's hardware H.264 encoder, through V4L2 memory-to-memory devices."""

from __future__ import annotations

from collections.abc import Mapping

import av
from av.video.frame import PictureType

from pipelines.encoding.errors import EncoderFailed
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.parameter_sets import ParameterSetInserter
from pipelines.encoding.x264_encoder import H264Settings, h264_context

# Key pictures are requested every second; where a driver ignores that they come this often by themselves.
_GOP_S = 2


class V4l2m2mEncoder:
    """A ``VideoEncoder`` by FFmpeg, which finds the device itself; ``codec`` is any of its H.264 encoders.

    Packets come a few pictures late. The parameter sets come in the stream, perhaps only once and in a packet of
    their own, and never signal full range: ``ParameterSetInserter`` corrects that.
    """

    keeps_rate = False
    last_second = None

    def __init__(
        self, settings: H264Settings, codec: str = "h264_v4l2m2m", options: Mapping[str, str] | None = None
    ) -> None:
        self.name = codec
        self._kbps = settings.bitrate_kbps
        self._context = h264_context(codec, settings)
        self._context.gop_size = round(_GOP_S * settings.fps)
        self._context.max_b_frames = 0
        self._context.options = dict(options or {})
        self._parameter_sets = ParameterSetInserter(
            full_range=settings.full_range, matrix=settings.matrix, pixel_aspect=settings.pixel_aspect
        )
        self._pending = 0
        self._closed = False
        try:
            self._context.open()
        except av.FFmpegError as error:
            raise EncoderFailed(
                f"{codec} cannot be used: no device of this machine encodes H.264 at "
                f"{settings.width}x{settings.height} ({error.strerror})"
            ) from error

    def follow(self, settings: H264Settings) -> bool:
        """Whether it encodes by these settings: it has no preset."""
        return settings.bitrate_kbps == self._kbps

    def spend(self, start: int, octets: int) -> None:
        """Nothing: it knows of its own pictures only."""

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        """Encode a frame; return the access units that are complete, mostly those of earlier frames."""
        frame.pts = start
        frame.time_base = self._context.time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        self._pending += 1
        return self._encode(frame)

    def close(self) -> list[EncodedPacket]:
        """Return the access units still inside."""
        if self._closed:
            return []
        self._closed = True
        return self._encode(None)

    def _encode(self, frame: av.VideoFrame | None) -> list[EncodedPacket]:
        try:
            raw = self._context.encode(frame)
            return [packet for one in raw if (packet := self._packet(one)) is not None]
        except av.FFmpegError as error:
            raise EncoderFailed(f"{self.name} failed: {error.strerror}", self._pending) from error

    def _packet(self, raw: av.Packet[av.VideoStream]) -> EncodedPacket | None:
        data = self._parameter_sets.insert(bytes(raw), key=raw.is_keyframe)
        if not data:
            return None
        self._pending -= 1
        if raw.pts is None:
            raise EncoderFailed(f"{self.name} failed: a picture came without its time", self._pending)
        return EncodedPacket(raw.pts, data, raw.is_keyframe)
