"""What the command line asks of the controller, and what it is answered: one JSON object a line each."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, TypeAdapter

from edge.classroom.recorder_messages import Degradation, DeviceStatus, LinkMessage
from edge.link.poll_messages import MOST_POINTS, PollRequest, PollStatus, RosterRequest, RosterStatus

LONGEST_LABEL = 200


class Act(StrEnum):
    """What can be asked for."""

    STATUS = "status"
    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    MARK = "mark"
    PTZ_RECALL = "ptz-recall"
    PTZ_DRIVE = "ptz-drive"
    PTZ_STOP = "ptz-stop"
    POLL_OPEN = "poll-open"
    POLL_CLOSE = "poll-close"
    POLL_SHOW = "poll-show"
    POLL_SCORE = "poll-score"
    ROSTER_SHOW = "roster-show"
    ROSTER_IMPORT = "roster-import"
    ROSTER_USE = "roster-use"
    ROSTER_LISTEN = "roster-listen"
    ROSTER_BIND = "roster-bind"


class Request(LinkMessage):
    """One line from a client; ``label`` belongs to a mark, what follows it to a PTZ head.

    ``role`` says which head, ``preset`` where to go; the next three are shares of full speed: right, up and in are
    more than 0. ``poll`` is opened; ``points`` are given to the group ``team``; ``roster`` says what is done to it.
    """

    type: Literal["request"] = "request"
    act: Act
    label: str = Field(default="", max_length=LONGEST_LABEL)
    role: str = ""
    preset: str = ""
    pan: float = Field(default=0, ge=-1, le=1)
    tilt: float = Field(default=0, ge=-1, le=1)
    zoom: float = Field(default=0, ge=-1, le=1)
    poll: PollRequest | None = None
    team: str = ""
    points: int = Field(default=0, ge=-MOST_POINTS, le=MOST_POINTS)
    roster: RosterRequest = RosterRequest()


class UploadProgress(LinkMessage):
    """How the copying goes: files still to be copied, the word for what holds it up, and when it is tried next.

    ``configured`` is false where there is no store to copy to.
    """

    configured: bool = True
    pending: int = 0
    fault: str = ""
    next_try_s: float | None = None


class DiskStatus(LinkMessage):
    """The disk of the spool, and the hours of recording that fit on it above what is kept free."""

    total_bytes: int
    free_bytes: int
    hours_left: float


class HeadStatus(DeviceStatus):
    """How a PTZ head does: the preset where it stands or is going, if it has a name, and whether it moves."""

    preset: str | None = None
    moving: bool = False


class LastCheck(LinkMessage):
    """The newest lesson that was checked: verdict ``good`` or ``bad``, and ``stored`` pending, yes or no."""

    lesson: str
    recording: str
    stored: str


class Status(LinkMessage):
    """How the room is.

    ``state`` is idle, recording, paused or finishing; ``lamp`` what the recording lamp says, ``status_lamp``
    the other one; ``refusal`` why the recorder would not record. ``refusal`` and ``faults`` are words (see the
    sentences ``room.fault-…``), or sentences where there is none. ``disk`` is None until it has answered,
    ``clickers`` in a room without any. ``lrs`` is about xAPI statements, where ``upload`` is about files.
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
    """The answer to a request: whether it was done, why not, and how the room is now.

    ``reason`` is a word such as ``running-already`` (see the sentences ``room.reason-…``), or the recorder's own
    sentence where it refused. ``poll`` and ``roster`` are there where they were asked for; only there are names.

    A start, stop, pause or resume is answered when it has happened, or could not within a few seconds.
    """

    type: Literal["answer"] = "answer"
    ok: bool
    reason: str = ""
    status: Status
    poll: PollStatus | None = None
    roster: RosterStatus | None = None


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
ANSWER: TypeAdapter[Reply] = TypeAdapter(Reply)
