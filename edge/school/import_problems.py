"""Mistakes in a file that is imported, a class list or a timetable, each with its file, line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.i18n import Language, LazyMessage, lazy_message, translate

_MAX_REPORTED = 20


@dataclass(frozen=True, slots=True)
class ProblemLocation:
    """A place in a file; lines count from 1, as an editor shows them."""

    file: str
    line: int | None = None
    column: str = ""

    def message(self) -> LazyMessage:
        """The place as a sentence part."""
        if self.line is None:
            return lazy_message("roster.at-file", file=self.file)
        if not self.column:
            return lazy_message("roster.at-line", file=self.file, line=self.line)
        return lazy_message("roster.at-column", file=self.file, line=self.line, column=self.column)


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One mistake and its place."""

    place: ProblemLocation
    what: LazyMessage


class InvalidClassList(Exception):
    """The list cannot be used; ``problems`` are all mistakes that were found."""

    def __init__(self, problems: Sequence[ImportProblem]) -> None:
        super().__init__(f"{len(problems)} mistakes in the class list")
        self.problems = tuple(problems)

    def report(self, language: Language) -> str:
        """Return a line for each of the first 20 mistakes."""
        return report_problems(self.problems, language)


class InvalidTimetable(Exception):
    """The timetable cannot be used; ``problems`` are all mistakes that were found."""

    def __init__(self, problems: Sequence[ImportProblem]) -> None:
        super().__init__(f"{len(problems)} mistakes in the timetable")
        self.problems = tuple(problems)

    def report(self, language: Language) -> str:
        """Return a line for each of the first 20 mistakes."""
        return report_problems(self.problems, language)


def report_problems(problems: Sequence[ImportProblem], language: Language) -> str:
    """Return a line for each of the first 20 mistakes."""
    lines = [
        translate("roster.problem", language, where=problem.place.message(), what=problem.what)
        for problem in problems[:_MAX_REPORTED]
    ]
    return "\n".join([*lines, *(["…"] if len(problems) > _MAX_REPORTED else [])])
