"""What goes between the process that needs a timetable and the child that reads it."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

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


class ExpandedTimetable(_Message):
    """The lessons of each day that was asked for, by the timetable alone, and its periods."""

    lessons: dict[date, list[ScheduledLesson]] = {}
    periods: list[ClockPeriod] = []


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
