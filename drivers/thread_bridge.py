"""A bounded queue from driver threads to an asyncio loop, with a drop policy and a count of dropped items."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from enum import StrEnum
from threading import Lock
from typing import Generic, TypeVar

from drivers.errors import DriverError

T = TypeVar("T")

log = logging.getLogger(__name__)


class BridgeClosed(DriverError):
    """The bridge is closed, and every item put before has been taken."""


class OverflowPolicy(StrEnum):
    """Which item is dropped when the bridge is full."""

    DROP_OLDEST = "drop-oldest"
    DROP_NEWEST = "drop-newest"


class ThreadBridge(Generic[T]):
    """A queue of at most ``limit`` items to the loop in which it was constructed.

    ``put`` and ``close`` may be called from any thread, also after the loop has ended; ``get`` and ``async for`` by one
    task of the loop. ``dropped`` counts the items dropped so far.
    """

    def __init__(self, name: str, limit: int, overflow: OverflowPolicy) -> None:
        if limit < 1:
            raise ValueError(f"a bridge needs room for one item at least, not {limit}")
        self.name = name
        self.dropped = 0
        self._limit = limit
        self._overflow = overflow
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._lock = Lock()
        self._items: deque[T] = deque()
        self._is_overflowing = False
        self._is_closed = False

    def put(self, item: T) -> None:
        """Add an item without waiting; does nothing once the bridge is closed."""
        with self._lock:
            if self._is_closed:
                return
            is_full = len(self._items) >= self._limit
            starts_dropping = is_full and not self._is_overflowing
            if is_full:
                self.dropped += 1
                self._is_overflowing = True
            if is_full and self._overflow is OverflowPolicy.DROP_OLDEST:
                self._items.popleft()
            if not is_full or self._overflow is OverflowPolicy.DROP_OLDEST:
                self._items.append(item)
        if starts_dropping:
            log.warning("%s: %d items wait for the loop, from now on %s", self.name, self._limit, self._overflow)
        self._wake()

    async def get(self) -> T:
        """Return the next item, oldest first.

        Raises:
            BridgeClosed: The bridge is closed and empty.
        """
        while True:
            with self._lock:
                if self._items:
                    item = self._items.popleft()
                    has_caught_up = self._is_overflowing and not self._items
                    self._is_overflowing = self._is_overflowing and not has_caught_up
                    break
                if self._is_closed:
                    raise BridgeClosed(self.name)
                self._ready.clear()
            await self._ready.wait()
        if has_caught_up:
            log.info("%s: the loop has caught up; %d items dropped so far", self.name, self.dropped)
        return item

    async def get_all(self) -> list[T]:
        """Return every item that is queued, at least one. Raises as ``get``."""
        items = [await self.get()]
        while self._items:
            items.append(await self.get())
        return items

    def __aiter__(self) -> ThreadBridge[T]:
        return self

    async def __anext__(self) -> T:
        try:
            return await self.get()
        except BridgeClosed:
            raise StopAsyncIteration from None

    def close(self) -> None:
        """Accept no more items; those that are queued can still be taken."""
        with self._lock:
            self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:  # the loop has ended: nobody will ever take anything
            with self._lock:
                self._is_closed = True
                self._items.clear()
