"""A serial port, through pyserial."""

from __future__ import annotations

import errno

import serial

from drivers.clicker.transport import READ_BYTES, WRITE_TIMEOUT_S
from drivers.open_serial_port import open_serial_port


class SerialTransport:
    """A serial port; see ``port.Port``."""

    def __init__(self, role: str, device: str, baud: int) -> None:
        self._role = role
        self._device = device
        self._baud = baud
        self._port: serial.Serial | None = None

    def open(self) -> int:
        """See ``Port``."""
        port = open_serial_port(self._role, self._device, self._baud, WRITE_TIMEOUT_S)
        self._port = port
        return int(port.fileno())

    def read(self) -> bytes:
        """See ``Port``."""
        return bytes(self._require_open().read(READ_BYTES))

    def write(self, data: bytes) -> None:
        """See ``Port``."""
        self._require_open().write(data)

    def close(self) -> None:
        """See ``Port``."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _require_open(self) -> serial.Serial:
        if self._port is None:
            raise OSError(errno.EBADF, "the port is closed")
        return self._port
