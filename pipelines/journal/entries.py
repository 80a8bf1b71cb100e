"""The journal's entries: every kind of event that a recorder writes down about a lesson.

``at_ns`` is CLOCK_MONOTONIC; ``lesson_ns``, ``from_ns`` and ``to_ns`` are lesson time; all in nanoseconds.
``start`` and ``duration`` of fragments and segments are in the track's time scale.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pipelines.number_ranges import Int64, Positive, UInt32


class Entry(BaseModel):
    """One line of the journal; ``kind`` is the discriminator."""

    # A measurement that is no number is a string in JSON; as null the line would count as damaged.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Medium(StrEnum):
    """What a track holds."""

    PICTURE = "picture"
    SOUND = "sound"


class Cause(StrEnum):
    """Why something is missing, was resumed, or ended."""

    TEACHER = "teacher"
    TAKEN_BACK = "taken-back"
    LONGEST = "longest"
    PLANNED = "planned"
    RESTART = "restart"
    REBOOT = "reboot"
    POWER = "power"
    DEVICE = "device"
    OVERLOAD = "overload"
    DISK = "disk"
    CORRUPT = "corrupt"


class Begin(Entry):
    """The lesson began: lesson time 0 is ``at_ns`` of boot ``boot_id``; ``cause``: by a person, or as planned."""

    kind: Literal["begin"] = "begin"
    lesson: str
    school: str
    room: str
    boot_id: str
    at_ns: Int64
    cause: Cause = Cause.TEACHER


class Resumed(Entry):
    """Lesson time runs again: it is ``lesson_ns`` at ``at_ns`` of boot ``boot_id``."""

    kind: Literal["goes"] = "goes"
    at_ns: Int64
    lesson_ns: Int64
    boot_id: str
    cause: Cause


class Pause(Entry):
    """Lesson time stands still at ``lesson_ns`` from ``at_ns`` on."""

    kind: Literal["pause"] = "pause"
    at_ns: Int64
    lesson_ns: Int64


class End(Entry):
    """The lesson ended at ``lesson_ns``; a later Resumed takes the end back."""

    kind: Literal["end"] = "end"
    at_ns: Int64
    lesson_ns: Int64
    cause: Cause


class ClockReading(Entry):
    """CLOCK_MONOTONIC and the wall clock (Unix time) read together; ``synchronised``: the wall clock was right."""

    kind: Literal["anchor"] = "anchor"
    at_ns: Int64
    wall_ns: Int64
    synchronised: bool


class Track(Entry):
    """A track (a folder) and how it is made; a second entry for the same track says what changed.

    ``why`` is the reason for ``how`` where there was a choice, ``encoder_why`` the reason why ``encoder`` is not
    the first choice. ``init`` is the number of the init segment that its segments need from here on, and ``init_crc``
    the CRC-32 of that, None as long as there is none. ``promised_fps`` is the rate that the device promised when it was
    opened, 0 where none is known. ``matrix`` is that of ``ColourMatrix`` (None: a lesson from before it was written;
    full range was BT.601), ``pixel_aspect`` the width of a pixel divided by its height, as a fraction.
    """

    kind: Literal["track"] = "track"
    track: str
    medium: Medium
    how: Literal["encoded", "passed-through"]
    why: str = ""
    timescale: Positive
    width: Int64 = 0
    height: Int64 = 0
    fps: float = 0.0
    promised_fps: float = 0.0
    full_range: bool = False
    matrix: str | None = None
    pixel_aspect: str = "1"
    rate_hz: Int64 = 0
    channels: Int64 = 0
    encoder: str = ""
    encoder_why: str = ""
    init: UInt32 = 1
    init_crc: UInt32 | None = None


class Fragment(Entry):
    """A fragment (moof and mdat) that is in its segment file: ``offset`` and ``length`` in bytes, CRC-32 of them.

    A fragment with offset 0 begins the list of its segment anew: so recovery journals a repaired segment.
    """

    kind: Literal["fragment"] = "fragment"
    track: str
    segment: UInt32
    offset: UInt32
    length: UInt32
    start: Int64
    duration: Int64
    key: bool
    crc: UInt32


class Segment(Entry):
    """A segment file is complete and has its final name; ``init`` is the number of the init segment it needs."""

    kind: Literal["segment"] = "segment"
    track: str
    segment: UInt32
    start: Int64
    duration: Int64
    length: UInt32
    init: UInt32 = 1


class Gap(Entry):
    """Nothing was captured in [from_ns, to_ns); a slate, a repeated picture or silence fills it.

    ``wall_ns`` is how long the outage lasted in real time, where that is known.
    """

    kind: Literal["hole"] = "hole"
    track: str
    from_ns: Int64
    to_ns: Int64
    cause: Cause
    reason: str = ""
    wall_ns: Int64 | None = None


# ``what`` of a Dropped entry: lines of the journal itself, which recovery found damaged.
JOURNAL_LINES = "journal lines"


class Dropped(Entry):
    """``count`` pictures, samples, fragments or bytes (``what``) did not reach the track."""

    kind: Literal["dropped"] = "dropped"
    track: str
    lesson_ns: Int64
    what: str
    count: Int64
    cause: Cause


class BitrateReduced(Entry):
    """From here on pictures are encoded at ``percent`` of their bit rate: the disk had only ``free_bytes`` left."""

    kind: Literal["lowered"] = "lowered"
    lesson_ns: Int64
    percent: Int64
    free_bytes: Int64


class EncoderLoadLevel(Entry):
    """The load level of the encoders from here on: libx264's preset, and the tracks at half their frame rate.

    ``steps`` counts the reductions in force because the box cannot keep up, 0 is none. There is one entry near the
    beginning and after a restart, then one for each change.
    """

    kind: Literal["effort"] = "effort"
    lesson_ns: Int64
    preset: str
    halved: list[str] = []
    steps: Int64 = 0


class DeviceChange(Entry):
    """A device changed its state."""

    kind: Literal["device"] = "device"
    role: str
    state: str
    reason: str
    at_ns: Int64


class Marker(Entry):
    """A moment that somebody marked."""

    kind: Literal["mark"] = "mark"
    lesson_ns: Int64
    label: str


class Cut(Entry):
    """From ``lesson_ns``, a whole second, the camera ``role`` is on air; of two for one second the later entry counts.

    ``reason`` is a code of ``pipelines.directing.decisions``; ``mode`` who cut: ``auto``, ``semi`` or ``manual``.
    """

    kind: Literal["cut"] = "cut"
    lesson_ns: Int64
    role: str
    reason: str
    mode: str = "auto"


class Looks(Entry):
    """What the director was told and when it was asked, from ``lesson_ns`` on, so that a lesson can be cut again.

    The director began at ``start_ns`` with these ``roles``. ``data`` is base64 of zlib of records as
    ``pipelines.directing.observation_codec`` has them, which refer to ``names`` and ``events``.
    """

    kind: Literal["looks"] = "looks"
    lesson_ns: Int64
    start_ns: Int64
    roles: list[str]
    names: list[str]
    events: list[list[str | bool]]
    data: str


class LessonSubject(Entry):
    """Which lesson of the timetable this is, if the timetable knew; the first such entry counts.

    ``title`` is for people; what is not known is empty. The planned times are Unix time.
    """

    kind: Literal["subject"] = "subject"
    title: str
    subject: str
    teacher: str = ""
    class_name: str = ""
    period: str = ""
    start_wall_ns: Int64
    end_wall_ns: Int64


class PictureMeasurement(Entry):
    """One lesson second of a picture track: mean luma (0-255) and largest mean change of luma between pictures.

    Both are None in a second in which no picture was decoded: of a track that is passed through only one picture every
    few seconds is. ``pictures`` of the camera have their place in this second, repeats and slates not counted;
    ``damaged`` of them are known to be. A second without an entry has no picture; None: a lesson from before it was
    counted. ``octets`` is what was encoded of this second so far, and ``qp`` the last one it was encoded at; None where
    the encoder controls its rate itself.
    """

    kind: Literal["picture"] = "picture"
    track: str
    lesson_ns: Int64
    luma: float | None = None
    change: float | None = None
    pictures: Int64 | None = None
    damaged: Int64 = 0
    qp: Int64 | None = None
    octets: Int64 | None = None


class SoundMeasurement(Entry):
    """One lesson second of a microphone: RMS level and peak in dBFS, of the lesson's sound.

    ``samples`` of this second, at the lesson's rate, were captured; silence fills the others (None: a lesson from
    before it was counted). ``channels_dbfs`` is the RMS level of each channel as the device delivers it, above mains
    hum; empty where nothing was captured.
    """

    kind: Literal["sound"] = "sound"
    track: str
    lesson_ns: Int64
    rms_dbfs: float
    peak_dbfs: float
    samples: Int64 | None = None
    channels_dbfs: list[float] = []


class Drift(Entry):
    """A microphone's clock error in ppm, and the offset of its sound from lesson time in ms (positive: late)."""

    kind: Literal["drift"] = "drift"
    track: str
    lesson_ns: Int64
    ppm: float
    offset_ms: float


AnyEntry = Annotated[
    Begin
    | Resumed
    | Pause
    | End
    | ClockReading
    | Track
    | Fragment
    | Segment
    | Gap
    | Dropped
    | EncoderLoadLevel
    | BitrateReduced
    | DeviceChange
    | Marker
    | Cut
    | Looks
    | LessonSubject
    | PictureMeasurement
    | SoundMeasurement
    | Drift,
    Field(discriminator="kind"),
]

ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)
