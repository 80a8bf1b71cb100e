"""Messages of the controller's socket: requests, replies and the room's status, one JSON object a line each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from edge.classroom.recorder_messages import Degradation, DeviceStatus, LinkMessage
from edge.link.poll_messages import (
    MOST_POINTS,
    BoundClicker,
    ClassChoice,
    ImportedClasses,
    PollQuestion,
    PollStatus,
    PressesSince,
    RosterStatus,
)

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
    | BindClicker,
    Field(discriminator="act"),
]


class UploadProgress(LinkMessage):
    """Progress of copying: files still to be copied, the fault code that holds it up, seconds to the next try.

    ``configured`` is false where there is no store to copy to.
    """

    configured: bool = True
    pending: int = 0
    fault: str = ""
    next_try_s: float | None = None


class DiskStatus(LinkMessage):
    """The spool's disk, and the hours of recording that fit on it above what is kept free."""

    total_bytes: int
    free_bytes: int
    hours_left: float


class HeadStatus(DeviceStatus):
    """State of a PTZ head: the preset where it stands or is going, if it has a name, and whether it moves."""

    preset: str | None = None
    moving: bool = False


class LastCheck(LinkMessage):
    """The newest lesson that was checked: verdict ``good`` or ``bad``, and ``stored`` pending, yes or no."""

    lesson: str
    recording: str
    stored: str


class Status(LinkMessage):
    """Status of the room.

    ``state`` is idle, recording, paused or finishing; ``lamp`` is the pattern of the recording lamp, ``status_lamp``
    that of the other one; ``refusal`` is why the recorder would not record. ``refusal`` and ``faults`` are codes (see
    the sentences ``room.fault-…``), or sentences where there is no code. ``disk`` is None until it has answered,
    ``clickers`` in a room without any. ``lrs`` is about xAPI statements, where ``upload`` is about files.

    Every value that may be None has None as its default: the status stream leaves those out.
    """

    state: str
    lesson: str | None = None
    lesson_time_s: float = 0.0
    lamp: str = "off"
    status_lamp: str = "off"
    devices: dict[str, DeviceStatus] = {}
    meters_dbfs: dict[str, float] = {}
    rates_fps: dict[str, float] = {}
    ptz: dict[str, HeadStatus] = {}
    clickers: DeviceStatus | None = None
    given_up: Degradation | None = None
    upload: UploadProgress = UploadProgress()
    lrs: UploadProgress = UploadProgress(configured=False)
    disk: DiskStatus | None = None
    check: LastCheck | None = None
    refusal: str = ""
    faults: list[str] = []


class Reply(LinkMessage):
    """The answer to a request: whether it was done, why not, and the room's status after it.

    ``reason`` is a code such as ``running-already`` (see the sentences ``room.reason-…``), or the recorder's own
    sentence where it refused. A start, stop, pause or resume is answered when it has happened, or could not within
    a few seconds.
    """

    type: Literal["answer"] = "answer"
    ok: bool
    reason: str = ""
    status: Status


class PollReply(Reply):
    """The answer to a ``PollRequest``: the newest poll, with names; None where it was refused."""

    poll: PollStatus | None = None


class RosterReply(Reply):
    """The answer to a ``RosterRequest``: the roster, with names; None where it was refused."""

    roster: RosterStatus | None = None


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
