"""What the controller's socket sends: replies to requests, and the room's status."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from edge.classroom.board_content import BoardTexts
from edge.classroom.recorder_messages import Degradation, DeviceStatus, LinkMessage
from edge.link.board_messages import BoardStatus
from edge.link.calibration_messages import CalibrationView
from edge.link.phone_messages import JoinedPhone, PhoneState
from edge.link.poll_messages import PollProgress, PollStatus, RosterStatus
from edge.link.timetable_messages import DayStatus
from pipelines.directing.observations import DirectorMode
from pipelines.number_ranges import FiniteFloat, Int64


class UploadProgress(LinkMessage):
    """Progress of copying: files still to be copied, the fault code that holds it up, seconds to the next try.

    ``configured`` is false where there is no store to copy to.
    """

    configured: bool = True
    pending: Int64 = 0
    fault: str = ""
    next_try_s: FiniteFloat | None = None


class PreviewProgress(LinkMessage):
    """Lessons that are over and wait for poster, thumbnails or screen text.

    ``text`` is the code of why the text of screens is not read, empty where it is: ``not-installed``, ``no-memory``.
    """

    waiting: Int64 = 0
    text: str = ""


class DiskStatus(LinkMessage):
    """The spool's disk, and the hours of recording that fit on it above what is kept free."""

    total_bytes: Int64
    free_bytes: Int64
    hours_left: FiniteFloat


class HeadStatus(DeviceStatus):
    """State of a PTZ head: the preset where it stands or is going, if it has a name, and whether it moves."""

    preset: str | None = None
    moving: bool = False


class DirectorStatus(LinkMessage):
    """Who cuts the programme, the camera on air (empty before the first cut), the one that is proposed; and why.

    Reasons are those of ``pipelines.directing.decisions``.
    """

    mode: DirectorMode
    on_air: str = ""
    on_air_why: str = ""
    proposed: str = ""
    proposed_why: str = ""


class LastCheck(LinkMessage):
    """The newest lesson that was checked: verdict ``good`` or ``bad``, and ``stored`` pending, yes or no."""

    lesson: str
    recording: str
    stored: str


class DayHint(LinkMessage):
    """What comes next by itself: ``act`` is ``start``, ``end`` (by the timetable), or ``longest`` (the longest lesson).

    It comes ``at`` this time, in the school's time zone, or while people go on speaking ``at_latest``; None where the
    time is not known. ``is_announced``: lamp and buzzer say so, and a press can still change it: the pause button
    declines a start, the lesson button lets the lesson go on. ``title`` is the lesson's of the timetable.
    """

    act: str
    at: datetime | None = None
    at_latest: datetime | None = None
    is_announced: bool = False
    title: str = ""

    def clock_times(self) -> dict[str, str]:
        """``at`` and ``at_latest`` as HH:MM, empty where they are not known."""
        moments = {"at": self.at, "at_latest": self.at_latest}
        return {name: "" if moment is None else f"{moment:%H:%M}" for name, moment in moments.items()}


class Status(LinkMessage):
    """Status of the room.

    ``state`` is idle, recording, paused or finishing; ``lamp`` is the pattern of the recording lamp, ``status_lamp``
    that of the other one; ``refusal`` is why the recorder would not record. ``refusal`` and ``faults`` are codes (see
    the sentences ``room.fault-…``), or sentences where there is no code. ``disk`` is None until it has answered,
    ``clickers`` in a room without any, ``day`` without a timetable. ``lrs`` is about xAPI statements, where ``upload``
    is about files. ``set_aside`` are the names of damaged files that lie beside the ledger, replaced by now.
    ``watched`` is how many look at stills of the room now, ``poll`` the newest poll of the running lesson, ``groups``
    are those of the class that is here.

    ``director`` is None in a lesson that nobody directs, and without a lesson.

    ``day_hint`` is None while nothing comes by itself. ``lessons_version`` is another number whenever the list of
    recordings has changed. ``calibration`` is the step of the calibration that has the devices now, empty between
    steps; None while there is none.

    Every value that may be None has None as its default: the status stream leaves those out.
    """

    state: str
    lesson: str | None = None
    lesson_time_s: FiniteFloat = 0.0
    lamp: str = "off"
    status_lamp: str = "off"
    devices: dict[str, DeviceStatus] = {}
    meters_dbfs: dict[str, FiniteFloat] = {}
    rates_fps: dict[str, FiniteFloat] = {}
    ptz: dict[str, HeadStatus] = {}
    clickers: DeviceStatus | None = None
    given_up: Degradation | None = None
    upload: UploadProgress = UploadProgress()
    lrs: UploadProgress = UploadProgress(configured=False)
    previews: PreviewProgress = PreviewProgress()
    disk: DiskStatus | None = None
    check: LastCheck | None = None
    day: DayStatus | None = None
    day_hint: DayHint | None = None
    refusal: str = ""
    faults: list[str] = []
    set_aside: list[str] = []
    board: BoardStatus | None = None
    watched: int = 0
    poll: PollProgress | None = None
    groups: list[str] = []
    lessons_version: Int64 = 0
    calibration: str | None = None
    director: DirectorStatus | None = None


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


class BoardReply(Reply):
    """The answer to a ``BoardRequest``: what people have put on the board; None where it was refused."""

    texts: BoardTexts | None = None


class PhoneReply(Reply):
    """The answer to a ``PhoneRequest``: what the phone may know of itself."""

    phone: PhoneState = PhoneState()


class SeatsReply(Reply):
    """The answer to a ``SeatRequest``: whose seats phones hold, with names."""

    joined: list[JoinedPhone] = []


class CalibrationReply(Reply):
    """The answer to ``ShowCalibration``: what the calibration shows now; None while there is none."""

    view: CalibrationView | None = None


class DayReply(Reply):
    """The answer to a ``TimetableRequest``: the plan of a day; None where there is none or it was refused."""

    day: DayStatus | None = None
