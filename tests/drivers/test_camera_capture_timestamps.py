"""The kernel's timestamps are used until one is implausible."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.capture_timestamps import CaptureTimestamps

SECOND = 1_000_000_000
NOW = 50 * SECOND


def test_a_fresh_stamp_is_the_capture_time() -> None:
    time = CaptureTimestamps()
    assert time.captured_ns(NOW - 20_000_000, NOW) == NOW - 20_000_000
    assert time.is_trusted


def test_wall_clock_time_is_not_believed_and_arrival_counts() -> None:
    time = CaptureTimestamps()
    assert time.captured_ns(1_790_000_000 * SECOND, NOW) == NOW
    assert not time.is_trusted
    assert time.captured_ns(NOW + SECOND, NOW + 2 * SECOND) == NOW + 2 * SECOND


def test_a_clock_that_woke_in_1970_is_found_out_when_it_learns_the_date() -> None:
    time = CaptureTimestamps()
    assert time.captured_ns(NOW - 100_000_000, NOW) == NOW - 100_000_000
    assert time.captured_ns(1_790_000_000 * SECOND, NOW + SECOND) == NOW + SECOND
    assert not time.is_trusted


def test_pictures_that_waited_in_the_kernel_keep_their_time() -> None:
    time = CaptureTimestamps()
    time.captured_ns(NOW, NOW)
    assert time.captured_ns(NOW + SECOND, NOW + 9 * SECOND) == NOW + SECOND
    assert time.is_trusted


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(-(2**60), 2**60)), st.integers(0, SECOND)), max_size=20))
def test_times_only_go_forward_and_never_beyond_now(pictures: list[tuple[int | None, int]]) -> None:
    time, now_ns, before_ns = CaptureTimestamps(), NOW, 0
    for offset_ns, pause_ns in pictures:
        now_ns += pause_ns + len(pictures)
        at_ns = time.captured_ns(None if offset_ns is None else now_ns + offset_ns, now_ns)
        assert before_ns < at_ns <= now_ns
        before_ns = at_ns
