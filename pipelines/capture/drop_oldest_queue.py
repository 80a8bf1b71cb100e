"""The bounded queue from a device's thread to a track's thread: the oldest gives way, and is counted."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class DropOldestQueue(Generic[T]):
    """One thread puts, one takes. A full belt drops its oldest items; ``dropped`` counts them all.

    It is full when it holds ``length`` items, or items of ``most_bytes`` together as ``size_of`` tells them;
    the newest item always stays. What it was told to ``expect`` fits besides, until the belt has been empty.
    """

    def __init__(self, length: int, most_bytes: int = 0, size_of: Callable[[T], int] = lambda _item: 0) -> None:
        self._items: deque[T] = deque()
        self._length = length
        self._most_bytes = most_bytes
        self._size_of = size_of
        self._bytes = 0
        self._expected = self._expected_bytes = 0
        self._wake = threading.Condition()
        self._woken = False
        self.dropped = 0

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        with self._wake:
            self._items.append(item)
            self._bytes += self._size_of(item)
            while len(self._items) > 1 and self._is_too_full():
                self._pop()
                self.dropped += 1
            self._wake.notify()

    def take(self, timeout_s: float) -> T | None:
        """The oldest item; None after ``timeout_s`` without one, or when woken."""
        with self._wake:
            if not self._items and not self._woken:
                self._wake.wait(max(0.0, timeout_s))
            self._woken = False
            if not self._items:
                return None
            item = self._pop()
            if not self._items:
                self._expected = self._expected_bytes = 0
            return item

    def expect(self, items: Sequence[T]) -> None:
        """Make room for these, which are put next, and for what comes until the taker has caught up with them."""
        with self._wake:
            self._expected += len(items)
            self._expected_bytes += sum(map(self._size_of, items))

    def _is_too_full(self) -> bool:
        bytes_too_many = self._most_bytes > 0 and self._bytes > self._most_bytes + self._expected_bytes
        return bytes_too_many or len(self._items) > self._length + self._expected

    def _pop(self) -> T:
        item = self._items.popleft()
        self._bytes -= self._size_of(item)
        return item

    def wake(self) -> None:
        """Let the taker return now, to look at something else."""
        with self._wake:
            self._woken = True
            self._wake.notify()

    def __len__(self) -> int:
        return len(self._items)
