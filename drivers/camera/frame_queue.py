"""A bounded blocking queue between a thread that fetches pictures and the one that reads them."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, TypeVar

from drivers.errors import DriverError

T = TypeVar("T")

# How long a reader may not know of an item that can wait.
_LOOK_S = 0.1


class QueueClosed(DriverError):
    """The queue is closed; nothing goes in or out."""


class FrameQueue(Generic[T]):
    """A first-in, first-out queue of at most ``capacity`` items; ``put`` waits while it is full.

    An item that ``can_wait`` does not wake the reader, which finds it within a tenth of a second, with those after it:
    of a compressed stream hundreds of wake-ups a second are saved, and nobody looks at a fragment before it is whole.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._is_closed = False
        self._changed = threading.Condition()
        self._closing = threading.Event()

    def put(self, item: T, *, can_wait: bool = False) -> None:
        """Add an item, after waiting for room.

        Raises:
            QueueClosed: The queue is closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or len(self._items) < self._capacity)
            if self._is_closed:
                raise QueueClosed
            self._items.append(item)
            if not can_wait or len(self._items) > self._capacity // 2:
                self._changed.notify_all()

    def get(self, timeout_s: float) -> T | None:
        """Return the oldest item, or None after ``timeout_s``. Raises as ``put``."""
        until_s = time.monotonic() + timeout_s
        with self._changed:
            while not (self._is_closed or self._items) and (left_s := until_s - time.monotonic()) > 0:
                self._changed.wait(min(left_s, _LOOK_S))
            if self._is_closed:
                raise QueueClosed
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def wait(self, seconds: float) -> None:
        """Wait this long, whatever comes or goes. Raises as ``put``."""
        if self._closing.wait(seconds):
            raise QueueClosed

    def close(self) -> None:
        """End all waiting; idempotent."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._closing.set()
