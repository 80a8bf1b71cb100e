"""Whether the box knows the time of day: a Pi without network begins in the past, and a wrong day has other lessons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pipelines.system_clocks import ClockSnapshot

# A clock that was right drifts by seconds a day; more means that somebody has set it.
_LARGEST_STEP_NS = 60_000_000_000


class TrustedClock:
    """The wall clock, believed once a time service has set it, and for as long as nothing else sets it afterwards.

    ``is_always_right``: believed as it is. The kernel calls a clock unsynchronised again some hours after the network
    went; it is right all the same.
    """

    def __init__(self, read: Callable[[], ClockSnapshot], *, is_always_right: bool = False) -> None:
        self._read = read
        self._is_always_right = is_always_right
        self._offset_ns: int | None = None

    def now(self) -> datetime | None:
        """The time, in UTC; None while it is not known."""
        clocks = self._look()
        return None if clocks is None else datetime.fromtimestamp(clocks.wall_ns / 1e9, UTC)

    def at(self, at_ns: int) -> datetime | None:
        """The time of a moment on CLOCK_MONOTONIC, in UTC; None while it is not known."""
        clocks = self._look()
        return None if clocks is None else datetime.fromtimestamp((clocks.wall_ns - clocks.at_ns + at_ns) / 1e9, UTC)

    def _look(self) -> ClockSnapshot | None:
        clocks = self._read()
        offset_ns = clocks.wall_ns - clocks.at_ns
        if clocks.is_synchronised or self._is_always_right:
            self._offset_ns = offset_ns
        known_ns = self._offset_ns
        return clocks if known_ns is not None and abs(offset_ns - known_ns) <= _LARGEST_STEP_NS else None
