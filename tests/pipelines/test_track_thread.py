"""A track's thread at the end of a lesson: one that works is waited for, one that hangs is not."""

from __future__ import annotations

import os
import threading
import time

from waiting import pass_time

from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.recording.track_thread import TrackThread

_ITEMS = 40
_ITEM_S = 0.02
_NOTHING_FOR_S = 0.5


class _Slow:
    """Work that takes its time; where ``stuck`` is given, for ever until it is set."""

    def __init__(self, stuck: threading.Event | None = None) -> None:
        self.taken: list[int] = []
        self.finished_ns: int | None = None
        self._stuck = stuck

    def process(self, item: int) -> None:
        if self._stuck is not None:
            self._stuck.wait()
        pass_time(_ITEM_S)
        self.taken.append(item)

    def on_dropped(self, count: int) -> None:
        raise AssertionError(f"{count} lost")

    def tick(self, now_ns: int, waiting: int) -> None:
        """Nothing has to be done in time."""

    def is_complete(self, _lesson_ns: int) -> bool:
        return len(self.taken) == _ITEMS

    def finish(self, lesson_ns: int) -> None:
        self.finished_ns = lesson_ns


def _ending(work: _Slow) -> TrackThread[int]:
    thread = TrackThread("sound", work, DropOldestQueue[int](_ITEMS), 0)
    for item in range(_ITEMS):
        thread.put(item)
    thread.start()
    thread.request_end(time.monotonic_ns(), 1_000)
    return thread


def test_a_track_that_is_late_but_works_is_waited_for() -> None:
    work = _Slow()
    assert _ending(work).join(_NOTHING_FOR_S, 30.0)
    assert work.taken == list(range(_ITEMS))
    assert work.finished_ns == 1_000


def test_it_is_not_waited_for_longer_than_that() -> None:
    thread = _ending(_Slow())
    assert not thread.join(_NOTHING_FOR_S)
    assert thread.join(30.0)


def test_a_track_that_hangs_is_not_waited_for() -> None:
    stuck = threading.Event()
    thread = _ending(_Slow(stuck))
    began_s = time.monotonic()
    assert not thread.join(_NOTHING_FOR_S, 30.0)
    assert time.monotonic() - began_s < 10
    stuck.set()
    assert thread.join(30.0)


class _Niceness(_Slow):
    """Work that notes its thread's niceness, and that of a thread which it starts, as an encoder does."""

    def process(self, item: int) -> None:
        self.noted = [os.getpriority(os.PRIO_PROCESS, 0)]
        helper = threading.Thread(target=lambda: self.noted.append(os.getpriority(os.PRIO_PROCESS, 0)))
        helper.start()
        helper.join()
        self.taken.append(item)


def test_pictures_give_way_to_sound() -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    work = _Niceness()
    thread = TrackThread("teacher", work, DropOldestQueue[int](_ITEMS), 0, niceness=2)
    thread.put(1)
    thread.start()
    thread.request_end(time.monotonic_ns(), 1_000)
    assert thread.join(30.0)
    assert work.noted == [min(ours + 2, 19)] * 2
    assert os.getpriority(os.PRIO_PROCESS, 0) == ours
