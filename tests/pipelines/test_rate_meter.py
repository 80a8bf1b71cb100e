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
    assert measured(160, 44_100) == pytest.approx(44_100, abs=2)
    assert measured(160, RATE_HZ) is None
