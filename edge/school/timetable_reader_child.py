"""The child process that reads a timetable and expands it, bounded in processor time and memory.

Standard input is a line of JSON, the ``ExpansionRequest``, and then the file as it is; standard output one line of
JSON, the ``ExpansionReply``. It is started by ``edge.school.timetable_reader_process``.
"""

from __future__ import annotations

import os
import resource
import sys
from zoneinfo import ZoneInfo

from edge.i18n import LazyMessage
from edge.school import timetable_csv, timetable_ical
from edge.school.expansion_messages import (
    MOST_PROBLEMS,
    ExpandedTimetable,
    ExpansionReply,
    ExpansionRequest,
    TimetableProblem,
)
from edge.school.import_problems import ImportProblem, InvalidTimetable

_NICENESS = 10
_CALENDAR = b"BEGIN:VCALENDAR"
_LONGEST_VALUE = 200


def main() -> None:
    """Answer the request on standard input."""
    request = ExpansionRequest.model_validate_json(sys.stdin.buffer.readline())
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (request.cpu_s, request.cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (request.memory_bytes, request.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        reply = ExpansionReply(timetable=expand(request, sys.stdin.buffer.read()))
    except InvalidTimetable as wrong:
        reply = ExpansionReply(problems=[_problem(one) for one in wrong.problems[:MOST_PROBLEMS]])
    sys.stdout.buffer.write(reply.model_dump_json().encode())


def expand(request: ExpansionRequest, data: bytes) -> ExpandedTimetable:
    """Read a file, a calendar or a table, and return the lessons that it has on each of the days asked for.

    Raises:
        InvalidTimetable: it cannot be used.
    """
    zone = ZoneInfo(request.time_zone)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[: len(_CALENDAR)].upper() == _CALENDAR:
        calendar = timetable_ical.read_calendar(request.file, data)
        return ExpandedTimetable(lessons=timetable_ical.lessons_on(request.file, calendar, request.days, zone))
    weekly = timetable_csv.read_weekly(request.file, data)
    lessons = timetable_csv.lessons_on(weekly, request.days, request.term_start, zone)
    return ExpandedTimetable(lessons=lessons, periods=list(weekly.periods))


def _problem(problem: ImportProblem) -> TimetableProblem:
    what = problem.what
    assert isinstance(what, LazyMessage)
    return TimetableProblem(
        line=problem.place.line,
        column=problem.place.column[:_LONGEST_VALUE],
        key=what.key,
        values={name: _plain(value) for name, value in what.values},
    )


def _plain(value: object) -> int | str:
    if isinstance(value, int):
        return value
    return "".join(letter if letter.isprintable() else " " for letter in str(value))[:_LONGEST_VALUE]


if __name__ == "__main__":
    main()
