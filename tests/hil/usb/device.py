"""A USB device: the standard requests that all answer, around the function that makes it a camera or a microphone.

Source: Universal Serial Bus Specification 2.0, sections 9.3 and 9.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from tests.hil.usb.descriptors import Class, Kind, descriptor, u16
from tests.hil.usb.transfers import IN, Endpoints, Setup, Stall

_ENGLISH = 0x0409
_CLASS_OR_VENDOR = 0x60
_RECIPIENT, _TO_ENDPOINT = 0x1F, 0x02
_BUS_POWERED, _MILLIAMPERES = 0x80, 500


class Request(IntEnum):
    """Standard requests."""

    GET_STATUS = 0
    CLEAR_FEATURE = 1
    SET_FEATURE = 3
    GET_DESCRIPTOR = 6
    GET_CONFIGURATION = 8
    SET_CONFIGURATION = 9
    GET_INTERFACE = 10
    SET_INTERFACE = 11


class Function(Protocol):
    """What a kind of device adds. Everything is called in the event loop of the bus."""

    device_class: Class
    interfaces: int

    def descriptors(self) -> bytes:
        """Return the descriptors of its interfaces and their endpoints, without the configuration's own."""

    def interface_descriptor(self, kind: int) -> bytes:
        """Return a descriptor that is asked for by itself, such as a report descriptor; Stall."""

    def class_request(self, setup: Setup, data: bytes) -> bytes:
        """Return what a request of its class brings back; Stall."""

    def choose_setting(self, interface: int, setting: int) -> None:
        """The host chose an alternate setting of an interface."""

    def halt_cleared(self, address: int) -> None:
        """The host cleared the halt of an endpoint."""

    def plugged_in(self, endpoints: Endpoints) -> None:
        """It has power, and the host's transfers come to these endpoints."""

    def pulled_out(self) -> None:
        """It has no power any more; again does nothing."""


@dataclass(frozen=True)
class Label:
    """What a device says of itself; many have no serial number."""

    ids: tuple[int, int]
    maker: str
    product: str
    serial: str = ""
    release: int = 0x0100


class UsbDevice:
    """A device at high speed with one configuration."""

    def __init__(self, label: Label, function: Function) -> None:
        self.label = label
        self.function = function
        self._strings = (label.maker, label.product, label.serial)

    def device_descriptor(self) -> bytes:
        label = self.label
        numbers = [number if text else 0 for number, text in enumerate(self._strings, 1)]
        return descriptor(
            Kind.DEVICE, u16(0x0200), *self.function.device_class, 64, u16(*label.ids, label.release), *numbers, 1
        )

    def configuration(self) -> bytes:
        body = self.function.descriptors()
        head = (u16(9 + len(body)), self.function.interfaces, 1, 0, _BUS_POWERED, _MILLIAMPERES // 2)
        return descriptor(Kind.CONFIGURATION, *head) + body

    def control(self, setup: Setup, data: bytes) -> bytes:
        """Return what a control request brings back; Stall."""
        if setup.kind & _CLASS_OR_VENDOR:
            return self.function.class_request(setup, data)
        match setup.request:
            case Request.GET_DESCRIPTOR if setup.kind & _RECIPIENT:
                return self.function.interface_descriptor(setup.value >> 8)
            case Request.GET_DESCRIPTOR:
                return self._descriptor(setup.value >> 8, setup.value & 0xFF)
            case Request.GET_STATUS:
                return u16(0)
            case Request.GET_CONFIGURATION:
                return b"\1"
            case Request.GET_INTERFACE:
                return b"\0"
            case Request.SET_INTERFACE:
                self.function.choose_setting(setup.index, setup.value)
                return b""
            case Request.CLEAR_FEATURE if setup.kind == _TO_ENDPOINT:
                self.function.halt_cleared(setup.index)
                return b""
            case Request.SET_CONFIGURATION | Request.CLEAR_FEATURE | Request.SET_FEATURE:
                return b""
        raise Stall

    def answer(self, setup: Setup, data: bytes) -> bytes | None:
        """As ``control``, as much as the host has room for; None for a stall."""
        try:
            reply = self.control(setup, data)
        except Stall:
            return None
        return reply[: setup.length] if setup.kind & IN else b""

    def _descriptor(self, kind: int, index: int) -> bytes:
        match kind:
            case Kind.DEVICE:
                return self.device_descriptor()
            case Kind.CONFIGURATION:
                return self.configuration()
            case Kind.STRING if index == 0:
                return descriptor(Kind.STRING, u16(_ENGLISH))
            case Kind.STRING if index <= len(self._strings):
                return descriptor(Kind.STRING, self._strings[index - 1].encode("utf-16-le"))
        raise Stall
