"""Lesson time: it never goes back, stands still in pauses, and goes on without a step."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lesson_timeline import LessonTimeline

steps = st.lists(st.integers(1, 10**10), min_size=1, max_size=8)


def lived(start_ns: int, base_ns: int, running: list[int], paused: list[int]) -> tuple[LessonTimeline, int]:
    """A timeline that ran and paused for these times in turn; when its last run was over."""
    timeline = LessonTimeline(base_ns)
    at_ns = start_ns
    for run_ns, pause_ns in zip(running, paused, strict=False):
        timeline.start(at_ns)
        timeline.stop(at_ns + run_ns)
        at_ns += run_ns + pause_ns
    return timeline, at_ns


@given(start_ns=st.integers(0, 10**15), base_ns=st.integers(0, 10**13), running=steps, paused=steps, data=st.data())
def test_it_counts_what_ran_and_nothing_else(
    start_ns: int, base_ns: int, running: list[int], paused: list[int], data: st.DataObject
) -> None:
    timeline, end_ns = lived(start_ns, base_ns, running, paused)
    turns = min(len(running), len(paused))
    assert timeline.reached_ns(end_ns) == base_ns + sum(running[:turns])
    moments = sorted(data.draw(st.lists(st.integers(start_ns - 10, end_ns + 10), min_size=2, max_size=20)))
    for earlier, later in pairwise(moments):
        assert 0 <= timeline.reached_ns(later) - timeline.reached_ns(earlier) <= later - earlier
    for moment in moments:
        lesson_ns = timeline.to_lesson_ns(moment)
        assert lesson_ns is None or lesson_ns == timeline.reached_ns(moment)
        if lesson_ns is None:
            stands_still = timeline.reached_ns(moment + 1) == timeline.reached_ns(moment)
            assert stands_still


@given(running=steps, paused=steps)
def test_every_lesson_nanosecond_is_one_moment(running: list[int], paused: list[int]) -> None:
    """The last moment before a pause and the first after it are neighbours, and no time belongs to both."""
    timeline = LessonTimeline()
    at_ns = 1000
    for run_ns, pause_ns in zip(running, paused, strict=False):
        timeline.start(at_ns)
        first = timeline.to_lesson_ns(at_ns)
        assert timeline.stop(at_ns + run_ns) == timeline.reached_ns(at_ns + run_ns + pause_ns)
        last = timeline.to_lesson_ns(at_ns + run_ns - 1)
        assert first is not None
        assert last == first + run_ns - 1
        assert timeline.to_lesson_ns(at_ns + run_ns) is None
        at_ns += run_ns + pause_ns
        timeline.start(at_ns)
        assert timeline.to_lesson_ns(at_ns) == last + 1
        timeline.stop(at_ns)


def test_going_and_stopping_again_changes_nothing() -> None:
    timeline = LessonTimeline()
    assert not timeline.is_running
    assert timeline.stop(5) == 0
    timeline.start(10)
    timeline.start(20)
    assert timeline.is_running
    assert timeline.to_lesson_ns(30) == 20
    assert timeline.stop(40) == 30
    assert timeline.stop(50) == 30


def test_a_stop_before_its_go_takes_no_time_back() -> None:
    timeline = LessonTimeline()
    timeline.start(100)
    assert timeline.stop(90) == 0
    timeline.start(100)
    assert timeline.to_lesson_ns(101) == 1


def test_it_cannot_go_on_before_it_stopped() -> None:
    timeline = LessonTimeline()
    timeline.start(10)
    timeline.stop(20)
    with pytest.raises(ValueError, match="before it stopped"):
        timeline.start(19)
    assert timeline.reached_ns(100) == 10
