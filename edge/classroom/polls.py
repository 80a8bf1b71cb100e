"""Rules of a poll: the question, the presses of the clickers, and which responses count; pure, time is passed in.

* A student may answer again until the poll is closed: the last valid answer counts, and all of them are kept.
* The same press may come twice, repeated by the base or doubled on its way: a duplicate, which changes nothing.
* What is pressed after the closing is late; what the question does not allow is invalid. Neither counts.
* In a rush and a roll call the first press of a clicker counts and every later one is a duplicate. A rush is won by
  the earliest press, to the nanosecond of its stamp, whatever came first over the wire.

A poll belongs to a lesson that runs. It may go on, or be opened, while the lesson is paused: a pause is for pictures
and sound; a clicker sends only when its student presses. Such an answer has the lesson time of the pause. When the
lesson ends its open poll is closed.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from drivers.samples import AnswerForm, AskQuestion, ClickerAnswer, QuestionKind

LETTERS = "ABCDEFGHIJ"
TRUE, FALSE = "A", "B"
MIN_CHOICES, MAX_CHOICES = 2, len(LETTERS)
DEFAULT_CHOICES = 4
MAX_TEXT_LENGTH = 500
# One press is on the air for less, and nobody presses the same key on purpose twice within it.
SAME_PRESS_NS = 400_000_000
# A base counts from 1 again after 255 answers and when it is plugged in anew, so that its count names a press only for
# a short time; what a base repeats comes sooner.
SAME_COUNT_NS = 3_000_000_000

_NUMBER = re.compile(r"[+-]?(\d{1,13}(\.\d{0,13})?|\.\d{1,13})", re.ASCII)


class PollKind(StrEnum):
    """What the class is asked to do."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "truefalse"
    NUMBER = "number"
    RUSH = "rush"
    ROLL_CALL = "rollcall"


FIRST_COUNTS = frozenset({PollKind.RUSH, PollKind.ROLL_CALL})
"""The kinds in which it only matters who pressed, and when first."""


class InvalidQuestion(ValueError):
    """The question is invalid; ``word`` names the wrong field: ``choices`` or ``answer``."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``choices`` counts the letters of a single or multiple choice and is 0 otherwise.

    ``answer`` is the right one as a student would give it, empty where none is right or known.

    Raises:
        InvalidQuestion: the number of choices or the answer does not fit the kind.
    """

    kind: PollKind
    choices: int = 0
    text: str = ""
    answer: str = ""

    def __post_init__(self) -> None:
        lettered = self.kind in (PollKind.SINGLE, PollKind.MULTIPLE)
        if self.choices not in (range(MIN_CHOICES, MAX_CHOICES + 1) if lettered else (0,)):
            raise InvalidQuestion("choices")
        if self.answer and (
            self.kind in FIRST_COUNTS or self.normalise_answer(_form(self.answer), self.answer) != self.answer
        ):
            raise InvalidQuestion("answer")

    def to_command(self) -> AskQuestion:
        """The command to the clicker base that asks this question.

        A roll call is a single choice of which every key will do: to a base a rush may be over at its first key.
        """
        match self.kind:
            case PollKind.TRUE_FALSE:
                return AskQuestion(QuestionKind.SINGLE, 2)
            case PollKind.ROLL_CALL:
                return AskQuestion(QuestionKind.SINGLE, DEFAULT_CHOICES)
            case PollKind.SINGLE | PollKind.MULTIPLE:
                return AskQuestion(QuestionKind(self.kind), self.choices)
            case PollKind.NUMBER | PollKind.RUSH:
                return AskQuestion(QuestionKind(self.kind))

    def normalise_answer(self, form: AnswerForm, text: str) -> str | None:
        """An answer as it is counted: letters in order, a normalised number; None for no answer to this question."""
        match self.kind:
            case PollKind.RUSH | PollKind.ROLL_CALL:
                return ""
            case PollKind.NUMBER:
                return normalise_number(text) if form is AnswerForm.NUMBER else None
            case PollKind.TRUE_FALSE:
                return text if form is AnswerForm.KEYS and text in (TRUE, FALSE) else None
            case PollKind.SINGLE:
                return text if form is AnswerForm.KEYS and len(text) == 1 and text in self.letters() else None
            case PollKind.MULTIPLE:
                given = set(text)
                is_valid = form is AnswerForm.KEYS and given and given <= set(self.letters())
                return "".join(sorted(given)) if is_valid else None

    def letters(self) -> str:
        """The letters that can be pressed; empty for other kinds."""
        return LETTERS[: 2 if self.kind is PollKind.TRUE_FALSE else self.choices]


@dataclass(frozen=True, slots=True)
class ClickerPress:
    """A press of a clicker; the fields are those of ``drivers.samples.ClickerAnswer``."""

    captured_ns: int
    device: str
    form: AnswerForm
    text: str
    sequence: int | None = None
    ticks: int | None = None

    @classmethod
    def from_answer(cls, answer: ClickerAnswer) -> ClickerPress:
        """The press in an answer of the base."""
        return cls(answer.captured_ns, answer.device, answer.form, answer.text, answer.sequence, answer.ticks)


class ResponseVerdict(StrEnum):
    """What became of an answer. The last valid one of a student counts; the others never do."""

    VALID = "valid"
    DUPLICATE = "duplicate"
    LATE = "late"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Response:
    """One response: the press, its normalised answer (as pressed, where it is invalid), and the verdict."""

    press: ClickerPress
    text: str
    verdict: ResponseVerdict


