"""Lessons entered into a ledger as the controller does it."""

from edge.classroom.lesson_ids import LessonIdMaker
from edge.ledger.ledger import Ledger


def begin_lesson(ledger: Ledger, room: str, began_wall_ns: int | None = None) -> str:
    """Enter a new running lesson; its id."""
    ids = LessonIdMaker(room)
    ids.on_ledger_opened(ledger.lessons.epoch(), ledger.lessons.last_number())
    lesson = ids.next_id()
    ledger.lessons.begin(lesson, began_wall_ns)
    return lesson
