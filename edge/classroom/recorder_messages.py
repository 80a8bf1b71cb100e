"""Messages between controller and recorder: one JSON object a line; ``type`` tells which.

The controller sends the whole desired state, as often as it likes; the recorder reconciles itself with it and sends its
actual state. ``at_ns`` is CLOCK_MONOTONIC in nanoseconds, which both share: a marker is written at its moment, not at
its arrival. A lesson begins at its press as far back as the pre-roll reaches; all else of a desired state applies when
it arrives, and its moment only tells an older one from a newer one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pipelines.devices.device_state import DeviceState
from pipelines.directing.observations import DirectorMode
from pipelines.journal.entries import Cause, LessonSubject
from pipelines.number_ranges import FiniteFloat, Int64

# They name a folder of the spool and a file in it, and must never lead out of it.
LessonId = Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
FileOfLesson = Annotated[str, Field(pattern=r"^\w[\w.-]*(/\w[\w.-]*)?$")]


class LinkMessage(BaseModel):
    """One line on the link."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Activity(StrEnum):
    """The recorder's activity, actual or desired."""

    IDLE = "idle"
    RECORDING = "recording"
    PAUSED = "paused"


class DesiredState(LinkMessage):
    """The recorder's whole desired state, and since when.

    ``since_ns`` is the press that the lesson begins with; None once it was paused, ended or found running, for then the
    pre-roll must not be recorded. ``longest_s`` bounds the lesson (active time) where nobody ends it; ``ends_by_ns`` is
    the planned end, if any. ``subject`` is which lesson of the timetable this is, once that is known.
    ``begins_by`` is why it begins: a person, or as planned.
    """

    type: Literal["wish"] = "wish"
    activity: Activity
    lesson: LessonId | None = None
    at_ns: Int64
    since_ns: Int64 | None = None
    longest_s: Int64 | None = None
    ends_by_ns: Int64 | None = None
    begins_by: Cause = Cause.TEACHER
    subject: LessonSubject | None = None


class AddMarker(LinkMessage):
    """Write a marker into the running lesson."""

    type: Literal["mark"] = "mark"
    at_ns: Int64
    label: str = ""


class Look(LinkMessage):
    """Somebody looks at the room: stills are made until ``until_ns``, unless it is said again."""

    type: Literal["look"] = "look"
    until_ns: Int64


class LendDevices(LinkMessage):
    """Cameras and microphones are lent to another process until ``until_ns``, unless it is said again.

    A lesson that is begun takes them back at once, and so does a moment that has passed. ``lamp`` is the pattern of the
    recording lamp meanwhile, for whoever looks whether it is lit; empty for the usual one.
    """

    type: Literal["lend"] = "lend"
    until_ns: Int64
    lamp: str = ""


class TakeUpConfig(LinkMessage):
    """The config has changed: end, once nothing is recorded, and be started again with it."""

    type: Literal["take-up-config"] = "take-up-config"


class ChooseMode(LinkMessage):
    """Who cuts in the running lesson from now on; the next one begins in the mode of the config again."""

    type: Literal["director-mode"] = "director-mode"
    at_ns: Int64
    mode: DirectorMode


class CutCamera(LinkMessage):
    """A person wants the camera ``role`` on air; an empty one is what the director proposes."""

    type: Literal["director-cut"] = "director-cut"
    at_ns: Int64
    role: str = ""


class PollNotice(LinkMessage):
    """A question was put to the class, or closed."""

    type: Literal["poll"] = "poll"
    at_ns: Int64
    is_open: bool


class HeadNotice(LinkMessage):
    """The head of a camera begins to turn towards a preset, or stands there; an empty one is no preset, or unknown."""

    type: Literal["head"] = "head"
    at_ns: Int64
    role: str
    is_turning: bool
    preset: str = ""


# The fault code of a lesson into which slates and silence alone are written.
NOTHING_CAPTURED = "nothing-captured"


class DeviceStatus(LinkMessage):
    """A device's state, and the sentence that says why.

    ``signal`` is what is wrong with what a running device delivers into the lesson: a code of
    ``pipelines.capture.signal_faults``, empty while nothing is.
    """

    state: DeviceState
    reason: str = ""
    signal: str = ""


class Degradation(LinkMessage):
    """Degradation of the recording, because the box cannot keep up.

    ``preset`` is the one that pictures are encoded with now; the roles in ``halved`` have half their frame rate.
    """

    preset: str
    halved: list[str] = []


class SpeechStatus(LinkMessage):
    """Whether somebody speaks in the lesson, and the seconds since somebody last did, or since listening began."""

    is_speaking: bool
    silent_s: FiniteFloat


class RecorderState(LinkMessage):
    """The recorder's actual state; sent on every change and about twice a second.

    ``meters_dbfs`` is each microphone's level of the last half second, between lessons only while somebody looks;
    ``rates_fps`` the frame rate that each camera really has; both are empty while paused. ``panel`` is the state of a
    faulty recording lamp, ``faults`` are sentences about the recorder itself. ``given_up`` is None while the box
    keeps up. ``speech`` is None where it is not known: while nothing is recorded or heard, and in a room whose
    config does not ask for it. ``are_lent``: another process may have the devices. ``on_air`` is the camera that the
    programme shows, ``proposed`` the one that the director would show, each with its reason (empty where there is
    none), ``mode`` who cuts; None where nobody directs.
    """

    type: Literal["state"] = "state"
    activity: Activity
    lesson: LessonId | None = None
    lesson_time_ns: Int64 = 0
    lamp: str
    devices: dict[str, DeviceStatus] = {}
    panel: DeviceStatus | None = None
    meters_dbfs: dict[str, FiniteFloat] = {}
    rates_fps: dict[str, FiniteFloat] = {}
    faults: list[str] = []
    given_up: Degradation | None = None
    speech: SpeechStatus | None = None
    are_lent: bool = False
    on_air: str | None = None
    on_air_why: str | None = None
    proposed: str | None = None
    proposed_why: str | None = None
    mode: DirectorMode | None = None


class FileFinished(LinkMessage):
    """A file of the lesson has its final name and is durable."""

    type: Literal["segment"] = "segment"
    lesson: LessonId
    path: FileOfLesson


class RecordingEnded(LinkMessage):
    """All files of the lesson are closed; ``cause`` as in the journal's End."""

    type: Literal["ended"] = "ended"
    lesson: LessonId
    lesson_time_ns: Int64
    cause: str


class CommandRefused(LinkMessage):
    """The recorder cannot reach the desired state; ``reason`` is a sentence for a person."""

    type: Literal["refused"] = "refused"
    lesson: LessonId | None = None
    reason: str


class TurnHead(LinkMessage):
    """The director wants the head of the camera ``role`` at this preset of the config."""

    type: Literal["turn-head"] = "turn-head"
    role: str
    preset: str


ForDirector = ChooseMode | CutCamera | PollNotice | HeadNotice
"""What the director of the running lesson is told; what does not concern a lesson that is directed is left out."""

ToRecorder = Annotated[
    DesiredState | AddMarker | Look | LendDevices | TakeUpConfig | ForDirector, Field(discriminator="type")
]
FromRecorder = Annotated[
    RecorderState | FileFinished | RecordingEnded | CommandRefused | TurnHead, Field(discriminator="type")
]

TO_RECORDER: TypeAdapter[ToRecorder] = TypeAdapter(ToRecorder)
FROM_RECORDER: TypeAdapter[FromRecorder] = TypeAdapter(FromRecorder)
