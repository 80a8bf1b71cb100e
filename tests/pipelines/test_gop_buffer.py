"""What a camera's source remembers for a track that begins in the middle of its stream."""

from __future__ import annotations

import pytest

from drivers.samples import AccessUnit
from pipelines.capture.gop_buffer import MAX_BYTES, GopBuffer


def unit(number: int, *, key: bool = False, size: int = 1) -> AccessUnit:
    return AccessUnit(number * 40_000_000, bytes(size), key)


def test_the_last_two_keys_and_all_since_the_last_are_remembered() -> None:
    buffer = GopBuffer()
    units = [unit(number, key=number in (2, 5, 8)) for number in range(11)]
    for one in units:
        buffer.push(one, is_delivered=False)
    assert buffer.snapshot() == [units[5], *units[8:]]


@pytest.mark.parametrize(("taken", "first"), [(False, 4), (True, 8)])
def test_whole_groups_reach_as_far_back_as_asked_unless_a_lesson_has_them(taken: bool, first: int) -> None:
    buffer = GopBuffer(length_ns=4 * 40_000_000)
    units = [unit(number, key=number % 4 == 0) for number in range(11)]
    for one in units:
        buffer.push(one, is_delivered=taken)
    assert buffer.snapshot() == [units[first - 4], *units[first:]]
    assert buffer.oldest_ns == units[first].captured_ns


def test_groups_together_take_no_more_than_allowed() -> None:
    buffer = GopBuffer(length_ns=10**12)
    units = [unit(number, key=True, size=MAX_BYTES // 3) for number in range(6)]
    for one in units:
        buffer.push(one, is_delivered=False)
    assert buffer.snapshot() == units[-4:]


def test_nothing_is_remembered_before_the_first_key() -> None:
    buffer = GopBuffer()
    buffer.push(unit(0), is_delivered=False)
    assert buffer.snapshot() == []


def test_too_much_between_keys_is_forgotten_until_the_next_key() -> None:
    buffer = GopBuffer()
    for number in range(5):
        buffer.push(unit(number, key=number == 0, size=MAX_BYTES // 4), is_delivered=False)
    assert buffer.snapshot() == []
    buffer.push(unit(5), is_delivered=False)
    assert buffer.snapshot() == []
    buffer.push(unit(6, key=True), is_delivered=False)
    assert buffer.snapshot() == [unit(6, key=True)]


def test_a_stream_that_begins_anew_owes_nothing_to_the_one_before() -> None:
    buffer = GopBuffer()
    buffer.push(unit(0, key=True), is_delivered=False)
    buffer.clear()
    buffer.push(unit(1, key=True), is_delivered=False)
    assert buffer.snapshot() == [unit(1, key=True)]
