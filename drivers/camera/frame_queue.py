"""A bounded blocking queue between a thread that fetches pictures and the one that reads them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from drivers.errors import DriverError

T = TypeVar("T")


class QueueClosed(DriverError):
    """The queue is closed; nothing goes in or out."""


class FrameQueue(Generic[T]):
    """A first-in, first-out queue of at most ``capacity`` items; ``put`` waits while it is full."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._is_closed = False
        self._changed = threading.Condition()

    def put(self, item: T) -> None:
        """Add an item, after waiting for room.

        Raises:
            QueueClosed: The queue is closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or len(self._items) < self._capacity)
            if self._is_closed:
                raise QueueClosed
            self._items.append(item)
            self._changed.notify_all()

    def get(self, timeout_s: float) -> T | None:
        """Return the oldest item, or None after ``timeout_s``. Raises as ``put``."""
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
        """Wait this long, whatever comes or goes. Raises as ``put``."""
        with self._changed:
            if self._changed.wait_for(lambda: self._is_closed, seconds):
                raise QueueClosed

    def close(self) -> None:
        """End all waiting; idempotent."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
