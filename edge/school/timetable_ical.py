"""Timetables as iCalendar (RFC 5545): recurring events with their exceptions, moved and cancelled ones, and time zones.

An event is a lesson: SUMMARY is its subject. Its teacher, class and period are lines of DESCRIPTION
(``教师：张敏``); else ORGANIZER's CN is the teacher. Entries of whole days or of more than half a day are no lessons.

What a hostile calendar costs is not bounded here: see ``edge.school.timetable_reader_process``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, Event, vRecur

from edge.classroom.timetable import ScheduledLesson
from edge.i18n import lazy_message
from edge.school.import_problems import ImportProblem, InvalidTimetable, ProblemLocation

_LONGEST_LESSON = timedelta(hours=12)
_LONGEST = 64
_MOST_A_DAY = 60
# Nothing that is taught comes so often, and to expand such a rule takes for ever.
_TOO_OFTEN = frozenset(("SECONDLY", "MINUTELY", "HOURLY"))
# An event without these is another event, not one of which something is missing.
_NEEDED = frozenset(("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE"))
_ABOUT = {
    "teacher": ("教师", "老师", "任课教师", "任课老师", "teacher"),
    "class_name": ("班级", "class"),
    "period": ("节次", "period"),
}
_FIELD_OF = {called: name for name, names in _ABOUT.items() for called in names}
_ABOUT_LINE = re.compile(r"\s*([^:：]{1,20})[:：]\s*(.{1,64}?)\s*")
_QUOTED = re.compile(r"'([^']{3,})'")
_FOLD = re.compile(rb"\r?\n[ \t]")


def read_calendar(file: str, data: bytes) -> Calendar:
    """Read a calendar whose events can be expanded.

    Raises:
        InvalidTimetable: with every mistake that was found.
    """
    text = _decoded(data)
    try:
        calendar: object = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OSError) as error:
        what = lazy_message("timetable.no-calendar", reason=error)
        raise InvalidTimetable([ImportProblem(ProblemLocation(file, _line_of(text, str(error))), what)]) from error
    if not isinstance(calendar, Calendar):
        what = lazy_message("timetable.no-calendar", reason="BEGIN:VCALENDAR")
        raise InvalidTimetable([ImportProblem(ProblemLocation(file), what)])
    events = calendar.walk("VEVENT")
    problems = [ImportProblem(ProblemLocation(file), what) for event in events for what in _mistakes(event)]
    if not events:
        problems.append(ImportProblem(ProblemLocation(file), lazy_message("timetable.no-events")))
    if problems:
        raise InvalidTimetable(problems)
    return calendar


def lessons_on(
    file: str, calendar: Calendar, days: Iterable[date], zone: ZoneInfo
) -> dict[date, list[ScheduledLesson]]:
    """Return the lessons of each day, by their starts in ``zone``; times without a zone of their own are in it.

    Raises:
        InvalidTimetable: a rule cannot be expanded, or a day has more lessons than a day can have.
    """
    lessons: dict[date, list[ScheduledLesson]] = {day: [] for day in days}
    try:
        for event in calendar.walk("VEVENT"):
            _end_rules_in(zone, event)
        query = recurring_ical_events.of(calendar)
        found = [
            event
            for first, last in _stretches(sorted(lessons))
            for event in query.between(
                datetime.combine(first, time(), zone), datetime.combine(last, time(), zone) + timedelta(days=1)
            )
        ]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        what = lazy_message("timetable.no-expansion", reason=error)
        raise InvalidTimetable([ImportProblem(ProblemLocation(file), what)]) from error
    for event in found:
        lesson = _lesson(event, zone)
        if lesson is not None and (day := lesson.start.date()) in lessons:
            lessons[day].append(lesson)
    if full := next((day for day, held in lessons.items() if len(held) > _MOST_A_DAY), None):
        what = lazy_message("timetable.too-many-a-day", day=full, most=_MOST_A_DAY)
        raise InvalidTimetable([ImportProblem(ProblemLocation(file), what)])
    return lessons


def _decoded(data: bytes) -> str:
    """The text of a calendar. Lines are folded by octets, also in the middle of a character (RFC 5545, 3.1)."""
    for lines in (data, _FOLD.sub(b"", data)):
        try:
            return lines.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return _FOLD.sub(b"", data).decode("gb18030", errors="replace")


def _end_rules_in(zone: ZoneInfo, event: Component) -> None:
    """Give a rule of an event without a zone an end without one: the same moment in the school's zone."""
    start = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(start, datetime) or start.tzinfo is not None:
        return
    for rule in _rules(event):
        if ends := rule.get("UNTIL"):
            rule["UNTIL"] = [
                end.astimezone(zone).replace(tzinfo=None) if isinstance(end, datetime) and end.tzinfo else end
                for end in ends
            ]


def _rules(event: Component) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _mistakes(event: Any) -> Iterator[Any]:
    name = {"summary": _text(event, "SUMMARY"), "uid": _text(event, "UID")}
    for key, reason in event.errors:
        if key is None or key.upper() in _NEEDED:
            yield lazy_message("timetable.bad-event", property=key or "", reason=reason, **name)
    if "DTSTART" not in event and not any(key == "DTSTART" for key, _ in event.errors):
        yield lazy_message("timetable.no-start", **name)
    for rule in _rules(event):
        if isinstance(rule, vRecur) and (often := _TOO_OFTEN.intersection(map(str, rule.get("FREQ", [])))):
            yield lazy_message("timetable.too-often", rule=next(iter(often)), **name)


def _lesson(event: Event, zone: ZoneInfo) -> ScheduledLesson | None:
    start, end = event.start, event.end
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    start, end = _in_zone(start, zone), _in_zone(end, zone)
    subject = " ".join(_text(event, "SUMMARY").split())[:_LONGEST]
    is_cancelled = _text(event, "STATUS").upper() == "CANCELLED"
    if is_cancelled or not subject or not timedelta() < end - start <= _LONGEST_LESSON:
        return None
    about = _about(_text(event, "DESCRIPTION"))
    if not about.get("teacher") and (organizer := event.get("ORGANIZER")) is not None:
        about["teacher"] = str(getattr(organizer, "params", {}).get("CN", ""))[:_LONGEST]
    return ScheduledLesson(start, end, subject, uid=_text(event, "UID")[:255], **about)


def _text(event: Event, name: str) -> str:
    """A text of an event, empty where there is none; the first, where it is there more than once against the rules."""
    found = event.get(name, "")
    return str(found[0] if isinstance(found, list) else found)


def _about(description: str) -> dict[str, str]:
    about: dict[str, str] = {}
    for line in description.splitlines():
        found = _ABOUT_LINE.fullmatch(line)
        if found and (name := _FIELD_OF.get(found[1].strip().lower())):
            about.setdefault(name, found[2])
    return about


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _stretches(days: list[date]) -> Iterator[tuple[date, date]]:
    """Consecutive days, as the first and the last of each stretch."""
    first: date | None = None
    for at, day in enumerate(days):
        first = first or day
        if at + 1 == len(days) or days[at + 1] - day > timedelta(days=1):
            yield first, day
            first = None


def _line_of(text: str, message: str) -> int | None:
    """The line that an error of the parser quotes."""
    for quoted in _QUOTED.findall(message):
        begins = quoted[:40]
        line = next((number for number, line in enumerate(text.splitlines(), 1) if line.startswith(begins)), None)
        if line is not None:
            return line
    return None
