"""Which folder a lesson named on the command line lies in."""

from __future__ import annotations

from pathlib import Path

from edge.config.files import find
from edge.config.load import load
from edge.words import language, say


class NoSuchLesson(Exception):
    """There is no such lesson; the message, in the reader's language, says where it was looked for."""


def lesson_folder(name: str, config: Path | None) -> Path:
    """The folder ``name``, else the lesson of that id in the configured spool. NoSuchLesson, ConfigProblems."""
    folder = Path(name)
    if folder.is_dir():
        return folder
    if len(folder.parts) != 1:
        raise NoSuchLesson(say("receipt.no-folder", language(), folder=folder))
    loaded = load(find(config), kinds=frozenset())
    folder = loaded.paths.spool / name
    if not folder.is_dir():
        raise NoSuchLesson(say("receipt.no-lesson", language(loaded.room.language), folder=folder))
    return folder
