"""player.json: what the player is told of a lesson; made from its folder and from what lesson.json says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import (
    CHAPTERS_VTT,
    INIT,
    MAIN_PLAYLIST,
    PLAYER_JSON,
    PLAYLIST_SUFFIX,
    POSTER_JPG,
    PROGRAMME_PLAYLIST,
    SCREEN_TEXT_VTT,
    SOUND_PLAYLIST,
    THUMBNAILS_VTT,
)

ROLES_FIRST = ("teacher", "teacher-close", "screen", "students", "students-close")
"""The order in which cameras are offered: what somebody who missed the lesson looks for first."""

_PICTURES = b"vide"
"""The handler type of a video track (ISO/IEC 14496-12, 12.1)."""

_MAP = re.compile(r'^#EXT-X-MAP:.*URI="([\w-]+)/', re.MULTILINE | re.ASCII)


class Pictures(BaseModel):
    """The playlist of a camera's role, or of the ``programme``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str
    playlist: str


class PlayerManifest(BaseModel):
    """The file's contents; paths are relative to the lesson's folder, null where there is no such file.

    ``began`` is UTC in ISO 8601, null where the box did not know the time. No student is named in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    lesson: str
    title: str = ""
    subject: str = ""
    teacher: str = ""
    class_name: str = ""
    room_name: str = ""
    school: str = ""
    room: str = ""
    began: str | None = None
    length_s: float
    sound: str | None = None
    pictures: tuple[Pictures, ...] = ()
    chapters: str | None = None
    thumbnails: str | None = None
    poster: str | None = None
    screen_text: str | None = None


def make_manifest(folder: Path, about: Mapping[str, Any]) -> PlayerManifest:
    """The manifest of the lesson in ``folder``; ``about`` is what lesson.json says.

    Raises:
        OSError: The folder cannot be read.
    """
    timetable = about.get("timetable") or {}
    return PlayerManifest(
        lesson=str(about.get("lesson") or folder.name),
        title=str(about.get("title") or ""),
        subject=str(timetable.get("subject") or ""),
        teacher=str(timetable.get("teacher") or ""),
        class_name=str(timetable.get("class_name") or ""),
        room_name=str(about.get("room_name") or ""),
        school=str(about.get("school") or ""),
        room=str(about.get("room") or ""),
        began=about.get("began") or None,
        length_s=round(float(about.get("lesson_time_s") or 0), 3),
        sound=_present(folder, SOUND_PLAYLIST),
        pictures=tuple(Pictures(role=role, playlist=role + PLAYLIST_SUFFIX) for role in _roles(folder)),
        chapters=_present(folder, CHAPTERS_VTT),
        thumbnails=_present(folder, THUMBNAILS_VTT),
        poster=_present(folder, POSTER_JPG),
        screen_text=_present(folder, SCREEN_TEXT_VTT),
    )


def write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    """Write player.json atomically, if it would change.

    Raises:
        OSError: A file cannot be read or written.
    """
    body = make_manifest(folder, about).model_dump_json(indent=1).encode() + b"\n"
    path = folder / PLAYER_JSON
    if not path.exists() or path.read_bytes() != body:
        write_atomically(path, body)


def _present(folder: Path, name: str) -> str | None:
    return name if (folder / name).is_file() else None


def _roles(folder: Path) -> list[str]:
    """The programme, and every role whose playlist is of pictures."""
    cameras = set(_cameras(folder))
    programme = [PROGRAMME_PLAYLIST.removesuffix(PLAYLIST_SUFFIX)] * (folder / PROGRAMME_PLAYLIST).is_file()
    first = [role for role in ROLES_FIRST if role in cameras]
    return [*programme, *first, *sorted(cameras - set(first))]


def _cameras(folder: Path) -> Iterator[str]:
    for path in folder.glob(f"*{PLAYLIST_SUFFIX}"):
        if path.name in (MAIN_PLAYLIST, PROGRAMME_PLAYLIST, SOUND_PLAYLIST):
            continue
        # A playlist that cannot be read hides its own camera only.
        track = _MAP.search(path.read_text("utf-8", errors="replace"))
        init = folder / track[1] / INIT if track else None
        if init is not None and init.is_file() and _PICTURES in init.read_bytes():
            yield path.name.removesuffix(PLAYLIST_SUFFIX)
