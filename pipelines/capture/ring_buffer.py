"""The last moments of what a device gave, bounded in time and in bytes: the oldest gives way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Captured(Protocol):
    """Anything with a capture time on CLOCK_MONOTONIC."""

    @property
    def captured_ns(self) -> int:
        """When it was captured."""


S = TypeVar("S", bound=Captured)


class RingBuffer(Generic[S]):
    """A ``device_supervisor.Backlog`` of samples whose capture times are ``length_ns`` apart at most.

    They take ``most_bytes`` together at most, as ``size_of`` tells them; one sample always stays.

    A sample needs no other to be understood, so nothing is kept of what a lesson has already.
    """

    def __init__(self, length_ns: int, most_bytes: int, size_of: Callable[[S], int]) -> None:
        self._samples: deque[S] = deque()
        self._length_ns = length_ns
        self._most_bytes = most_bytes
        self._size_of = size_of
        self._bytes = 0

    @property
    def since_ns(self) -> int | None:
        """The capture time of the oldest sample that is remembered."""
        return self._samples[0].captured_ns if self._samples else None

    def feed(self, sample: S, *, taken: bool) -> None:
        """The next sample."""
        if taken:
            self.forget()
            return
        self._samples.append(sample)
        self._bytes += self._size_of(sample)
        while len(self._samples) > 1 and self._is_too_full():
            self._bytes -= self._size_of(self._samples.popleft())

    def recall(self) -> list[S]:
        """What is remembered, in its order."""
        return list(self._samples)

    def forget(self) -> None:
        """Nothing is remembered any more."""
        self._samples.clear()
        self._bytes = 0

    def _is_too_full(self) -> bool:
        spans_ns = self._samples[-1].captured_ns - self._samples[0].captured_ns
        return spans_ns > self._length_ns or self._bytes > self._most_bytes
