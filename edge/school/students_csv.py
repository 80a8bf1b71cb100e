"""students.csv: poll results with a row for each student and two columns for each poll, as Excel expects it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from edge.classroom.polls import PollKind
from edge.classroom.roster import Student
from edge.i18n import Language, translate
from edge.school.csv_table import text_cell
from edge.school.polls_json import Participant, PollRecord, PollResults, counted_responses

FOLDER = "results"
"""The folder, beside the ledger, of tables with students' names, which never leave the room."""

_BOM = "\ufeff"


def named_table_path(folder: Path, lesson: str) -> Path:
    """Return the path of a lesson's table with names; it is deleted with the lesson."""
    return folder / f"{lesson}.csv"


def students_csv(results: PollResults, language: Language, names: Mapping[str, Student] | None = None) -> bytes:
    """Return the table as bytes: UTF-8 with a byte order mark for Excel, lines ending as in RFC 4180.

    ``names`` maps pseudonyms to students, who are then named; without it participants appear as in the results.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([text_cell(title) for title in _titles(results, language)])
    given = {poll.number: {one.participant: one for one in counted_responses(poll)} for poll in results.polls}
    for one in results.participants:
        row = _who(one, names.get(one.id) if names is not None else None, language)
        for poll in results.polls:
            response = given[poll.number].get(one.id)
            row += (
                ["", ""] if response is None else [_answer(poll, response.text, language), _seconds(response.after_ns)]
            )
        table.writerow([text_cell(value) for value in [*row, str(one.right), str(one.asked)]])
    return (_BOM + text.getvalue()).encode()


def _titles(results: PollResults, language: Language) -> list[str]:
    titles = [translate(f"polls.csv-{name}", language) for name in ("number", "name", "group", "device", "present")]
    for poll in results.polls:
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
