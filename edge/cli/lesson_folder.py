"""The folder of a lesson that is named on the command line."""

from __future__ import annotations

from pathlib import Path

from edge.config.load import load
from edge.config.model import Config
from edge.config.toml_files import find_config_file
from edge.i18n import LazyMessage, lazy_message, reader_language, translate
from edge.ledger import removed_lessons


class NoSuchLesson(Exception):
    """There is no such lesson; the message, in the reader's language, says where it was looked for."""


def lesson_folder(name: str, config: Path | None) -> Path:
    """The folder ``name``, else the folder of the lesson with that id in the configured spool.

    Raises:
        NoSuchLesson: There is neither.
        ConfigProblems: The config cannot be used.
    """
    folder = Path(name)
    if folder.is_dir():
        return folder
    if len(folder.parts) != 1:
        raise NoSuchLesson(translate("receipt.no-folder", reader_language(), folder=folder))
    loaded = load(find_config_file(config), kinds=frozenset())
    folder = loaded.paths.spool / name
    if not folder.is_dir():
        raise NoSuchLesson(_missing_lesson_message(loaded, name).text(reader_language(loaded.room.language)))
    return folder


def _missing_lesson_message(config: Config, lesson: str) -> LazyMessage:
    if lesson in removed_lessons.read(config.paths.spool):
        return lazy_message(
            "receipt.lesson-removed", lesson=lesson, copy=f"{config.room.school}/{config.room.room}/{lesson}"
        )
    return lazy_message("receipt.no-lesson", folder=config.paths.spool / lesson)
