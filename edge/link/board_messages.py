"""Parts of the controller socket's messages that are about the class board."""

from __future__ import annotations

import datetime

from edge.classroom.polls import PollKind
from edge.classroom.recorder_messages import LinkMessage
from pipelines.number_ranges import Int64


class RollStatus(LinkMessage):
    """The newest roll call of the class that is here: how many students it has, and how many answered."""

    due: Int64
    here: Int64


class ExamStatus(LinkMessage):
    """The exam on the board; ``seats`` is how many it has, ``seats_id`` changes with them. See ``ShowBoard``."""

    name: str = ""
    room: str = ""
    subject: str
    date: datetime.date
    begins: str
    ends: str
    seats: Int64 = 0
    seats_id: str = ""


class OpenQuestion(LinkMessage):
    """The open poll as a student may see it: its number, kind, and how many choices it has."""

    number: Int64
    kind: PollKind
    choices: Int64 = 0


class BoardStatus(LinkMessage):
    """What the class board shows beside lesson and timetable.

    Nothing in it names a student but what a person wrote into ``notices`` and ``duty``. ``question`` is the open poll,
    None where none is open; ``phones`` is whether phones may answer it. ``topic_fault`` is why an MQTT broker does not
    get the board's topic, empty where it does or is none.
    """

    room: str = ""
    school_class: str = ""
    notices: list[str] = []
    duty: list[str] = []
    emergency: str = ""
    exam: ExamStatus | None = None
    roll: RollStatus | None = None
    question: OpenQuestion | None = None
    phones: bool = False
    topic_fault: str = ""
