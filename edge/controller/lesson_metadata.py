"""lesson.json: metadata of a lesson, for whoever finds its folder; with it goes player.json, for its player."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from edge.config.model import RoomConfig
from edge.ledger.lessons import LessonRecord
from edge.player.manifest import write_manifest
from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import LESSON_JSON, MAIN_PLAYLIST, SIDECAR_FILES, is_preview
from pipelines.files.sha256 import sha256_of_file
from pipelines.journal.entries import Begin, Cause, LessonSubject
from pipelines.journal.journal_file import first_of_kind


class SidecarFile(BaseModel):
    """Size and SHA-256 of a file that the controller wrote about the lesson, to verify it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


class TimetableEntry(BaseModel):
    """A lesson of the timetable, with its planned times in UTC; what is not known of it is empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    teacher: str
    class_name: str
    period: str
    start: datetime
    end: datetime


class LessonMetadata(BaseModel):
    """The file's contents; times are UTC, null where the box did not know the time.

    ``cause`` says why it ended, as in the journal, ``begun_by`` why it began: a person (``teacher``), or the timetable
    (``planned``); ``recording`` is the receipt's verdict. ``papers`` are the files about its polls, chapters and
    previews, as they were when this file was written. ``timetable`` is which lesson it was meant to be, null where the
    timetable did not know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    lesson: str
    school: str
    room: str
    room_name: str
    began: datetime | None
    ended: datetime | None
    lesson_time_s: float
    begun_by: Cause = Cause.TEACHER
    cause: str
    recording: str
    main: str = MAIN_PLAYLIST
    title: str = ""
    timetable: TimetableEntry | None = None
    papers: dict[str, SidecarFile] = {}


def write(folder: Path, lesson: LessonRecord, room: RoomConfig) -> None:
    """Write player.json and lesson.json of an ended lesson atomically; it lists the sidecar files in the folder.

    Raises:
        OSError: a file cannot be read or written.
    """
    begin = first_of_kind(folder, Begin)
    subject = first_of_kind(folder, LessonSubject)
    metadata = LessonMetadata(
        lesson=lesson.id,
        school=room.school,
        room=room.room,
        room_name=room.name,
        began=_utc(lesson.began_wall_ns),
        ended=_utc(lesson.ended_wall_ns),
        lesson_time_s=(lesson.lesson_time_ns or 0) / 1e9,
        begun_by=begin.cause if begin else Cause.TEACHER,
        cause=lesson.cause or "",
        recording=lesson.recording or "",
        title=subject.title if subject else "",
        timetable=_timetable_entry(subject) if subject else None,
    )
    write_manifest(folder, metadata.model_dump(mode="json"))
    metadata = metadata.model_copy(update={"papers": _sidecar_files(folder)})
    body = metadata.model_dump_json(indent=2).encode() + b"\n"
    path = folder / LESSON_JSON
    if not path.exists() or path.read_bytes() != body:
        write_atomically(path, body)


def _timetable_entry(subject: LessonSubject) -> TimetableEntry:
    return TimetableEntry(
        subject=subject.subject,
        teacher=subject.teacher,
        class_name=subject.class_name,
        period=subject.period,
        start=datetime.fromtimestamp(subject.start_wall_ns / 1e9, UTC),
        end=datetime.fromtimestamp(subject.end_wall_ns / 1e9, UTC),
    )


def _sidecar_files(folder: Path) -> dict[str, SidecarFile]:
    return {
        name: SidecarFile(size=(folder / name).stat().st_size, sha256=sha256_of_file(folder / name))
        for name in sorted(path.name for path in folder.iterdir())
        if name in SIDECAR_FILES or is_preview(name)
    }


def _utc(wall_ns: int | None) -> datetime | None:
    return None if wall_ns is None else datetime.fromtimestamp(wall_ns / 1e9, UTC)
