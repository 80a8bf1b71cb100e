"""Cells of a weekly timetable as schools write them: a lesson with its teacher and class, odd and even weeks, times."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

WeekKind = Literal["", "odd", "even"]

_DASH = r"\s*(?:-|–|—|－|~|～|〜|至|到)+\s*"
_CLOCK = r"(\d{1,2})\s*[:：.．时点]\s*(\d{2})(?:\s*分)?(?:[:：]\d{2})?"
_SPAN = re.compile(_CLOCK + _DASH + _CLOCK)
_ONE = re.compile(_CLOCK)
# No lesson begins in the small hours: 2:00 is two in the afternoon. At six boarding schools have their early reading.
_AFTERNOON = range(1, 6)

_HALVES: tuple[WeekKind, WeekKind] = ("odd", "even")
_KINDS: dict[str, WeekKind] = {"单": "odd", "双": "even", "odd": "odd", "even": "even"}
_BOTH = re.compile(r"[（(\[【]?单双周[)）\]】]?")
_MARK = re.compile(
    r"[（(\[【]\s*(单|双|odd|even)\s*(?:周|weeks?)?\s*[)）\]】]|^(单|双|odd|even)\s*周?\s*[:：]|(单|双)周[:：]?",
    re.IGNORECASE,
)
_NEXT_MARK = re.compile(r"\s+(?=(?:单|双)周?\s*[:：])")
_LINES = re.compile(r"[\n\r;；|]+")
_SLASH = re.compile(r"[/／\\]+")
_BRACKETS = re.compile(r"[（(\[【]([^（）()\[\]【】]*)[)）\]】]")
_CLASS = re.compile(r".*班")
_PLACE = re.compile(r".*(室|楼|场|馆|厅|房)|.*?\d{2,4}")
_NOTHING = re.compile(r"[-–—－/／\\_.…·*\s]*|无|空|null|none", re.IGNORECASE)
_BREAK = re.compile(
    r"(大课间.*|课间.*|眼保健操|广播操|升旗.*|午休|午餐|午饭|早餐|晚餐|休息|放学|lunch|break)", re.IGNORECASE
)

_WEEKDAYS: dict[str, int] = {
    **{f"{prefix}{day}": at for prefix in ("星期", "周", "礼拜") for at, day in enumerate("一二三四五六日", 1)},
    **{f"{prefix}天": 7 for prefix in ("星期", "周", "礼拜")},
    **{
        name[:length]: at
        for at, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1)
        for length in (3, 99)
    },
}
_BARE_WEEKDAYS: dict[str, int] = {
    **{day: at for at, day in enumerate("一二三四五六日", 1)},
    **{str(at): at for at in range(1, 8)},
}


@dataclass(frozen=True, slots=True)
class CellLesson:
    """What one cell says of a lesson; ``weeks`` is empty for every week."""

    subject: str
    teacher: str = ""
    class_name: str = ""
    weeks: WeekKind = ""


def parse_cell(text: str) -> list[CellLesson]:
    """Return the lessons of a cell: none where it is empty or a break, two where odd and even weeks differ.

    Such as ``语文``, ``语文（张敏）``, ``语文/张敏/三2班``, ``音乐(单) 美术(双)``, ``单：音乐 双：美术``; a line break
    does for a slash.
    """
    text = text.strip()
    if _NOTHING.fullmatch(text):
        return []
    if _BOTH.search(text):
        fields = _fields(_BOTH.sub("", text))
        halves = [replace(_lesson([field]), weeks=kind) for field, kind in zip(fields, _HALVES, strict=False)]
        return [half for half in halves if half.subject]
    found = _by_week(text) if _MARK.search(text) else [_lesson(_fields(text))]
    return [one for one in found if one.subject and not _BREAK.fullmatch(one.subject)]


def parse_weeks(text: str) -> WeekKind | None:
    """Return what a cell of a column 单双周 means; None where it is nothing of the kind."""
    word = text.strip().lower().removesuffix("周").removesuffix(" weeks").removesuffix(" week")
    if word in ("", "每", "全", "单双", "all", "every"):
        return ""
    return _KINDS.get(word)


def parse_weekday(text: str, *, bare: bool = False) -> int | None:
    """Return the day of the week, Monday 1 to Sunday 7; ``bare``: also without 星期, or as a number."""
    word = re.sub(r"[\s.（）()]", "", text).lower()
    return _WEEKDAYS.get(word) or (_BARE_WEEKDAYS.get(word) if bare else None)


def parse_span(text: str) -> tuple[time, time] | None:
    """Return the times in ``8:20-9:00`` and its like; None where there are none, or the end is not after the start."""
    found = _SPAN.search(text)
    if found is None:
        return None
    start, end = _clock(found[1], found[2]), _clock(found[3], found[4])
    return (start, end) if start is not None and end is not None and start < end else None


def without_span(text: str) -> str:
    """Return a period's name from a cell that may hold its times, too."""
    return _BRACKETS.sub(lambda found: found[0] if found[1].strip() else "", _SPAN.sub("", text)).strip()


def parse_clock(text: str) -> time | None:
    """Return the time in ``8:20`` and its like; None where it is none."""
    found = _ONE.fullmatch(text.strip())
    return _clock(found[1], found[2]) if found else None


def _clock(hour: str, minute: str) -> time | None:
    hours, minutes = int(hour), int(minute)
    if hours in _AFTERNOON:
        hours += 12
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _by_week(text: str) -> list[CellLesson]:
    """A cell that names weeks: what follows a lesson without a mark of its own belongs to that lesson."""
    groups: list[tuple[WeekKind, list[str]]] = []
    for line in _LINES.split(_NEXT_MARK.sub("\n", text)):
        for part in _split_at_marks(line):
            mark = _MARK.search(part)
            rest = _MARK.sub("/", part).strip("/ ")
            kind = _KINDS[next(filter(None, mark.groups())).lower()] if mark else ""
            if kind and not rest and groups:
                groups[-1] = (kind, groups[-1][1])
            elif kind or not groups:
                groups.append((kind, _fields(rest)))
            else:
                groups[-1][1].extend(_fields(rest))
    return [replace(_lesson(fields), weeks=kind) for kind, fields in groups]


def _split_at_marks(line: str) -> list[str]:
    """Split a line at slashes and gaps if more than one of its pieces has a mark."""
    for separator in (_SLASH, re.compile(r"\s+"), re.compile(r"(?<=[)）\]】])")):
        pieces = [piece for piece in separator.split(line) if piece.strip()]
        if sum(bool(_MARK.search(piece)) for piece in pieces) > 1:
            return pieces
    return [line]


def _fields(text: str) -> list[str]:
    """Subject, teacher and whatever else stands in a cell, in its order; what is in brackets comes after the rest."""
    fields = []
    for line in _LINES.split(text):
        for part in _SLASH.split(line):
            fields += [part] if _CLASS.fullmatch(part) else [_BRACKETS.sub(" ", part), *_BRACKETS.findall(part)]
    return [plain for field in fields if (plain := " ".join(field.split()))]


def _lesson(fields: list[str]) -> CellLesson:
    subject, teacher, class_name = "", "", ""
    for field in fields:
        if not subject:
            subject = field
        elif _CLASS.fullmatch(field):
            class_name = class_name or field
        elif not _PLACE.fullmatch(field):
            teacher = teacher or field
    return CellLesson(subject, teacher, class_name)
