"""Weekly timetables as CSV: a grid with a column for each weekday, or a list with a row for each lesson.

Either may name the times of its periods (作息时间) itself, or in a table of its own above or below: 节次, 时间.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from edge.classroom.timetable import ScheduledLesson
from edge.i18n import lazy_message
from edge.school.csv_table import Row, parse_rows
from edge.school.day_plans import ClockPeriod
from edge.school.import_problems import ImportProblem, InvalidClassList, InvalidTimetable, ProblemLocation
from edge.school.timetable_cells import (
    WeekKind,
    parse_cell,
    parse_clock,
    parse_span,
    parse_weekday,
    parse_weeks,
    without_span,
)

_HEADERS = {
    "period": ("节次", "节", "课节", "节数", "课次", "第几节", "period", "lesson"),
    "time": ("时间", "作息时间", "起止时间", "上课时间", "time", "times"),
    "start": ("开始", "开始时间", "上课", "start", "from"),
    "end": ("结束", "结束时间", "下课", "end", "to"),
    "weekday": ("星期", "周几", "weekday", "day"),
    "subject": ("科目", "课程", "学科", "课程名称", "课程名", "subject", "course"),
    "teacher": ("教师", "老师", "任课教师", "任课老师", "授课教师", "teacher"),
    "class_name": ("班级", "班", "class"),
    "weeks": ("单双周", "单双", "weeks"),
}
_FIELD_OF = {called: name for name, names in _HEADERS.items() for called in names}
_LONGEST = 64
_MOST_A_DAY, _MOST_PERIODS = 60, 60
_TITLE_CLASS = re.compile(
    r"(?:[小初高][一二三]|[一二三四五六七八九]年?级?)?\s*[（(]?[0-9一二三四五六七八九十]+[)）]?班"
)


@dataclass(frozen=True, slots=True)
class WeeklyLesson:
    """A lesson of every week, or of the odd or the even ones; ``weekday`` is 1 for Monday."""

    weekday: int
    period: ClockPeriod
    subject: str
    teacher: str
    class_name: str
    weeks: WeekKind


@dataclass(slots=True)
class WeeklyTimetable:
    """Lessons of a week, and the periods that its table names."""

    lessons: list[WeeklyLesson] = field(default_factory=list)
    periods: list[ClockPeriod] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A lesson as a row has it, before the times of its period are known."""

    row: Row
    column: str
    weekday: int
    period: str
    span: tuple[time, time] | None
    subject: str
    teacher: str
    class_name: str
    weeks: WeekKind


def read_weekly(file: str, data: bytes) -> WeeklyTimetable:
    """Read a weekly timetable.

    Raises:
        InvalidTimetable: with every mistake in the table.
    """
    try:
        rows = parse_rows(file, data)
    except InvalidClassList as wrong:
        raise InvalidTimetable(wrong.problems) from wrong
    return _WeeklyReader(file).read(rows)


def lessons_on(
    weekly: WeeklyTimetable, days: Iterable[date], term_start: date | None, zone: ZoneInfo
) -> dict[date, list[ScheduledLesson]]:
    """Return the lessons of each day; the week that ``term_start`` lies in is the first, an odd one.

    Raises:
        InvalidTimetable: odd and even weeks differ, and the start of the term is not known.
    """
    if term_start is None and any(lesson.weeks for lesson in weekly.lessons):
        raise InvalidTimetable([ImportProblem(ProblemLocation(""), lazy_message("timetable.needs-term-start"))])
    return {
        day: [
            ScheduledLesson(
                datetime.combine(day, lesson.period.start, zone),
                datetime.combine(day, lesson.period.end, zone),
                lesson.subject,
                lesson.teacher,
                lesson.class_name,
                lesson.period.name,
                f"{lesson.weekday}-{lesson.period.name}{lesson.weeks and '-'}{lesson.weeks}",
            )
            for lesson in weekly.lessons
            if lesson.weekday == day.isoweekday() and lesson.weeks in ("", _week_kind(day, term_start))
        ]
        for day in days
    }


