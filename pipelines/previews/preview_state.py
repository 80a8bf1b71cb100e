"""Which previews a lesson lacks, by what lies in its folder; asking needs none of the libraries that make them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from pipelines.files.lesson_layout import (
    PREVIEW_WORK,
    PROGRAMME_PLAYLIST,
    SCREEN_TEXT_VTT,
    THUMBNAILS_VTT,
    playlist_name,
)
from pipelines.files.sha256 import sha256_of_file
from pipelines.files.webvtt import first_note
from pipelines.previews.screen_stands import SCREEN

CHILD = "pipelines.previews.child"
"""The module that makes previews, to be run with a task and a lesson's folder."""

NICENESS = 19
"""The child's, by default."""

RECOGNISER = "rapidocr"
"""The package that recognises text; an extra."""


class PreviewTask(StrEnum):
    """Poster and thumbnails of the programme; the text of the screen."""

    PICTURES = "pictures"
    TEXT = "text"


def missing_previews(folder: Path) -> Sequence[PreviewTask]:
    """Return what is still to be made, in the order in which it is wanted.

    Thumbnails of another programme than the present one, which was cut again, are none.

    Raises:
        OSError: a file cannot be read.
    """
    missing = []
    if (folder / PROGRAMME_PLAYLIST).exists() and _shown_programme(folder) != programme_note(folder):
        missing.append(PreviewTask.PICTURES)
    if (folder / playlist_name(SCREEN)).exists() and not (folder / SCREEN_TEXT_VTT).exists():
        missing.append(PreviewTask.TEXT)
    return missing


def can_read_text() -> bool:
    """Whether this box has the recogniser of text; nothing of it is imported."""
    return find_spec(RECOGNISER) is not None


def programme_note(folder: Path) -> str:
    """Return what thumbnails.vtt says of the programme whose pictures they are."""
    return f"programme {sha256_of_file(folder / PROGRAMME_PLAYLIST)[:16]}"


def has_unlisted_previews(folder: Path) -> bool:
    """Whether lesson.json does not list all previews yet."""
    return (folder / PREVIEW_WORK).is_dir()


def set_listed(folder: Path) -> None:
    """Lesson.json lists all previews that are there.

    Raises:
        OSError: the disk refuses.
    """
    if has_unlisted_previews(folder):
        shutil.rmtree(folder / PREVIEW_WORK)


def _shown_programme(folder: Path) -> str:
    try:
        return first_note((folder / THUMBNAILS_VTT).read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
