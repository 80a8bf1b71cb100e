"""Capture timestamps of V4L2 pictures: the kernel's, while they are plausible CLOCK_MONOTONIC times."""

from __future__ import annotations

_MAX_EARLY_NS = 250_000_000
_MAX_FIRST_AGE_NS = 1_000_000_000
_MAX_AGE_NS = 30_000_000_000


class CaptureTimestamps:
    """Uses the kernel's timestamps from an open on until one is implausible, then the time of arrival.

    A timestamp of another clock is hours or years off, also where a box without a clock started in 1970 and learned the
    date later. The first picture is fresh; later ones may have waited in the kernel while nobody read. ``went_back_ns``
    is how far the newest picture's time was before that of the one before it: 0 for pictures in their order.
    """

    def __init__(self) -> None:
        self.is_trusted = True
        self.went_back_ns = 0
        self._latest_ns: int | None = None

    def captured_ns(self, stamp_ns: int | None, arrived_ns: int) -> int:
        """Return the capture time, never later than the arrival and always later than that of the previous picture."""
        if self.is_trusted:
            self.is_trusted = stamp_ns is not None and self._is_plausible(arrived_ns - stamp_ns)
        at_ns = min(stamp_ns, arrived_ns) if self.is_trusted and stamp_ns is not None else arrived_ns
        self.went_back_ns = 0
        if self._latest_ns is not None:
            self.went_back_ns = max(0, self._latest_ns - at_ns)
            at_ns = max(at_ns, self._latest_ns + 1)
        self._latest_ns = at_ns
        return at_ns

    def _is_plausible(self, age_ns: int) -> bool:
        return -_MAX_EARLY_NS <= age_ns <= (_MAX_FIRST_AGE_NS if self._latest_ns is None else _MAX_AGE_NS)
