"""The timetable of a day: now, next, and which lesson a recording is meant for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.classroom.timetable import DayPlan, ScheduledLesson, lesson_next, lesson_now, lesson_of_start

DAY = date(2026, 9, 1)
GRACE = timedelta(minutes=10)


def at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 9, 1, int(hour), int(minute), tzinfo=UTC)


def lesson(start: str, end: str, subject: str) -> ScheduledLesson:
    return ScheduledLesson(at(start), at(end), subject)


# Chinese and maths with a break between them; physics twice without one.
PLAN = DayPlan(
    DAY,
    (
        lesson("08:00", "08:40", "Chinese"),
        lesson("08:50", "09:30", "maths"),
        lesson("10:00", "10:40", "physics 1"),
        lesson("10:40", "11:20", "physics 2"),
    ),
)


def named(found: ScheduledLesson | None) -> str:
    return found.subject if found else ""


@pytest.mark.parametrize(
    ("case", "clock", "now", "coming", "meant"),
    [
        ("long before the first", "07:00", "", "Chinese", ""),
        ("as early as the grace allows", "07:50", "", "Chinese", "Chinese"),
        ("at the bell", "08:00", "Chinese", "maths", "Chinese"),
        ("late, in its middle", "08:20", "Chinese", "maths", "Chinese"),
        ("its last minute before the grace", "08:39", "Chinese", "maths", "Chinese"),
        ("at its end: it is over, the break begins", "08:40", "", "maths", "maths"),
        ("in a break longer than the grace", "09:35", "", "physics 1", ""),
        ("without a break, well inside", "10:20", "physics 1", "physics 2", "physics 1"),
        ("without a break, close to the bell", "10:35", "physics 1", "physics 2", "physics 2"),
        ("in the last lesson's last minute", "11:19", "physics 2", "", "physics 2"),
        ("after school", "11:20", "", "", ""),
    ],
)
def test_now_next_and_meant(case: str, clock: str, now: str, coming: str, meant: str) -> None:
    found = (
        named(lesson_now(PLAN, at(clock))),
        named(lesson_next(PLAN, at(clock))),
        named(lesson_of_start(PLAN, at(clock), GRACE)),
    )
    assert found == (now, coming, meant), case


def test_of_two_lessons_at_a_time_the_one_that_began_last_is_now() -> None:
    plan = DayPlan(DAY, (lesson("08:00", "09:40", "double"), lesson("08:50", "09:30", "maths")))
    assert named(lesson_now(plan, at("09:00"))) == "maths"
    assert named(lesson_now(plan, at("09:35"))) == "double"


def test_a_title_holds_what_is_known() -> None:
    known = ScheduledLesson(at("08:00"), at("08:40"), "语文", "张敏", "三（2）班")
    assert known.title == "三（2）班 · 语文 · 张敏"
    assert lesson("08:00", "08:40", "语文").title == "语文"


@given(minute=st.integers(0, 24 * 60 - 1), grace=st.integers(0, 120))
def test_the_lesson_meant_is_running_or_begins_within_the_grace(minute: int, grace: int) -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=minute)
    meant = lesson_of_start(PLAN, now, timedelta(minutes=grace))
    if meant is None:
        assert lesson_now(PLAN, now) is None
    else:
        assert now < meant.end
        assert meant.start - now <= timedelta(minutes=grace)
