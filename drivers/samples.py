"""What devices give: pictures, sound and button events, each with its capture time.

Every ``captured_ns`` is CLOCK_MONOTONIC in nanoseconds (``time.monotonic_ns()``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av import VideoFrame


class Coding(StrEnum):
    """How a camera's pictures leave its driver."""

    MJPEG = "mjpeg"
    H264 = "h264"
    PLANES = "planes"


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """Size in pixels (both even), nominal frames a second, and coding; ``why`` that is not the device's own."""

    width: int
    height: int
    fps: Fraction
    coding: Coding
    why: str = ""


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """One whole JPEG file, as an MJPEG camera sends it."""

    captured_ns: int
    data: bytes


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One H.264 picture in Annex B, in decoding order; key pictures carry their own SPS and PPS.

    ``reordered`` is true once the stream, against what it said when it was opened, shows pictures in
    another order than it sends them (B-frames); such a stream cannot be passed through.
    """

    captured_ns: int
    data: bytes
    key: bool
    reordered: bool = False


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A picture as yuv420p planes, owned by the receiver; no one writes to it any more."""

    captured_ns: int
    frame: VideoFrame


Picture = JpegPicture | AccessUnit | DecodedPicture


def size_of(picture: Picture) -> int:
    """How many bytes of memory a picture holds."""
    if isinstance(picture, DecodedPicture):
        return sum(plane.buffer_size for plane in picture.frame.planes)
    return len(picture.data)


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """Nominal samples a second of each channel, and channels."""

    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """Samples of shape (n, channels), int16; ``captured_ns`` is the time of the first one."""

    captured_ns: int
    samples: NDArray[np.int16]


class ButtonAction(StrEnum):
    """What happened to a button."""

    PRESSED = "pressed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """One debounced edge of a button."""

    name: str
    action: ButtonAction
    at_ns: int


class Pattern(StrEnum):
    """Everything a lamp can say; a one-colour lamp knows the first four."""

    OFF = "off"
    ON = "on"
    SLOW_BLINK = "slow-blink"
    SHORT_BLINK = "short-blink"
    GREEN = "green"
    GREEN_BLINK = "green-blink"
    AMBER = "amber"
    AMBER_BLINK = "amber-blink"
    AMBER_FAST_BLINK = "amber-fast-blink"
