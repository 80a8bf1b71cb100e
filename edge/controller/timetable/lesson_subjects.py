"""Which lesson of the timetable each recorded lesson is, found when it begins or as soon after as it can be known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from edge.classroom.lesson_events import LessonEvent, LessonStarted
from edge.classroom.recorder_messages import AddMarker, DesiredState
from edge.classroom.timetable import DayPlan, ScheduledLesson, lesson_of_start
from pipelines.journal.entries import LessonSubject

EVENTS = (LessonStarted,)


class LessonSubjects:
    """Joins recorded lessons to scheduled ones; ``on_found`` is called when the newest one's subject becomes known.

    Only the newest lesson is of interest: what the recorder has once heard of an earlier one is in its journal.
    """

    def __init__(self, early: timedelta, on_found: Callable[[], None]) -> None:
        self._early = early
        self._on_found = on_found
        self._lesson = ""
        self._began_ns: int | None = None
        self._subject: LessonSubject | None = None

    def on_event(self, event: LessonEvent) -> None:
        """Note that a lesson began."""
        self._lesson, self._began_ns, self._subject = event.lesson, event.at_ns, None

    def resolve(self, plan: DayPlan, time_of: Callable[[int], datetime | None]) -> None:
        """Find the subject of the newest lesson by the plan of today; ``time_of`` a moment is None where not known."""
        if self._began_ns is None or (began := time_of(self._began_ns)) is None:
            return
        self._began_ns = None
        if (scheduled := lesson_of_start(plan, began, self._early)) is not None:
            self._subject = _subject(scheduled)
            self._on_found()

    def described(self, message: DesiredState | AddMarker) -> DesiredState | AddMarker:
        """A command to the recorder, with the subject of the lesson that it is about, if that is known."""
        if isinstance(message, DesiredState) and message.lesson == self._lesson and self._subject is not None:
            return message.model_copy(update={"subject": self._subject})
        return message


def _subject(scheduled: ScheduledLesson) -> LessonSubject:
    return LessonSubject(
        title=scheduled.title,
        subject=scheduled.subject,
        teacher=scheduled.teacher,
        class_name=scheduled.class_name,
        period=scheduled.period,
        start_wall_ns=_wall_ns(scheduled.start),
        end_wall_ns=_wall_ns(scheduled.end),
    )


def _wall_ns(moment: datetime) -> int:
    return round(moment.timestamp()) * 1_000_000_000
