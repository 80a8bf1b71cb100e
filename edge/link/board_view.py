"""What anybody may see of the room: the part of the status that the class board shows.

It is read without a login, at the door and in vendors' boards, so it is made field by field: what is new in the status
does not get here by itself. It names no student but where somebody wrote a name into ``notices`` or ``duty``.
"""

from __future__ import annotations

from drivers.samples import Pattern
from edge.link.control_messages import Status
from edge.link.merge_patch import JsonObject
from edge.link.timetable_messages import DayStatus

_LAMPS: dict[str, str] = {Pattern.ON: "recording", Pattern.SLOW_BLINK: "paused"}

_SHOWN = {"room", "notices", "duty", "emergency", "exam", "roll"}


def board_view(status: Status) -> JsonObject:
    """The view as JSON without nulls.

    ``lamp`` is idle, recording, paused, or trouble where nothing is kept of the lesson that runs; ``watched`` is how
    many look at pictures of the room now; times are of the box's clock, ``HH:MM``. ``coming`` is what is announced to
    happen by itself (``start``, ``end``, ``longest``) and ``coming_at`` when; absent while nothing is.
    """
    board = status.board
    view: JsonObject = {
        "lamp": _lamp(status),
        "watched": status.watched,
        "notices": [],
        "duty": [],
        "emergency": "",
    }
    if board is not None:
        view |= board.model_dump(mode="json", exclude_none=True, include=_SHOWN)
        view["class"] = board.school_class
    view |= question_view(status)
    if (hint := status.day_hint) is not None and hint.is_announced:
        view |= {"coming": hint.act, "coming_at": hint.clock_times()["at"]}
    if status.day is not None and status.day.date is not None:
        view["day"] = _day(status.day)
    return view


def question_view(status: Status) -> JsonObject:
    """The open question, where phones may answer it: all that the students' page is told of the room."""
    board = status.board
    if board is None or board.question is None or not board.phones:
        return {}
    return {"question": board.question.model_dump(mode="json")}


def _lamp(status: Status) -> str:
    """What the recording lamp means; while a lesson begins it is not lit yet, and that is no trouble."""
    shown = _LAMPS.get(status.lamp, "idle")
    if shown == "idle" and status.state == "recording":
        return "trouble" if status.status_lamp == Pattern.AMBER_FAST_BLINK else "recording"
    return shown


def _day(day: DayStatus) -> JsonObject:
    view: JsonObject = {
        "date": str(day.date),
        "lessons": [
            {
                "from": f"{one.start:%H:%M}",
                "to": f"{one.end:%H:%M}",
                "subject": one.subject,
                "teacher": one.teacher,
                "class": one.class_name,
                "period": one.period,
            }
            for one in day.lessons
        ],
    }
    if day.note is not None:
        view |= {"note": day.note.kind, "note_name": day.note.name, "note_english_name": day.note.english_name}
        if day.note.follows is not None:
            view["follows"] = str(day.note.follows)
    return view
