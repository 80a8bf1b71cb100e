"""Retention and admission: which stored lessons go first, and what the next lesson needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.delivery.retention import StoredLesson, removal_order
from pipelines.recording.storage_budget import MIN_BITRATE_SHARE, StorageDemand, hours_left

DAY_NS = 86_400 * 10**9
NOW_NS = 20_000 * DAY_NS
KEEP_NS = 14 * DAY_NS
GB = 10**9

walls = st.none() | st.integers(0, 2 * NOW_NS)
spools = st.lists(
    st.builds(StoredLesson, lesson=st.uuids().map(str), ended_wall_ns=walls),
    max_size=12,
    unique_by=lambda it: it.lesson,
)
sizes = st.integers(0, 40 * GB)


def is_past(kept: StoredLesson) -> bool:
    return kept.ended_wall_ns is not None and NOW_NS - kept.ended_wall_ns > KEEP_NS


@given(spools)
def test_those_past_their_time_go_first_and_all_in_their_order(spool: list[StoredLesson]) -> None:
    past, young = ([kept.lesson for kept in spool if is_past(kept) is it] for it in (True, False))
    assert removal_order(spool, KEEP_NS, NOW_NS) == past + young


@given(spools)
def test_without_a_date_the_order_is_that_of_the_numbers(spool: list[StoredLesson]) -> None:
    """A clock that is not synchronised is None here, so whatever it says changes nothing."""
    assert removal_order(spool, KEEP_NS, None) == [kept.lesson for kept in spool]


demands = st.builds(
    StorageDemand,
    video_bps=st.integers(0, 30_000_000),
    audio_bps=st.integers(32_000, 1_000_000),
    seconds=st.integers(1, 8 * 3600),
    reserve_bytes=st.integers(0, 10 * GB),
)


@given(demands, sizes)
def test_what_is_admitted_fits(demand: StorageDemand, free: int) -> None:
    share = demand.bitrate_share(free)
    if share is None:
        assert free < demand.required_bytes(MIN_BITRATE_SHARE)
    else:
        assert MIN_BITRATE_SHARE <= share <= 1
        assert demand.required_bytes(share) <= max(free, demand.required_bytes(MIN_BITRATE_SHARE)) + 1


@given(demands, sizes, sizes)
def test_more_room_never_admits_less(demand: StorageDemand, free: int, more: int) -> None:
    assert (demand.bitrate_share(free) or 0) <= (demand.bitrate_share(free + more) or 0)


def test_a_full_bit_rate_a_lower_one_and_none() -> None:
    demand = StorageDemand(video_bps=8_000_000, audio_bps=100_000, seconds=2700, reserve_bytes=500_000_000)
    assert demand.bitrate_share(3_400_000_000) == 1.0
    assert demand.bitrate_share(2_500_000_000) == 0.69
    assert demand.bitrate_share(1_900_000_000) is None
    assert round(hours_left(3_400_000_000, demand.reserve_bytes, demand.bits_per_second), 2) == 0.76
    assert hours_left(1, demand.reserve_bytes, demand.bits_per_second) == 0
