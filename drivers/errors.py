"""The errors of the drivers: one root, and one class for each reaction of the caller."""

from __future__ import annotations


class DriverError(Exception):
    """The root of every error that a driver raises."""


class DeviceError(DriverError):
    """An error of one device: ``role`` names it, ``reason`` is a sentence that a technician can act on."""

    def __init__(self, role: str, reason: str) -> None:
        super().__init__(role, reason)  # kept as arguments, so that it can be pickled
        self.role = role
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.role}: {self.reason}"


class DeviceMissing(DeviceError):
    """The device is not there (yet): try again later, with back-off."""


class DeviceStalled(DeviceError):
    """The device is open and sent nothing within the time allowed: read again, or reopen it."""


class DeviceLost(DeviceError):
    """The device has gone, or its source has ended: close it and open it again."""


class DeviceMisconfigured(DeviceError):
    """The device cannot do what the config asks, or may not be opened: only a person can fix this."""


class DeviceRefused(DeviceError):
    """The device will not do this now: report it; a person may try again later."""


class Superseded(DeviceError):
    """A newer command took the place of this one: nothing is wrong."""


class InvalidOption(ValueError):
    """An Options class refuses the value of ``key``; the message is a sentence that says what to write instead."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
