"""A serial port opened through pyserial, 8N1 without flow control, for this process alone."""

from __future__ import annotations

import errno
import termios

import serial

from drivers.errors import DeviceMisconfigured, DeviceMissing


def open_serial_port(role: str, device: str, baud: int, write_timeout_s: float) -> serial.Serial:
    """The port, whose reads do not wait. DeviceMissing, DeviceUnfit."""
    try:
        return serial.Serial(device, baud, timeout=0, write_timeout=write_timeout_s, exclusive=True)
    except ValueError as error:
        raise DeviceMisconfigured(role, f"{device} cannot do {baud} baud") from error
    # pyserial lets what the terminal's settings are refused with through as it is.
    except (OSError, termios.error) as error:
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM):
            raise DeviceMisconfigured(
                role, f"{device} may not be opened: is this user in the group dialout?"
            ) from error
        raise DeviceMissing(role, f"{device} cannot be opened: is it plugged in, and free?") from error
