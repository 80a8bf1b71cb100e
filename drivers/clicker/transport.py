"""The interface of the transports that carry bytes to and from a receiver base, and the names of their devices."""

from __future__ import annotations

import re
from typing import Protocol

WRITE_TIMEOUT_S = 2.0
READ_BYTES = 4096
HID = "hid"

_UNSTABLE_NAME = re.compile(r"/dev/(ttyUSB|ttyACM|hidraw)\d+")


class ReceiverTransport(Protocol):
    """A byte connection to a base; ``read`` and ``write`` raise OSError once it is gone."""

    def open(self) -> int:
        """Return a file descriptor to wait for. Raises as ``drivers.protocols.ClickerReceiver.open``."""

    def read(self) -> bytes:
        """Return what has come, without waiting."""

    def write(self, data: bytes) -> None:
        """Write all bytes within ``WRITE_TIMEOUT_S``."""

    def close(self) -> None:
        """Close it; idempotent."""


def check_device(device: str) -> None:
    """Check that a device is given by a full path that stays the same when it is plugged in again.

    Raises:
        ValueError: It is not.
    """
    if hid_selector(device) is None and not device.startswith("/"):
        raise ValueError(f"device is {HID}, {HID}:SERIAL or a full path such as /dev/serial/by-id/…, not {device!r}")
    if _UNSTABLE_NAME.fullmatch(device):
        raise ValueError(
            f"{device} may be another device tomorrow; give a name that stays: one that "
            f"'ls -l /dev/serial/by-id /dev/serial/by-path' shows, or {HID}"
        )


def hid_selector(device: str) -> str | None:
    """Return which HID device is meant: part of its serial number or USB position, empty for any; None if none is."""
    kind, _, selector = device.partition(":")
    return selector if kind == HID else None
