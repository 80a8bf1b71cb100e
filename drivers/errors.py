"""What can go wrong with a device, one class for each reaction."""

from __future__ import annotations


class DeviceError(Exception):
    """The root: ``role`` names the device, ``reason`` is a sentence a technician can act on."""

    def __init__(self, role: str, reason: str) -> None:
        super().__init__(f"{role}: {reason}")
        self.role = role
        self.reason = reason


class DeviceMissing(DeviceError):
    """It is not there (yet): try again later, with back-off."""


class DeviceStalled(DeviceError):
    """It is open and sent nothing within the time allowed: read again, or reopen."""


class DeviceLost(DeviceError):
    """It was there and has gone, or its source has ended: close it and open it again."""


class DeviceMisconfigured(DeviceError):
    """It is there and cannot do what the config asks: only a person can mend this."""


class DeviceRefused(DeviceError):
    """It is there and will not do this now: say so; a person may try again later."""


class Superseded(DeviceError):
    """What was asked for gave way to a newer order: nothing is wrong."""
