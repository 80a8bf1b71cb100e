"""A ring buffer of a device's last samples, bounded in time and in bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class HasCaptureTime(Protocol):
    """Anything with a capture time."""

    @property
    def captured_ns(self) -> int:
        """Capture time on CLOCK_MONOTONIC."""


S = TypeVar("S", bound=HasCaptureTime)


class RingBuffer(Generic[S]):
    """A ``PrerollBuffer`` of samples whose capture times span at most ``length_ns``, and ``max_bytes`` by ``size_of``.

    At least one sample stays. No sample needs another one to be decoded, so nothing is kept of what a lesson has.
    """

    def __init__(self, length_ns: int, max_bytes: int, size_of: Callable[[S], int]) -> None:
        self._samples: deque[S] = deque()
        self._length_ns = length_ns
        self._max_bytes = max_bytes
        self._size_of = size_of
        self._bytes = 0

    @property
    def oldest_ns(self) -> int | None:
        """Capture time of the oldest sample; None while empty."""
        return self._samples[0].captured_ns if self._samples else None

    def push(self, sample: S, *, is_delivered: bool) -> None:
        """Add the next sample; one that ``is_delivered`` already empties the buffer instead."""
        if is_delivered:
            self.clear()
            return
        self._samples.append(sample)
        self._bytes += self._size_of(sample)
        while len(self._samples) > 1 and self._is_over_limit():
            self._bytes -= self._size_of(self._samples.popleft())

    def snapshot(self) -> list[S]:
        """The samples, oldest first."""
        return list(self._samples)

    def clear(self) -> None:
        """Drop all samples."""
        self._samples.clear()
        self._bytes = 0

    def _is_over_limit(self) -> bool:
        length_ns = self._samples[-1].captured_ns - self._samples[0].captured_ns
        return length_ns > self._length_ns or self._bytes > self._max_bytes
