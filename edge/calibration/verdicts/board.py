"""The test text of the class board: a random number, and the numbers to choose from."""

from __future__ import annotations

import random
from dataclasses import dataclass

_PREFIX = "测试 TEST"
_OPTIONS = 4
_LOWEST, _HIGHEST = 1000, 9999


@dataclass(frozen=True, slots=True)
class BoardQuestion:
    """The number that is put on the board, and the numbers to choose from, it among them."""

    number: str
    choices: tuple[str, ...]

    @property
    def text(self) -> str:
        """What is put on the board."""
        return f"{_PREFIX} {self.number}"


def make_question(rng: random.Random) -> BoardQuestion:
    """A question with four different numbers."""
    choices = tuple(map(str, rng.sample(range(_LOWEST, _HIGHEST + 1), _OPTIONS)))
    return BoardQuestion(rng.choice(choices), choices)


def is_test_text(text: str) -> bool:
    """Whether this text on a board was left by a test that was cut off."""
    return text.startswith(f"{_PREFIX} ")
