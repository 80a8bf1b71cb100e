"""Select each track's H.264 encoder: hardware where it exists and has capacity, else libx264."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, Protocol

import av

from pipelines.encoding.constant_qp_encoder import ConstantQpEncoder
from pipelines.encoding.load_governor import by_importance
from pipelines.encoding.packets import EncodedPacket, EncodedSecond
from pipelines.encoding.v4l2m2m_encoder import V4l2m2mEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder

EncoderPreference = Literal["auto", "libx264", "h264_v4l2m2m"]
RateControl = Literal["own", "x264"]
DEFAULT_RATE_CONTROL: Final[RateControl] = "own"

# The H.264 encoder of a Raspberry Pi 4 is specified for 1080p30, all tracks together.
_HARDWARE_PIXELS_A_SECOND = 1920 * 1088 * 30


class VideoEncoder(Protocol):
    """An H.264 encoder of one track, owned by one thread.

    Packets are access units in Annex B; a key picture carries its parameter sets. They may come some pictures
    late, in the order of the frames. After ``EncoderFailed`` or ``close`` the encoder cannot be used any more.
    """

    @property
    def name(self) -> str:
        """FFmpeg's name of the encoder."""

    @property
    def keeps_rate(self) -> bool:
        """Whether it keeps its bit rate whatever number of pictures comes, or has to be told another one."""

    @property
    def last_second(self) -> EncodedSecond | None:
        """The last lesson second that is over; None where libx264 or the hardware controls the rate."""

    def follow(self, settings: H264Settings) -> bool:
        """Encode by these settings from the next key picture on; False where it has to be opened anew for that.

        They differ from those that it was opened with in preset and bit rate at most.
        """

    def spend(self, start: int, octets: int) -> None:
        """So many bytes are in the track at ``start`` that another encoder made."""

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        """Return the access units that ``frame`` (yuv420p) at ``start`` (1/90000 s, increasing) completes.

        Raises:
            EncoderFailed: The encoder is unusable.
        """

    def close(self) -> list[EncodedPacket]:
        """Return the access units still inside. Idempotent: then returns none.

        Raises:
            EncoderFailed: The encoder is unusable.
        """


EncoderFactory = Callable[[H264Settings], VideoEncoder]
"""Opens an encoder, or raises ``EncoderFailed``."""


def encoder_candidates(
    preference: EncoderPreference, *, hardware: bool, rate: RateControl = DEFAULT_RATE_CONTROL
) -> tuple[EncoderFactory, ...]:
    """The encoders to try, in this order; libx264 is always the last, so a lesson is recorded in any case.

    ``hardware``: whether the hardware encoder has capacity for this track. ``rate``: who controls libx264's bit rate.
    """
    software: EncoderFactory = ConstantQpEncoder if rate == "own" else X264Encoder
    if preference == "libx264" or not hardware:
        return (software,)
    return (V4l2m2mEncoder, software)


def hardware_roles(pixels_a_second: Mapping[str, float]) -> frozenset[str]:
    """The roles for which the hardware encoder has capacity, given to the most important ones first."""
    roles: set[str] = set()
    remaining = float(_HARDWARE_PIXELS_A_SECOND)
    for role in by_importance(pixels_a_second):
        if pixels_a_second[role] <= remaining:
            remaining -= pixels_a_second[role]
            roles.add(role)
    return frozenset(roles)
