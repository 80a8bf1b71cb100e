"""What a lesson wants done: a wish or a mark for the recorder, a number, a check."""

from __future__ import annotations

from dataclasses import dataclass

from edge.classroom.recorder_messages import AddMarker, DesiredState


@dataclass(frozen=True, slots=True)
class LessonIdRequested:
    """A lesson wants to begin: answer with ``numbered``, or with ``not_numbered``."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class CheckRequested:
    """The files of the lesson are closed: look at them, again if they were looked at before.

    There are none where it was ended before the recorder could begin it.
    """

    lesson: str


@dataclass(frozen=True, slots=True)
class EndTakenBack:
    """The lesson goes on: whatever was found or begun because of its end is void."""

    lesson: str


@dataclass(frozen=True, slots=True)
class LessonFinalised:
    """The lesson has ended for good: its files are closed and its end can no longer be taken back."""

    lesson: str


@dataclass(frozen=True, slots=True)
class LessonRejected:
    """The recorder refused the lesson: its number stands for nothing."""

    lesson: str


Effect = DesiredState | AddMarker | LessonIdRequested | CheckRequested | EndTakenBack | LessonFinalised | LessonRejected
