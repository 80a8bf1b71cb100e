"""A short row of samples between the thread that fetches them and the one that reads them."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class QueueClosed(Exception):
    """Nothing goes in or out any more."""


class FrameQueue(Generic[T]):
    """Holds up to ``room`` things, first in, first out; a full row makes the giver wait."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._row: deque[T] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def give(self, thing: T) -> None:
        """Wait for room. Closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._row) < self._room)
            if self._closed:
                raise QueueClosed
            self._row.append(thing)
            self._changed.notify_all()

    def take(self, timeout_s: float) -> T | None:
        """The oldest thing, or None after ``timeout_s``. Closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._row, timeout_s)
            if self._closed:
                raise QueueClosed
            if not self._row:
                return None
            thing = self._row.popleft()
            self._changed.notify_all()
            return thing

    def rest(self, seconds: float) -> None:
        """Wait, whatever comes or goes. Closed."""
        with self._changed:
            if self._changed.wait_for(lambda: self._closed, seconds):
                raise QueueClosed

    def close(self) -> None:
        """End all waiting; again: nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
