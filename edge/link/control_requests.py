"""Requests of the controller's socket: a union discriminated by ``act``, one JSON object a line each."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from edge.classroom.recorder_messages import LinkMessage
from edge.link.poll_messages import (
    MOST_POINTS,
    BoundClicker,
    ClassChoice,
    ImportedClasses,
    PollQuestion,
    PressesSince,
)
from edge.link.timetable_messages import ImportedTimetable

LONGEST_LABEL = 200

SpeedShare = Annotated[float, Field(ge=-1, le=1)]


class ControlRequest(LinkMessage):
    """One line from a client; ``act`` says which request it is."""

    type: Literal["request"] = "request"


class GetStatus(ControlRequest):
    """Report how the room is now."""

    act: Literal["status"] = "status"


class WatchStatus(ControlRequest):
    """Report how the room is now, and every change after that; see ``edge.link.status_stream``."""

    act: Literal["watch"] = "watch"


class StartLesson(ControlRequest):
    """Begin a lesson."""

    act: Literal["start"] = "start"


class StopLesson(ControlRequest):
    """End the lesson."""

    act: Literal["stop"] = "stop"


class PauseLesson(ControlRequest):
    """Keep neither picture nor sound until the lesson is resumed."""

    act: Literal["pause"] = "pause"


class ResumeLesson(ControlRequest):
    """Go on after a pause."""

    act: Literal["resume"] = "resume"


class MarkLesson(ControlRequest):
    """Write a marker with this label into the lesson."""

    act: Literal["mark"] = "mark"
    label: str = Field(default="", max_length=LONGEST_LABEL)


class HeadRequest(ControlRequest):
    """A request to the PTZ head of the camera ``role``."""

    role: str = ""


class RecallPreset(HeadRequest):
    """Send a head to one of the presets of its config."""

    act: Literal["ptz-recall"] = "ptz-recall"
    preset: str = ""


class DriveHead(HeadRequest):
    """Turn and zoom a head at shares of its full speed; right, up and in are more than 0."""

    act: Literal["ptz-drive"] = "ptz-drive"
    pan: SpeedShare = 0
    tilt: SpeedShare = 0
    zoom: SpeedShare = 0


class StopHead(HeadRequest):
    """Let a head stand still."""

    act: Literal["ptz-stop"] = "ptz-stop"


class PollRequest(ControlRequest):
    """A request about the polls of the running lesson; it is answered with a ``PollReply``."""


class OpenPoll(PollRequest):
    """Open a poll; without a question it is refused as ``not-understood``."""

    act: Literal["poll-open"] = "poll-open"
    poll: PollQuestion | None = None


class ClosePoll(PollRequest):
    """Close the open poll."""

    act: Literal["poll-close"] = "poll-close"


class ShowPoll(PollRequest):
    """Report the newest poll."""

    act: Literal["poll-show"] = "poll-show"


class AwardPoints(PollRequest):
    """Give ``points``, or take them where negative, to the group ``team``; without a group ``not-understood``."""

    act: Literal["poll-score"] = "poll-score"
    team: str = ""
    points: int = Field(default=0, ge=-MOST_POINTS, le=MOST_POINTS)


class RosterRequest(ControlRequest):
    """A request about the roster; it is answered with a ``RosterReply``."""


class ShowRoster(RosterRequest):
    """Report the class that is here."""

    act: Literal["roster-show"] = "roster-show"


class ImportClasses(RosterRequest):
    """Add classes to the roster, or replace those of the same names."""

    act: Literal["roster-import"] = "roster-import"
    roster: ImportedClasses = ImportedClasses()


class UseClass(RosterRequest):
    """Choose the class that is here from now on."""

    act: Literal["roster-use"] = "roster-use"
    roster: ClassChoice = ClassChoice()


class ListenForClickers(RosterRequest):
    """Report the clickers that were pressed; it has the base listen between polls for a few seconds more."""

    act: Literal["roster-listen"] = "roster-listen"
    roster: PressesSince = PressesSince()


class BindClicker(RosterRequest):
    """Bind a clicker to a student."""

    act: Literal["roster-bind"] = "roster-bind"
    roster: BoundClicker = BoundClicker()


class TimetableRequest(ControlRequest):
    """A request about the timetable; it is answered with a ``DayReply``."""


class ShowDay(TimetableRequest):
    """Report the plan of a day."""

    act: Literal["timetable-show"] = "timetable-show"
    date: dt.date


class ImportTimetable(TimetableRequest):
    """Use a file as the timetable from now on."""

    act: Literal["timetable-import"] = "timetable-import"
    timetable: ImportedTimetable = ImportedTimetable()


LessonRequest = StartLesson | StopLesson | PauseLesson | ResumeLesson | MarkLesson
Request = Annotated[
    GetStatus
    | WatchStatus
    | LessonRequest
    | RecallPreset
    | DriveHead
    | StopHead
    | OpenPoll
    | ClosePoll
    | ShowPoll
    | AwardPoints
    | ShowRoster
    | ImportClasses
    | UseClass
    | ListenForClickers
    | BindClicker
    | ShowDay
    | ImportTimetable,
    Field(discriminator="act"),
]

REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
