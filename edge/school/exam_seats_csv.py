"""Import of an exam's seats from one CSV table: 座位号, and optionally 姓名."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from edge.classroom.board_content import MOST_SEATS, ExamSeat
from edge.i18n import lazy_message
from edge.school.csv_table import find_header, invalid, parse_rows
from edge.school.import_problems import ImportProblem, InvalidClassList, ProblemLocation

_HEADERS = {
    "seat": ("座位号", "座位", "座号", "考场座位号", "座次", "seat"),
    "name": ("姓名", "考生姓名", "学生姓名", "name"),
}


def read_exam_seats(path: Path) -> tuple[ExamSeat, ...]:
    """Read the seats in the order of the table.

    Raises:
        InvalidClassList: with every mistake in the table.
    """
    try:
        rows = parse_rows(path.name, path.read_bytes())
    except OSError as error:
        raise invalid(path.name, lazy_message("roster.no-file", reason=error.strerror or str(error))) from error
    at, columns = find_header(path.name, rows, _HEADERS, ("seat",), lazy_message("board.no-header"))
    problems: list[ImportProblem] = []
    seats: dict[str, ExamSeat] = {}
    lines: dict[str, int] = {}
    for row in rows[at + 1 :]:
        values = {field: row.cells[column] if column < len(row.cells) else "" for field, column in columns.items()}
        place = ProblemLocation(path.name, row.line, rows[at].cells[columns["seat"]])
        try:
            one = ExamSeat(**values)
        except ValidationError:
            problems.append(ImportProblem(place, lazy_message("board.bad-seat")))
            continue
        if one.seat in lines:
            what = lazy_message("roster.taken", value=one.seat, line=lines[one.seat])
            problems.append(ImportProblem(place, what))
        lines.setdefault(one.seat, row.line)
        seats.setdefault(one.seat, one)
    if len(seats) > MOST_SEATS:
        problems.append(
            ImportProblem(ProblemLocation(path.name), lazy_message("board.too-many-seats", most=MOST_SEATS))
        )
    if problems:
        raise InvalidClassList(problems)
    return tuple(seats.values())
