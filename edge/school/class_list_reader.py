"""Reading a class list: a zip file or folder is OneRoster, anything else one CSV table."""

from __future__ import annotations

import zipfile
from pathlib import Path

from edge.classroom.roster import SchoolClass
from edge.i18n import lazy_message
from edge.school.class_list_csv import import_csv
from edge.school.csv_table import invalid
from edge.school.oneroster import FolderFiles, ZipFiles, import_oneroster


def read_classes(path: Path, class_name: str = "") -> list[SchoolClass]:
    """Read the classes in a list.

    ``class_name`` selects one of OneRoster's classes; without classes a table is that class, or its file names it.

    Raises:
        InvalidClassList: the list cannot be used.
    """
    if path.exists() and not (path.is_dir() or path.is_file()):
        raise invalid(path.name, lazy_message("roster.no-regular-file"))
    try:
        if path.is_dir():
            return _select(import_oneroster(FolderFiles(path)), class_name, path.name)
        if path.suffix.lower() == ".zip":
            with _opened(path) as file:
                return _select(import_oneroster(ZipFiles(file)), class_name, path.name)
        return import_csv(path.name, path.read_bytes(), class_name or path.stem[:64])
    except OSError as error:
        raise invalid(path.name, lazy_message("roster.no-file", reason=error.strerror or str(error))) from error
    except zipfile.BadZipFile as error:
        raise invalid(path.name, lazy_message("roster.no-zip")) from error


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (RuntimeError, ValueError) as error:
        raise zipfile.BadZipFile(str(error)) from error


def _select(classes: list[SchoolClass], name: str, file: str) -> list[SchoolClass]:
    selected = [one for one in classes if name in ("", one.name)]
    if not selected:
        raise invalid(file, lazy_message("roster.no-class", name=name, names=tuple(one.name for one in classes)))
    return selected
