"""Opening a serial port with pyserial: 8N1, no flow control, exclusive, non-blocking reads."""

from __future__ import annotations

import errno
import termios
from pathlib import Path

import serial

from drivers.errors import DeviceMisconfigured, DeviceMissing
from drivers.node_access import refused_access


def open_serial_port(role: str, device: str, baud: int, write_timeout_s: float) -> serial.Serial:
    """Open ``device`` at ``baud``; reads return at once, writes take at most ``write_timeout_s``.

    Raises:
        DeviceMissing: The port is not there, or in use.
        DeviceMisconfigured: It cannot do this baud rate, or this user may not open it.
    """
    try:
        return serial.Serial(device, baud, timeout=0, write_timeout=write_timeout_s, exclusive=True)
    except ValueError as error:
        raise DeviceMisconfigured(role, f"{device} cannot do {baud} baud") from error
    # pyserial lets what the terminal's settings are refused with through as it is.
    except (OSError, termios.error) as error:
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM):
            raise refused_access(
                role, Path(device), f"{device} may not be opened: is this user in the group dialout?"
            ) from error
        raise DeviceMissing(role, f"{device} cannot be opened: is it plugged in, and free?") from error
