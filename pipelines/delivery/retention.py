"""Retention: in which order stored lessons are removed from the disk when the next one needs room. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A lesson in the spool that is stored, too; ``ended_wall_ns`` is Unix time, None where that is not known."""

    lesson: str
    ended_wall_ns: int | None = None


def removal_order(oldest_first: Sequence[StoredLesson], keep_ns: int, now_wall_ns: int | None) -> list[str]:
    """Return the lessons in the order in which they make room, for as long as there is not enough.

    Those that ended longer ago than ``keep_ns`` go first. Then younger ones go, and those whose age is not known: a
    second copy is worth less than the quality of the next lesson. ``now_wall_ns`` is None where the date is not known:
    then nothing is old.
    """

    def is_young(kept: StoredLesson) -> bool:
        if kept.ended_wall_ns is None or now_wall_ns is None:
            return True
        return now_wall_ns - kept.ended_wall_ns <= keep_ns

    return [kept.lesson for kept in sorted(oldest_first, key=is_young)]
