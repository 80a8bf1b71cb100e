"""Correct capture times that cannot be true, by the moment at which their blocks arrived."""

from __future__ import annotations

from drivers.samples import SoundBlock

# A stamp may be so far after the truth and be only inexact.
SLACK_NS = 50_000_000
# No device holds back what it captures for so long, not even one whose bursts come late.
STANDING_LAG_NS = 2_000_000_000
WINDOW_NS = 3_000_000_000


class ArrivalCheck:
    """Compares a device's time stamps with the arrival of its blocks; both are CLOCK_MONOTONIC in ns.

    No sound arrives before it was captured: a stamp from the future would move all that follows to where the lesson is
    not yet, and the sound that comes next would be too late for its place. A single block may come seconds late; where
    none of those of ``WINDOW_NS`` was fresh, the stamps are wrong by the least of their lags, and are corrected by it.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._shift_ns = 0
        self._window_ends_ns: int | None = None
        self._least_lag_ns = 0

    def correct(self, block: SoundBlock, arrived_ns: int) -> SoundBlock:
        """Return the block with a capture time that may be true."""
        length_ns = len(block.samples) * 1_000_000_000 // self._rate_hz
        lag_ns = arrived_ns - length_ns - block.captured_ns
        self._watch(lag_ns, arrived_ns)
        if lag_ns < self._shift_ns - SLACK_NS:
            return SoundBlock(arrived_ns - length_ns, block.samples)
        return SoundBlock(block.captured_ns + self._shift_ns, block.samples) if self._shift_ns else block

    def _watch(self, lag_ns: int, arrived_ns: int) -> None:
        if self._window_ends_ns is None:
            self._window_ends_ns, self._least_lag_ns = arrived_ns + WINDOW_NS, lag_ns
        self._least_lag_ns = min(self._least_lag_ns, lag_ns)
        if arrived_ns >= self._window_ends_ns:
            self._shift_ns = self._least_lag_ns if self._least_lag_ns > STANDING_LAG_NS else 0
            self._window_ends_ns = None
