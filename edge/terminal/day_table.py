"""Table of a day's lessons, and the day in one line."""

from __future__ import annotations

from datetime import date

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from edge.classroom.timetable import ScheduledLesson
from edge.i18n import Language, translate
from edge.link.timetable_messages import DayStatus, NoteOfDay

_COLUMNS = ("time", "period", "subject", "class", "teacher")


def day_view(day: DayStatus, language: Language) -> RenderableType:
    """The day with its note and a row for each lesson; the present one is bold."""
    if day.date is None:
        return Text(translate("timetable.no-time", language), "yellow")
    title = Text(_date_text(day.date, language), "bold")
    if day.note is not None:
        title.append(f"  {note_text(day.note, language)}", "yellow")
    if not day.lessons:
        return Group(title, Text(translate("timetable.no-lessons-today", language)))
    table = Table(box=box.SIMPLE_HEAD)
    for column in _COLUMNS:
        table.add_column(translate(f"timetable.column-{column}", language), overflow="fold")
    for at, lesson in enumerate(day.lessons):
        cells = (_times(lesson), lesson.period, lesson.subject, lesson.class_name, lesson.teacher)
        table.add_row(*map(Text, cells), style="bold" if at == day.now else "")
    return Group(title, table)


def day_line(day: DayStatus, language: Language) -> str:
    """What is now and next, or why there is nothing, in one line."""
    if day.date is None:
        return translate("timetable.no-time", language)
    parts = [note_text(day.note, language)] if day.note is not None else []
    for key, at in (("now", day.now), ("next", day.next)):
        if at is not None:
            parts.append(translate(f"timetable.{key}", language, lesson=_lesson_text(day.lessons[at], language)))
    if day.now is None and day.next is None:
        parts.append(translate("timetable.over" if day.lessons else "timetable.no-lessons-today", language))
    return "; ".join(parts) + (translate("timetable.stale", language) if day.is_stale else "")


def note_text(note: NoteOfDay, language: Language) -> str:
    """Why the day is not like the others of its weekday."""
    named = "-named" if note.name and note.kind in ("holiday", "makeup") else ""
    name = note.name if language == "zh-CN" else note.english_name
    text = translate(f"timetable.note-{note.kind}{named}", language, name=name)
    if note.follows is None:
        return text
    weekday = translate(f"timetable.weekday-{note.follows.isoweekday()}", language)
    return translate("timetable.note-follows", language, note=text, date=note.follows, weekday=weekday)


def _date_text(day: date, language: Language) -> str:
    weekday = translate(f"timetable.weekday-{day.isoweekday()}", language)
    return translate("timetable.title", language, date=day, weekday=weekday)


def _times(lesson: ScheduledLesson) -> str:
    return f"{lesson.start:%H:%M}–{lesson.end:%H:%M}"


def _lesson_text(lesson: ScheduledLesson, language: Language) -> str:
    title = " · ".join(filter(None, (lesson.class_name, lesson.subject, lesson.teacher)))
    return translate(
        "timetable.lesson", language, title=title, start=f"{lesson.start:%H:%M}", end=f"{lesson.end:%H:%M}"
    )
