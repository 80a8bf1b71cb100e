"""Plans of days by the config: the timetable's lessons under the school's calendar. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from edge.classroom.timetable import DayPlan
from edge.config.timetable_settings import TimetableConfig, parse_day
from edge.school.day_plans import days_needed, plan_day
from edge.school.expansion_messages import ExpandedTimetable
from edge.school.school_calendar import DayRule, SchoolCalendar

# What is read at a time: the days around one, so that a timetable that cannot be read any more still holds for a while.
_BEFORE, _AFTER = 1, 14


class PlannedDays:
    """What the config says about time zone, term and days, and the plans that follow."""

    def __init__(self, config: TimetableConfig) -> None:
        self.zone = config.zone
        self.term_start = parse_day(config.term_start)
        self._class_name = config.class_name
        self._calendar = SchoolCalendar(
            _rules(config.days), (self.term_start, parse_day(config.term_end)), config.public_holidays
        )

    def days_around(self, day: date) -> set[date]:
        """The dates whose lessons must be read to plan a day and the two weeks after it."""
        return days_needed(self._calendar, [day + timedelta(days=ahead) for ahead in range(-_BEFORE, _AFTER + 1)])

    def knows_holidays(self, day: date) -> bool:
        """Whether the public holidays are known for a day and the two weeks after it."""
        return all(self._calendar.is_known(one) for one in (day, day + timedelta(days=_AFTER)))

    def plan(self, day: date, timetable: ExpandedTimetable) -> DayPlan:
        """Plan a day from what was read; ``days_around`` it must have been."""
        plan = plan_day(day, self._calendar, timetable.lessons, timetable.periods, self.zone)
        return replace(
            plan,
            lessons=tuple(replace(one, class_name=one.class_name or self._class_name) for one in plan.lessons),
        )


def _rules(days: Mapping[str, str]) -> dict[date, DayRule]:
    return {day: parse_day(rule) or rule for text, rule in days.items() if (day := parse_day(text)) is not None}
