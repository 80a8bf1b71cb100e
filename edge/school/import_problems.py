"""What is wrong with a class list: each mistake with its file, line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.i18n import Language, LazyMessage, lazy_message, translate

_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class ProblemLocation:
    """Where in a list; lines count from 1, as an editor shows them."""

    file: str
    line: int | None = None
    column: str = ""

    def message(self) -> LazyMessage:
        """As people say it."""
        if self.line is None:
            return lazy_message("roster.at-file", file=self.file)
        if not self.column:
            return lazy_message("roster.at-line", file=self.file, line=self.line)
        return lazy_message("roster.at-column", file=self.file, line=self.line, column=self.column)


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One mistake."""

    place: ProblemLocation
    what: LazyMessage


class InvalidClassList(Exception):
    """The list cannot be used; ``problems`` are its mistakes, as many as were found."""

    def __init__(self, problems: Sequence[ImportProblem]) -> None:
        super().__init__(f"{len(problems)} mistakes in the class list")
        self.problems = tuple(problems)

    def report(self, language: Language) -> str:
        """A line for each of the first mistakes."""
        told = [
            translate("roster.problem", language, where=problem.place.message(), what=problem.what)
            for problem in self.problems[:_MOST_TOLD]
        ]
        return "\n".join([*told, *(["…"] if len(self.problems) > _MOST_TOLD else [])])
