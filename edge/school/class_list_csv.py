"""Import of a class list from one CSV table: 学号, 姓名, and optionally 班级, 座号, 小组, 反馈器."""

from __future__ import annotations

import re

from edge.classroom.roster import SchoolClass, Student
from edge.i18n import LazyMessage, lazy_message
from edge.school.csv_table import find_header, invalid, parse_rows
from edge.school.import_problems import ImportProblem, InvalidClassList, ProblemLocation

_HEADERS = {
    "number": ("学号", "学生学号", "学籍号", "编号", "number", "studentnumber", "id"),
    "name": ("姓名", "名字", "学生姓名", "name"),
    "school_class": ("班级", "班", "行政班", "所在班级", "class"),
    "seat": ("座号", "座位", "座位号", "seat"),
    "group": ("小组", "组", "组别", "分组", "学习小组", "group"),
    "device": (
        *("反馈器", "反馈器编号", "反馈器号", "答题器", "答题器编号", "答题器号"),
        *("键盘", "键盘编号", "键盘号", "clicker", "device"),
    ),
}
_REQUIRED = ("number", "name")
_MAX_LENGTH = {"number": 64, "name": 64, "school_class": 64, "seat": 32, "group": 64, "device": 32}
_SCIENTIFIC = re.compile(r"\d\.\d+E\+\d+", re.IGNORECASE)


def import_csv(file: str, data: bytes, class_name: str) -> list[SchoolClass]:
    """Return the classes in a table; ``class_name`` is the class of rows that name none.

    Raises:
        InvalidClassList: with every mistake in the table.
    """
    rows = parse_rows(file, data)
    at, columns = find_header(file, rows, _HEADERS, _REQUIRED, lazy_message("roster.no-header"))
    problems: list[ImportProblem] = []
    classes: dict[str, list[Student]] = {}
    lines: dict[tuple[str, str, str], int] = {}
    for row in rows[at + 1 :]:
        values = {field: row.cells[column] if column < len(row.cells) else "" for field, column in columns.items()}
        wrong = [
            ImportProblem(ProblemLocation(file, row.line, rows[at].cells[columns[field]]), what)
            for field, value in values.items()
            for what in _cell_mistakes(field, value)
        ]
        problems += wrong
        if wrong:
            continue
        name = values.pop("school_class", "") or class_name
        values["device"] = device_name(values.get("device", ""))
        for field in ("number", "device"):
            if (key := (name, field, values[field])) in lines and values[field]:
                column = rows[at].cells[columns[field]]
                what = lazy_message("roster.taken", value=values[field], line=lines[key])
                problems.append(ImportProblem(ProblemLocation(file, row.line, column), what))
            lines.setdefault(key, row.line)
        classes.setdefault(name, []).append(Student(**values))
    if problems:
        raise InvalidClassList(problems)
    if not classes:
        raise invalid(file, lazy_message("roster.nobody"))
    return [SchoolClass(name=name, students=tuple(students)) for name, students in classes.items()]


def device_name(text: str) -> str:
    """Return a clicker's name as its base reports it: numbers without leading zeros, letters upper-case."""
    return str(int(text)) if text.isascii() and text.isdecimal() else text.upper()


def _cell_mistakes(field: str, value: str) -> list[LazyMessage]:
    if not value:
        return [lazy_message("roster.empty-cell")] if field in _REQUIRED else []
    if len(value) > _MAX_LENGTH[field]:
        return [lazy_message("roster.too-long", most=_MAX_LENGTH[field])]
    if field in ("number", "device") and _SCIENTIFIC.fullmatch(value):
        return [lazy_message("roster.shortened", value=value)]
    return []
