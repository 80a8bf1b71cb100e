"""A picture as a UVC camera sends it: payloads, each with a header that tells picture, time and clock.

Source: Universal Serial Bus Device Class Definition for Video Devices 1.1, section 2.4.3.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

from tests.hil.usb.uvc_format import CLOCK_HZ

HEADER_BYTES = 12
_HEADER = struct.Struct("<BBIIH")
_IMPOSSIBLE_LENGTH = 1


class Flag(IntFlag):
    """Bits of bmHeaderInfo."""

    FRAME_ID = 0x01
    """Alternates from picture to picture."""
    END_OF_FRAME = 0x02
    PRESENTATION_TIME = 0x04
    SOURCE_CLOCK = 0x08
    ERROR = 0x40
    END_OF_HEADER = 0x80


@dataclass(frozen=True)
class Stamp:
    """Two moments of the camera's clock, in ns: when the picture was taken, and when the payload is sent."""

    taken_ns: int
    sent_ns: int


def header(
    flags: Flag, stamp: Stamp, ppm: float = 0.0, *, last: bool, broken: bool = False, error: bool = False
) -> bytes:
    """``ppm``: how much faster the camera's clock runs. ``broken``: it tells a length that cannot be."""
    flags |= Flag.PRESENTATION_TIME | Flag.SOURCE_CLOCK | Flag.END_OF_HEADER
    flags |= (Flag.END_OF_FRAME if last else Flag(0)) | (Flag.ERROR if error else Flag(0))
    length = _IMPOSSIBLE_LENGTH if broken else HEADER_BYTES
    frame_number = stamp.sent_ns // 1_000_000 & 0x7FF
    return _HEADER.pack(length, flags, _ticks(stamp.taken_ns, ppm), _ticks(stamp.sent_ns, ppm), frame_number)


def parts(picture: bytes, room: int) -> Iterator[tuple[bytes, bool]]:
    """Cut a picture into what fits into payloads of ``room`` bytes, header included; True for the last one."""
    step = room - HEADER_BYTES
    for at in range(0, len(picture), step):
        yield picture[at : at + step], at + step >= len(picture)


def _ticks(at_ns: int, ppm: float) -> int:
    return int(at_ns * (1 + ppm / 1e6) * CLOCK_HZ / 1e9) & 0xFFFF_FFFF
