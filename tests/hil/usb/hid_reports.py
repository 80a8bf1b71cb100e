"""A USB HID device with plain reports of 64 bytes both ways, such as an iClicker base.

Source: Universal Serial Bus Device Class Definition for Human Interface Devices 1.11.
"""

from __future__ import annotations

import socket

from tests.hil.usb.descriptors import Class, Kind, Pipe, descriptor, endpoint, interface, u16
from tests.hil.usb.far_side import FarSide
from tests.hil.usb.transfers import IN, Endpoints, Setup, Stall, Work

REPORT_BYTES = 64
_INPUT, _OUTPUT = IN | 3, 4
_HID = 3
_SET_REPORT, _SET_IDLE = 0x09, 0x0A
_EVERY_MILLISECOND = 4
# A vendor's page with one input and one output report of 64 bytes, neither with a number.
_REPORTS = bytes.fromhex("0600ff 0901 a101 1500 26ff00 7508 9540 0902 8102 9540 0903 9102 c0")


class HidReports:
    """See ``tests.hil.usb.device.Function``. ``base`` is the far side: it gets and sends whole reports."""

    device_class: Class = (0, 0, 0)
    interfaces = 1

    def __init__(self) -> None:
        self._far_side = FarSide(socket.SOCK_SEQPACKET)
        self.base = self._far_side.outer
        self._work = Work()

    def descriptors(self) -> bytes:
        ends = endpoint(_INPUT, Pipe.INTERRUPT, REPORT_BYTES, _EVERY_MILLISECOND)
        ends += endpoint(_OUTPUT, Pipe.INTERRUPT, REPORT_BYTES, _EVERY_MILLISECOND)
        return interface(0, 2, (_HID, 0, 0)) + self.interface_descriptor(Kind.HID) + ends

    def interface_descriptor(self, kind: int) -> bytes:
        if kind == Kind.HID:
            return descriptor(Kind.HID, u16(0x0111), 0, 1, Kind.HID_REPORT, u16(len(_REPORTS)))
        if kind == Kind.HID_REPORT:
            return _REPORTS
        raise Stall

    def class_request(self, setup: Setup, data: bytes) -> bytes:
        if setup.request == _SET_REPORT:
            self._far_side.say(data)
        elif setup.request != _SET_IDLE:
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
