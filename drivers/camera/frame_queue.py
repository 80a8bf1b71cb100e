"""A short row of samples between the thread that fetches them and the one that reads them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from drivers.errors import DriverError

T = TypeVar("T")


class QueueClosed(DriverError):
    """Nothing goes in or out any more."""


class FrameQueue(Generic[T]):
    """Holds up to ``capacity`` things, first in, first out; a full row makes the giver wait."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._is_closed = False
        self._changed = threading.Condition()

    def put(self, item: T) -> None:
        """Wait for room. Closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or len(self._items) < self._capacity)
            if self._is_closed:
                raise QueueClosed
            self._items.append(item)
            self._changed.notify_all()

    def get(self, timeout_s: float) -> T | None:
        """The oldest thing, or None after ``timeout_s``. Closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._items, timeout_s)
            if self._is_closed:
                raise QueueClosed
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def wait(self, seconds: float) -> None:
        """Wait, whatever comes or goes. Closed."""
        with self._changed:
            if self._changed.wait_for(lambda: self._is_closed, seconds):
                raise QueueClosed

    def close(self) -> None:
        """End all waiting; again: nothing."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
