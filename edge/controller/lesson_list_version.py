"""A number that goes up whenever the list of recordings changes, so that a page that shows it asks again."""

from __future__ import annotations

from edge.classroom.lesson_events import LessonDescribed, LessonEvent, LessonRemoved

EVENTS = (LessonDescribed, LessonRemoved)


class LessonListVersion:
    """``number`` counts the changes since the controller began."""

    def __init__(self) -> None:
        self.number = 0

    def on_event(self, _event: LessonEvent) -> None:
        """A lesson came to the list, is described otherwise, or went."""
        self.number += 1