def _week_kind(day: date, term_start: date | None) -> WeekKind:
    if term_start is None:
        return ""
    weeks = (day - term_start + timedelta(days=term_start.weekday())).days // 7
    return "even" if weeks % 2 else "odd"


class _WeeklyReader:
    """Reads one table; its parts begin with their headers."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[ImportProblem] = []
        self._entries: list[_Entry] = []
        self._periods: dict[str, ClockPeriod] = {}
        self._class_name = ""

    def read(self, rows: Sequence[Row]) -> WeeklyTimetable:
        header: Row | None = None
        columns: dict[str, int] = {}
        weekdays: dict[int, int] = {}
        for row in rows:
            if found := _header(row):
                header, (columns, weekdays) = row, found
            elif header is None:
                named = _TITLE_CLASS.search(" ".join(row.cells))
                self._class_name = self._class_name or (named[0].strip() if named else "")
            elif weekdays:
                self._read_grid_row(row, header, columns, weekdays)
            elif "weekday" in columns:
                self._read_list_row(row, header, columns)
            else:
                self._read_period(row, header, columns)
        if header is None:
            self._mistake(None, "", "timetable.no-header")
        lessons = self._lessons()
        if not lessons and not self._problems:
            self._mistake(None, "", "timetable.no-lessons")
        if self._problems:
            raise InvalidTimetable(self._problems)
        return WeeklyTimetable(lessons, sorted(self._periods.values(), key=lambda period: period.start))

    def _read_grid_row(self, row: Row, header: Row, columns: Mapping[str, int], weekdays: Mapping[int, int]) -> None:
        period, span = self._read_period(row, header, columns)
        for column, weekday in weekdays.items():
            for one in parse_cell(_cell(row, column)):
                entry = (period, span, one.subject, one.teacher, one.class_name, one.weeks)
                self._entries.append(_Entry(row, header.cells[column], weekday, *entry))

    def _read_list_row(self, row: Row, header: Row, columns: Mapping[str, int]) -> None:
        values = {name: _cell(row, column) for name, column in columns.items()}
        if not values["subject"]:
            return
        weekday = parse_weekday(values["weekday"], bare=True)
        weeks = parse_weeks(values.get("weeks", ""))
        if weekday is None:
            self._mistake(row, header.cells[columns["weekday"]], "timetable.bad-weekday", value=values["weekday"])
        if weeks is None:
            self._mistake(row, header.cells[columns["weeks"]], "timetable.bad-weeks", value=values["weeks"])
        period, span = self._read_period(row, header, columns)
        if weekday is None or weeks is None:
            return
        for one in parse_cell(values["subject"]):
            teacher, class_name = values.get("teacher") or one.teacher, values.get("class_name") or one.class_name
            entry = (period, span, one.subject, teacher, class_name, weeks or one.weeks)
            self._entries.append(_Entry(row, header.cells[columns["subject"]], weekday, *entry))

    def _read_period(self, row: Row, header: Row, columns: Mapping[str, int]) -> tuple[str, tuple[time, time] | None]:
        """The name and the times of a row's period, which is noted where both are there."""
        cell = _cell(row, columns.get("period", -1))
        span = None
        if written := _cell(row, columns.get("time", -1)) or (cell if parse_span(cell) else ""):
            span = parse_span(written)
            if span is None:
                self._mistake(row, header.cells[columns["time"]], "timetable.bad-time", value=written)
        elif _cell(row, columns.get("start", -1)) and "end" in columns:
            start, end = (parse_clock(_cell(row, columns[name])) for name in ("start", "end"))
            if start is None or end is None or start >= end:
                value = f"{_cell(row, columns['start'])}-{_cell(row, columns['end'])}"
                self._mistake(row, header.cells[columns["start"]], "timetable.bad-time", value=value)
            else:
                span = start, end
        name = " ".join(without_span(cell).split())
        if len(name) > _LONGEST:
            self._mistake(row, header.cells[columns["period"]], "timetable.too-long", most=_LONGEST)
        if name and span is not None:
            known = self._periods.setdefault(name, ClockPeriod(name, *span))
            if (known.start, known.end) != span and "weekday" not in columns:
                self._mistake(row, "", "timetable.period-twice", name=name)
        return name, span

    def _lessons(self) -> list[WeeklyLesson]:
        lessons: list[WeeklyLesson] = []
        lines: list[int] = []
        if max(Counter(entry.weekday for entry in self._entries).values(), default=0) > _MOST_A_DAY:
            self._mistake(None, "", "timetable.too-many", most=_MOST_A_DAY)
            return []
        if len(self._periods) > _MOST_PERIODS:
            self._mistake(None, "", "timetable.too-many-periods", most=_MOST_PERIODS)
        for entry in self._entries:
            known = self._periods.get(entry.period)
            if entry.span is None and known is None:
                self._mistake(entry.row, entry.column, "timetable.no-time-of-period", name=entry.period)
                continue
            if too_long := [text for text in (entry.subject, entry.teacher, entry.class_name) if len(text) > _LONGEST]:
                self._mistake(entry.row, entry.column, "timetable.too-long", most=_LONGEST, value=too_long[0])
                continue
            period = ClockPeriod(entry.period, *entry.span) if entry.span else known
            assert period is not None
            lesson = WeeklyLesson(
                entry.weekday,
                period,
                entry.subject,
                entry.teacher,
                entry.class_name or self._class_name,
                entry.weeks,
            )
            clash = next((line for line, other in zip(lines, lessons, strict=True) if _clash(lesson, other)), None)
            if clash is not None:
                self._mistake(entry.row, entry.column, "timetable.clash", line=clash)
            lessons.append(lesson)
            lines.append(entry.row.line)
        return lessons

    def _mistake(self, row: Row | None, column: str, key: str, **values: object) -> None:
        place = ProblemLocation(self._file, row.line if row else None, column)
        self._problems.append(ImportProblem(place, lazy_message(key, **values)))


