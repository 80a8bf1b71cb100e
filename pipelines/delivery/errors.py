"""Errors of delivery: one class for each way to react to a store."""

from __future__ import annotations

from typing import ClassVar


class DeliveryError(Exception):
    """The root of this package's errors."""


class StoreError(DeliveryError):
    """The store did not take or give what was asked; ``code`` is the fault code in a status."""

    code: ClassVar[str]


class StoreUnreachable(StoreError):
    """Nobody answers, or the answer is "not now": try again, later each time."""

    code = "unreachable"


class StoreRefused(StoreError):
    """Key, secret, permission or bucket is wrong: somebody must put it right, so try seldom."""

    code = "credentials"


class StoreClockWrong(StoreError):
    """This box's clock is too far from the store's: wait until the time is known."""

    code = "clock"


class StoreFull(StoreError):
    """There is no room: somebody must make some, so try seldom."""

    code = "full"


class StoreCorrupt(StoreError):
    """What came back is not what was sent: send it again, and have the disk or the line looked at."""

    code = "garbled"


class InvalidStoreUrl(DeliveryError, ValueError):
    """The configured address is not that of a store."""
