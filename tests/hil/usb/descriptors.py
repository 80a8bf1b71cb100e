"""The building blocks of USB descriptors.

Source: Universal Serial Bus Specification 2.0, section 9.6, and the Interface Association Descriptor ECN.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum


class Kind(IntEnum):
    """Types of descriptors."""

    DEVICE = 1
    CONFIGURATION = 2
    STRING = 3
    INTERFACE = 4
    ENDPOINT = 5
    INTERFACE_ASSOCIATION = 11
    HID = 0x21
    HID_REPORT = 0x22
    CS_INTERFACE = 0x24
    CS_ENDPOINT = 0x25


class Pipe(IntEnum):
    """Transfer types in an endpoint's attributes."""

    CONTROL = 0
    ISOCHRONOUS = 1
    BULK = 2
    INTERRUPT = 3


ASYNCHRONOUS = 1 << 2
"""Of an isochronous endpoint: its clock is the device's own."""
Class = tuple[int, int, int]
"""Class, subclass and protocol of a device or an interface."""


def u16(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


def u32(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def descriptor(kind: int, *fields: int | bytes) -> bytes:
    """A descriptor with its length in front; integers are single bytes."""
    body = b"".join(field if isinstance(field, bytes) else bytes([field]) for field in fields)
    return bytes([len(body) + 2, kind]) + body


def interface(number: int, endpoints: int, triple: Class, *, setting: int = 0, name: int = 0) -> bytes:
    return descriptor(Kind.INTERFACE, number, setting, endpoints, *triple, name)


def endpoint(address: int, attributes: int, packet_size: int, interval: int, *audio: int) -> bytes:
    """``audio``: the two more bytes of an audio endpoint."""
    return descriptor(Kind.ENDPOINT, address, attributes, u16(packet_size), interval, *audio)


def split(configuration: bytes) -> Iterator[bytes]:
    """Each descriptor of a configuration; ValueError where a length leads nowhere."""
    at = 0
    while at < len(configuration):
        size = configuration[at]
        if size < 2 or at + size > len(configuration):
            raise ValueError(f"a descriptor of {size} bytes at {at} of {len(configuration)}")
        yield configuration[at : at + size]
        at += size
