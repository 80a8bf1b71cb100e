"""Reports of a HID device as a way to a base: plain ones of a fixed size, or those of a USB to serial bridge."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from drivers.clicker.transport import READ_BYTES
from drivers.errors import DeviceMissing

OpenDescriptor = Callable[[], int]
SendFeatureReport = Callable[[int, bytes], None]

BRIDGE_IDS = (0x10C4, 0x1819)
MAX_REPORT_DATA = 63
_UNNUMBERED = b"\0"
_UART_ENABLE, _PURGE_FIFOS, _UART_CONFIG = 0x41, 0x43, 0x50


class HidReportTransport:
    """Reports without a number, each read and written whole; see ``port.Port``."""

    def __init__(self, open_node: OpenDescriptor) -> None:
        self._open_node = open_node
        self._descriptor: int | None = None

    def open(self) -> int:
        """See ``Port``."""
        self._descriptor = self._open_node()
        return self._descriptor

    def read(self) -> bytes:
        """One report."""
        try:
            report = os.read(self._require_open(), READ_BYTES)
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
        os.write(self._require_open(), report)

    def close(self) -> None:
        """See ``Port``."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _require_open(self) -> int:
        if self._descriptor is None:
            raise OSError(errno.EBADF, "the port is closed")
        return self._descriptor


class HidUartBridgeTransport:
    """The bridge 10C4:1819 of RF21x bases; see ``port.Port``.

    A report's number is how many bytes it carries, 1 to 63. Baud rate and the rest are set by feature reports.
    Source: librf21x, and the data sheet of the CP2110, which speaks the same; nothing was tried on hardware.
    """

    def __init__(self, role: str, open_node: OpenDescriptor, baud: int, send_feature_report: SendFeatureReport) -> None:
        self._role = role
        self._report_transport = HidReportTransport(open_node)
        self._baud = baud
        self._send_feature = send_feature_report

    def open(self) -> int:
        """See ``Port``."""
        descriptor = self._report_transport.open()
        uart_config = bytes([_UART_CONFIG]) + self._baud.to_bytes(4, "big") + bytes([0, 0, 3, 0])  # no parity, 8N1
        try:
            for report in (uart_config, bytes([_PURGE_FIFOS, 3]), bytes([_UART_ENABLE, 1])):
                self._send_feature(descriptor, report)
        except OSError as error:
            self.close()
            raise DeviceMissing(self._role, f"the base's USB bridge does not answer: {error.strerror}") from error
        return descriptor

    def read(self) -> bytes:
        """See ``Port``."""
        report = self._report_transport.read()
        return report[1 : 1 + report[0]] if report else b""

    def write(self, data: bytes) -> None:
        """See ``Port``."""
        for at in range(0, len(data), MAX_REPORT_DATA):
            part = data[at : at + MAX_REPORT_DATA]
            self._report_transport.write_report((bytes([len(part)]) + part).ljust(MAX_REPORT_DATA + 1, b"\0"))

    def close(self) -> None:
        """See ``Port``."""
        self._report_transport.close()
