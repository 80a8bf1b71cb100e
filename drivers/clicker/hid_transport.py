"""Transports over USB HID: plain reports, and the reports of a HID-to-UART bridge."""

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
    """See ``drivers.clicker.transport.ReceiverTransport``; reads and writes whole reports without a number."""

    def __init__(self, open_node: OpenDescriptor) -> None:
        self._open_node = open_node
        self._descriptor: int | None = None

    def open(self) -> int:
        self._descriptor = self._open_node()
        return self._descriptor

    def read(self) -> bytes:
        try:
            report = os.read(self._require_open(), READ_BYTES)
        except BlockingIOError:
            return b""
        if not report:
            raise OSError(errno.ENODEV, "the device was unplugged")
        return report

    def write(self, data: bytes) -> None:
        self.write_report(_UNNUMBERED + data)

    def write_report(self, report: bytes) -> None:
        """Write a report that begins with its number."""
        os.write(self._require_open(), report)

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _require_open(self) -> int:
        if self._descriptor is None:
            raise OSError(errno.EBADF, "the port is closed")
        return self._descriptor


class HidUartBridgeTransport(HidReportTransport):
    """See ``drivers.clicker.transport.ReceiverTransport``: the HID-to-UART bridge 10C4:1819 of RF21x bases.

    A report's number is how many bytes it carries, 1 to 63; feature reports set the baud rate and enable the UART.
    Source: librf21x, and the data sheet of the CP2110, which has the same protocol; not tried on hardware.
    """

    def __init__(self, role: str, open_node: OpenDescriptor, baud: int, send_feature_report: SendFeatureReport) -> None:
        super().__init__(open_node)
        self._role = role
        self._baud = baud
        self._send_feature = send_feature_report

    def open(self) -> int:
        descriptor = super().open()
        uart_config = bytes([_UART_CONFIG]) + self._baud.to_bytes(4, "big") + bytes([0, 0, 3, 0])  # no parity, 8N1
        try:
            for report in (uart_config, bytes([_PURGE_FIFOS, 3]), bytes([_UART_ENABLE, 1])):
                self._send_feature(descriptor, report)
        except OSError as error:
            self.close()
            raise DeviceMissing(self._role, f"the base's USB bridge does not answer: {error.strerror}") from error
        return descriptor

    def read(self) -> bytes:
        report = super().read()
        return report[1 : 1 + report[0]] if report else b""

    def write(self, data: bytes) -> None:
        for at in range(0, len(data), MAX_REPORT_DATA):
            part = data[at : at + MAX_REPORT_DATA]
            self.write_report((bytes([len(part)]) + part).ljust(MAX_REPORT_DATA + 1, b"\0"))
