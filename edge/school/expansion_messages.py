"""What goes between the process that needs a timetable and the child that reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from edge.classroom.plain_line import plain_line
from edge.classroom.timetable import ScheduledLesson
from edge.i18n import lazy_message
from edge.school.day_plans import ClockPeriod
from edge.school.import_problems import ImportProblem, ProblemLocation

# Enough for a report; a garbled table of thousands of rows is as wrong as its first ones.
MOST_PROBLEMS = 100


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExpansionRequest(_Message):
    """Which file it is, the days whose lessons are wanted, what is needed to know them, and what it may cost."""

    file: str
    days: list[date]
    time_zone: str
    term_start: date | None = None
    cpu_s: int = Field(gt=0)
    memory_bytes: int = Field(gt=0)


def _plain(text: str) -> str:
    """What is said of a lesson is shown on the board, and becomes the title of a recording."""
    return str(plain_line(text))


def _in_plain_lines(lesson: ScheduledLesson) -> ScheduledLesson:
    return replace(
        lesson,
        subject=_plain(lesson.subject),
        teacher=_plain(lesson.teacher),
        class_name=_plain(lesson.class_name),
        period=_plain(lesson.period),
    )


def _with_plain_name(period: ClockPeriod) -> ClockPeriod:
    return replace(period, name=_plain(period.name))


class ExpandedTimetable(_Message):
    """The lessons of each day that was asked for, by the timetable alone, and its periods."""

    lessons: dict[date, list[Annotated[ScheduledLesson, AfterValidator(_in_plain_lines)]]] = {}
    periods: list[Annotated[ClockPeriod, AfterValidator(_with_plain_name)]] = []


class TimetableProblem(_Message):
    """A mistake in the file, with its place; ``key`` and ``values`` make the sentence."""

    line: int | None = None
    column: str = ""
    key: str
    values: dict[str, int | str] = {}

    def problem(self, file: str) -> ImportProblem:
        """The mistake as the command line reports it."""
        return ImportProblem(ProblemLocation(file, self.line, self.column), lazy_message(self.key, **self.values))


class ExpansionReply(_Message):
    """What the child found: the timetable, or what is wrong with the file."""

    timetable: ExpandedTimetable | None = None
    problems: list[TimetableProblem] = Field(default=[], max_length=MOST_PROBLEMS)
