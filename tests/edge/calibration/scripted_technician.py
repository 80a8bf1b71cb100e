"""A technician who answers by a script, and remembers what was asked, told and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.calibration.results import Finding
from edge.i18n import Language, LazyMessage

Answer = bool | str | float | Callable[..., Any] | Sequence[Any] | BaseException


@dataclass
class ScriptedTechnician:
    """Answers by the question's name: a value, a list of values in turn, or a function of what the question offers.

    A function of ``choose`` gets the options' values, of ``ready`` nothing, of the others the default; an exception is
    raised. What the script does not name gets its default. ``goes_on`` is asked by ``wants_to_go_on``. Every sentence
    is translated at once, so that a missing one fails.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    goes_on: Callable[[], bool] = lambda: False
    language: Language = "en"
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    shown: list[Sequence[Finding]] = field(default_factory=list)
    pictures: list[NDArray[np.uint8]] = field(default_factory=list)

    def tell(self, message: LazyMessage) -> None:
        self.told.append(self._say(message))

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        answer = self._answer(name, question, default)
        assert isinstance(answer, bool)
        return answer

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        values = [value for value, _ in options]
        for _, text in options:
            self._say(text)
        answer = self._answer(name, question, values[0], values)
        assert answer in values
        return str(answer)

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        answer = float(self._answer(name, question, default))
        assert low <= answer <= high
        return answer

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        return str(self._answer(name, question, default))

    def ready(self, name: str, request: LazyMessage) -> None:
        self.asked.append(name)
        self.told.append(self._say(request))
        wanted = self._scripted(name)
        if callable(wanted):
            wanted()
        elif isinstance(wanted, BaseException):
            raise wanted

    @contextmanager
    def progress(self, what: LazyMessage, seconds: float) -> Iterator[None]:
        assert seconds > 0
        self.told.append(self._say(what))
        yield

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        self.shown.append(findings)
        if picture is not None:
            assert picture.dtype == np.uint8
            assert picture.ndim == 3
            self.pictures.append(picture)

    def wants_to_go_on(self) -> bool:
        return self.goes_on()

    def _answer(self, name: str, question: LazyMessage, default: Any, offered: Any = None) -> Any:
        self.asked.append(name)
        self._say(question)
        wanted = self._scripted(name)
        if isinstance(wanted, BaseException):
            raise wanted
        if callable(wanted):
            return wanted(default if offered is None else offered)
        return default if wanted is None else wanted

    def _scripted(self, name: str) -> Any:
        """The answer to this asking of the question: of a list the one in its turn, the last for all that follow."""
        wanted = self.answers.get(name)
        if isinstance(wanted, Sequence) and not isinstance(wanted, str):
            return wanted[min(self.asked.count(name), len(wanted)) - 1]
        return wanted

    def _say(self, message: LazyMessage) -> str:
        assert message.text("zh-CN")
        return message.text(self.language)
