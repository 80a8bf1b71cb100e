"""Errors of delivery: one class for each way to react to a store."""

from __future__ import annotations

from typing import ClassVar


class DeliveryError(Exception):
    """The root of this package's errors."""


class StoreError(DeliveryError):
    """The store did not take or give what was asked; ``code`` is the fault code in a status.

    ``is_about_object``: the store answered, and what it said may hold for this one object alone.
    """

    code: ClassVar[str]

    def __init__(self, text: str, *, is_about_object: bool = False) -> None:
        super().__init__(text)
        self.is_about_object = is_about_object


class StoreUnreachable(StoreError):
    """Nobody answers, or the answer is "not now": try again, later each time."""

    code = "unreachable"


class StoreFailed(StoreError):
    """The server reports an error of its own: try again, later each time."""

    code = "store-fails"


class StoreNotThere(StoreError):
    """The folder of the store is missing, or another disk's: somebody must plug in or mount the right one."""

    code = "store-not-there"


class StoreRefused(StoreError):
    """Key, secret or permission is wrong: somebody must put it right, so try seldom."""

    code = "credentials"


class StoreBucketWrong(StoreError):
    """There is no such bucket at this address or in this region: somebody must put it right, so try seldom."""

    code = "bucket"


class StoreUnsupported(StoreError):
    """The server does not do what is asked, or is not S3 at all: somebody must look, so try seldom."""

    code = "store-unsupported"


class StoreCertificateWrong(StoreError):
    """The server's certificate is not one that this box trusts: somebody must look, so try seldom."""

    code = "certificate"


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
