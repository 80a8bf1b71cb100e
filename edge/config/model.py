"""The data model of a room's config: every section, key, limit and default.

Units are in the names. A device's table holds the common keys typed here and, inline, the
keys of its driver, which end up in ``options``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from drivers.samples import TeacherKey
from edge.classroom.teacher_keypad import KeypadAction
from edge.config.base_section import Section
from edge.config.board_settings import BoardConfig
from edge.config.export_settings import LrsConfig, PublicationConfig, RosterConfig, StoreConfig
from edge.config.preview_settings import PreviewsConfig
from edge.config.schema_lookup import RULE
from edge.config.sound_settings import SoundConfig
from edge.config.timetable_settings import TimetableConfig
from edge.i18n import Language

CameraRole = Literal["teacher", "students", "screen", "teacher-close", "students-close"]
MicrophoneRole = Literal["ceiling", "lapel"]
Encoder = Literal["auto", "libx264", "h264_v4l2m2m"]
Preset = Literal["auto", "ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]

LONGEST_SOCKET_NAME = "/controller-pins.sock"
LONGEST_SOCKET_PATH_BYTES = 107
LONGEST_SLUG = 32


def _slug(text: str) -> str:
    plain = text.isascii() and text.replace("-", "").isalnum() and text == text.lower()
    if not plain or text.startswith("-") or text.endswith("-") or len(text) > LONGEST_SLUG:
        raise PydanticCustomError("slug", "lower-case letters, digits and hyphens")
    return text


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("printable", "no tabs or line breaks")
    return text


def _full_path(path: Path) -> Path:
    if not path.is_absolute() or not str(path).isprintable():
        raise PydanticCustomError("full-path", "an absolute path")
    return path


Slug = Annotated[str, AfterValidator(_slug), Field(json_schema_extra={RULE: "slug"})]
Printable = Annotated[str, AfterValidator(_printable), Field(json_schema_extra={RULE: "printable"})]
FullPath = Annotated[Path, AfterValidator(_full_path), Field(json_schema_extra={RULE: "full-path"})]


class RoomConfig(Section):
    """The classroom: ``school/room`` is its address, ``name`` is shown to people."""

    school: Slug
    room: Slug
    name: Printable = ""
    language: Language = "zh-CN"


class PathsConfig(Section):
    """Folders of lessons and sockets, and the ledger's file; absolute once loaded."""

    spool: FullPath = Path("/var/lib/classroom-edge/spool")
    ledger: FullPath = Path("/var/lib/classroom-edge/ledger.db")
    run: FullPath = Path("/run/classroom-edge")

    @field_validator("run")
    @classmethod
    def _holds_sockets(cls, run: Path) -> Path:
        most = LONGEST_SOCKET_PATH_BYTES - len(LONGEST_SOCKET_NAME)
        if len(str(run).encode()) > most:
            raise PydanticCustomError("short-path", "at most {most} bytes", {"most": most})
        return run


class RecordingConfig(Section):
    """Encoding, segmenting, and the longest duration of a lesson."""

    encoder: Encoder = "auto"
    preset: Preset = "auto"
    rate: Literal["own", "x264"] = "own"
    fragment_ms: int = Field(default=250, ge=250, le=1000)
    segment_s: int = Field(default=4, ge=2, le=10)
    sync: Literal["second", "fragment"] = "second"
    longest_min: int = Field(default=120, ge=1, le=480)
    sound_kbps: int = Field(default=96, ge=32, le=320)
    preroll_s: float = Field(default=0, ge=0, le=10)


class StorageConfig(Section):
    """Free space to keep on the disk, and how many days a stored lesson is also kept on this box.

    ``lesson_min`` is the planned duration of a lesson for which no timetable gives one.
    """

    reserve_mb: int = Field(default=500, ge=8, le=1_000_000)
    lesson_min: int = Field(default=45, ge=1, le=480)
    keep_days: int = Field(default=14, ge=0, le=3650)


class LessonConfig(Section):
    """Timing of the lesson and pause buttons."""

    hold_to_end_s: float = Field(default=1.5, ge=0.5, le=10)
    take_back_s: float = Field(default=10, ge=0, le=60)
    hold_to_power_off_s: float = Field(default=5, ge=2, le=60)


class DayConfig(Section):
    """What the timetable may do where somebody forgets: by default nothing.

    A lesson that nobody started is started ``start_after_s`` after its bell; one that nobody ended is ended
    ``grace_min`` after it, later by up to ``overrun_min`` while somebody speaks, which is over when nobody has for
    ``quiet_s``. Each is announced for ``warn_s`` before, as is the longest lesson. ``hint``: a press that changes
    nothing is answered by lamp and buzzer.
    """

    start: Literal["never", "timetable"] = "never"
    start_after_s: int = Field(default=60, ge=0, le=1800)
    end: Literal["never", "timetable"] = "never"
    grace_min: int = Field(default=3, ge=0, le=60)
    overrun_min: int = Field(default=10, ge=0, le=60)
    quiet_s: int = Field(default=60, ge=5, le=600)
    warn_s: int = Field(default=60, ge=10, le=600)
    hint: bool = True

    @property
    def listens_for_speech(self) -> bool:
        """Whether it matters that somebody speaks."""
        return self.end == "timetable" and self.overrun_min > 0


class CameraConfig(Section):
    """A camera; ``options`` is its driver's Options, or a mapping if the driver was not imported.

    ``latency_ms``: how much later than their exposure its pictures are stamped; a recording takes it off.
    """

    driver: str
    width: int = Field(default=1920, ge=160, le=3840, multiple_of=2)
    height: int = Field(default=1080, ge=120, le=2160, multiple_of=2)
    fps: int = Field(default=25, ge=1, le=60)
    bitrate_kbps: int = Field(default=4000, ge=100, le=20000)
    latency_ms: int = Field(default=0, ge=0, le=2000)
    options: Any = Field(default_factory=dict)


