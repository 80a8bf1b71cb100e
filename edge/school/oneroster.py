"""Import of class lists from OneRoster 1.2 CSV files (bulk mode), in a zip file or a folder.

Source: 1EdTech, "OneRoster 1.2 CSV Binding". Required are manifest.csv, users.csv, classes.csv and enrollments.csv;
roles.csv is checked if the manifest names it. A student's number is ``identifier``, else ``sourcedId``.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge.classroom.roster import SchoolClass, Student
from edge.i18n import lazy_message
from edge.school.csv_table import MAX_BYTES, Row, invalid, parse_rows
from edge.school.import_problems import ImportProblem, InvalidClassList, ProblemLocation

MANIFEST, USERS, CLASSES, ENROLLMENTS, ROLES = (
    f"{name}.csv" for name in ("manifest", "users", "classes", "enrollments", "roles")
)
VERSION = "1.2"
_BULK, _ABSENT = "bulk", "absent"
_HEADERS = {
    MANIFEST: ("propertyName", "value"),
    USERS: ("sourcedId", "enabledUser", "givenName", "familyName"),
    CLASSES: ("sourcedId", "title"),
    ENROLLMENTS: ("sourcedId", "classSourcedId", "userSourcedId", "role"),
    ROLES: ("sourcedId", "userSourcedId", "role"),
}
_DELETED = "tobedeleted"
_STUDENT = "student"
# General purpose bit 0 of a zip file's entry (PKWARE, "APPNOTE.TXT", 4.4.4).
_ENCRYPTED = 1


class OneRosterFiles(Protocol):
    """Access to the CSV files of a OneRoster set."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            KeyError: there is no such file.
            OSError: it cannot be read.
            InvalidClassList: it is too large.
        """


class FolderFiles:
    """A OneRoster set in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        """See ``OneRosterFiles``."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(name) from error


class ZipFiles:
    """A OneRoster set in a zip file, its files at the top level."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    def read(self, name: str) -> bytes:
        """See ``OneRosterFiles``."""
        info = self._file.getinfo(name)
        # A reader may take as much memory as the file claims to hold, packed or not.
        if max(info.file_size, info.compress_size) > MAX_BYTES:
            raise invalid(name, lazy_message("roster.too-large", most=MAX_BYTES >> 20))
        if info.flag_bits & _ENCRYPTED:
            raise invalid(name, lazy_message("roster.encrypted"))
        # What else there is may ask for gigabytes before its first byte.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise invalid(name, lazy_message("roster.odd-packing"))
        try:
            return self._file.read(info)
        except NotImplementedError as error:
            raise invalid(name, lazy_message("roster.odd-packing")) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise invalid(name, lazy_message("roster.no-zip")) from error


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """A row whose cells are accessed by column title."""

    row: Row
    columns: Mapping[str, int]

    def __getitem__(self, header: str) -> str:
        column = self.columns.get(header)
        return self.row.cells[column] if column is not None and column < len(self.row.cells) else ""

    def problem(self, header: str, key: str, **values: object) -> ImportProblem:
        """Return a problem located at one of its cells."""
        return ImportProblem(
            ProblemLocation(self.row.file, self.row.line, header), lazy_message(f"roster.{key}", **values)
        )


