"""The room's index.json in the store: which months there are, what is taught in each, and the newest lessons.

A list of ten thousand lessons is shown of it at once, and a search knows which months to read.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.config.model import RoomConfig
from edge.controller.publication.lesson_entry import UNDATED, LessonEntry
from edge.controller.publication.month_file import MonthFile, is_month, newest_first

log = logging.getLogger(__name__)

LARGEST = 1 << 22
NEWEST = 48
"""So many lessons stand in the index itself."""

_KINDS = ("subjects", "classes", "teachers")


@dataclass(frozen=True, slots=True)
class Month:
    """How many lessons a month has, and the subjects, classes and teachers in them (in this order)."""

    lessons: int
    names: tuple[frozenset[str], frozenset[str], frozenset[str]]

    @classmethod
    def of(cls, lessons: Iterable[LessonEntry]) -> Month:
        """Count them."""
        listed = list(lessons)
        names = zip(*((one.subject, one.class_name, one.teacher) for one in listed), strict=True)
        subjects, classes, teachers = (
            (frozenset(filter(None, found)) for found in names) if listed else (frozenset(),) * 3
        )
        return cls(len(listed), (subjects, classes, teachers))


class _StoredMonth(BaseModel):
    month: str
    lessons: int
    has: tuple[list[int], list[int], list[int]]


class _StoredIndex(BaseModel):
    """The file as it is read: months name subjects, classes and teachers by their places in the three lists."""

    model_config = ConfigDict(extra="ignore")

    subjects: list[str]
    classes: list[str]
    teachers: list[str]
    months: list[_StoredMonth]
    newest: list[LessonEntry]


@dataclass(frozen=True, slots=True)
class IndexFile:
    """The index of one room. ``is_there``: something that can be read stands in the store."""

    room: RoomConfig
    zone: ZoneInfo
    months: Mapping[str, Month] = field(default_factory=dict)
    newest: tuple[LessonEntry, ...] = ()
    is_there: bool = False

    @classmethod
    def parse(cls, room: RoomConfig, zone: ZoneInfo, text: bytes | None) -> IndexFile:
        """Read it; one that cannot be read is empty, to be made anew."""
        if text is None:
            return cls(room, zone)
        try:
            found = _StoredIndex.model_validate_json(text)
            tables = (found.subjects, found.classes, found.teachers)
            months = {one.month: _expanded(one, tables) for one in found.months if is_month(one.month)}
        except (ValidationError, IndexError) as error:
            log.error("the index of this room in the store is damaged, and made anew: %s", error)
            return cls(room, zone)
        return cls(room, zone, months, tuple(found.newest), is_there=True)

    def changed(self, files: Iterable[MonthFile]) -> IndexFile:
        """As it is with these months."""
        by_name = {file.name: file for file in files}
        months = {name: month for name, month in self.months.items() if name not in by_name}
        months |= {name: Month.of(file.lessons.values()) for name, file in by_name.items() if file.lessons}
        newest = [entry for entry in self.newest if entry.month(self.zone) not in by_name]
        newest += [entry for file in by_name.values() for entry in newest_first(file.lessons.values())[:NEWEST]]
        return IndexFile(self.room, self.zone, months, tuple(newest_first(newest)[:NEWEST]), self.is_there)

    def text(self) -> bytes:
        """As it is stored."""
        tables = [sorted({name for month in self.months.values() for name in month.names[kind]}) for kind in range(3)]
        places = [{name: place for place, name in enumerate(table)} for table in tables]
        fields = {
            "format": 1,
            "school": self.room.school,
            "room": self.room.room,
            "room_name": self.room.name,
            "zone": self.zone.key,
            "lessons": sum(month.lessons for month in self.months.values()),
            **dict(zip(_KINDS, tables, strict=True)),
        }
        months = ",\n".join(
            _json(
                {
                    "month": name,
                    "lessons": self.months[name].lessons,
                    "has": [sorted(places[kind][one] for one in self.months[name].names[kind]) for kind in range(3)],
                }
            )
            for name in latest_first(self.months)
        )
        newest = ",\n".join(entry.text() for entry in self.newest)
        return f'{_json(fields)[:-1]},\n"months":[\n{months}\n],"newest":[\n{newest}\n]}}\n'.encode()


def latest_first(months: Iterable[str]) -> list[str]:
    """Months in the order of the list: the latest first, lessons without a date last."""

    def order(name: str) -> tuple[bool, int, str]:
        head, _, number = name.rpartition("-")
        return (head != UNDATED, int(number) if head == UNDATED else 0, name)

    return sorted(months, key=order, reverse=True)


def _expanded(month: _StoredMonth, tables: tuple[list[str], list[str], list[str]]) -> Month:
    subjects, classes, teachers = (
        frozenset(table[place] for place in places) for places, table in zip(month.has, tables, strict=True)
    )
    return Month(month.lessons, (subjects, classes, teachers))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
