"""Which encoder a track gets: the one in hardware where the box has it and it has room, else libx264."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import av

from pipelines.encoding.load_governor import by_importance
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.v4l2m2m_encoder import V4l2m2mEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder

EncoderPreference = Literal["auto", "libx264", "h264_v4l2m2m"]

# The H.264 encoder of a Raspberry Pi 4 is made for 1080p30, all tracks together.
_HARDWARE_PIXELS_A_SECOND = 1920 * 1088 * 30


class VideoEncoder(Protocol):
    """One H.264 encoder of one coding, used by one thread.

    Packets are access units in Annex B; a key picture carries its parameter sets. They may come some pictures
    late, in the order of the frames. EncoderFailed: it is of no use any more. After ``close`` neither.
    """

    @property
    def name(self) -> str:
        """By FFmpeg's name."""

    @property
    def preset(self) -> str | None:
        """The preset it runs at; None where it knows none."""

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        """The access units that ``frame`` (yuv420p) at ``start`` (1/90000 s, growing) completes. EncoderFailed."""

    def close(self) -> list[EncodedPacket]:
        """Whatever was still inside. Again: nothing. EncoderFailed."""


EncoderFactory = Callable[[H264Settings], VideoEncoder]
"""Opens an encoder. EncoderFailed."""


def encoder_candidates(wish: EncoderPreference, *, hardware: bool) -> tuple[EncoderFactory, ...]:
    """What is tried, in this order; libx264 is always there, so a lesson is recorded whatever was wished.

    ``hardware``: whether its encoder has room for this track.
    """
    if wish == "libx264" or not hardware:
        return (X264Encoder,)
    return (V4l2m2mEncoder, X264Encoder)


def hardware_roles(pixels_a_second: Mapping[str, float]) -> frozenset[str]:
    """The roles for which the encoder in hardware has room, the most important first."""
    roles: set[str] = set()
    left = float(_HARDWARE_PIXELS_A_SECOND)
    for role in by_importance(pixels_a_second):
        if pixels_a_second[role] <= left:
            left -= pixels_a_second[role]
            roles.add(role)
    return frozenset(roles)
