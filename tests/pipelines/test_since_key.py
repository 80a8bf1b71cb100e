"""What a camera's source remembers for a track that begins in the middle of its stream."""

from __future__ import annotations

from drivers.samples import AccessUnit, JpegPicture
from pipelines.capture.since_key import MOST_BYTES, SinceKey


def unit(number: int, *, key: bool = False, size: int = 1) -> AccessUnit:
    return AccessUnit(number * 40_000_000, bytes(size), key)


def test_the_last_two_keys_and_all_since_the_last_are_remembered() -> None:
    memory = SinceKey()
    units = [unit(number, key=number in (2, 5, 8)) for number in range(11)]
    for one in units:
        memory.feed(one)
    assert memory.recall() == [units[5], *units[8:]]


def test_nothing_is_remembered_before_the_first_key_and_of_other_pictures() -> None:
    memory = SinceKey()
    memory.feed(unit(0))
    memory.feed(JpegPicture(1, b""))
    assert memory.recall() == []


def test_too_much_between_keys_is_forgotten_until_the_next_key() -> None:
    memory = SinceKey()
    for number in range(5):
        memory.feed(unit(number, key=number == 0, size=MOST_BYTES // 4))
    assert memory.recall() == []
    memory.feed(unit(5))
    assert memory.recall() == []
    memory.feed(unit(6, key=True))
    assert memory.recall() == [unit(6, key=True)]


def test_a_stream_that_begins_anew_owes_nothing_to_the_one_before() -> None:
    memory = SinceKey()
    memory.feed(unit(0, key=True))
    memory.forget()
    memory.feed(unit(1, key=True))
    assert memory.recall() == [unit(1, key=True)]
