"""Encode frames to H.264 with libx264: low latency, a key picture on request."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from drivers.samples import SQUARE, ColourMatrix
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket

# No B-frames and no look-ahead: a packet leaves with its frame. Parameter sets before every key
# picture keep cuts between tracks clean. repeat-headers stands in x264-params because that is
# where libx264 reads it from. From cabac on: what stands in the parameter sets is the same at
# every preset and bit rate, so that a track keeps its init segment.
_X264 = "keyint=infinite:scenecut=0:bframes=0:repeat-headers=1:cabac=1:weightp=0:8x8dct=0:ref=1:stitchable=1"
# Measured at equal size: half-sample motion search is not worth its time once no bit rate is estimated.
_CONSTANT_QP = ":subme=0"
# ITU-T H.264, Table A-1: the level bounds macroblocks a picture and a second. Left to libx264 it would depend on the
# bit rate.
_LEVELS = ((3600, 108_000, "3.1"), (8192, 245_760, "4.0"), (8704, 522_240, "4.2"), (36_864, 983_040, "5.1"))
_HIGHEST_LEVEL = "5.2"
# Browsers believe neither range nor matrix where the primaries and the transfer function are not told too.
_COLOURS = {
    ColourMatrix.BT601: (Colorspace.ITU601, ColorPrimaries.SMPTE170M, ColorTrc.SMPTE170M),
    ColourMatrix.BT709: (Colorspace.ITU709, ColorPrimaries.BT709, ColorTrc.BT709),
}


@dataclass(frozen=True, slots=True)
class H264Settings:
    """How a video track is encoded.

    Init segments are byte-identical where settings differ in bit rate, preset, threads and ``qp`` at most. ``qp`` is
    the constant quantiser of inter pictures (0..69) at which the bit rate is of no account, None where libx264 controls
    that rate; key pictures are ``key_steps`` finer.
    """

    width: int
    height: int
    fps: Fraction
    bitrate_kbps: int
    preset: str
    full_range: bool
    threads: int = 1
    matrix: ColourMatrix = ColourMatrix.UNKNOWN
    pixel_aspect: Fraction = SQUARE
    qp: int | None = None
    key_steps: int = 3

    @property
    def level(self) -> str:
        """The lowest level of H.264 that these pictures fit in, 3.1 at least."""
        macroblocks = -(-self.width // 16) * -(-self.height // 16)
        fitting = (name for most, rate, name in _LEVELS if macroblocks <= most and macroblocks * self.fps <= rate)
        return next(fitting, _HIGHEST_LEVEL)


def h264_context(codec: str, settings: H264Settings) -> av.VideoCodecContext:
    """An unopened encoder context with the settings that all H.264 encoders share."""
    context = cast(av.VideoCodecContext, av.CodecContext.create(codec, "w"))
    context.width, context.height = settings.width, settings.height
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, VIDEO_TIMESCALE)
    context.framerate = settings.fps
    context.bit_rate = settings.bitrate_kbps * 1000
    context.sample_aspect_ratio = settings.pixel_aspect
    return context


class X264Encoder:
    """A ``VideoEncoder`` by libx264, which never fails; it controls the bit rate unless the settings have a QP."""

    name = "libx264"
    keeps_rate = False
    last_second = None

    def __init__(self, settings: H264Settings) -> None:
        context = h264_context("libx264", settings)
        context.thread_count = settings.threads
        context.color_range = ColorRange.JPEG if settings.full_range else ColorRange.MPEG
        if (colours := _COLOURS.get(settings.matrix)) is not None:
            context.colorspace, context.color_primaries, context.color_trc = colours
        common = {"preset": settings.preset, "tune": "zerolatency", "forced-idr": "1", "level": settings.level}
        if settings.qp is None:
            rate = {"maxrate": str(settings.bitrate_kbps * 1500), "bufsize": str(settings.bitrate_kbps * 1000)}
            context.options = {**common, **rate, "x264-params": _X264}
        else:
            context.bit_rate = 0
            # libx264 takes a ratio of quantiser steps, which double every six QP.
            ratio = f":ipratio={2 ** (settings.key_steps / 6):.4f}"
            context.options = {**common, "qp": str(settings.qp), "x264-params": _X264 + _CONSTANT_QP + ratio}
        self._settings = settings
        self._context = context
        self._closed = False

    def follow(self, settings: H264Settings) -> bool:
        """Whether it encodes by these settings: an open encoder cannot be changed."""
        return settings == self._settings

    def spend(self, start: int, octets: int) -> None:
        """Nothing: it knows of its own pictures only."""

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
