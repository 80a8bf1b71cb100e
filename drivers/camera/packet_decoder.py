"""Pictures from the packets of a video stream: JPEG files and H.264 access units as they are, all else decoded.

H.264 with B-frames is decoded too: nobody could pass it through, and decoded it is in display order.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Protocol, TypeAlias

import av
from av.filter import Graph

from drivers.camera.h264_annexb import ParameterSetCompleter
from drivers.camera.jpeg_completion import complete_jpeg
from drivers.samples import AccessUnit, Coding, DecodedPicture, JpegPicture, Picture

StreamPacket: TypeAlias = "av.Packet[av.VideoStream]"

TimedPicture = tuple[int | None, Picture]
"""A picture and its stream time in nanoseconds, if it has one; its ``captured_ns`` is still to be set."""


class PacketDecoder(Protocol):
    """Turns the packets of one stream, in their order, into pictures.

    ``coding`` is their form; ``why`` the reason why they are decoded, if there is one to tell.
    """

    coding: Coding
    why: str

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        """Yield the pictures that this packet completes; corrupted ones are left out."""


def make_decoder(stream: av.VideoStream) -> PacketDecoder:
    """Return the decoder for this stream."""
    match stream.codec_context.name:
        case "mjpeg":
            return _MjpegPassthrough()
        case "h264" if stream.codec_context.has_b_frames:
            return _SoftwareDecoder(stream, "the camera sends B-frames")
        case "h264":
            return _H264Passthrough(stream)
        case _:
            return _SoftwareDecoder(stream)


class _MjpegPassthrough:
    coding = Coding.MJPEG
    why = ""

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        if data := complete_jpeg(bytes(packet)):
            yield _timestamp_ns(packet.pts, packet.dts, packet.time_base), JpegPicture(0, data)


class _H264Passthrough:
    """Starts with the first key picture."""

    coding = Coding.H264
    why = ""

    def __init__(self, stream: av.VideoStream) -> None:
        extradata = stream.codec_context.extradata or b""
        # An avcC record begins with its version, 1; Annex B begins with a start code.
        is_avcc = extradata.startswith(b"\1")
        self._to_annexb = av.BitStreamFilterContext("h264_mp4toannexb", stream) if is_avcc else None
        self._completer = ParameterSetCompleter(b"" if is_avcc else extradata)
        self._is_reordered = False
        self._has_key_picture = False
        self._latest_ns: int | None = None

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        if not packet.size:
            return
        for packet_part in self._to_annexb.filter(packet) if self._to_annexb else [packet]:
            data, is_key = self._completer.complete(bytes(packet_part))
            self._has_key_picture = self._has_key_picture or is_key
            if not self._has_key_picture:
                continue
            at_ns = _timestamp_ns(packet_part.pts, packet_part.dts, packet_part.time_base)
            if at_ns is not None:
                self._is_reordered = self._is_reordered or (self._latest_ns is not None and at_ns < self._latest_ns)
                self._latest_ns = at_ns
            yield at_ns, AccessUnit(0, data, is_key, self._is_reordered)


class _SoftwareDecoder:
    coding = Coding.PLANES

    def __init__(self, stream: av.VideoStream, why: str = "") -> None:
        self.why = why
        self._stream = stream
        self._filter_graph: Graph | None = None

    def decode(self, packet: StreamPacket) -> Iterator[TimedPicture]:
        try:
            frames = self._stream.decode(packet)
        except av.InvalidDataError:
            return
        for frame in frames:
            yield _timestamp_ns(frame.pts, frame.dts, frame.time_base), DecodedPicture(0, self._to_yuv420p(frame))

    def _to_yuv420p(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the frame as yuv420p, with an odd column or row cropped."""
        if frame.format.name == "yuv420p" and frame.width % 2 == frame.height % 2 == 0:
            return frame
        if self._filter_graph is None:
            self._filter_graph = _yuv420p_graph(frame)
        self._filter_graph.vpush(frame)
        return self._filter_graph.vpull()


def _yuv420p_graph(frame: av.VideoFrame) -> Graph:
    graph = Graph()
    graph.link_nodes(
        graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base),
        graph.add("crop", f"{frame.width // 2 * 2}:{frame.height // 2 * 2}:0:0"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ).configure()
    return graph


def _timestamp_ns(pts: int | None, dts: int | None, time_base: Fraction | None) -> int | None:
    ticks = dts if pts is None else pts
    return None if ticks is None or time_base is None else int(ticks * time_base * 1_000_000_000)
