"""A bounded queue between two threads that drops its oldest items when full, and counts them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class DropOldestQueue(Generic[T]):
    """A queue from a device's thread (``put``) to a track's thread (``get``); ``dropped`` counts what was lost.

    It is full when it holds more than ``max_items`` items, or more than ``max_bytes`` by ``size_of``; the newest item
    always stays. ``make_room_for`` extends both limits until the queue has been empty. An item that ``can_wait`` does
    not wake a waiting ``get``, which finds it when it looks the next time.
    """

    def __init__(
        self,
        max_items: int,
        max_bytes: int = 0,
        size_of: Callable[[T], int] = lambda _item: 0,
        can_wait: Callable[[T], bool] = lambda _item: False,
    ) -> None:
        self._items: deque[tuple[T, int]] = deque()
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._size_of = size_of
        self._can_wait = can_wait
        self._bytes = 0
        self._extra_items = self._extra_bytes = 0
        self._condition = threading.Condition()
        self._is_woken = False
        self.dropped = 0

    def put(self, item: T) -> None:
        """Append an item; never blocks."""
        size = self._size_of(item)
        with self._condition:
            self._items.append((item, size))
            self._bytes += size
            while len(self._items) > 1 and self._is_too_full():
                self._pop()
                self.dropped += 1
            if not self._can_wait(item):
                self._condition.notify()

    def get(self, timeout_s: float) -> T | None:
        """Remove and return the oldest item; None after ``timeout_s`` seconds without one, or when woken."""
        with self._condition:
            if not self._items and not self._is_woken:
                self._condition.wait(max(0.0, timeout_s))
            self._is_woken = False
            if not self._items:
                return None
            item = self._pop()
            if not self._items:
                self._extra_items = self._extra_bytes = 0
            return item

    def make_room_for(self, items: Sequence[T]) -> None:
        """Extend the limits for these items, which are put next, until the consumer has emptied the queue."""
        with self._condition:
            self._extra_items += len(items)
            self._extra_bytes += sum(map(self._size_of, items))

    def _is_too_full(self) -> bool:
        too_many_bytes = self._max_bytes > 0 and self._bytes > self._max_bytes + self._extra_bytes
        return too_many_bytes or len(self._items) > self._max_items + self._extra_items

    def _pop(self) -> T:
        item, size = self._items.popleft()
        self._bytes -= size
        return item

    def wake(self) -> None:
        """Let a waiting ``get`` return now."""
        with self._condition:
            self._is_woken = True
            self._condition.notify()

    @property
    def oldest(self) -> T | None:
        """The item that has waited longest; it stays."""
        with self._condition:
            return self._items[0][0] if self._items else None

    def __len__(self) -> int:
        return len(self._items)
