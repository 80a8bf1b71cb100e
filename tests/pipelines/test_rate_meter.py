"""The rate at which a device delivers, by few time stamps and by many."""

from __future__ import annotations

import pytest

from pipelines.capture.rate_meter import RateMeter

RATE_HZ, BLOCK = 48_000, 960


def measured(blocks: int, true_hz: int) -> int | None:
    meter = RateMeter(RATE_HZ)
    for number in range(blocks):
        meter.observe(number * BLOCK, number * BLOCK * 1_000_000_000 // true_hz)
    return meter.other_rate_hz(RATE_HZ)


@pytest.mark.parametrize("blocks", range(1, 6))
def test_a_tenth_of_a_second_tells_nothing(blocks: int) -> None:
    assert measured(blocks, 44_100) is None


def test_three_seconds_tell() -> None:
    assert measured(160, 44_200) == 44_100
    assert measured(160, RATE_HZ) is None


@pytest.mark.parametrize("true_hz", [47_000, 46_500, 49_500])
def test_what_is_no_rate_of_any_card_is_not_believed(true_hz: int) -> None:
    assert measured(160, true_hz) is None
