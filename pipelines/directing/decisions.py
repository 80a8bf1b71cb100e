"""What the director decides: a cut, what it proposes while a person cuts, and where a head is to turn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CutReason(StrEnum):
    """Why a camera was put on air; written into the journal, never given a new meaning."""

    START = "start"
    TEACHER_MOVES = "teacher-moves"
    TEACHER_STILL = "teacher-still"
    TEACHER_SPEAKS = "teacher-speaks"
    STUDENTS_SPEAK = "students-speak"
    QUIET = "quiet"
    SCREEN_CHANGES = "screen-changes"
    MARK = "mark"
    POLL = "poll"
    REACTION = "reaction"
    LONG_SHOT = "long-shot"
    CAMERA_LOST = "camera-lost"
    HEAD_TURNS = "head-turns"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class CutTo:
    """From ``lesson_ns``, a whole second, this role is on air."""

    lesson_ns: int
    role: str
    reason: CutReason


@dataclass(frozen=True, slots=True)
class Proposed:
    """In semi-automatic mode: what the director would show; an empty role takes the proposal back."""

    lesson_ns: int
    role: str
    reason: CutReason | None = None


@dataclass(frozen=True, slots=True)
class TurnHead:
    """The head of a camera should turn to this preset, while the camera is not on air."""

    lesson_ns: int
    role: str
    preset: str


Decision = CutTo | Proposed | TurnHead
