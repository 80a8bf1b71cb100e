"""What the director is told: what cameras show, who speaks, and what people do; all on lesson time in ns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DirectorMode(StrEnum):
    """Who cuts: the director, the director where a person takes what it proposes, or persons alone."""

    AUTO = "auto"
    SEMI = "semi"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class CameraLook:
    """What a camera shows at a moment, about five times a second.

    ``motion`` is the share of the picture that moves, 0 to 1. Of what moves in one piece, the tallest that is upright
    (else the largest) has its centre at ``x`` and ``y``, shares of width and height from the upper left, None where
    nothing moves; ``spread`` is its root-mean-square extent as a share of the width, ``height`` how tall it is as a
    share of the height, 0 if it is not upright. ``change`` is the share of the picture that differs from what stood
    there a second ago.
    """

    role: str
    lesson_ns: int
    motion: float
    x: float | None = None
    y: float | None = None
    spread: float = 0.0
    change: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraTrust:
    """From now on a camera's track shows true pictures, or does not: a slate, a held picture, black."""

    role: str
    lesson_ns: int
    is_true: bool


@dataclass(frozen=True, slots=True)
class SpeechHeard:
    """How likely somebody speaks near a microphone, 0 to 1, and its level; about ten times a second."""

    microphone: str
    lesson_ns: int
    probability: float
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class Marked:
    """Somebody marked this moment; the label may name what is to be seen."""

    lesson_ns: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class PollChanged:
    """A question was put to the class, or closed."""

    lesson_ns: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class HeadMoved:
    """The head of a camera begins to turn towards a preset, or has come to rest there; an empty one is by hand."""

    role: str
    lesson_ns: int
    is_turning: bool
    preset: str = ""


@dataclass(frozen=True, slots=True)
class PersonCut:
    """A person wants a role on air; an empty role takes what the director proposes."""

    lesson_ns: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class ModeChosen:
    """A person chose who cuts."""

    lesson_ns: int
    mode: DirectorMode


Observation = CameraLook | CameraTrust | SpeechHeard | Marked | PollChanged | HeadMoved | PersonCut | ModeChosen
