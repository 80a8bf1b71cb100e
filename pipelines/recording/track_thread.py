"""The thread of a track: it takes a device's items from a queue, and ticks ten times a second."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from pipelines.capture.drop_oldest_queue import DropOldestQueue

T = TypeVar("T")
Item = TypeVar("Item", contravariant=True)

_TICK_S = 0.1
_TICK_NS = 100_000_000


class TrackWork(Protocol[Item]):
    """The work of a track; it starts no thread and reads no clock, so it can be run at any speed."""

    def process(self, item: Item) -> None:
        """Process the next item of a device."""

    def on_dropped(self, count: int) -> None:
        """``count`` items before the next one were dropped by the full queue."""

    def tick(self, now_ns: int, waiting: int) -> None:
        """About ten times a second; ``waiting`` items are in the queue."""

    def is_complete(self, lesson_ns: int) -> bool:
        """Whether everything up to the lesson's end was processed, so that there is nothing to wait for."""

    def finish(self, lesson_ns: int) -> None:
        """Finish the track: the lesson ended at ``lesson_ns``, and nothing more will come."""


class TrackThread(Generic[T]):
    """Runs one track's work until the lesson's end, and then waits ``late_arrival_ns`` for late items.

    ``busy_ns`` is the wall time spent on items and ticks so far; ``iterations`` grows at least ten times a second.
    ``niceness`` is added to the thread's own and to that of the threads that its encoder starts (setpriority(2)).
    """

    def __init__(
        self, name: str, work: TrackWork[T], queue: DropOldestQueue[T], late_arrival_ns: int, niceness: int = 0
    ) -> None:
        self.name = name
        self.busy_ns = 0
        self.iterations = 0
        self._work = work
        self._queue = queue
        self._late_arrival_ns = late_arrival_ns
        self._niceness = niceness
        self._end: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._run, name=f"track-{name}")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, item: T) -> None:
        """Queue an item; called by a device's thread, never blocks."""
        self._queue.put(item)

    def make_room_for(self, items: Sequence[T]) -> None:
        """Make room in the queue for a device's pre-roll, which is put next."""
        self._queue.make_room_for(items)

    @property
    def waiting(self) -> int:
        """The number of items in the queue."""
        return len(self._queue)

    @property
    def oldest(self) -> T | None:
        """The item that has waited longest in the queue."""
        return self._queue.oldest

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs; false also where a bug has ended it."""
        return self._thread.is_alive()

    def request_end(self, at_ns: int, lesson_ns: int) -> None:
        """Let the thread finish the track: the lesson ended at ``at_ns``, which is ``lesson_ns`` in lesson time."""
        self._end = (at_ns, lesson_ns)
        self._queue.wake()

    def join(self, deadline_s: float, catch_up_s: float = 0.0) -> bool:
        """Whether the thread ended within ``deadline_s``, or ``catch_up_s`` as long as it keeps processing items."""
        until_s = time.monotonic() + catch_up_s
        while True:
            busy_ns = self.busy_ns
            self._thread.join(deadline_s)
            if not self._thread.is_alive():
                return True
            if self.busy_ns == busy_ns or time.monotonic() >= until_s:
                return False

    def _run(self) -> None:
        if self._niceness:
            # On Linux 0 is the calling thread alone.
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + self._niceness)
        dropped = ticked_ns = 0
        while (end_ns := self._end_if_complete()) is None:
            self.iterations += 1
            item = self._queue.get(_TICK_S)
            if (count := self._queue.dropped - dropped) > 0:
                dropped += count
                self._work.on_dropped(count)
            now_ns = time.monotonic_ns()
            if item is not None:
                started_ns = now_ns
                self._work.process(item)
                now_ns = time.monotonic_ns()
                self.busy_ns += now_ns - started_ns
            if now_ns - ticked_ns >= _TICK_NS:
                ticked_ns = now_ns
                self._work.tick(now_ns, len(self._queue))
                self.busy_ns += time.monotonic_ns() - ticked_ns
        self._work.finish(end_ns)

    def _end_if_complete(self) -> int | None:
        """The lesson's end, when everything from before it was processed or will not come any more."""
        if self._end is None:
            return None
        at_ns, lesson_ns = self._end
        nothing_more = not len(self._queue) and time.monotonic_ns() > at_ns + self._late_arrival_ns
        return lesson_ns if nothing_more or self._work.is_complete(lesson_ns) else None
