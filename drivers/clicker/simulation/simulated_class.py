"""A simulated class of students: who presses which key at what time while a question is open."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.clicker.framing import LETTERS
from drivers.samples import AnswerForm, AskQuestion, QuestionKind

RETRY_WITHIN_MS = 500
"""A student whose press was not received presses again within this time once the base is back."""

_LONGEST_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class SimulatedPress:
    """One press of a student; ``number`` counts all presses of the class."""

    number: int
    at_ns: int
    device: str
    form: AnswerForm
    text: str


@dataclass(frozen=True, slots=True)
class ScriptedPress:
    """One line of a script: in the ``question``-th question, counted from 1, ``device`` presses ``press``.

    ``press`` is letters or a number, or nothing for the key for rushes.
    """

    question: int
    device: str
    after_ms: float
    press: str


def read_script(file: Path) -> list[ScriptedPress]:
    """Read a script of JSON lines with the keys of ``ScriptedPress``; OSError or ValueError where it is none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    try:
        return [_scripted_press(line) for line in lines if line.strip()]
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{file} is no script: {error}") from error


def _scripted_press(line: str) -> ScriptedPress:
    press = ScriptedPress(**json.loads(line))
    if not (isinstance(press.question, int) and isinstance(press.device, str) and isinstance(press.press, str)):
        raise TypeError(f"question is a number, device and press are texts: {line[:100]}")
    if not 0 <= press.after_ms <= _LONGEST_MS:
        raise ValueError(f"after_ms is at most a day: {line[:100]}")
    return press


def answer_form(text: str) -> AnswerForm:
    """Return the form of an answer with this text."""
    if not text:
        return AnswerForm.RUSH
    return AnswerForm.KEYS if text.isalpha() else AnswerForm.NUMBER


class SimulatedClass:
    """Students who answer each question once, some of them twice; a question that the script names goes by it.

    A question that is started again before it was stopped continues: who has answered does not answer again.
    """

    def __init__(
        self,
        devices: Sequence[str],
        rng: random.Random,
        within_ms: float,
        second_thoughts: float,
        script: Iterable[ScriptedPress] = (),
    ) -> None:
        self.question = 0
        self._devices = devices
        self._rng = rng
        self._within_ms = within_ms
        self._second_thoughts = second_thoughts
        self._script = list(script)
        self._is_open = False
        self._press_count = 0
        self._planned: list[SimulatedPress] = []

    def open_question(self, asked: AskQuestion, now_ns: int) -> None:
        if self._is_open:
            self._planned = [self._retried(press, now_ns) for press in self._planned]
        else:
            self._is_open = True
            self.question += 1
            self._planned = [*self._scripted_presses(now_ns)] or [*self._random_presses(asked, now_ns)]
        self._planned.sort(key=lambda press: press.at_ns)

    def close_question(self) -> None:
        """Stop the question: whoever has not pressed yet does not."""
        self._is_open = False
        self._planned.clear()

    def pop_due(self, now_ns: int) -> list[SimulatedPress]:
        """Return the presses until now, each once."""
        count = next((at for at, press in enumerate(self._planned) if press.at_ns > now_ns), len(self._planned))
        pop_due, self._planned = self._planned[:count], self._planned[count:]
        return pop_due

    def next_ns(self) -> int | None:
        """Return the time of the next press, if one is planned."""
        return self._planned[0].at_ns if self._planned else None

    def press(self, device: str, text: str, now_ns: int) -> SimulatedPress:
        """Return a press of this moment."""
        self._press_count += 1
        return SimulatedPress(self._press_count, now_ns, device, answer_form(text), text)

    def _scripted_presses(self, now_ns: int) -> Iterable[SimulatedPress]:
        for line in self._script:
            if line.question == self.question:
                yield self.press(line.device, line.press, now_ns + round(line.after_ms * 1e6))

    def _random_presses(self, asked: AskQuestion, now_ns: int) -> Iterable[SimulatedPress]:
        for device in self._devices:
            after_ns = round(self._rng.uniform(0, self._within_ms) * 1e6)
            yield self.press(device, self._random_text(asked), now_ns + after_ns)
            if self._rng.random() < self._second_thoughts:
                second_ns = round(self._rng.uniform(after_ns, self._within_ms * 1e6))
                yield self.press(device, self._random_text(asked), now_ns + second_ns)

    def _random_text(self, asked: AskQuestion) -> str:
        letters = LETTERS[: asked.choices]
        match asked.kind:
            case QuestionKind.SINGLE:
                return self._rng.choice(letters)
            case QuestionKind.MULTIPLE:
                return "".join(sorted(self._rng.sample(letters, self._rng.randint(1, len(letters)))))
            case QuestionKind.NUMBER:
                return str(self._rng.randint(0, 100))
            case QuestionKind.RUSH:
                return ""

    def _retried(self, press: SimulatedPress, now_ns: int) -> SimulatedPress:
        if press.at_ns > now_ns:
            return press
        return replace(press, at_ns=now_ns + round(self._rng.uniform(0, RETRY_WITHIN_MS) * 1e6))
