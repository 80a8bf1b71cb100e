"""The simulated camera's exposure schedule and its buffers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.simulation.shutter import FLASH_NS, FrameBuffers, Shutter

PERIOD_NS = 33_333_333
EVEN = Shutter(start_ns=1_000, period_ns=PERIOD_NS, seed=1)
SECOND_NS = 1_000_000_000

shutters = st.builds(
    Shutter,
    start_ns=st.integers(0, 10**15),
    period_ns=st.floats(8e6, 0.19e9),
    seed=st.integers(0, 2**32 - 1),
    exposure_jitter_ns=st.floats(0, 1e9),
    delivery_jitter_ns=st.floats(0, 1e9),
)


@given(shutter=shutters, frame=st.integers(0, 10**6))
def test_frames_keep_their_order_and_never_arrive_before_they_are_exposed(shutter: Shutter, frame: int) -> None:
    assert shutter.exposed_ns(frame) < shutter.exposed_ns(frame + 1)
    assert shutter.ready_ns(frame) < shutter.ready_ns(frame + 1)
    assert shutter.exposed_ns(frame) <= shutter.ready_ns(frame)


@given(shutter=shutters)
def test_jitter_never_adds_up(shutter: Shutter) -> None:
    even_ns = shutter.start_ns + 10_000 * shutter.period_ns
    assert abs(shutter.exposed_ns(10_000) - even_ns) < shutter.period_ns / 2


@given(
    shutter=shutters,
    flash_period_ns=st.sampled_from([2 * SECOND_NS, 10 * SECOND_NS]),
)
def test_each_flash_is_white_from_the_first_frame_after_its_instant(shutter: Shutter, flash_period_ns: int) -> None:
    instant_ns = (shutter.start_ns // flash_period_ns + 2) * flash_period_ns
    first = int((instant_ns - shutter.start_ns) / shutter.period_ns) - 2
    while shutter.exposed_ns(first) < instant_ns:
        first += 1
    assert not shutter.shows_flash(first - 1, flash_period_ns)
    assert shutter.shows_flash(first, flash_period_ns)
    for frame in range(first + 1, first + 10):
        in_flash = shutter.exposed_ns(frame) < instant_ns + FLASH_NS
        assert shutter.shows_flash(frame, flash_period_ns) == in_flash


def test_a_reader_in_time_gets_every_frame_once() -> None:
    buffers = FrameBuffers(EVEN, 4)
    taken = [buffers.dequeue(EVEN.ready_ns(frame)) for frame in range(10)]
    assert taken == list(range(10))
    assert buffers.dequeue(EVEN.ready_ns(9)) is None
    assert buffers.next_ns() == EVEN.ready_ns(10)


def test_a_late_reader_gets_the_frames_that_found_a_buffer_and_then_the_present() -> None:
    buffers = FrameBuffers(EVEN, 4)
    late_ns = EVEN.ready_ns(30)
    assert [buffers.dequeue(late_ns) for _ in range(5)] == [0, 1, 2, 3, None]
    assert buffers.dequeue(EVEN.ready_ns(31)) == 31


def test_a_buffer_that_is_read_takes_the_next_frame() -> None:
    buffers = FrameBuffers(EVEN, 2)
    assert buffers.dequeue(EVEN.ready_ns(5)) == 0
    assert [buffers.dequeue(EVEN.ready_ns(9)) for _ in range(3)] == [1, 6, None]


def test_what_was_exposed_while_nothing_was_sent_is_lost() -> None:
    buffers = FrameBuffers(EVEN, 4)
    buffers.clear(EVEN.ready_ns(20))
    assert buffers.dequeue(EVEN.ready_ns(21)) == 21
