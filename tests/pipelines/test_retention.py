"""Retention and admission: nothing that is not stored ever goes, and no more than the next lesson needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.delivery.retention import SpaceGoals, SpooledLesson, lessons_to_remove
from pipelines.recording.storage_budget import MIN_BITRATE_SHARE, StorageDemand, hours_left

DAY_NS = 86_400 * 10**9
NOW_NS = 20_000 * DAY_NS
KEEP_NS = 14 * DAY_NS
GB = 10**9

walls = st.none() | st.integers(0, 2 * NOW_NS)
spools = st.lists(
    st.builds(
        SpooledLesson,
        lesson=st.uuids().map(str),
        size_bytes=st.integers(0, 4 * GB),
        is_stored=st.booleans(),
        is_busy=st.booleans(),
        ended_wall_ns=walls,
    ),
    max_size=12,
    unique_by=lambda kept: kept.lesson,
)
sizes = st.integers(0, 40 * GB)
wants = st.tuples(sizes, sizes).map(lambda pair: SpaceGoals(max(pair), min(pair)))


def removed(spool: list[SpooledLesson], free: int, wanted: SpaceGoals, now: int | None = NOW_NS) -> list[SpooledLesson]:
    by_name = {kept.lesson: kept for kept in spool}
    return [by_name[name] for name in lessons_to_remove(spool, free, wanted, KEEP_NS, now)]


def is_past(kept: SpooledLesson) -> bool:
    return kept.ended_wall_ns is not None and NOW_NS - kept.ended_wall_ns > KEEP_NS


@given(spools, sizes, wants, st.none() | st.just(NOW_NS))
def test_what_is_not_stored_or_runs_never_goes(
    spool: list[SpooledLesson], free: int, wanted: SpaceGoals, now: int | None
) -> None:
    assert all(kept.is_stored and not kept.is_busy for kept in removed(spool, free, wanted, now))


@given(spools, wants, sizes)
def test_where_there_is_room_nothing_goes(spool: list[SpooledLesson], wanted: SpaceGoals, more: int) -> None:
    assert removed(spool, wanted.full_bytes + more, wanted) == []


@given(spools, sizes, wants)
def test_the_oldest_goes_first_and_the_last_one_was_needed(
    spool: list[SpooledLesson], free: int, wanted: SpaceGoals
) -> None:
    gone = removed(spool, free, wanted)
    for past in (True, False):
        group = [kept for kept in gone if is_past(kept) is past]
        might = [kept for kept in spool if kept.is_stored and not kept.is_busy and is_past(kept) is past]
        assert group == might[: len(group)]
    if gone:
        before = free + sum(kept.size_bytes for kept in gone[:-1])
        assert before < (wanted.full_bytes if is_past(gone[-1]) else wanted.least_bytes)


@given(spools, sizes, wants, st.integers(0, 40 * GB))
def test_more_room_never_costs_another_lesson(
    spool: list[SpooledLesson], free: int, wanted: SpaceGoals, more: int
) -> None:
    assert set(lessons_to_remove(spool, free + more, wanted, KEEP_NS, NOW_NS)) <= set(
        lessons_to_remove(spool, free, wanted, KEEP_NS, NOW_NS)
    )


@given(spools, sizes, wants)
def test_the_keep_time_is_kept_as_long_as_a_lesson_fits_at_all(
    spool: list[SpooledLesson], free: int, wanted: SpaceGoals
) -> None:
    young = [kept for kept in removed(spool, free, wanted) if not is_past(kept)]
    past = sum(kept.size_bytes for kept in spool if kept.is_stored and not kept.is_busy and is_past(kept))
    assert not young or free + past < wanted.least_bytes


@given(spools, sizes, wants, walls)
def test_without_a_date_the_order_is_that_of_the_numbers(
    spool: list[SpooledLesson], free: int, wanted: SpaceGoals, wrong: int | None
) -> None:
    """A clock that is not synchronised is None here, so whatever it says changes nothing."""
    undated = [SpooledLesson(kept.lesson, kept.size_bytes, kept.is_stored, kept.is_busy, wrong) for kept in spool]
    gone = removed(undated, free, wanted, None)
    assert gone == [kept for kept in undated if kept.is_stored and not kept.is_busy][: len(gone)]
    assert free + sum(kept.size_bytes for kept in gone[:-1]) < wanted.least_bytes or not gone


demands = st.builds(
    StorageDemand,
    picture_bps=st.integers(0, 30_000_000),
    sound_bps=st.integers(32_000, 1_000_000),
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
