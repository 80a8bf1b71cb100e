"""The thread of a track: what devices deliver waits on its belt, and time passes by its clock."""

from __future__ import annotations

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
    """What a track does; it starts no thread and reads no clock, so it can be run at any pace."""

    def process(self, item: Item) -> None:
        """The next item from a device."""

    def on_dropped(self, count: int) -> None:
        """So many items before the next one gave way on a full belt."""

    def tick(self, now_ns: int, waiting: int) -> None:
        """About ten times a second; ``waiting`` items have come and were not taken yet."""

    def is_complete(self, lesson_ns: int) -> bool:
        """Whether everything up to the lesson's end is here, so that nothing more need be waited for."""

    def finish(self, lesson_ns: int) -> None:
        """The lesson ended at ``lesson_ns``, and nothing more will come."""


class TrackThread(Generic[T]):
    """Feeds one track's work until the lesson's end, and waits ``stragglers_ns`` for what is late then.

    ``busy_ns`` is how long it has worked on items so far, other threads' turns included; ``turns`` grows ten times
    a second at least.
    """

    def __init__(self, name: str, work: TrackWork[T], belt: DropOldestQueue[T], stragglers_ns: int) -> None:
        self.name = name
        self.busy_ns = 0
        self.iterations = 0
        self._work = work
        self._belt = belt
        self._stragglers_ns = stragglers_ns
        self._end: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._run, name=f"track-{name}")

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def put(self, item: T) -> None:
        """Take an item from a device's thread; never waits."""
        self._belt.put(item)

    def make_room_for(self, items: Sequence[T]) -> None:
        """Make room for what a device remembers, which is put next."""
        self._belt.make_room_for(items)

    @property
    def waiting(self) -> int:
        """How many items lie on the belt."""
        return len(self._belt)

    @property
    def is_alive(self) -> bool:
        """Whether it works; false also where a bug has ended it."""
        return self._thread.is_alive()

    def request_end(self, at_ns: int, lesson_ns: int) -> None:
        """The lesson ended; the thread finishes the track and ends."""
        self._end = (at_ns, lesson_ns)
        self._belt.wake()

    def join(self, deadline_s: float, at_work_s: float = 0.0) -> bool:
        """Whether the thread ended within ``deadline_s``, or ``at_work_s`` as long as it goes on taking items."""
        until_s = time.monotonic() + at_work_s
        while True:
            busy_ns = self.busy_ns
            self._thread.join(deadline_s)
            if not self._thread.is_alive():
                return True
            if self.busy_ns == busy_ns or time.monotonic() >= until_s:
                return False

    def _run(self) -> None:
        dropped = ticked_ns = 0
        while (end_ns := self._complete()) is None:
            self.iterations += 1
            item = self._belt.get(_TICK_S)
            if (count := self._belt.dropped - dropped) > 0:
                dropped += count
                self._work.on_dropped(count)
            now_ns = time.monotonic_ns()
            if item is not None:
                taken_ns = now_ns
                self._work.process(item)
                now_ns = time.monotonic_ns()
                self.busy_ns += now_ns - taken_ns
            if now_ns - ticked_ns >= _TICK_NS:
                ticked_ns = now_ns
                self._work.tick(now_ns, len(self._belt))
        self._work.finish(end_ns)

    def _complete(self) -> int | None:
        """The lesson time of the end, when everything from before it was taken or will not come any more."""
        if self._end is None:
            return None
        at_ns, lesson_ns = self._end
        nothing_more = not len(self._belt) and time.monotonic_ns() > at_ns + self._stragglers_ns
        return lesson_ns if nothing_more or self._work.is_complete(lesson_ns) else None
