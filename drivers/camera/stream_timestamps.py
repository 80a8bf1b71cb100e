"""Capture timestamps of streams and files: stream time mapped to CLOCK_MONOTONIC."""

from __future__ import annotations

_JUMP_NS = 500_000_000
_DRIFT_DIVISOR = 512
# The network delays some pictures, but not all of a second, by more than this.
_STEP_NS = 30_000_000
_STEP_WINDOW_NS = 1_000_000_000
_TOLD_STEP_NS = 100_000_000
# Until then the first pictures show how late they were themselves.
_SETTLE_NS = 2_000_000_000


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
    slower source clock gradually. A clock that steps back shows in stream times that go back, or, if the step is
    shorter than the time between pictures, in a whole second in which every picture seems late: the earliest arrival
    since then is the new anchor. So is the picture's own where the difference is half a second.
    """

    def __init__(self) -> None:
        self._offset_ns: int | None = None
        self._latest_pts_ns: int | None = None
        self._recent: list[tuple[int, int]] = []
        self._settled_ns = 0
        self._step_ns = 0

    def captured_ns(self, pts_ns: int | None, arrived_ns: int, *, is_reordered: bool = False) -> int:
        """Return the capture time, never later than the arrival; a picture without a stream time gets its arrival.

        ``is_reordered``: stream times may go back without meaning anything.
        """
        if pts_ns is None:
            return arrived_ns
        went_back = self._latest_pts_ns is not None and pts_ns < self._latest_pts_ns and not is_reordered
        self._latest_pts_ns = pts_ns
        offset_ns = arrived_ns - pts_ns
        if self._offset_ns is None:
            self._offset_ns, self._settled_ns = offset_ns, arrived_ns + _SETTLE_NS
        late_ns = offset_ns - self._offset_ns
        earliest_ns = self._earliest_of_a_second(arrived_ns, late_ns)
        if late_ns < 0 or late_ns > _JUMP_NS or went_back:
            self._step(late_ns, arrived_ns)
        elif earliest_ns > _STEP_NS:
            self._step(earliest_ns, arrived_ns)
        else:
            self._offset_ns += late_ns // _DRIFT_DIVISOR
        return pts_ns + self._offset_ns

    def pop_step_ns(self) -> int:
        """How far the source's clock has stepped since the last call, negative for back; 0 for less than 0.1 s."""
        step_ns, self._step_ns = self._step_ns, 0
        return step_ns if abs(step_ns) >= _TOLD_STEP_NS else 0

    def _earliest_of_a_second(self, arrived_ns: int, late_ns: int) -> int:
        """By how much the earliest picture of the last second was late; 0 before a second has passed."""
        self._recent.append((arrived_ns, late_ns))
        while self._recent[1:2] and arrived_ns - self._recent[1][0] >= _STEP_WINDOW_NS:
            self._recent.pop(0)
        is_a_second = arrived_ns - self._recent[0][0] >= _STEP_WINDOW_NS
        return min(late_ns for _, late_ns in self._recent) if is_a_second else 0

    def _step(self, by_ns: int, arrived_ns: int) -> None:
        self._offset_ns = (self._offset_ns or 0) + by_ns
        self._recent.clear()
        if arrived_ns > self._settled_ns:
            self._step_ns -= by_ns