def import_oneroster(files: OneRosterFiles) -> list[SchoolClass]:
    """Return the classes that have students, in the order of classes.csv.

    Raises:
        InvalidClassList: with every mistake in the files.
        OSError: a file cannot be read.
    """
    _check_manifest(files)
    problems: list[ImportProblem] = []
    users = _records_by_id(files, USERS, problems)
    classes = _records_by_id(files, CLASSES, problems)
    if _manifest(files).get("file.roles", _ABSENT) == _BULK:
        for role in _records(files, ROLES):
            problems += _reference_problems(role, "userSourcedId", users, USERS)
    members: dict[str, dict[str, Student]] = {}
    owners: dict[str, CsvRecord] = {}
    for enrollment in _records(files, ENROLLMENTS):
        unknown = [
            *_reference_problems(enrollment, "classSourcedId", classes, CLASSES),
            *_reference_problems(enrollment, "userSourcedId", users, USERS),
        ]
        problems += unknown
        if unknown or enrollment["role"] != _STUDENT or enrollment["status"].lower() == _DELETED:
            continue
        user = users[enrollment["userSourcedId"]]
        if user["status"].lower() != _DELETED and user["enabledUser"].lower() != "false":
            student = _student(user, problems)
            owner = owners.setdefault(student.number, user)
            if owner is not user:
                taken = user.problem("identifier", "taken", value=student.number, line=owner.row.line)
                problems += [] if taken in problems else [taken]
            members.setdefault(enrollment["classSourcedId"], {})[student.number] = student
    if problems:
        raise InvalidClassList(problems)
    if not members:
        raise invalid(ENROLLMENTS, lazy_message("roster.no-students"))
    names = _class_names(classes)
    return [
        SchoolClass(name=names[one], students=tuple(sorted(members[one].values(), key=lambda each: each.number)))
        for one in classes
        if one in members
    ]


def _check_manifest(files: OneRosterFiles) -> None:
    manifest = _manifest(files)
    found = manifest.get("oneroster.version", "")
    if found != VERSION:
        raise invalid(MANIFEST, lazy_message("roster.wrong-version", found=found or "?"))
    problems = []
    for record in _records(files, MANIFEST):
        needed = record["propertyName"] in ("file.users", "file.classes", "file.enrollments")
        if needed and record["value"] != _BULK:
            problems.append(record.problem("value", "not-bulk", found=record["value"]))
    if problems:
        raise InvalidClassList(problems)


def _manifest(files: OneRosterFiles) -> dict[str, str]:
    return {record["propertyName"]: record["value"] for record in _records(files, MANIFEST)}


def _records(files: OneRosterFiles, name: str) -> Iterator[CsvRecord]:
    try:
        data = files.read(name)
    except KeyError as error:
        raise invalid(name, lazy_message("roster.no-member")) from error
    rows = parse_rows(name, data)
    header = rows[0].cells if rows else ()
    columns = {title: at for at, title in enumerate(header)}
    missing = [title for title in _HEADERS[name] if title not in columns]
    if missing:
        place = rows[0].line if rows else 1
        raise InvalidClassList(
            [ImportProblem(ProblemLocation(name, place, title), lazy_message("roster.no-column")) for title in missing]
        )
    return (CsvRecord(row, columns) for row in rows[1:])


def _records_by_id(files: OneRosterFiles, name: str, problems: list[ImportProblem]) -> dict[str, CsvRecord]:
    found: dict[str, CsvRecord] = {}
    for record in _records(files, name):
        sourced_id = record["sourcedId"]
        if not sourced_id:
            problems.append(record.problem("sourcedId", "empty-cell"))
        elif sourced_id in found:
            line = found[sourced_id].row.line
            problems.append(record.problem("sourcedId", "taken", value=sourced_id, line=line))
        else:
            found[sourced_id] = record
    return found


def _reference_problems(
    record: CsvRecord, header: str, known: Mapping[str, CsvRecord], file: str
) -> list[ImportProblem]:
    if not record[header]:
        return [record.problem(header, "empty-cell")]
    return [] if record[header] in known else [record.problem(header, "unknown-id", value=record[header], file=file)]


def _student(user: CsvRecord, problems: list[ImportProblem]) -> Student:
    family, given = user["familyName"], user["givenName"]
    if not family and not given:
        problems.append(user.problem("familyName", "empty-cell"))
    whole = f"{given} {family}" if (family + given).isascii() else f"{family}{given}"
    return Student(number=(user["identifier"] or user["sourcedId"])[:64], name=whole.strip()[:64] or "?")


def _class_names(classes: Mapping[str, CsvRecord]) -> dict[str, str]:
    """Return unique names of classes: their titles, followed by code or id where two classes have the same title."""
    titles = Counter(record["title"] for record in classes.values())
    names = {}
    for sourced_id, record in classes.items():
        title = record["title"]
        code = "" if titles[title] == 1 and title else record["classCode"] or sourced_id
        names[sourced_id] = f"{title} {code}".strip()[:64]
    return names
