"""A month of the room's index: every lesson of it, the newest first, as it stands in the store."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from edge.controller.publication.lesson_entry import LessonEntry

log = logging.getLogger(__name__)

LARGEST = 1 << 23
"""No month has so many bytes: that would be thousands of lessons a day."""

_NAME = re.compile(r"\d{4}-\d\d|undated-\d{1,6}")

Changes = Mapping[str, LessonEntry | None]
"""What becomes of lessons, by their folder: listed like this, or no longer."""


def is_month(name: str) -> bool:
    """Whether this is a month's name, and not something that somebody wrote into the index."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class MonthFile:
    """The lessons of one month by their folder. ``is_damaged``: what stands in the store could not be read."""

    name: str
    lessons: Mapping[str, LessonEntry] = field(default_factory=dict)
    is_damaged: bool = False

    @classmethod
    def parse(cls, name: str, text: bytes | None) -> MonthFile:
        """Read it; what cannot be read is left out, and said in the log."""
        if text is None:
            return cls(name)
        try:
            listed = json.loads(text)["lessons"]
            entries = [entry for one in listed if (entry := _read_entry(name, one)) is not None]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            log.error("the index of %s in the store is damaged, and made of what is known here: %s", name, error)
            return cls(name, is_damaged=True)
        return cls(name, {entry.folder: entry for entry in entries})

    def changed(self, changes: Changes) -> MonthFile:
        """As it is after changes."""
        lessons = {folder: entry for folder, entry in self.lessons.items() if folder not in changes}
        lessons |= {folder: entry for folder, entry in changes.items() if entry is not None}
        return MonthFile(self.name, lessons)

    def has(self, changes: Changes) -> bool:
        """Whether these changes are in it."""
        return all(self.lessons.get(folder) == entry for folder, entry in changes.items())

    def text(self) -> bytes:
        """As it is stored, a lesson a line."""
        lines = ",\n".join(entry.text() for entry in newest_first(self.lessons.values()))
        return f'{{"format":1,"month":"{self.name}","lessons":[\n{lines}\n]}}\n'.encode()


def newest_first(entries: Iterable[LessonEntry]) -> list[LessonEntry]:
    """In the order of the list: by date, those without one last."""
    return sorted(entries, key=lambda entry: entry.sort_key, reverse=True)


def _read_entry(name: str, fields: object) -> LessonEntry | None:
    try:
        return LessonEntry.model_validate(fields)
    except ValidationError as error:
        log.warning("an entry of %s in the index in the store is left out: %s", name, error.errors()[0]["msg"])
        return None
