"""Decoder of udev's monitor messages: device events in libudev's binary format.

Source: systemd, libsystemd/sd-device/device-monitor.c (struct monitor_netlink_header).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_MAGIC = 0xFEED_CAFE
# "libudev", the magic number in network order, then sizes in the machine's own.
_HEADER = struct.Struct("=8s4sIII")


@dataclass(frozen=True, slots=True)
class Uevent:
    """One device event, sent when links and rights are in place; ``node`` is the name in /dev, if there is one."""

    action: str
    subsystem: str
    node: str = ""

    @property
    def is_arrival(self) -> bool:
        """Whether there may be something new to open."""
        return self.action in ("add", "change", "bind", "move", "online")


def parse(message: bytes) -> Uevent | None:
    """Return the event in a message of udev; None for any other message."""
    if len(message) < _HEADER.size:
        return None
    prefix, magic, _header_size, offset, length = _HEADER.unpack_from(message)
    if prefix != b"libudev\0" or int.from_bytes(magic, "big") != _MAGIC:
        return None
    properties = dict(
        pair.decode(errors="replace").split("=", 1)
        for pair in message[offset : offset + length].split(b"\0")
        if b"=" in pair
    )
    if "ACTION" not in properties or "SUBSYSTEM" not in properties:
        return None
    return Uevent(properties["ACTION"], properties["SUBSYSTEM"], properties.get("DEVNAME", ""))
