"""What the rules are asked about: everything that is known at a moment, and what a rule may wish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pipelines.directing.decisions import CutReason
from pipelines.directing.speech import Speaker


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment of the lesson.

    ``on_air`` has been shown since ``since_ns``, for ``why``. ``usable`` are the roles that may be shown, best
    replacement first. ``reframing`` are those whose heads show something else than they should and turn when they are
    off air. ``speaker`` has spoken for ``spoken_s``. ``quiet_s``: so long nobody has spoken; 0 where that is not known.
    """

    now_ns: int
    on_air: str
    since_ns: int
    why: CutReason | None
    usable: tuple[str, ...]
    speaker: Speaker = Speaker.NOBODY
    spoken_s: float = 0.0
    quiet_s: float = 0.0
    teacher_moves: bool = False
    students_are_seen: bool = True
    reframing: frozenset[str] = frozenset()

    def first_usable(self, *roles: str) -> str | None:
        """The first of these roles that may be shown."""
        return next((role for role in roles if role in self.usable), None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a rule would show, and why; a strong cause may come back to a camera that was only just left."""

    role: str
    reason: CutReason
    is_strong: bool = False


class Rule(Protocol):
    """One reason to show a camera; the director asks its rules in their order, and the first wish counts."""

    def wish(self, scene: Scene) -> Wish | None:
        """What to show now, None for no opinion; asked several times a second, in the order of time."""
