"""The bounded queue from a device's thread to a track's thread: the oldest gives way, and is counted."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Belt(Generic[T]):
    """One thread puts, one takes. A full belt drops its oldest item; ``dropped`` counts them all."""

    def __init__(self, length: int) -> None:
        self._items: deque[T] = deque()
        self._length = length
        self._wake = threading.Condition()
        self._woken = False
        self.dropped = 0

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        with self._wake:
            if len(self._items) >= self._length:
                self._items.popleft()
                self.dropped += 1
            self._items.append(item)
            self._wake.notify()

    def take(self, timeout_s: float) -> T | None:
        """The oldest item; None after ``timeout_s`` without one, or when woken."""
        with self._wake:
            if not self._items and not self._woken:
                self._wake.wait(max(0.0, timeout_s))
            self._woken = False
            return self._items.popleft() if self._items else None

    def wake(self) -> None:
        """Let the taker return now, to look at something else."""
        with self._wake:
            self._woken = True
            self._wake.notify()

    def __len__(self) -> int:
        return len(self._items)