class Poll:
    """One poll and the responses to it, in the order in which they came.

    ``opened_ns`` and ``closed_ns`` are CLOCK_MONOTONIC, ``closed_ns`` None while it is open; presses from before the
    opening must not be added. ``lost`` counts the answers that are missing by the base's own count.
    """

    def __init__(self, number: int, question: Question, opened_ns: int) -> None:
        self.number = number
        self.question = question
        self.opened_ns = opened_ns
        self.closed_ns: int | None = None
        self.lost = 0
        self.responses: list[Response] = []
        self._presses: dict[tuple[str, AnswerForm, str], list[ClickerPress]] = {}
        self._first_ns: dict[str, int] = {}

    @property
    def is_open(self) -> bool:
        """Whether answers count now."""
        return self.closed_ns is None

    def close(self, at_ns: int) -> None:
        """Close the poll: what was pressed until ``at_ns`` counts. Idempotent."""
        if self.closed_ns is None:
            self.closed_ns = max(at_ns, self.opened_ns)

    def add_press(self, press: ClickerPress) -> Response:
        """Add a press, and judge it."""
        answer = self.question.normalise_answer(press.form, press.text)
        response = Response(press, press.text if answer is None else answer, self._verdict(press, answer))
        self.responses.append(response)
        self._remember(press)
        return response

    def counting_responses(self) -> dict[str, Response]:
        """The response that counts, by device."""
        first = self.question.kind in FIRST_COUNTS
        counts: dict[str, Response] = {}
        for response in self.responses:
            if response.verdict is not ResponseVerdict.VALID:
                continue
            known = counts.get(response.press.device)
            later = known is None or response.press.captured_ns >= known.press.captured_ns
            if known is None or later is not first:
                counts[response.press.device] = response
        return counts

    def ranking(self) -> list[Response]:
        """The responses that count, the earliest press first: the order of a rush."""
        return sorted(self.counting_responses().values(), key=lambda response: response.press.captured_ns)

    def tally(self, among: Collection[str] | None = None) -> dict[str, int]:
        """Count each answer of the clickers in ``among`` (of all where it is None).

        Every letter of the question has its count; of a multiple choice, how many chose the letter.
        """
        standing = self.counting_responses().items()
        texts = [response.text for device, response in standing if among is None or device in among]
        if self.question.kind is PollKind.MULTIPLE:
            texts = [letter for text in texts for letter in text]
        counts = Counter(texts)
        letters = self.question.letters()
        given = letters or sorted(counts, key=lambda text: (Decimal(text or 0), text))
        return {text: counts[text] for text in given}

    def is_right(self, text: str) -> bool | None:
        """Whether an answer is the right one; None where no right one is known."""
        return text == self.question.answer if self.question.answer else None

    def _verdict(self, press: ClickerPress, answer: str | None) -> ResponseVerdict:
        if self._is_enough(press) or any(_is_same(press, other) for other in self._near(press)):
            return ResponseVerdict.DUPLICATE
        if self.closed_ns is not None and press.captured_ns > self.closed_ns:
            return ResponseVerdict.LATE
        if answer is None:
            return ResponseVerdict.INVALID
        return ResponseVerdict.VALID

    def _remember(self, press: ClickerPress) -> None:
        insort(self._presses.setdefault(_kind(press), []), press, key=_captured_ns)
        self._first_ns[press.device] = min(press.captured_ns, self._first_ns.get(press.device, press.captured_ns))

    def _is_enough(self, press: ClickerPress) -> bool:
        """Whether an earlier press of this clicker is all that counts."""
        within = self.closed_ns is None or press.captured_ns <= self.closed_ns
        first_ns = self._first_ns.get(press.device)
        return self.question.kind in FIRST_COUNTS and within and first_ns is not None and first_ns <= press.captured_ns

    def _near(self, press: ClickerPress) -> Iterator[ClickerPress]:
        """Yield the equal answers of the same clicker that came at nearly the same time."""
        alike = self._presses.get(_kind(press), [])
        first = bisect_left(alike, press.captured_ns - SAME_COUNT_NS + 1, key=_captured_ns)
        return itertools.takewhile(
            lambda other: other.captured_ns < press.captured_ns + SAME_COUNT_NS, itertools.islice(alike, first, None)
        )


def _captured_ns(press: ClickerPress) -> int:
    return press.captured_ns


def _kind(press: ClickerPress) -> tuple[str, AnswerForm, str]:
    return press.device, press.form, press.text


def _is_same(press: ClickerPress, other: ClickerPress) -> bool:
    """Whether two equal answers that came less than ``SAME_COUNT_NS`` apart are the same press."""
    if press.sequence is not None and other.sequence is not None:
        return press.sequence == other.sequence
    if press.ticks is not None and other.ticks is not None:
        return press.ticks == other.ticks
    return abs(press.captured_ns - other.captured_ns) < SAME_PRESS_NS


@dataclass(frozen=True, slots=True)
class StoredPoll:
    """A poll as the ledger has it: of which lesson and class, and in which boot its stamps were taken."""

    lesson: str
    school_class: str
    boot_id: str
    poll: Poll


def normalise_number(text: str) -> str | None:
    """Normalise a decimal number: ``007.50`` becomes ``7.5``; None for text that is no number."""
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    return format(value.normalize() if value else Decimal(0), "f")


def _form(text: str) -> AnswerForm:
    return AnswerForm.KEYS if text.isalpha() else AnswerForm.NUMBER
