"""What can be wrong with a store: one class for each way to react."""

from __future__ import annotations

from typing import ClassVar


class StoreError(Exception):
    """The store did not take or give what was asked; ``word`` names the fault in a status."""

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


class InvalidStoreUrl(ValueError):
    """The configured address is not one of a store."""
