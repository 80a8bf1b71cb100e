"""A USB serial adapter of the communications class (CDC-ACM).

Source: Universal Serial Bus Communications Class Subclass Specification for PSTN Devices 1.2.
"""

from __future__ import annotations

import socket

from tests.hil.usb.descriptors import Class, Kind, Pipe, descriptor, endpoint, interface, u16
from tests.hil.usb.far_side import FarSide
from tests.hil.usb.transfers import IN, Endpoints, Setup, Stall, Work

_NOTIFY, _INPUT, _OUTPUT = IN | 1, IN | 2, 3
_COMMUNICATIONS, _ABSTRACT_CONTROL, _DATA = 2, 2, 10
_GET_LINE_CODING = 0x21
_SET_LINE_CODING, _SET_CONTROL_LINES, _SEND_BREAK = 0x20, 0x22, 0x23


class CdcSerial:
    """See ``tests.hil.usb.device.Function``. ``line`` is the far side: the bytes on the serial cable."""

    device_class: Class = (_COMMUNICATIONS, 0, 0)
    interfaces = 2

    def __init__(self) -> None:
        self._far_side = FarSide(socket.SOCK_STREAM)
        self.line = self._far_side.outer
        self._line_coding = (9600).to_bytes(4, "little") + bytes([0, 0, 8])
        self._work = Work()

    @property
    def baud(self) -> int:
        """What the host set last."""
        return int.from_bytes(self._line_coding[:4], "little")

    def descriptors(self) -> bytes:
        control = (
            descriptor(Kind.CS_INTERFACE, 0, u16(0x0110))
            + descriptor(Kind.CS_INTERFACE, 1, 0, 1)
            + descriptor(Kind.CS_INTERFACE, 2, 2)
            + descriptor(Kind.CS_INTERFACE, 6, 0, 1)
            + endpoint(_NOTIFY, Pipe.INTERRUPT, 16, 9)
        )
        data = endpoint(_INPUT, Pipe.BULK, 512, 0) + endpoint(_OUTPUT, Pipe.BULK, 512, 0)
        return (
            interface(0, 1, (_COMMUNICATIONS, _ABSTRACT_CONTROL, 1)) + control + interface(1, 2, (_DATA, 0, 0)) + data
        )

    def interface_descriptor(self, kind: int) -> bytes:
        raise Stall

    def class_request(self, setup: Setup, data: bytes) -> bytes:
        if setup.request == _GET_LINE_CODING:
            return self._line_coding
        if setup.request == _SET_LINE_CODING:
            self._line_coding = data
        elif setup.request not in (_SET_CONTROL_LINES, _SEND_BREAK):
            raise Stall
        return b""

    def choose_setting(self, interface: int, setting: int) -> None:
        pass

    def halt_cleared(self, address: int) -> None:
        pass

    def plugged_in(self, endpoints: Endpoints) -> None:
        self._far_side.forget()
        self._work.start(self._far_side.carry_out(endpoints[_OUTPUT]))
        self._work.start(self._far_side.carry_in(endpoints[_INPUT]))

    def pulled_out(self) -> None:
        self._work.stop()

    def close(self) -> None:
        """Let go of the far side."""
        self._far_side.close()
