"""A class list found by its name: a zip or a folder is OneRoster, anything else one plain table."""

from __future__ import annotations

import zipfile
from pathlib import Path

from edge.classroom.roster import SchoolClass
from edge.i18n import lazy_message
from edge.school.class_list_csv import plain_list
from edge.school.csv_table import bad
from edge.school.oneroster import FolderFiles, ZipFiles, oneroster


def read_classes(path: Path, class_name: str = "") -> list[SchoolClass]:
    """The classes in a list. BadRoster.

    ``class_name`` chooses one of OneRoster's classes; a table that names none is that class, else the file's name.
    """
    try:
        if path.is_dir():
            return _chosen(oneroster(FolderFiles(path)), class_name, path.name)
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as file:
                return _chosen(oneroster(ZipFiles(file)), class_name, path.name)
        return plain_list(path.name, path.read_bytes(), class_name or path.stem[:64])
    except OSError as error:
        raise bad(path.name, lazy_message("roster.no-file", reason=error.strerror or str(error))) from error
    except zipfile.BadZipFile as error:
        raise bad(path.name, lazy_message("roster.no-zip")) from error


def _chosen(classes: list[SchoolClass], name: str, file: str) -> list[SchoolClass]:
    chosen = [one for one in classes if name in ("", one.name)]
    if not chosen:
        raise bad(file, lazy_message("roster.no-class", name=name, names=tuple(one.name for one in classes)))
    return chosen
