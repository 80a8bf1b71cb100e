"""Pictures from the packets of a video stream: JPEG files and H.264 access units as they are, all else decoded.

H.264 with B-frames is decoded too: nobody could pass it through, and decoded it is in display order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Protocol, TypeAlias

import av

from drivers.camera.frame_normaliser import FrameNormaliser
from drivers.camera.h264_passthrough import H264Passthrough
from drivers.camera.jpeg_completion import complete_jpeg
from drivers.camera.stream_packet import StreamPacket, TimedPicture, timestamp_ns
from drivers.samples import SQUARE, Coding, DamagedPicture, DecodedPicture, JpegPicture, PictureFormat

Stream: TypeAlias = av.VideoStream


class PacketDecoder(Protocol):
    """Turns the packets of one stream, in their order, into pictures.

    ``coding`` is their form; ``why`` the reason why they are decoded, if there is one to tell.
    """

    coding: Coding
    why: str

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        """Yield the pictures that this packet completes; damaged ones as ``DamagedPicture``."""

    def describe(self, wanted: PictureFormat) -> PictureFormat:
        """Return the format of the newest picture; ``wanted`` counts where the stream does not say."""


def make_decoder(stream: Stream, rotation: int = 0, *, is_lossy: bool = False) -> PacketDecoder:
    """Return the decoder for this stream, whose pictures must be turned clockwise by ``rotation`` degrees.

    ``is_lossy``: parts of a picture may be missing without any sign of it.
    """
    match stream.codec_context.name:
        case "mjpeg":
            return _MjpegPassthrough(stream)
        case "h264" if stream.codec_context.has_b_frames:
            return _SoftwareDecoder(stream, "the camera sends B-frames", rotation)
        case "h264" if rotation:
            return _SoftwareDecoder(stream, "the pictures must be turned", rotation)
        case "h264":
            return H264Passthrough(stream, is_lossy=is_lossy)
        case _:
            return _SoftwareDecoder(stream, "", rotation)


class _MjpegPassthrough:
    coding = Coding.MJPEG
    why = ""

    def __init__(self, stream: Stream) -> None:
        self._codec = stream.codec_context

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        if not packet.size:
            return
        at_ns = timestamp_ns(packet.pts, packet.dts, packet.time_base)
        data = complete_jpeg(bytes(packet))
        yield at_ns, JpegPicture(0, data) if data else DamagedPicture(0)

    def describe(self, wanted: PictureFormat) -> PictureFormat:
        codec = self._codec
        width, height = codec.width // 2 * 2 or wanted.width, codec.height // 2 * 2 or wanted.height
        return replace(wanted, width=width, height=height, coding=self.coding, full_range=True)


class _SoftwareDecoder:
    coding = Coding.PLANES

    def __init__(self, stream: Stream, why: str, rotation: int) -> None:
        self.why = why
        self._stream = stream
        # FFmpeg conceals what an H.264 picture refers to and never got, and does not tell.
        self._h264 = H264Passthrough(stream) if stream.codec_context.name == "h264" else None
        self._normaliser = FrameNormaliser(rotation)
        self._format: PictureFormat | None = None
        self._is_broken = False

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        at_ns = timestamp_ns(packet.pts, packet.dts, packet.time_base)
        try:
            frames = self._stream.decode(packet)
        except av.InvalidDataError:
            yield at_ns, DamagedPicture(0)
            return
        finally:
            # Last, because its filter may take the packet's data away.
            if self._h264 is not None and packet.size:
                self._is_broken = any(isinstance(one, DamagedPicture) for _, one in self._h264.decode(packet))
        for frame in frames:
            at_ns = timestamp_ns(frame.pts, frame.dts, frame.time_base)
            if frame.is_corrupt or self._is_broken:
                yield at_ns, DamagedPicture(0)
                continue
            normal = self._normaliser.normalise(frame)
            pixel_aspect = self._normaliser.turned_aspect(_pixel_aspect(self._stream))
            self._format = PictureFormat(
                normal.width,
                normal.height,
                Fraction(0),
                self.coding,
                self.why,
                pixel_aspect,
                self._normaliser.full_range,
                self._normaliser.matrix,
            )
            yield at_ns, DecodedPicture(0, normal, pixel_aspect)

    def describe(self, wanted: PictureFormat) -> PictureFormat:
        return replace(self._format, fps=wanted.fps) if self._format else replace(wanted, coding=self.coding)


def _pixel_aspect(stream: Stream) -> Fraction:
    return stream.codec_context.sample_aspect_ratio or stream.sample_aspect_ratio or SQUARE
