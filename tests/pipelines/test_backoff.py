"""Waiting times grow, are bounded, differ from each other, and begin anew when it worked."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pipelines.backoff import BackOff


@given(failures=st.integers(1, 5000), seed=st.integers())
def test_waiting_is_bounded_however_often_it_fails(failures: int, seed: int) -> None:
    backoff = BackOff(initial_s=0.5, max_s=8.0, jitter=0.2, rng=random.Random(seed))
    waits = [backoff.next_delay_s() for _ in range(failures)]
    for number, wait in enumerate(waits):
        middle = min(8.0, 0.5 * 2 ** min(number, 10))
        assert 0.8 * middle <= wait <= 1.2 * middle
    backoff.reset()
    assert backoff.next_delay_s() <= 0.6


def test_two_devices_do_not_knock_together() -> None:
    assert BackOff().next_delay_s() != BackOff().next_delay_s()
