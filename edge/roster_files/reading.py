"""A class list found by its name: a zip or a folder is OneRoster, anything else one plain table."""

from __future__ import annotations

import zipfile
from pathlib import Path

from edge.classroom.roster import SchoolClass
from edge.roster_files.oneroster import Folder, Zip, oneroster
from edge.roster_files.plain import plain_list
from edge.roster_files.table import bad
from edge.words import saying


def read_classes(path: Path, class_name: str = "") -> list[SchoolClass]:
    """The classes in a list; a table that names none is the class ``class_name``, else the file's. BadRoster."""
    try:
        if path.is_dir():
            return oneroster(Folder(path))
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as file:
                return oneroster(Zip(file))
        return plain_list(path.name, path.read_bytes(), class_name or path.stem[:64])
    except OSError as error:
        raise bad(path.name, saying("roster.no-file", reason=error.strerror or str(error))) from error
    except zipfile.BadZipFile as error:
        raise bad(path.name, saying("roster.no-zip")) from error
