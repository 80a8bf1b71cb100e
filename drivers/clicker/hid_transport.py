"""Reports of a HID device as a way to a base: plain ones of a fixed size, or those of a USB to serial bridge."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from drivers.clicker.transport import READ_BYTES
from drivers.errors import DeviceMissing

OpenNode = Callable[[], int]
SendFeature = Callable[[int, bytes], None]

BRIDGE_IDS = (0x10C4, 0x1819)
LONGEST_DATA = 63
_UNNUMBERED = b"\0"
_ENABLE, _PURGE, _CONFIGURE = 0x41, 0x43, 0x50


class ReportTransport:
    """Reports without a number, each read and written whole; see ``port.Port``."""

    def __init__(self, open_node: OpenNode) -> None:
        self._open_node = open_node
        self._descriptor: int | None = None

    def open(self) -> int:
        """See ``Port``."""
        self._descriptor = self._open_node()
        return self._descriptor

    def read(self) -> bytes:
        """One report."""
        try:
            report = os.read(self._there(), READ_BYTES)
        except BlockingIOError:
            return b""
        if not report:
            raise OSError(errno.ENODEV, "the device was unplugged")
        return report

    def write(self, data: bytes) -> None:
        """One report."""
        self.write_report(_UNNUMBERED + data)

    def write_report(self, report: bytes) -> None:
        """A report that begins with its number."""
        os.write(self._there(), report)

    def close(self) -> None:
        """See ``Port``."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _there(self) -> int:
        if self._descriptor is None:
            raise OSError(errno.EBADF, "the port is closed")
        return self._descriptor


class BridgeTransport:
    """The bridge 10C4:1819 of RF21x bases; see ``port.Port``.

    A report's number is how many bytes it carries, 1 to 63. Baud rate and the rest are set by feature reports.
    Source: librf21x, and the data sheet of the CP2110, which speaks the same; nothing was tried on hardware.
    """

    def __init__(self, role: str, open_node: OpenNode, baud: int, send_feature: SendFeature) -> None:
        self._role = role
        self._reports = ReportTransport(open_node)
        self._baud = baud
        self._send_feature = send_feature

    def open(self) -> int:
        """See ``Port``."""
        descriptor = self._reports.open()
        line = bytes([_CONFIGURE]) + self._baud.to_bytes(4, "big") + bytes([0, 0, 3, 0])  # no parity, 8N1
        try:
            for report in (line, bytes([_PURGE, 3]), bytes([_ENABLE, 1])):
                self._send_feature(descriptor, report)
        except OSError as error:
            self.close()
            raise DeviceMissing(self._role, f"the base's USB bridge does not answer: {error.strerror}") from error
        return descriptor

    def read(self) -> bytes:
        """See ``Port``."""
        report = self._reports.read()
        return report[1 : 1 + report[0]] if report else b""

    def write(self, data: bytes) -> None:
        """See ``Port``."""
        for at in range(0, len(data), LONGEST_DATA):
            part = data[at : at + LONGEST_DATA]
            self._reports.write_report((bytes([len(part)]) + part).ljust(LONGEST_DATA + 1, b"\0"))

    def close(self) -> None:
        """See ``Port``."""
        self._reports.close()
