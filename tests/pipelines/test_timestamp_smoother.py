"""A camera's jitter is taken out of its pictures' times, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.timestamp_smoother import TimestampSmoother

MS = 1_000_000
START_NS = 7_000_000 * MS
PERIOD_NS = 1e9 / 30


def evened(stamps_ns: list[int], fps: Fraction = Fraction(30)) -> list[int]:
    pace = TimestampSmoother(fps)
    return [pace.smooth(stamp_ns) for stamp_ns in stamps_ns]


@pytest.mark.parametrize("true_fps", [30.0, 29.97, 30.3, 25.0, 15.0])
def test_pictures_of_a_camera_that_says_thirty_come_evenly(true_fps: float) -> None:
    """With stamps that are 5 ms off either way, and one picture in a hundred lost."""
    dice = np.random.default_rng(3)
    numbers = np.flatnonzero(dice.random(9_000) >= 0.01)
    taken_ns = START_NS + numbers * 1e9 / true_fps
    stamps_ns = [int(at_ns) for at_ns in taken_ns + dice.uniform(-5, 5, len(numbers)) * MS]
    off_ms = (np.array(evened(stamps_ns)) - taken_ns) / MS
    assert np.abs(off_ms[100:]).max() < 2.5
    assert np.abs(off_ms).max() <= 5.5


@given(fps=st.sampled_from([Fraction(30), Fraction(30000, 1001), Fraction(25)]), first_ms=st.integers(0, 40))
def test_even_stamps_stay_as_they_are(fps: Fraction, first_ms: int) -> None:
    stamps_ns = [START_NS + first_ms * MS + round(number * 1e9 / fps) for number in range(500)]
    assert max(abs(at_ns - stamp_ns) for at_ns, stamp_ns in zip(evened(stamps_ns), stamps_ns, strict=True)) <= 2


@given(st.lists(st.integers(1, 90 * MS), min_size=1, max_size=200))
def test_pictures_stay_near_their_stamps_and_in_their_order(apart_ns: list[int]) -> None:
    stamps_ns = list(accumulate(apart_ns, initial=START_NS))
    times_ns = evened(stamps_ns)
    assert all(earlier < later for earlier, later in pairwise(times_ns))
    assert all(at_ns - stamp_ns < 0.5 * PERIOD_NS for at_ns, stamp_ns in zip(times_ns, stamps_ns, strict=True))


def test_after_a_silence_a_picture_is_where_its_stamp_says() -> None:
    stamps_ns = [START_NS + round(number * PERIOD_NS) for number in range(100)]
    late_ns = stamps_ns[-1] + round(40.4 * PERIOD_NS)
    assert evened([*stamps_ns, late_ns])[-1] == late_ns


def test_a_stamp_that_goes_back_is_not_hidden() -> None:
    stamps_ns = [START_NS + round(number * PERIOD_NS) for number in range(10)]
    assert evened([*stamps_ns, stamps_ns[-1]])[-1] == stamps_ns[-1]
