"""The technician of an unattended calibration: answers come from a TOML file, and what is told is printed in lines."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

from edge.calibration.results import Finding
from edge.calibration.technician import StepSkipped
from edge.i18n import Language, LazyMessage, foreign_sentence, lazy_message

Answer = str | int | float | bool
T = TypeVar("T", bool, str, float)


class AnswerMissing(StepSkipped):
    """A question without a default has no answer, or none that fits it; ``question`` is its name."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class AnswersUnusable(Exception):
    """The file of answers cannot be read; ``why`` is a sentence that says what to write."""

    def __init__(self, why: LazyMessage) -> None:
        super().__init__(why.text("en"))
        self.why = why


def read_answers(file: Path) -> dict[str, Answer]:
    """Answers by the names of their questions: ``["step.question"] = value``, or a table for each step.

    Raises:
        AnswersUnusable: it cannot be read, is no TOML, or has something else than text, numbers and true or false.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise AnswersUnusable(
            lazy_message("calibration.answers-unread", file=file, reason=foreign_sentence(error.strerror or str(error)))
        ) from None
    except ValueError as error:
        raise AnswersUnusable(
            lazy_message("calibration.answers-no-toml", file=file, reason=foreign_sentence(str(error)))
        ) from None
    return dict(_answers(tables, "", file))


def _answers(tables: Mapping[str, Any], above: str, file: Path) -> Iterator[tuple[str, Answer]]:
    for key, value in tables.items():
        name = f"{above}.{key}" if above else key
        match value:
            case dict():
                yield from _answers(value, name, file)
            case str() | bool() | int() | float():
                yield name, value
            case _:
                raise AnswersUnusable(lazy_message("calibration.answers-odd", file=file, name=name))


class ScriptedAnswers:
    """Answers from a table; a question that it does not have takes its default.

    What is asked to be done in the room counts as done where its answer is true, and as left out where it is false or
    missing: the step is then skipped.
    """

    def __init__(self, answers: Mapping[str, Answer], console: Console, language: Language) -> None:
        self._answers = answers
        self._console = console
        self._language: Language = language

    def tell(self, message: LazyMessage) -> None:
        """Print a line."""
        self._console.print(Text(message.text(self._language)), soft_wrap=True)

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        """The answer, true or false."""
        answer = self._answers.get(name, default)
        if not isinstance(answer, bool):
            raise AnswerMissing(name)
        return self._told(question, answer)

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        """The answer, the value of one of the options."""
        answer = str(self._answers.get(name, options[0][0]))
        if answer not in (value for value, _ in options):
            raise AnswerMissing(name)
        return self._told(question, answer)

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        """The answer, a number within its limits."""
        answer = self._answers.get(name, default)
        if isinstance(answer, bool | str) or not low <= answer <= high:
            raise AnswerMissing(name)
        return self._told(question, float(answer))

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        """The answer, a text."""
        answer = self._answers.get(name, default)
        if not isinstance(answer, str):
            raise AnswerMissing(name)
        return self._told(question, answer.strip())

    def ready(self, name: str, request: LazyMessage) -> None:
        """Go on where the answer says that it is done."""
        if self._answers.get(name) is not True:
            raise AnswerMissing(name)
        self.tell(request)

    @contextmanager
    def progress(self, what: LazyMessage, seconds: float) -> Iterator[None]:
        """Print what begins."""
        self.tell(lazy_message("calibration.takes", what=what, seconds=round(seconds)))
        yield

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        """Nothing: nobody looks."""

    def wants_to_go_on(self) -> bool:
        """Never: what is measured live ends by itself."""
        return False

    def _told(self, question: LazyMessage, answer: T) -> T:
        self.tell(lazy_message("calibration.answered", question=question, answer=str(answer).lower()))
        return answer
