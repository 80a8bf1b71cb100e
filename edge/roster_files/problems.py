"""What is wrong with a class list: each mistake with its file, line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.words import Language, Saying, say, saying

_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list; lines count from 1, as an editor shows them."""

    file: str
    line: int | None = None
    column: str = ""

    def saying(self) -> Saying:
        """As people say it."""
        if self.line is None:
            return saying("roster.at-file", file=self.file)
        if not self.column:
            return saying("roster.at-line", file=self.file, line=self.line)
        return saying("roster.at-column", file=self.file, line=self.line, column=self.column)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake."""

    place: Place
    what: Saying


class BadRoster(Exception):
    """The list cannot be used; ``problems`` are its mistakes, as many as were found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} mistakes in the class list")
        self.problems = tuple(problems)

    def report(self, language: Language) -> str:
        """A line for each of the first mistakes."""
        told = [
            say("roster.problem", language, where=problem.place.saying(), what=problem.what)
            for problem in self.problems[:_MOST_TOLD]
        ]
        return "\n".join([*told, *(["…"] if len(self.problems) > _MOST_TOLD else [])])
