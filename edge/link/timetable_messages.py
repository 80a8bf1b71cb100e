"""Parts of the controller socket's messages that are about the timetable."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Literal

from pydantic import Base64Bytes, Field

from edge.classroom.recorder_messages import LinkMessage
from edge.classroom.timetable import DayNote, DayPlan, Period, ScheduledLesson
from pipelines.number_ranges import Int64


class NoteOfDay(LinkMessage):
    """Why the day is not like the others of its weekday; see ``DayNote``."""

    kind: Literal["holiday", "makeup", "moved", "vacation"]
    name: str = ""
    english_name: str = ""
    follows: dt.date | None = None


class DayStatus(LinkMessage):
    """What the timetable says of a day, in times with the school's offset.

    ``now`` and ``next`` are indices of lessons, None where there is none. ``date`` is None, and there are no lessons,
    while the box does not know the time. ``is_stale``: the source was not reached of late or cannot be used, and this
    is of its last good version.
    """

    date: dt.date | None = None
    lessons: list[ScheduledLesson] = []
    periods: list[Period] = []
    now: Int64 | None = None
    next: Int64 | None = None
    note: NoteOfDay | None = None
    is_stale: bool = False


class ImportedTimetable(LinkMessage):
    """A file to be used as the timetable from now on."""

    name: str = Field(default="", max_length=255)
    data: Base64Bytes = b""


def day_status(plan: DayPlan, now: int | None, coming: int | None, *, is_stale: bool) -> DayStatus:
    """Return the message about a day's plan."""
    return DayStatus(
        date=plan.date,
        lessons=list(plan.lessons),
        periods=list(plan.periods),
        now=now,
        next=coming,
        note=_note(plan.note),
        is_stale=is_stale,
    )


def _note(note: DayNote | None) -> NoteOfDay | None:
    return None if note is None else NoteOfDay.model_validate(asdict(note))
