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
from drivers.camera.repeated_frames import RepeatedFrames
from drivers.camera.stream_packet import StreamPacket, TimedPicture, timestamp_ns
from drivers.samples import SQUARE, Coding, DamagedPicture, DecodedPicture, JpegPicture, PictureFormat

Stream: TypeAlias = av.VideoStream

_NO_KEYS = "the camera sends no key pictures (IDR), so its pictures are decoded and encoded again"


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
            return _SoftwareDecoder(stream, "the camera sends B-frames", rotation, H264Passthrough(stream))
        case "h264" if rotation:
            return _SoftwareDecoder(stream, "the pictures must be turned", rotation, H264Passthrough(stream))
        case "h264":
            return _PassthroughWhileKeyed(stream, is_lossy=is_lossy)
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


class _PassthroughWhileKeyed:
    """H.264 passed through; for good decoded from a recovery point on, if that comes where a key picture is awaited.

    Some encoders send IDR pictures never, or at their start alone, but recovery points (ITU-T H.264, D.2.8): open GOPs,
    gradual refresh. Browsers begin at IDR pictures only, so that nothing can be cut from such a stream.
    """

    def __init__(self, stream: Stream, *, is_lossy: bool) -> None:
        self._passthrough = H264Passthrough(stream, is_lossy=is_lossy)
        self._software = _SoftwareDecoder(stream, _NO_KEYS, 0, self._passthrough)
        self._is_decoding = False
        self.coding = Coding.H264
        self.why = ""

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        if self._is_decoding:
            yield from self._software.decode(packet)
            return
        if not self._passthrough.awaits_key:
            yield from self._passthrough.decode(packet)
            return
        # First, because the other's filter may take the packet's data away.
        recovered = self._software.recover(packet)
        passed = list(self._passthrough.decode(packet))
        if self._passthrough.is_at_key:
            # It goes on from here, or this picture is damaged and so are all that refer to it.
            self._software.forget()
            yield from passed
        elif recovered:
            self._is_decoding, self.coding, self.why = True, Coding.PLANES, _NO_KEYS
            self._passthrough.resume()
            (at_ns, first), *rest = recovered
            yield from [(at_ns, replace(first, note=_NO_KEYS)), *rest]
        else:
            yield from passed

    def describe(self, wanted: PictureFormat) -> PictureFormat:
        return (self._software if self._is_decoding else self._passthrough).describe(wanted)


class _SoftwareDecoder:
    coding = Coding.PLANES

    def __init__(self, stream: Stream, why: str, rotation: int, h264: H264Passthrough | None = None) -> None:
        self.why = why
        self._stream = stream
        # FFmpeg conceals what an H.264 picture refers to and never got, and does not tell.
        self._h264 = h264
        self._normaliser = FrameNormaliser(rotation)
        self._repeated = RepeatedFrames()
        self._normal: av.VideoFrame | None = None
        self._format: PictureFormat | None = None
        # Up to the first picture that refers to nothing that is missing.
        self._is_recovering = h264 is not None

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        at_ns = timestamp_ns(packet.pts, packet.dts, packet.time_base)
        try:
            frames = self._stream.decode(packet)
        except av.InvalidDataError:
            yield at_ns, DamagedPicture(0)
            return
        finally:
            # Last, because its filter may take the packet's data away.
            is_broken = self._is_broken(packet)
        if self._is_recovering and frames and self._h264 is not None:
            self._h264.resume()
            self._is_recovering = False
        elif is_broken:
            if not self._is_recovering:
                self.forget()
                frames, self._is_recovering = [], True
            yield at_ns, DamagedPicture(0)
        yield from self._pictures(frames)

    def recover(self, packet: StreamPacket) -> list[TimedPicture]:
        """Decode a packet of a stream whose beginning, or a part, is missing; nothing before a point of recovery."""
        try:
            frames = self._stream.decode(packet)
        except av.InvalidDataError:
            return []
        return list(self._pictures(frames))

    def forget(self) -> None:
        """Whatever comes next refers to nothing that came before."""
        self._stream.codec_context.flush_buffers()

    def _is_broken(self, packet: StreamPacket) -> bool:
        if self._h264 is None or not packet.size:
            return False
        return any(isinstance(one, DamagedPicture) for _, one in self._h264.decode(packet))

    def _pictures(self, frames: list[av.VideoFrame]) -> Iterator[TimedPicture]:
        for frame in frames:
            at_ns = timestamp_ns(frame.pts, frame.dts, frame.time_base)
            if frame.is_corrupt:
                yield at_ns, DamagedPicture(0)
                continue
            if not self._repeated.is_repeated(frame) or self._normal is None:
                self._normal = self._normaliser.normalise(frame)
            normal = self._normal
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
