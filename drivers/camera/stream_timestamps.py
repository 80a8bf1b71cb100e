"""Capture timestamps of streams and files: stream time mapped to CLOCK_MONOTONIC."""

from __future__ import annotations

_JUMP_NS = 500_000_000
_DRIFT_DIVISOR = 512


class FileTimestamps:
    """Times of the pictures of a file that is played at its own pace, once or in a loop.

    Stream time counts from the first picture of the first round. A player that is more than half a second late
    continues from now instead of catching up.
    """

    def __init__(self, start_ns: int, period_ns: int) -> None:
        """``period_ns`` is how long a picture lasts where the file does not say."""
        self._base_ns = start_ns
        self._period_ns = period_ns
        self._first_ns: int | None = None
        self._end_ns = 0

    def due_ns(self, pts_ns: int | None, now_ns: int) -> int:
        """Return when to show the picture with this time in the file; one without a time follows the last."""
        if self._first_ns is None:
            self._first_ns = pts_ns or 0
        file_time_ns = self._end_ns if pts_ns is None else pts_ns - self._first_ns
        self._end_ns = max(self._end_ns, file_time_ns + self._period_ns)
        late_ns = now_ns - (self._base_ns + file_time_ns)
        if late_ns > _JUMP_NS:
            self._base_ns += late_ns
        return self._base_ns + file_time_ns

    def restart(self) -> None:
        """Continue with the first picture after the last one."""
        self._base_ns += self._end_ns
        self._first_ns, self._end_ns = None, 0


class LiveTimestamps:
    """Times of the pictures of a live source with a clock of its own, from their stream times and arrivals.

    The network delays pictures and never hurries them, so the mapping follows the earliest arrivals at once and a
    slower source clock gradually. A difference of half a second means that the source has jumped: the picture's arrival
    is the new anchor.
    """

    def __init__(self) -> None:
        self._offset_ns: int | None = None

    def captured_ns(self, pts_ns: int | None, arrived_ns: int) -> int:
        """Return the capture time, never later than the arrival; a picture without a stream time gets its arrival."""
        if pts_ns is None:
            return arrived_ns
        offset_ns = arrived_ns - pts_ns
        previous_ns = self._offset_ns
        if previous_ns is None or not 0 <= offset_ns - previous_ns <= _JUMP_NS:
            self._offset_ns = offset_ns
        else:
            self._offset_ns = previous_ns + (offset_ns - previous_ns) // _DRIFT_DIVISOR
        return pts_ns + self._offset_ns
