"""A real school's term, from the calendar it publishes to the plan of each day: holidays, 调休, moved and cancelled."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from edge.classroom.timetable import DayPlan
from edge.config.timetable_settings import TimetableConfig
from edge.controller.timetable.planned_days import PlannedDays
from edge.school import timetable_ical
from edge.school.expansion_messages import ExpandedTimetable

TERM = Path(__file__).with_name("school_term_2026.ics")
FIRST, LAST = date(2026, 9, 1), date(2027, 1, 15)
CONFIG = TimetableConfig(term_start="2026-09-01", term_end="2027-01-15")

MONDAY = "语文 数学 英语 体育 科学 班会"
TUESDAY = "数学 语文 英语 美术 道德与法治"
WEDNESDAY = "语文 英语 数学 音乐 体育"
THURSDAY = "英语 数学 语文 科学 信息科技"
FRIDAY = "数学 语文 体育 英语"


@pytest.fixture(scope="module")
def timetable() -> ExpandedTimetable:
    """Every day of the term and the two weeks on either side."""
    book = PlannedDays(CONFIG)
    days = {FIRST + timedelta(days=ahead) for ahead in range(-30, (LAST - FIRST).days + 30)}
    calendar = timetable_ical.read_calendar(TERM.name, TERM.read_bytes())
    return ExpandedTimetable(lessons=timetable_ical.lessons_on(TERM.name, calendar, days, book.zone))


def plan(timetable: ExpandedTimetable, day: str, **config: object) -> DayPlan:
    changed = TimetableConfig.model_validate(CONFIG.model_dump() | config)
    return PlannedDays(changed).plan(date.fromisoformat(day), timetable)


def subjects(found: DayPlan) -> str:
    return " ".join(lesson.subject for lesson in found.lessons)


@pytest.mark.parametrize(
    ("case", "day", "expected"),
    [
        ("the day before the term", "2026-08-31", ""),
        ("the first day, a Tuesday", "2026-09-01", TUESDAY),
        ("an odd Friday", "2026-09-04", f"{FRIDAY} 书法"),
        ("an ordinary Saturday", "2026-09-05", ""),
        ("an even Friday", "2026-09-11", f"{FRIDAY} 阅读"),
        ("one lesson cancelled", "2026-09-14", "语文 数学 英语 科学 班会"),
        ("one lesson moved within the day", "2026-09-16", "语文 英语 音乐 体育 数学（公开课）"),
        ("Sunday 调休: the lessons of Tuesday 6 October", "2026-09-20", TUESDAY),
        ("the day that a lesson was moved away from", "2026-09-22", "数学 语文 英语 道德与法治"),
        ("the day that it was moved to", "2026-09-24", f"{THURSDAY} 美术"),
        ("Mid-autumn Festival", "2026-09-25", ""),
        ("a single event, in UTC", "2026-09-30", f"{WEDNESDAY} 家长会"),
        ("National Day", "2026-10-01", ""),
        ("the last day off", "2026-10-07", ""),
        ("the first day after it", "2026-10-08", THURSDAY),
        ("Saturday 调休: the lessons of Wednesday 7 October", "2026-10-10", WEDNESDAY),
        ("sports day: excepted, and a whole day is no lesson", "2026-11-05", ""),
        ("the last day", "2027-01-15", f"{FRIDAY} 阅读"),
        ("the Monday after the term", "2027-01-18", ""),
    ],
)
def test_a_day_of_the_term(timetable: ExpandedTimetable, case: str, day: str, expected: str) -> None:
    assert subjects(plan(timetable, day)) == expected, case


@pytest.mark.parametrize(
    ("case", "day", "rule", "expected", "kind"),
    [
        ("a snow day", "2026-12-07", "off", "", "holiday"),
        ("school on a public holiday", "2026-10-05", "on", MONDAY, None),
        ("another day is made up for", "2026-10-10", "2026-10-08", THURSDAY, "moved"),
        ("no lessons on a working Saturday", "2026-10-10", "off", "", "holiday"),
        ("lessons after the term", "2027-01-18", "2027-01-11", MONDAY, "moved"),
    ],
)
def test_the_config_wins(
    timetable: ExpandedTimetable, case: str, day: str, rule: str, expected: str, kind: str | None
) -> None:
    found = plan(timetable, day, days={day: rule})
    assert (subjects(found), found.note.kind if found.note else None) == (expected, kind), case


def test_without_public_holidays_every_day_is_its_weekday(timetable: ExpandedTimetable) -> None:
    assert subjects(plan(timetable, "2026-10-01", public_holidays=False)) == THURSDAY
    assert subjects(plan(timetable, "2026-10-10", public_holidays=False)) == ""


def test_a_holiday_that_the_calendar_leaves_out_is_made_up_for_with_the_week_before_last(
    timetable: ExpandedTimetable,
) -> None:
    without = timetable.model_copy(update={"lessons": timetable.lessons | {date(2026, 10, 7): []}})
    assert subjects(plan(without, "2026-10-10")) == WEDNESDAY


def test_a_working_weekend_that_the_calendar_has_lessons_for_keeps_them(timetable: ExpandedTimetable) -> None:
    own = timetable.lessons[date(2026, 9, 30)][:1]
    found = plan(timetable.model_copy(update={"lessons": timetable.lessons | {date(2026, 10, 10): own}}), "2026-10-10")
    assert subjects(found) == "语文"
    assert found.note is not None
    assert (found.note.kind, found.note.name, found.note.follows) == ("makeup", "国庆节", None)


def test_lessons_made_up_for_have_their_times_on_the_working_day(timetable: ExpandedTimetable) -> None:
    first = plan(timetable, "2026-09-20").lessons[0]
    assert first.start.isoformat() == "2026-09-20T08:00:00+08:00"
    assert first.end.isoformat() == "2026-09-20T08:40:00+08:00"
    assert (first.teacher, first.class_name, first.period) == ("李强", "三年级（2）班", "第一节")


def test_what_is_known_of_a_lesson(timetable: ExpandedTimetable) -> None:
    english = plan(timetable, "2026-09-03").lessons[0]
    assert english.title == "三年级（2）班 · 英语 · Zhao, Lin"
    parents = plan(timetable, "2026-09-30").lessons[-1]
    assert (parents.teacher, parents.start.isoformat()) == ("张敏", "2026-09-30T16:00:00+08:00")
    opened = plan(timetable, "2026-09-16").lessons[-1]
    assert (opened.teacher, opened.period) == ("陈静", "第六节")


def test_a_year_that_is_not_known_has_weekdays_and_says_so(
    timetable: ExpandedTimetable, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = chinese_calendar.get_holiday_detail

    def until_2026(day: date) -> tuple[bool, str | None]:
        if day.year > 2026:
            raise NotImplementedError
        return known(day)

    monkeypatch.setattr(chinese_calendar, "get_holiday_detail", until_2026)
    book = PlannedDays(CONFIG)
    assert subjects(plan(timetable, "2027-01-01")) == f"{FRIDAY} 阅读"  # New Year's Day, had it been announced
    assert not book.knows_holidays(date(2027, 1, 1))
    assert not book.knows_holidays(date(2026, 12, 20)), "two weeks ahead, so that somebody can act"
    assert book.knows_holidays(date(2026, 12, 17))
    told = PlannedDays(CONFIG.model_copy(update={"days": {"2027-01-01": "off"}}))
    assert told.knows_holidays(date(2027, 1, 5))
    assert told.plan(date(2027, 1, 1), timetable).lessons == ()
