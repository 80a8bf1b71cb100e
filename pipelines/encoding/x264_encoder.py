"""Encode frames to H.264 with libx264: low latency, a key picture on request."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace

from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket

# No B-frames and no look-ahead: a packet leaves with its frame. Parameter sets before every key
# picture keep cuts between tracks clean. repeat-headers stands in x264-params because that is
# where libx264 reads it from.
_X264 = "keyint=infinite:scenecut=0:bframes=0:repeat-headers=1"


@dataclass(frozen=True, slots=True)
class H264Settings:
    """How a video track is encoded; equal settings give byte-identical init segments."""

    width: int
    height: int
    fps: Fraction
    bitrate_kbps: int
    preset: str
    full_range: bool
    threads: int = 1


def h264_context(codec: str, settings: H264Settings) -> av.VideoCodecContext:
    """An unopened encoder context with the settings that all H.264 encoders share."""
    context = cast(av.VideoCodecContext, av.CodecContext.create(codec, "w"))
    context.width, context.height = settings.width, settings.height
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, VIDEO_TIMESCALE)
    context.framerate = settings.fps
    context.bit_rate = settings.bitrate_kbps * 1000
    return context


class X264Encoder:
    """A ``VideoEncoder`` by libx264, which never fails."""

    name = "libx264"

    def __init__(self, settings: H264Settings) -> None:
        context = h264_context("libx264", settings)
        context.thread_count = settings.threads
        context.color_range = ColorRange.JPEG if settings.full_range else ColorRange.MPEG
        if settings.full_range:
            # A JPEG is BT.601 at any size (JFIF 1.02); where that is not signalled, players take 1080p for BT.709.
            context.colorspace = Colorspace.ITU601
        context.options = {
            "preset": settings.preset,
            "tune": "zerolatency",
            "forced-idr": "1",
            "maxrate": str(settings.bitrate_kbps * 1500),
            "bufsize": str(settings.bitrate_kbps * 1000),
            "x264-params": _X264,
        }
        self.preset = settings.preset
        self._context = context
        self._closed = False

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        """Return the access units that ``frame`` (yuv420p, of the settings' size) at ``start`` (1/90000 s) completes.

        ``start`` must be greater than the one before. The frame is read before this returns.
        """
        frame.pts = start
        frame.time_base = self._context.time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        return [_packet(packet) for packet in self._context.encode(frame)]

    def close(self) -> list[EncodedPacket]:
        """Return what is still inside (nothing, with these settings). Idempotent."""
        if self._closed:
            return []
        self._closed = True
        return [_packet(packet) for packet in self._context.encode(None)]


def _packet(packet: av.Packet[av.VideoStream]) -> EncodedPacket:
    if packet.pts is None:
        raise AssertionError("libx264 gave a packet without a time")
    return EncodedPacket(packet.pts, bytes(packet), packet.is_keyframe)
