"""The timetable of a day: its lessons in the order of their starts, and which of them is now, next, or meant; pure.

Every moment is an aware datetime; days are those of the school's time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the bell schedule (作息时间), such as 第一节; ``start`` is inside it, ``end`` is not."""

    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ScheduledLesson:
    """A lesson of the timetable; ``start`` is inside it, ``end`` is not. What is not known of it is empty.

    ``period`` is the name of its period, ``uid`` what its source knows it by: the same on every day it recurs.
    """

    start: datetime
    end: datetime
    subject: str
    teacher: str = ""
    class_name: str = ""
    period: str = ""
    uid: str = ""

    @property
    def title(self) -> str:
        """What the lesson is called in lists and players: class, subject and teacher, as far as they are known."""
        return " · ".join(filter(None, (self.class_name, self.subject, self.teacher)))


@dataclass(frozen=True, slots=True)
class DayNote:
    """Why a day is not like the others of its weekday.

    ``kind`` is ``holiday`` (no lessons), ``makeup`` (调休: a working day at a weekend; the lessons are those of the day
    ``follows``, None where it has lessons of its own), ``moved`` (the config gives it the lessons of ``follows``) or
    ``vacation`` (outside the term). ``name`` is the public holiday's in Chinese, ``english_name`` in English; empty for
    none.
    """

    kind: str
    name: str = ""
    english_name: str = ""
    follows: date | None = None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What the timetable says of a day; lessons and periods are in the order of their starts.

    ``note`` is None on an ordinary day.
    """

    date: date
    lessons: tuple[ScheduledLesson, ...] = ()
    periods: tuple[Period, ...] = ()
    note: DayNote | None = None


def lesson_now(plan: DayPlan, now: datetime) -> ScheduledLesson | None:
    """The lesson that ``now`` lies in; of several, which a timetable may hold by mistake, the one that began last."""
    running = [lesson for lesson in plan.lessons if lesson.start <= now < lesson.end]
    return running[-1] if running else None


def lesson_next(plan: DayPlan, now: datetime) -> ScheduledLesson | None:
    """The first lesson of the day that begins after ``now``."""
    return next((lesson for lesson in plan.lessons if lesson.start > now), None)


def lesson_of_start(plan: DayPlan, began: datetime, grace: timedelta) -> ScheduledLesson | None:
    """The lesson that a recording begun at ``began`` is meant for.

    It is the next lesson if that begins within ``grace``, else the one that is running. So whoever presses in the
    break, or while the lesson before is drawing to its end, records the lesson that comes.
    """
    coming = lesson_next(plan, began)
    return coming if coming is not None and coming.start - began <= grace else lesson_now(plan, began)
