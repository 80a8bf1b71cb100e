"""The kernel's V4L2 ioctl structures: requests packed to bytes, answers unpacked.

Source: linux/videodev2.h. Sizes and numbers are those of x86, arm and arm64, which share the kernel's generic ioctl
numbering.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_WRITE, _READ = 1, 2

_CAPABILITY: Final = struct.Struct("=16s32s32s3I12x")
_FORMAT: Final = struct.Struct("=3I32s2I12x")
_FRAME_SIZE: Final = struct.Struct("=3I6I8x")
_FRAME_INTERVAL: Final = struct.Struct("=5I6I8x")
_INPUT: Final = struct.Struct("=I32s3IQ2I16x")
_QUERY_CONTROL: Final = struct.Struct("=2I32s4iI8x")
_QUERY_MENU: Final = struct.Struct("=2I32sI")
_CONTROL: Final = struct.Struct("=Ii")
_NUMBER: Final = struct.Struct("=i")


def _request(direction: int, number: int, layout: struct.Struct) -> int:
    return direction << 30 | layout.size << 16 | ord("V") << 8 | number


QUERYCAP: Final = _request(_READ, 0, _CAPABILITY)
ENUM_FMT: Final = _request(_READ | _WRITE, 2, _FORMAT)
ENUMINPUT: Final = _request(_READ | _WRITE, 26, _INPUT)
G_CTRL: Final = _request(_READ | _WRITE, 27, _CONTROL)
S_CTRL: Final = _request(_READ | _WRITE, 28, _CONTROL)
QUERYCTRL: Final = _request(_READ | _WRITE, 36, _QUERY_CONTROL)
QUERYMENU: Final = _request(_READ | _WRITE, 37, _QUERY_MENU)
G_INPUT: Final = _request(_READ, 38, _NUMBER)
ENUM_FRAMESIZES: Final = _request(_READ | _WRITE, 74, _FRAME_SIZE)
ENUM_FRAMEINTERVALS: Final = _request(_READ | _WRITE, 75, _FRAME_INTERVAL)

_CAP_VIDEO_CAPTURE = 0x1
_CAP_STREAMING = 0x0400_0000
_CAP_DEVICE_CAPS = 0x8000_0000
_TYPE_VIDEO_CAPTURE = 1
_DISCRETE = 1
_IN_ST_NO_POWER = 0x1
_IN_ST_NO_SIGNAL = 0x2
_IN_ST_NO_LOCK = 0x1_0D00  # neither horizontal, vertical, standard nor sync lock
_CTRL_DISABLED = 0x1
_CTRL_READ_ONLY = 0x4


@dataclass(frozen=True, slots=True)
class StepRange:
    """A stepwise range: from ``low`` to ``high`` in steps of ``step``."""

    low: int
    high: int
    step: int

    def nearest(self, wanted: int) -> int:
        """Return the nearest value of the range, the lower one of two."""
        step = max(self.step, 1)
        steps = (min(max(wanted, self.low), self.high) - self.low + (step - 1) // 2) // step
        return self.low + min(steps, (self.high - self.low) // step) * step


@dataclass(frozen=True, slots=True)
class FrameSizeRange:
    """The picture sizes of one answer; a discrete size is a range of one value."""

    width: StepRange
    height: StepRange


@dataclass(frozen=True, slots=True)
class FrameRateRange:
    """The frames a second of one answer, from ``slowest`` to ``fastest``; equal where it is discrete."""

    slowest: Fraction
    fastest: Fraction


@dataclass(frozen=True, slots=True)
class Control:
    """A control of the camera and its limits."""

    name: str
    low: int
    high: int
    step: int
    settable: bool


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode(errors="replace")


def querycap() -> bytearray:
    return bytearray(_CAPABILITY.size)


def can_capture(answer: bytes) -> bool:
    """Unpack from the answer to QUERYCAP whether pictures can be streamed from this node.

    A node's own capabilities count where they differ from its device's.
    """
    *_, of_device, of_node = _CAPABILITY.unpack(answer)
    capabilities = of_node if of_device & _CAP_DEVICE_CAPS else of_device
    return bool(capabilities & _CAP_VIDEO_CAPTURE and capabilities & _CAP_STREAMING)


def enum_format(index: int) -> bytearray:
    """Return an ENUM_FMT request for a pixel format of captured pictures."""
    return bytearray(_FORMAT.pack(index, _TYPE_VIDEO_CAPTURE, 0, b"", 0, 0))


def fourcc(answer: bytes) -> str:
    """Unpack the pixel format code from the answer to ENUM_FMT."""
    number: int = _FORMAT.unpack(answer)[4]
    return number.to_bytes(4, "little").decode("latin-1")


def enum_frame_size(index: int, code: str) -> bytearray:
    """Return an ENUM_FRAMESIZES request for a pixel format."""
    return bytearray(_FRAME_SIZE.pack(index, _number(code), 0, *(0,) * 6))


def sizes(answer: bytes) -> FrameSizeRange:
    """Unpack the answer to ENUM_FRAMESIZES."""
    _index, _code, kind, *values = _FRAME_SIZE.unpack(answer)
    if kind == _DISCRETE:
        width, height = values[:2]
        return FrameSizeRange(StepRange(width, width, 1), StepRange(height, height, 1))
    return FrameSizeRange(StepRange(*values[:3]), StepRange(*values[3:]))


def enum_frame_interval(index: int, code: str, width: int, height: int) -> bytearray:
    """Return an ENUM_FRAMEINTERVALS request for a pixel format and size."""
    return bytearray(_FRAME_INTERVAL.pack(index, _number(code), width, height, 0, *(0,) * 6))


def rates(answer: bytes) -> FrameRateRange | None:
    """Unpack the answer to ENUM_FRAMEINTERVALS; None where it makes no sense, which cheap cameras manage."""
    _index, _code, _width, _height, kind, *values = _FRAME_INTERVAL.unpack(answer)
    shortest, longest = tuple(values[:2]), tuple(values[:2] if kind == _DISCRETE else values[2:4])
    if 0 in shortest or 0 in longest:
        return None
    return FrameRateRange(Fraction(longest[1], longest[0]), Fraction(shortest[1], shortest[0]))


def get_input() -> bytearray:
    return bytearray(_NUMBER.size)


def input_number(answer: bytes) -> int:
    """Unpack the answer to G_INPUT: the selected input."""
    number: int = _NUMBER.unpack(answer)[0]
    return number


def enum_input(index: int) -> bytearray:
    return bytearray(_INPUT.pack(index, b"", 0, 0, 0, 0, 0, 0))


def has_signal(answer: bytes) -> bool:
    """Unpack from the answer to ENUMINPUT whether the input has a signal."""
    status: int = _INPUT.unpack(answer)[6]
    return not status & (_IN_ST_NO_POWER | _IN_ST_NO_SIGNAL | _IN_ST_NO_LOCK)


def query_control(cid: int) -> bytearray:
    return bytearray(_QUERY_CONTROL.pack(cid, 0, b"", 0, 0, 0, 0, 0))


def control(answer: bytes) -> Control:
    """Unpack the answer to QUERYCTRL."""
    _cid, _kind, name, low, high, step, _default, flags = _QUERY_CONTROL.unpack(answer)
    settable = not flags & (_CTRL_DISABLED | _CTRL_READ_ONLY)
    return Control(_text(name), low, high, step, settable)


def query_menu(cid: int, index: int) -> bytearray:
    """Return a QUERYMENU request, which fails where the menu does not have this item."""
    return bytearray(_QUERY_MENU.pack(cid, index, b"", 0))


def control_value(cid: int, value: int = 0) -> bytearray:
    """Return an S_CTRL or G_CTRL request."""
    return bytearray(_CONTROL.pack(cid, value))


def value(answer: bytes) -> int:
    """Unpack the answer to G_CTRL and S_CTRL: the control's value."""
    number: int = _CONTROL.unpack(answer)[1]
    return number


def _number(code: str) -> int:
    return int.from_bytes(code.encode("latin-1"), "little")