class MicrophoneConfig(Section):
    """A microphone; ``options`` as in ``CameraConfig``.

    ``late_ms`` is what ``latency_ms`` is for a camera; that name is a driver's, for the length of a buffer.
    """

    driver: str
    rate_hz: int = Field(default=48000, ge=8000, le=192000)
    channels: int = Field(default=1, ge=1, le=2)
    gain_db: float = Field(default=0, ge=-40, le=40)
    late_ms: int = Field(default=0, ge=0, le=500)
    options: Any = Field(default_factory=dict)


class PanelConfig(Section):
    """Buttons and lamps; ``options`` as in ``CameraConfig``."""

    driver: str
    options: Any = Field(default_factory=dict)


class WandConfig(Section):
    """The wand with which a technician measures the room's sync; ``options`` as in ``CameraConfig``.

    It is a device of its own and no part of the panel: the two processes of a lesson hold the panel's pins, and never
    the wand's.
    """

    driver: str
    options: Any = Field(default_factory=dict)


class ClickersConfig(Section):
    """The clicker base, and the actions of the teacher's keys; ``options`` as in ``CameraConfig``."""

    driver: str
    keys: dict[TeacherKey, KeypadAction] = Field(default_factory=dict)
    options: Any = Field(default_factory=dict)


PresetNumber = Annotated[int, Field(ge=0, le=15)]


class PtzConfig(Section):
    """The PTZ head of a camera: names of its presets, and the preset for each event of a lesson.

    ``marks`` maps a marker's label to a preset; markers made with the button have an empty label. ``options`` as in
    ``CameraConfig``.
    """

    driver: str
    presets: dict[str, PresetNumber] = Field(default_factory=dict)
    on_start: str = Field(default="", json_schema_extra={RULE: "a-preset"})
    on_end: str = Field(default="", json_schema_extra={RULE: "a-preset"})
    marks: dict[str, str] = Field(default_factory=dict, json_schema_extra={RULE: "marks"})
    options: Any = Field(default_factory=dict)

    @field_validator("on_start", "on_end")
    @classmethod
    def _names_a_preset(cls, preset: str, info: ValidationInfo) -> str:
        presets = info.data.get("presets", {preset: 0})
        if preset and preset not in presets:
            raise PydanticCustomError("a-preset", "one of its presets", {"presets": tuple(presets)})
        return preset

    @field_validator("marks")
    @classmethod
    def _name_presets(cls, marks: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        presets = info.data.get("presets", marks.values())
        for preset in marks.values():
            if preset not in presets:
                context = {"presets": tuple(presets), "meant": preset}
                raise PydanticCustomError("marks", "labels and presets", context)
        return marks


class DirectorConfig(Section):
    """Who cuts the programme of a lesson with two cameras or more; without a director it shows the teacher's camera.

    ``mode`` is that in which each lesson begins. ``min_shot_s`` is how long a camera stays on air at least, ``hold_s``
    how long one that a person chose does in automatic mode. ``close`` and ``wide`` are presets of the cameras' heads
    that the director may use, ``marks`` the camera that a marker's label asks for. What they name is looked up in
    ``edge.config.director_rules``.
    """

    enabled: bool = True
    mode: Literal["auto", "semi", "manual"] = "auto"
    min_shot_s: int = Field(default=4, ge=2, le=60)
    hold_s: int = Field(default=30, ge=0, le=3600)
    close: dict[CameraRole, str] = {}
    wide: dict[CameraRole, str] = {}
    marks: dict[Annotated[str, Field(min_length=1)], CameraRole] = {}


Port = Annotated[int, Field(ge=0, le=65535)]


class WebConfig(Section):
    """Whether there are pages, and where; under systemd the ports are those of ``classroom-web.socket``.

    Port 0 takes any that is free. ``mdns`` lets the box be found as ``<school>-<room>.local``. ``state`` is the folder
    of passwords, sessions, certificate and audit log.
    """

    enabled: bool = True
    https_port: Port = 443
    http_port: Port = 80
    mdns: bool = True
    state: FullPath = Path("/var/lib/classroom-web")


class Config(Section):
    """The whole config of a room; devices are keyed by role."""

    room: RoomConfig
    paths: PathsConfig = PathsConfig()
    recording: RecordingConfig = RecordingConfig()
    sound: SoundConfig = SoundConfig()
    storage: StorageConfig = StorageConfig()
    lesson: LessonConfig = LessonConfig()
    day: DayConfig = DayConfig()
    cameras: dict[CameraRole, CameraConfig] = Field(default_factory=dict)
    microphones: dict[MicrophoneRole, MicrophoneConfig] = Field(default_factory=dict)
    panel: PanelConfig | None = None
    wand: WandConfig | None = None
    clickers: ClickersConfig | None = None
    ptz: dict[CameraRole, PtzConfig] = Field(default_factory=dict)
    director: DirectorConfig = DirectorConfig()
    store: StoreConfig = StoreConfig()
    publication: PublicationConfig = PublicationConfig()
    timetable: TimetableConfig = TimetableConfig()
    roster: RosterConfig = RosterConfig()
    lrs: LrsConfig = LrsConfig()
    board: BoardConfig = BoardConfig()
    previews: PreviewsConfig = PreviewsConfig()
    web: WebConfig = WebConfig()

    @property
    def is_directed(self) -> bool:
        """Whether a director cuts: there is one, and something to choose from."""
        return self.director.enabled and len(self.cameras) > 1
