"""Fuzz targets: class lists as schools have them, the roster, and poll results with all that is made of them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from parts import console, files, joined

from edge.classroom.roster import NotInRoster, Roster, SchoolClass, Student, students_by_pseudonym
from edge.school import polls_json as results
from edge.school.chapters import ChapterSources, lesson_chapters
from edge.school.class_list_reader import read_classes
from edge.school.import_problems import InvalidClassList
from edge.school.oneroster import CLASSES, ENROLLMENTS, MANIFEST, ROLES, USERS
from edge.school.students_csv import students_csv
from edge.school.xapi_statements import StatementContext, statement_lines
from edge.terminal.polls_table import groups_table, polls_table
from pipelines.files.lesson_layout import POLLS_JSON
from pipelines.files.webvtt import parse_webvtt, to_webvtt
from pipelines.journal.entries import Marker

_KEPT = tempfile.TemporaryDirectory(prefix="fuzz-")
_FOLDER = Path(_KEPT.name)
_TABLES = (MANIFEST, USERS, CLASSES, ENROLLMENTS, ROLES)


def class_list(data: bytes) -> None:
    """One table."""
    _import(_FOLDER / "list.csv", data)


def oneroster_files(data: bytes) -> None:
    """A OneRoster set whose zip file is whole."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as file:
        for name, table in files(data, _TABLES).items():
            file.writestr(name, table)
    _import(_FOLDER / "list.zip", body.getvalue())


def oneroster_zip(data: bytes) -> None:
    """A zip file that is none, or odd."""
    _import(_FOLDER / "list.zip", data)


def roster_file(data: bytes) -> None:
    """roster.json: ValueError, or a roster that can be used and is the same when it is written."""
    with suppress(ValueError):
        roster = Roster.model_validate_json(data)
        assert Roster.model_validate_json(roster.model_dump_json()) == roster
        students_by_pseudonym(roster)
        for one in roster.classes[:3]:
            chosen = roster.with_current(one.name)
            with suppress(NotInRoster):
                chosen.bind("1", "7")
        roster.with_classes(roster.classes)


def poll_results(data: bytes) -> None:
    """polls.json: None, or results that can be shown and made into a table, chapters and statements."""
    (_FOLDER / POLLS_JSON).write_bytes(data)
    found = results.read(_FOLDER)
    if found is None:
        return
    results.team_scores(results.with_scores(found.participants, found.polls), {"a": 3})
    students_csv(found, "zh-CN").decode("utf-8-sig")
    chapters = lesson_chapters(ChapterSources(10**12, found.polls, [Marker(lesson_ns=5, label="x")]), "en")
    assert len(parse_webvtt(to_webvtt(chapters))) == len(chapters)
    with suppress(KeyError):  # an answer of somebody who does not take part: only the controller writes this file
        statement_lines(StatementContext("https://x.test", "en", datetime.now(UTC)).statements(found))
    console().print(polls_table(found, "en"))
    console().print(groups_table(found, "en"))


def seeds() -> dict[str, list[bytes]]:
    """Lists as offices and programs write them, and a poll of each kind."""
    table = '学 号,姓名,班级,座号,小组,答题器编号\r\n2023,张伟,一班,1,第一组,01\r\n2,"𠮷田, 小明",二班,1,,1\r\n'
    whole = {name: text.encode() for name, text in _ONEROSTER.items()}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in whole.items():
            file.writestr(name, text)
    students = (Student(number="1", name="张伟", group="甲", device="7"), Student(number="2", name="Ann"))
    roster = Roster(key="0" * 64, current="3-1", classes=(SchoolClass(name="3-1", students=students),))
    return {
        "class_list": [table.encode(), table.encode("utf-16"), f"sep=;\r\n{table.replace(',', ';')}".encode()],
        "oneroster_files": [joined(whole)],
        "oneroster_zip": [zipped.getvalue()],
        "roster_file": [roster.model_dump_json(indent=1).encode()],
        "poll_results": [_POLLS.encode()],
    }


def _import(path: Path, data: bytes) -> None:
    """Read a list: classes, or mistakes that can be told in both languages."""
    path.write_bytes(data)
    try:
        classes = read_classes(path)
    except InvalidClassList as wrong:
        told = [wrong.report(language) for language in ("zh-CN", "en")]
    else:
        assert classes
        roster = Roster().with_classes(classes)
        assert Roster.model_validate_json(roster.model_dump_json()) == roster
        return
    assert all(told)


_ONEROSTER = {
    MANIFEST: "propertyName,value\noneroster.version,1.2\nfile.users,bulk\nfile.classes,bulk\n"
    "file.enrollments,bulk\nfile.roles,bulk\n",
    USERS: "sourcedId,status,enabledUser,givenName,familyName,identifier\n"
    "u1,,true,伟,张,20230101\nu2,,true,Ann,Lee,\nu4,,false,走,了,4\n",
    CLASSES: "sourcedId,status,title,classCode\nc1,,数学,3-1\nc2,,数学,3-2\n",
    ENROLLMENTS: "sourcedId,status,classSourcedId,userSourcedId,role\ne1,,c1,u2,student\ne2,,c1,u1,student\n"
    "e3,,c2,u1,student\ne5,,c2,u4,student\n",
    ROLES: "sourcedId,userSourcedId,role\nr1,u1,student\nr2,u2,student\n",
}
_POLLS = """
{"format": 1, "lesson": "r1-000001-aaaa", "school": "s", "room": "r1", "names": false, "polls": [
 {"number": 1, "kind": "single", "choices": 4, "text": "1+1", "answer": "B", "school_class": "3-1", "opened_ns": 5,
  "closed_ns": 9000000000, "opened": "2026-11-24T08:00:00Z", "expected": 2, "tally": {"A": 1, "B": 1}, "lost": 0,
  "responses": [{"participant": "p1", "text": "B", "after_ns": 1500000000, "lesson_ns": 1500000005,
    "verdict": "valid", "counts": true, "right": true}]},
 {"number": 2, "kind": "rush", "choices": 0, "text": "", "answer": "", "school_class": "", "opened_ns": 5,
  "closed_ns": 9, "opened": null, "expected": 0, "tally": {"": 1}, "lost": 1, "responses": []}],
 "participants": [{"id": "p1", "known": true, "school_class": "3-1", "group": "甲", "present": true, "answered": 1,
   "asked": 1, "right": 1}],
 "groups": [{"group": "甲", "members": 1, "right": 1, "bonus": 2, "points": 3}]}
"""
