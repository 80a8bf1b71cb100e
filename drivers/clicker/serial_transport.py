"""Transport over a serial port."""

from __future__ import annotations

import errno

import serial

from drivers.clicker.transport import READ_BYTES, WRITE_TIMEOUT_S
from drivers.open_serial_port import open_serial_port


class SerialTransport:
    """See ``drivers.clicker.transport.ReceiverTransport``."""

    def __init__(self, role: str, device: str, baud: int) -> None:
        self._role = role
        self._device = device
        self._baud = baud
        self._port: serial.Serial | None = None

    def open(self) -> int:
        port = open_serial_port(self._role, self._device, self._baud, WRITE_TIMEOUT_S)
        self._port = port
        return int(port.fileno())

    def read(self) -> bytes:
        return bytes(self._require_open().read(READ_BYTES))

    def write(self, data: bytes) -> None:
        self._require_open().write(data)

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _require_open(self) -> serial.Serial:
        if self._port is None:
            raise OSError(errno.EBADF, "the port is closed")
        return self._port
