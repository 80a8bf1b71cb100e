"""Plans of days, from the lessons that the timetable itself has for each date and from the school's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from edge.classroom.timetable import DayPlan, Period, ScheduledLesson
from edge.school.school_calendar import SchoolCalendar

# Two weeks keep odd and even weeks apart.
_SAME_WEEK_KIND = timedelta(days=14)
NO_LESSONS = ("holiday", "vacation")


@dataclass(frozen=True, slots=True)
class ClockPeriod:
    """A period of the bell schedule on any day, in the school's time."""

    name: str
    start: time
    end: time


def days_needed(calendar: SchoolCalendar, days: Iterable[date]) -> set[date]:
    """The dates whose own lessons must be known to plan ``days``."""
    needed: set[date] = set()
    for day in days:
        note = calendar.note(day)
        needed.add(day)
        if note is not None and note.follows is not None:
            needed |= {note.follows, note.follows - _SAME_WEEK_KIND}
    return needed


def plan_day(
    day: date,
    calendar: SchoolCalendar,
    lessons: Mapping[date, Sequence[ScheduledLesson]],
    periods: Sequence[ClockPeriod],
    zone: ZoneInfo,
) -> DayPlan:
    """Plan a day; ``lessons`` are those that the timetable itself has, without regard to holidays.

    A working day at a weekend keeps the lessons that the timetable has for it. Where there are none it gets those of
    the day that it makes up for, and where that has none either, because the timetable leaves the holiday out, those of
    the same weekday two weeks before it.
    """
    note = calendar.note(day)
    if note is not None and note.kind in NO_LESSONS:
        return DayPlan(day, note=note)
    own = tuple(lessons.get(day, ()))
    if note is not None and note.kind == "makeup" and own:
        note = replace(note, follows=None)
    elif note is not None and note.follows is not None:
        follows = note.follows
        there = lessons.get(follows) or lessons.get(follows - _SAME_WEEK_KIND, ())
        own = tuple(_on_day(lesson, day, zone) for lesson in there)
    bells = tuple(
        Period(one.name, datetime.combine(day, one.start, zone), datetime.combine(day, one.end, zone))
        for one in sorted(periods, key=lambda one: one.start)
    )
    return DayPlan(day, tuple(sorted(own, key=lambda one: (one.start, one.end, one.uid))), bells, note)


def _on_day(lesson: ScheduledLesson, day: date, zone: ZoneInfo) -> ScheduledLesson:
    start, end = lesson.start.astimezone(zone), lesson.end.astimezone(zone)
    return replace(
        lesson,
        start=datetime.combine(day, start.timetz()),
        end=datetime.combine(day + (end.date() - start.date()), end.timetz()),
    )
