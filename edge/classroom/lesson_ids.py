"""Lesson ids: their form, parsing, and the making of new ones in memory.

``<room>-<epoch>-<number>-<draw>``, such as ``r204-7f3a-000123-9c41d2e7``: four hex digits of the ledger, six decimal
digits for people, and eight hex digits drawn for this lesson alone, on which uniqueness rests. Ids without the drawn
part are those of earlier versions and stay valid.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

UNKNOWN_EPOCH = "0000"
"""The epoch of ids that are made while neither the ledger nor an earlier lesson is known; no ledger draws it."""

_FORM = re.compile(
    r"(?P<room>\w[\w.-]*)-(?P<epoch>[0-9a-f]{4})-(?P<number>[0-9]{6,})(?:-(?P<draw>[0-9a-f]{8}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class LessonIdParts:
    """What a lesson's id is made of; ``draw`` is empty in ids of earlier versions."""

    room: str
    epoch: str
    number: int
    draw: str = ""


def parse_lesson_id(text: str) -> LessonIdParts | None:
    """Parse a lesson's id; None for text that is none."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    return LessonIdParts(match["room"], match["epoch"], int(match["number"]), match["draw"] or "")


def _draw() -> str:
    return secrets.token_hex(4)


class LessonIdMaker:
    """Makes the ids of one room's lessons, in memory.

    The number is one more than the highest that is known of this room: from the ledger, from the recorder's state, from
    the folders of the spool, in whatever order they become known. The epoch is the ledger's once that was open; before,
    that of the lesson with the highest number; ``UNKNOWN_EPOCH`` where nothing is known at all.
    """

    def __init__(self, room: str, draw: Callable[[], str] = _draw) -> None:
        self._room = room
        self._draw = draw
        self._epoch = UNKNOWN_EPOCH
        self._last_number = 0
        self._has_ledger = False

    def observe(self, lesson: str) -> None:
        """Take note of an id that exists; those of other rooms and other names do not count."""
        parts = parse_lesson_id(lesson)
        if parts is None or parts.room != self._room or parts.number <= self._last_number:
            return
        self._last_number = parts.number
        if not self._has_ledger:
            self._epoch = parts.epoch

    def on_ledger_opened(self, epoch: str, last_number: int) -> None:
        """Use the ledger's epoch from here on, and no number that it knows."""
        self._epoch, self._has_ledger = epoch, True
        self._last_number = max(self._last_number, last_number)

    def next_id(self) -> str:
        """A new id."""
        self._last_number += 1
        return f"{self._room}-{self._epoch}-{self._last_number:06d}-{self._draw()}"
