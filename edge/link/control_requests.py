"""Requests that the controller understands, one JSON object a line each; ``act`` says which one it is."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from edge.classroom.actor import Actor
from edge.classroom.board_content import Duty, Emergency, Exam, Notices
from edge.classroom.plain_line import plain_line
from edge.classroom.recorder_messages import LessonId, LinkMessage
from edge.link.poll_messages import (
    LONGEST_ANSWER,
    MOST_POINTS,
    BoundClicker,
    ClassChoice,
    ImportedClasses,
    PollQuestion,
    PressesSince,
)
from edge.link.timetable_messages import ImportedTimetable
from pipelines.directing.observations import DirectorMode
from pipelines.number_ranges import Int64

LONGEST_LABEL = 200
LONGEST_AGO_S = 300.0
MOST_VIEWERS = 1000
# Stills go on being made for so long after the last that was heard of who looks.
LOOK_S = 5.0
LONGEST_SEAT = 64
LONGEST_TOKEN = 64

SpeedShare = Annotated[float, Field(ge=-1, le=1)]


class ControlRequest(LinkMessage):
    """One line from a client; ``act`` says which request it is, ``actor`` for whom a page makes it."""

    type: Literal["request"] = "request"
    actor: Actor | None = None


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
    """Write a marker with this label into the lesson, at the moment ``ago_s`` ago: words are written after it."""

    act: Literal["mark"] = "mark"
    label: Annotated[str, BeforeValidator(plain_line)] = Field(default="", max_length=LONGEST_LABEL)
    ago_s: float = Field(default=0.0, ge=0.0, le=LONGEST_AGO_S)


class HeadRequest(ControlRequest):
    """A request to the PTZ head of the camera ``role``."""

    role: str = ""


class RecallPreset(HeadRequest):
    """Send a head to one of the presets of its config."""

    act: Literal["ptz-recall"] = "ptz-recall"
    preset: str = ""


class StorePreset(HeadRequest):
    """Make the position in which a head stands the preset ``number`` of its memory, whatever its name is."""

    act: Literal["ptz-store"] = "ptz-store"
    number: int = Field(ge=0, le=15)


class DriveHead(HeadRequest):
    """Turn and zoom a head at shares of its full speed; right, up and in are more than 0."""

    act: Literal["ptz-drive"] = "ptz-drive"
    pan: SpeedShare = 0
    tilt: SpeedShare = 0
    zoom: SpeedShare = 0


class StopHead(HeadRequest):
    """Let a head stand still."""

    act: Literal["ptz-stop"] = "ptz-stop"


class ChooseDirectorMode(ControlRequest):
    """Choose who cuts in the running lesson."""

    act: Literal["director-mode"] = "director-mode"
    mode: DirectorMode


class CutToCamera(ControlRequest):
    """Put the camera ``role`` on air; without a role the one that the director proposes."""

    act: Literal["director-cut"] = "director-cut"
    role: str = ""


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


class LookAtRoom(ControlRequest):
    """So many look at stills of the room; it counts for ``LOOK_S`` and is made again while they do."""

    act: Literal["look"] = "look"
    viewers: int = Field(default=0, ge=0, le=MOST_VIEWERS)


class EraseLesson(ControlRequest):
    """Delete a lesson for good: its copy in the store, and what is on this box."""

    act: Literal["lesson-erase"] = "lesson-erase"
    lesson: LessonId


class PhoneRequest(ControlRequest):
    """A request of a student's phone, which is known by its ``token``; it is answered with a ``PhoneReply``."""

    token: str = Field(default="", max_length=LONGEST_TOKEN)


class ShowPhone(PhoneRequest):
    """Report whether this phone holds a seat, and whether its answer counts."""

    act: Literal["phone-show"] = "phone-show"


class JoinByPhone(PhoneRequest):
    """Take the seat of the student whose number (学号) or seat (座号) this is."""

    act: Literal["phone-join"] = "phone-join"
    seat: str = Field(default="", max_length=LONGEST_SEAT)


class AnswerByPhone(PhoneRequest):
    """Answer the poll of this number."""

    act: Literal["phone-answer"] = "phone-answer"
    number: Int64 = 0
    answer: str = Field(default="", max_length=LONGEST_ANSWER)


class SeatRequest(ControlRequest):
    """A teacher's request about the seats that phones hold; it is answered with a ``SeatsReply``."""


class ShowSeats(SeatRequest):
    """Report whose seats phones hold."""

    act: Literal["phones-show"] = "phones-show"


class FreePhones(SeatRequest):
    """Take the seat of the student ``number`` from the phone that holds it; all seats where it is empty."""

    act: Literal["phones-free"] = "phones-free"
    number: str = ""


class BoardRequest(ControlRequest):
    """A request about the texts of the class board; it is answered with a ``BoardReply``."""


class ShowBoard(BoardRequest):
    """Report what people have put on the board, the seats of an exam included."""

    act: Literal["board-show"] = "board-show"


class SetNotices(BoardRequest):
    """Replace the notices; none for an empty list."""

    act: Literal["board-notice"] = "board-notice"
    notices: Notices = ()


class SetDuty(BoardRequest):
    """Replace who is on duty."""

    act: Literal["board-duty"] = "board-duty"
    duty: Duty = ()


class SetEmergency(BoardRequest):
    """Show this text over everything, until an empty one comes."""

    act: Literal["board-emergency"] = "board-emergency"
    text: Emergency = ""


class SetExam(BoardRequest):
    """Show an exam on its day, or none any more."""

    act: Literal["board-exam"] = "board-exam"
    exam: Exam | None = None


class ShowCalibration(ControlRequest):
    """Report what the calibration shows; it is answered with a ``CalibrationReply``."""

    act: Literal["calibration-show"] = "calibration-show"


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
DirectorRequest = ChooseDirectorMode | CutToCamera
