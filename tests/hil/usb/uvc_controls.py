"""The controls of a UVC camera: exposure, focus, white balance and the like, as its units hold them.

Source: Universal Serial Bus Device Class Definition for Video Devices 1.1, sections 4.2.2 and A.9.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from tests.hil.usb.descriptors import u16
from tests.hil.usb.transfers import Setup, Stall

CAMERA, PROCESSING = 1, 2
"""The ids of the two units that have controls."""
_INTERFACE = 0
_ERROR_CODE = 2
_READ_AND_WRITE = b"\3"


class Set(IntEnum):
    """The request that writes a control."""

    CUR = 0x01


class Get(IntEnum):
    """Requests that read a control."""

    CUR = 0x81
    MIN = 0x82
    MAX = 0x83
    RES = 0x84
    LEN = 0x85
    INFO = 0x86
    DEF = 0x87


@dataclass
class Control:
    """One control: its bit in the unit's bmControls, its bytes, range, step, default, and what it is set to."""

    bit: int
    size: int
    least: int
    most: int
    step: int
    usual: int
    now: int

    def answer(self, request: int) -> bytes:
        match request:
            case Get.LEN:
                return u16(self.size)
            case Get.INFO:
                return _READ_AND_WRITE
            case Get.CUR | Get.MIN | Get.MAX | Get.RES | Get.DEF:
                values = (self.now, self.least, self.most, self.step, 0, 0, self.usual)
                return values[request - Get.CUR].to_bytes(self.size, "little", signed=self.least < 0)
        raise Stall


def _control(bit: int, size: int, least: int, most: int, step: int, usual: int) -> Control:
    return Control(bit, size, least, most, step, usual, usual)


class Controls:
    """All controls of a camera, by unit and selector."""

    def __init__(self) -> None:
        self._units = {
            CAMERA: {
                0x02: _control(1, 1, 0, 0, 0x09, 8),  # auto exposure: the step is the set of modes, 8 is by aperture
                0x04: _control(3, 4, 3, 2047, 1, 250),  # exposure time, in 100 us
                0x06: _control(5, 2, 0, 250, 5, 0),  # focus
                0x08: _control(17, 1, 0, 1, 1, 1),  # focus, auto
            },
            PROCESSING: {
                0x02: _control(0, 2, -64, 64, 1, 0),  # brightness
                0x05: _control(10, 1, 0, 2, 1, 1),  # power line frequency
                0x0A: _control(6, 2, 2800, 6500, 1, 4600),  # white balance
                0x0B: _control(12, 1, 0, 1, 1, 1),  # white balance, auto
            },
        }

    @property
    def power_line_hz(self) -> int:
        """The mains frequency that the camera was told; 0 for none."""
        return (0, 50, 60)[self._units[PROCESSING][0x05].now]

    def bits(self, unit: int, size: int) -> bytes:
        """Return the unit's bmControls."""
        return sum(1 << control.bit for control in self._units[unit].values()).to_bytes(size, "little")

    def request(self, setup: Setup, data: bytes) -> bytes:
        """Answer a request to a unit; Stall."""
        unit, selector = setup.index >> 8, setup.value >> 8
        if unit == _INTERFACE and selector == _ERROR_CODE:
            return b"\0"
        control = self._units.get(unit, {}).get(selector)
        if control is None:
            raise Stall
        if setup.request == Set.CUR:
            control.now = int.from_bytes(data, "little", signed=control.least < 0)
            return b""
        return control.answer(setup.request)
