"""What carries a base's bytes: opened by a name that stays, and gone when it is pulled out."""

from __future__ import annotations

import re
from typing import Protocol

WRITE_TIMEOUT_S = 2.0
READ_BYTES = 4096
HID = "hid"

_UNSTABLE_NAME = re.compile(r"/dev/(ttyUSB|ttyACM|hidraw)\d+")


class ReceiverTransport(Protocol):
    """A way to a base; ``read`` and ``write`` raise OSError once it is gone."""

    def open(self) -> int:
        """A descriptor that can be waited on. DeviceMissing, DeviceUnfit."""

    def read(self) -> bytes:
        """What is there now, without waiting."""

    def write(self, data: bytes) -> None:
        """Send it all, within ``WRITE_TIMEOUT_S``."""

    def close(self) -> None:
        """Let it go; again: nothing."""


def check_device(device: str) -> None:
    """ValueError for a device that is no full path, or whose name the kernel gives anew at each plugging in."""
    if hid_selector(device) is None and not device.startswith("/"):
        raise ValueError(f"device is {HID}, {HID}:SERIAL or a full path such as /dev/serial/by-id/…, not {device!r}")
    if _UNSTABLE_NAME.fullmatch(device):
        raise ValueError(
            f"{device} may be another device tomorrow; give a name that stays: one that "
            f"'ls -l /dev/serial/by-id /dev/serial/by-path' shows, or {HID}"
        )


def hid_selector(device: str) -> str | None:
    """Which HID device is meant: a part of its serial number or USB position, empty for any; None if none is."""
    kind, _, selector = device.partition(":")
    return selector if kind == HID else None
