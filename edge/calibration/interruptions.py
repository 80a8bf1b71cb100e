"""What ends a calibration from outside: the room needs its devices, or they were never to be had."""

from __future__ import annotations


class TakenBack(Exception):
    """The devices had to be given back; ``reason`` is a code of ``DevicesTakenBack``, or ``no-controller``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LoanUnavailable(Exception):
    """The devices are not lent; ``reason`` is a code of ``LoanRefused``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
