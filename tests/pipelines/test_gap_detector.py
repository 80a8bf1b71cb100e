"""Numbers go on through jitter, odd stamps and bursts, and begin anew only where samples are missing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.samples import SoundBlock
from pipelines.capture.gap_detector import GapDetector, NumberedSamples

RATE_HZ = 48_000
BLOCK = 960
BLOCK_NS = 20_000_000


def block(number: int, off_ns: int = 0) -> SoundBlock:
    return SoundBlock(10**12 + number * BLOCK_NS + off_ns, np.full((BLOCK, 1), number % 30_000, np.int16))


def numbers(portions: list[NumberedSamples]) -> list[int]:
    return [int(portion.samples[0, 0]) for portion in portions]


def runs(portions: list[NumberedSamples]) -> list[tuple[int, int]]:
    """Of each run: its first block and how many there are."""
    firsts: dict[int, list[int]] = {}
    for portion in portions:
        firsts.setdefault(id(portion.run), []).append(int(portion.samples[0, 0]))
    return [(found[0], len(found)) for found in firsts.values()]


def test_a_gap_begins_a_run_at_the_block_after_it() -> None:
    detector = GapDetector(RATE_HZ)
    given_blocks = [*range(50), *range(60, 100)]
    portions = [portion for number in given_blocks for portion in detector.push_block(block(number))]
    assert numbers(portions) == given_blocks
    assert runs(portions) == [(0, 50), (60, 40)]
    assert portions[-1].run.why
    assert portions[-1].first == 39 * BLOCK


def test_a_gap_is_believed_after_half_a_second() -> None:
    detector = GapDetector(RATE_HZ)
    for number in range(50):
        detector.push_block(block(number))
    sizes = [len(detector.push_block(block(number))) for number in range(60, 86)]
    assert sizes == [0] * 24 + [25, 1]


def test_blocks_that_agree_to_be_late_for_a_while_are_no_gap() -> None:
    detector = GapDetector(RATE_HZ)
    late = {at: off for first, off in ((60, 66), (90, 29), (120, 42)) for at in range(first, first + 12)}
    portions = [
        portion
        for number in range(200)
        for portion in detector.push_block(block(number, late.get(number, 0) * 1_000_000))
    ]
    assert runs(portions) == [(0, 200)]


def test_stamps_that_never_agree_hold_sound_for_four_seconds_at_most() -> None:
    detector = GapDetector(RATE_HZ)
    for number in range(50):
        detector.push_block(block(number))
    portions: list[NumberedSamples] = []
    fed = 50
    while not portions:
        portions = detector.push_block(block(fed, off_ns=10**9 * (fed % 7 + 1)))
        fed += 1
    assert 4_000_000_000 <= (fed - 50) * BLOCK_NS <= 4_100_000_000
    assert numbers(portions) == list(range(50, fed))


@settings(max_examples=50)
@given(st.lists(st.integers(-60_000_000_000, 60_000_000_000) | st.integers(-30_000_000, 30_000_000), max_size=80))
def test_whatever_the_stamps_no_block_is_lost_or_doubled(offs_ns: list[int]) -> None:
    detector = GapDetector(RATE_HZ)
    portions = [portion for number, off in enumerate(offs_ns) for portion in detector.push_block(block(number, off))]
    portions += detector.release_held()
    assert numbers(portions) == list(range(len(offs_ns)))
    for before, after in pairwise(portions):
        assert after.first == (before.first + BLOCK if after.run is before.run else 0)
