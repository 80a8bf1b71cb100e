"""The queue between a device and a track: bounded, in order, every loss counted, from two threads at once."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.frame_queue import FrameQueue
from pipelines.capture.drop_oldest_queue import DropOldestQueue


@given(length=st.integers(1, 8), items=st.lists(st.one_of(st.integers(), st.none()), max_size=60))
def test_the_newest_stay_and_the_rest_is_counted(length: int, items: list[int | None]) -> None:
    """An item is put, None is a take."""
    queue: DropOldestQueue[int] = DropOldestQueue(length)
    model: list[int] = []
    dropped = 0
    for item in items:
        if item is None:
            assert queue.get(0.0) == (model.pop(0) if model else None)
        else:
            queue.put(item)
            model.append(item)
            dropped += len(model) > length
            model = model[-length:]
        assert len(queue) == len(model)
        assert queue.dropped == dropped


@given(burst=st.lists(st.integers(1, 30), max_size=40), later=st.lists(st.integers(1, 30), max_size=40))
def test_what_is_expected_fits_and_afterwards_the_bound_is_the_old_one(burst: list[int], later: list[int]) -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(4, max_bytes=100, size_of=lambda size: size)
    queue.make_room_for(burst)
    for size in burst:
        queue.put(size)
    # As long as it was never empty, what comes meanwhile finds the room of what was taken.
    for _ in burst[1:]:
        taken = queue.get(0.0)
        assert taken is not None
        queue.put(taken)
    assert queue.dropped == 0
    assert [queue.get(0.0) for _ in burst] == [*burst[-1:], *burst[:-1]]
    for size in later:
        queue.put(size)
    kept = [queue.get(0.0) for _ in range(len(queue))]
    assert len(kept) <= 4
    assert queue.dropped == len(later) - len(kept)


@given(sizes=st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_what_stays_is_no_larger_than_allowed_but_the_newest_always_does(sizes: list[int]) -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(1000, max_bytes=50, size_of=lambda size: size)
    for size in sizes:
        queue.put(size)
    kept = [item for _ in range(len(queue)) if (item := queue.get(0.0)) is not None]
    assert kept == sizes[len(sizes) - len(kept) :]
    assert kept[-1] == sizes[-1]
    assert sum(kept) <= 50
    assert queue.dropped == len(sizes) - len(kept)
    assert not queue.dropped or sum(sizes[-len(kept) - 1 :]) > 50


def test_nothing_is_lost_uncounted_between_threads() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(16)
    count = 20_000
    taken: list[int] = []

    def take() -> None:
        while not taken or taken[-1] != count - 1:
            if (item := queue.get(1.0)) is not None:
                taken.append(item)

    consumer = threading.Thread(target=take)
    consumer.start()
    for number in range(count):
        queue.put(number)
    consumer.join(10)
    assert not consumer.is_alive()
    assert taken == sorted(set(taken))
    assert len(taken) + queue.dropped == count


def test_a_sleeping_taker_is_woken_and_a_wake_is_not_forgotten() -> None:
    queue: DropOldestQueue[int] = DropOldestQueue(4)
    queue.wake()
    began = time.monotonic()
    assert queue.get(5.0) is None
    waker = threading.Timer(0.05, queue.wake)
    waker.start()
    assert queue.get(5.0) is None
    waker.join()
    assert time.monotonic() - began < 2.0


class CountedCondition(threading.Condition):
    """Counts how often somebody is told."""

    told = 0

    def notify(self, n: int = 1) -> None:
        type(self).told += 1
        super().notify(n)


def test_what_can_wait_wakes_nobody_and_is_found_at_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera's thirty pictures a second become ten looks of the thread that reads them."""
    monkeypatch.setattr(threading, "Condition", CountedCondition)
    queue: DropOldestQueue[int] = DropOldestQueue(100, can_wait=lambda number: number % 30 != 0)
    frames: FrameQueue[int] = FrameQueue(8)
    CountedCondition.told = 0
    for number in range(60):
        queue.put(number)
    assert CountedCondition.told == 2, "one for each key picture"
    assert [queue.get(0.0) for _ in range(61)] == [*range(60), None]
    CountedCondition.told = 0
    for number in range(4):
        frames.put(number, can_wait=True)
    assert CountedCondition.told == 0
    frames.put(4, can_wait=True)
    assert CountedCondition.told == 1, "more than half full: nobody may have to wait for room"
    assert [frames.get(1.0) for _ in range(5)] == list(range(5))


def test_a_reader_that_waits_finds_what_does_not_wake_it() -> None:
    frames: FrameQueue[int] = FrameQueue(8)
    found: list[int | None] = []
    reader = threading.Thread(target=lambda: found.append(frames.get(10.0)))
    reader.start()
    frames.put(7, can_wait=True)
    reader.join(5)
    assert found == [7]