def _header(row: Row) -> tuple[dict[str, int], dict[int, int]] | None:
    """The columns of a header's fields and the weekdays of its columns; None for a row that is no header."""
    columns: dict[str, int] = {}
    weekdays: dict[int, int] = {}
    for column, cell in enumerate(row.cells):
        word = re.sub(r"[\s（）()*：:]", "", cell).lower()
        if (weekday := parse_weekday(cell)) is not None:
            weekdays[column] = weekday
        elif (name := _FIELD_OF.get(word)) is not None:
            columns.setdefault(name, column)
    has_times = "time" in columns or {"start", "end"} <= columns.keys()
    if len(weekdays) > 1 and len(set(weekdays.values())) == len(weekdays):
        _guess_grid_columns(row, columns, min(weekdays))
        return columns, weekdays
    is_bells = "period" in columns and has_times and not weekdays and "weekday" not in columns
    return (columns, {}) if is_bells or {"weekday", "subject"} <= columns.keys() else None


def _guess_grid_columns(row: Row, columns: dict[str, int], first_weekday: int) -> None:
    """Find the columns of periods and times left of the weekdays, where the header has no usual name for them."""
    left = [column for column in range(first_weekday) if column not in columns.values()]
    for column in left:
        if "period" not in columns and "节" in row.cells[column]:
            columns["period"] = column
        elif "time" not in columns and ("时间" in row.cells[column] or "作息" in row.cells[column]):
            columns["time"] = column
    free = [column for column in left if column not in columns.values()]
    if "period" not in columns and free:
        columns["period"] = free[-1]


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if 0 <= column < len(row.cells) else ""


def _clash(one: WeeklyLesson, other: WeeklyLesson) -> bool:
    meet = one.weeks == other.weeks or "" in (one.weeks, other.weeks)
    same_day = one.weekday == other.weekday
    return same_day and meet and one.period.start < other.period.end and other.period.start < one.period.end
