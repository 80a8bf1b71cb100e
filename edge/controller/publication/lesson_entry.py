"""One lesson in the room's index in the store, made of the lesson's own files there."""

from __future__ import annotations

import json
import re
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.classroom.lesson_ids import parse_lesson_id
from pipelines.files.lesson_layout import CHAPTERS_VTT, LESSON_JSON, PLAYER_JSON
from pipelines.number_ranges import FiniteFloat

LONGEST_FILE = 1 << 20
"""No lesson.json and no player.json has so many bytes."""

UNDATED = "undated"
# The months of lessons without a date are of so many numbers each.
_NUMBERS_TOGETHER = 500
_LONGEST_TEXT = 200
_FILE_NAME = re.compile(r"\w[\w.-]{0,60}", re.ASCII)


class LessonEntry(BaseModel):
    """A lesson as the index lists it; what a later version adds is kept, and what is as usual is left out.

    ``folder`` is its place in the store, beside the index's own; ``began`` is None where the box did not know the time.
    ``playable``: it has what the player is made for. Nothing about students is in it.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    folder: str
    title: str = ""
    subject: str = ""
    teacher: str = ""
    class_name: str = ""
    began: AwareDatetime | None = None
    length_s: FiniteFloat = 0.0
    recording: str = ""
    poster: str | None = None
    chapters: bool = False
    screen_text: bool = False
    playable: bool = False

    @model_validator(mode="before")
    @classmethod
    def _folder_of_that_name(cls, fields: Any) -> Any:
        return {"folder": fields.get("id"), **fields} if isinstance(fields, dict) else fields

    def text(self) -> str:
        """As one line of JSON."""
        usual = {"folder"} if self.folder == self.id else set()
        fields = self.model_dump(mode="json", exclude_defaults=True, exclude=usual)
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    @property
    def sort_key(self) -> tuple[float, str]:
        """What later lessons have more of; those without a date come before all others."""
        return (self.began.timestamp() if self.began else 0.0, self.folder)

    def month(self, zone: ZoneInfo) -> str:
        """The name of the file of the index that lists it: the school's month, such as ``2026-11``.

        A lesson without a date is in one of the files ``undated-0``, ``undated-1``, by its number.
        """
        if self.began is not None:
            return f"{self.began.astimezone(zone):%Y-%m}"
        parts = parse_lesson_id(self.id)
        return f"{UNDATED}-{(parts.number if parts else 0) // _NUMBERS_TOGETHER}"


class NotListed(ValueError):
    """The lesson's own files do not say what the index needs."""


class _Timetable(BaseModel):
    subject: str = ""
    teacher: str = ""
    class_name: str = ""


class _Metadata(BaseModel):
    """What is needed of lesson.json."""

    lesson: str
    began: AwareDatetime | None = None
    lesson_time_s: FiniteFloat
    recording: str = ""
    title: str = ""
    timetable: _Timetable | None = None
    papers: dict[str, Any] = Field(default_factory=dict)


class _Manifest(BaseModel):
    """What is needed of player.json."""

    poster: str | None = None
    chapters: str | None = None
    screen_text: str | None = None


def lesson_of(folder: str) -> str:
    """The id of the lesson whose copy is in a folder of the store; "" where it is no lesson's."""
    lesson = folder.partition("~")[0]
    return lesson if parse_lesson_id(lesson) else ""


def make_entry(folder: str, metadata: bytes, manifest: bytes | None) -> LessonEntry:
    """Make the entry of the lesson in ``folder`` of its lesson.json and its player.json, which may be missing.

    Raises:
        NotListed: lesson.json is damaged, or another lesson's.
    """
    try:
        found = _Metadata.model_validate_json(metadata)
    except ValidationError as error:
        raise NotListed(f"{folder}/{LESSON_JSON} cannot be read: {error.errors()[0]['msg']}") from error
    if found.lesson != lesson_of(folder):
        raise NotListed(f"{folder}/{LESSON_JSON} is of {found.lesson!r}")
    player = _read_manifest(manifest)
    timetable = found.timetable or _Timetable()
    return LessonEntry(
        id=found.lesson,
        folder=folder,
        title=found.title[:_LONGEST_TEXT],
        subject=timetable.subject[:_LONGEST_TEXT],
        teacher=timetable.teacher[:_LONGEST_TEXT],
        class_name=timetable.class_name[:_LONGEST_TEXT],
        began=found.began.astimezone(UTC).replace(microsecond=0) if found.began else None,
        length_s=round(found.lesson_time_s, 1),
        recording=found.recording[:_LONGEST_TEXT],
        poster=player.poster if player and player.poster and _FILE_NAME.fullmatch(player.poster) else None,
        chapters=bool(player.chapters if player else CHAPTERS_VTT in found.papers),
        screen_text=bool(player and player.screen_text),
        playable=player is not None,
    )


def _read_manifest(manifest: bytes | None) -> _Manifest | None:
    """A player.json that cannot be read is none: the lesson is listed all the same."""
    try:
        return None if manifest is None else _Manifest.model_validate_json(manifest)
    except ValidationError:
        return None


def key_of(prefix: str, folder: str, name: str = LESSON_JSON) -> str:
    """The key of a lesson's file in the store; ``prefix`` is ``<school>/<room>``."""
    return f"{prefix}/{folder}/{name}"


__all__ = ["LONGEST_FILE", "PLAYER_JSON", "UNDATED", "LessonEntry", "NotListed", "key_of", "lesson_of", "make_entry"]
