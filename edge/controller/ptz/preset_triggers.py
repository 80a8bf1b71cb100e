"""Preset triggers: to which preset an event of the lesson sends a PTZ head; pure."""

from __future__ import annotations

from edge.classroom.lesson_events import (
    LessonEnded,
    LessonEndTakenBack,
    LessonEvent,
    LessonMarked,
    LessonRejected,
    LessonStarted,
)
from edge.config.model import PtzConfig

EVENTS = (LessonStarted, LessonEndTakenBack, LessonEnded, LessonRejected, LessonMarked)


def triggered_preset(event: LessonEvent, head: PtzConfig) -> str:
    """The preset that the config names for this event; empty where the head stays.

    An end that is taken back is a start; a lesson that is found running does not start now.
    """
    match event:
        case LessonStarted() | LessonEndTakenBack():
            return head.on_start
        case LessonEnded() | LessonRejected():
            return head.on_end
        case LessonMarked(label=label):
            return head.marks.get(label, "")
        case _:
            return ""
