"""Retention: which stored lessons are removed from the disk so that the next one fits, the oldest first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpooledLesson:
    """A lesson in the spool.

    ``is_stored``: the store has every file as it is here. ``is_busy``: it runs, or somebody works on it.
    ``ended_wall_ns`` is Unix time, None where this box did not know the date for sure.
    """

    lesson: str
    size_bytes: int
    is_stored: bool
    is_busy: bool = False
    ended_wall_ns: int | None = None


@dataclass(frozen=True, slots=True)
class SpaceGoals:
    """The free bytes that the next lesson needs: at its full bit rate, and at its lowest."""

    full_bytes: int
    least_bytes: int


def lessons_to_remove(
    oldest_first: Sequence[SpooledLesson], free_bytes: int, goals: SpaceGoals, keep_ns: int, now_wall_ns: int | None
) -> list[str]:
    """Return the lessons to remove from this box, in order; none where there is room enough.

    Those stored for longer than ``keep_ns`` go until the next lesson has room at its full bit rate. Younger
    ones, and those whose age is not known, go only where it could not be recorded at all. What is not stored,
    or busy, stays whatever happens. ``now_wall_ns`` is None where the date is not known: then nothing is old.
    """
    removable = [kept for kept in oldest_first if kept.is_stored and not kept.is_busy]
    old = [kept for kept in removable if _is_old(kept, keep_ns, now_wall_ns)]
    young = [kept for kept in removable if kept not in old]
    removed = list(_until_free(old, free_bytes, goals.full_bytes))
    free_bytes += sum(kept.size_bytes for kept in removed)
    removed += _until_free(young, free_bytes, goals.least_bytes)
    return [kept.lesson for kept in removed]


def _until_free(lessons: Sequence[SpooledLesson], free_bytes: int, wanted_bytes: int) -> Iterator[SpooledLesson]:
    for kept in lessons:
        if free_bytes >= wanted_bytes:
            return
        free_bytes += kept.size_bytes
        yield kept


def _is_old(kept: SpooledLesson, keep_ns: int, now_wall_ns: int | None) -> bool:
    if kept.ended_wall_ns is None or now_wall_ns is None:
        return False
    return now_wall_ns - kept.ended_wall_ns > keep_ns
