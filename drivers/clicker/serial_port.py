"""A serial port, through pyserial."""

from __future__ import annotations

import errno

import serial

from drivers.clicker.port import READ_BYTES, WRITE_S
from drivers.errors import DeviceMissing, DeviceUnfit


class SerialPort:
    """A serial port, 8N1 without flow control, for this process alone; see ``port.Port``."""

    def __init__(self, role: str, device: str, baud: int) -> None:
        self._role = role
        self._device = device
        self._baud = baud
        self._port: serial.Serial | None = None

    def open(self) -> int:
        """See ``Port``."""
        try:
            port = serial.Serial(
                self._device, self._baud, timeout=0, write_timeout=WRITE_S, rtscts=False, exclusive=True
            )
        except ValueError as error:
            raise DeviceUnfit(self._role, f"{self._device} cannot do {self._baud} baud") from error
        except serial.SerialException as error:
            if error.errno == errno.EACCES:
                raise DeviceUnfit(
                    self._role, f"{self._device} may not be opened: is this user in the group dialout?"
                ) from error
            raise DeviceMissing(
                self._role, f"{self._device} cannot be opened: is it plugged in, and free?"
            ) from error
        self._port = port
        return int(port.fileno())

    def read(self) -> bytes:
        """See ``Port``."""
        return bytes(self._there().read(READ_BYTES))

    def write(self, data: bytes) -> None:
        """See ``Port``."""
        self._there().write(data)

    def close(self) -> None:
        """See ``Port``."""
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def _there(self) -> serial.Serial:
        if self._port is None:
            raise OSError(errno.EBADF, "the port is closed")
        return self._port
