"""students.csv: a row for each student, a column for each question, as Excel opens it in any language."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from edge.classroom.polls import PollKind, plain_number
from edge.classroom.roster import Student
from edge.i18n import Language, translate
from edge.school.poll_results import Participant, PollRecord, PollResults, counting

NAME = "students.csv"
FOLDER = "results"
"""Beside the ledger: students' tables with their names, which stay in this room."""

_BOM = "\ufeff"
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def named_table(folder: Path, lesson: str) -> Path:
    """The table with names of a lesson, which goes when the lesson leaves this box."""
    return folder / f"{lesson}.csv"


def students_csv(book: PollResults, language: Language, names: Mapping[str, Student] | None = None) -> bytes:
    """The table as bytes: UTF-8 with a mark that Excel looks for, lines as RFC 4180 has them.

    ``names`` are students by their pseudonyms: those are then named; without it they are as in the book.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([_cell(title) for title in _titles(book, language)])
    given = {poll.number: {one.participant: one for one in counting(poll)} for poll in book.polls}
    for one in book.participants:
        row = _who(one, names.get(one.id) if names is not None else None, language)
        for poll in book.polls:
            response = given[poll.number].get(one.id)
            row += (
                ["", ""] if response is None else [_answer(poll, response.text, language), _seconds(response.after_ns)]
            )
        table.writerow([_cell(value) for value in [*row, str(one.right), str(one.asked)]])
    return (_BOM + text.getvalue()).encode()


def _titles(book: PollResults, language: Language) -> list[str]:
    titles = [translate(f"polls.csv-{name}", language) for name in ("number", "name", "group", "device", "present")]
    for poll in book.polls:
        kind = translate(f"polls.kind-{poll.kind}", language)
        titles.append(translate("polls.csv-poll", language, number=poll.number, kind=kind))
        titles.append(translate("polls.csv-seconds", language, number=poll.number))
    return [*titles, translate("polls.csv-right", language), translate("polls.csv-asked", language)]


def _who(one: Participant, student: Student | None, language: Language) -> list[str]:
    present = translate("polls.csv-yes" if one.present else "polls.csv-no", language)
    if student is not None:
        return [student.number, student.name, student.group, student.device, present]
    unknown = "" if one.known else translate("polls.csv-unknown", language)
    return [one.number or one.id, one.name or unknown, one.group, one.device or "", present]


def _answer(poll: PollRecord, text: str, language: Language) -> str:
    match poll.kind:
        case PollKind.RUSH | PollKind.ROLL_CALL:
            return translate("polls.csv-yes", language)
        case PollKind.TRUE_FALSE:
            return translate(f"polls.answer-{text}", language)
        case _:
            return text


def _seconds(after_ns: int) -> str:
    return f"{after_ns / 1e9:.3f}"


def _cell(value: str) -> str:
    """A cell that is data to every spreadsheet: what looks like a formula and is no number gets an apostrophe."""
    risky = value.startswith(_FORMULA) and plain_number(value) is None
    return f"'{value}" if risky else value
