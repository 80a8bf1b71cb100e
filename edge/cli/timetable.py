"""classroom-edge timetable: show a day's lessons, and check or import a file."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

from edge.cli.controller_command import controller_command
from edge.config.model import Config
from edge.config.timetable_settings import parse_day
from edge.controller.timetable.planned_days import PlannedDays
from edge.i18n import Language, lazy_message, reader_language, translate
from edge.link.control_client import request, status
from edge.link.control_requests import ImportTimetable, ShowDay
from edge.link.timetable_messages import DayStatus, ImportedTimetable, day_status
from edge.school.import_problems import ImportProblem, InvalidTimetable, ProblemLocation
from edge.school.timetable_reader_process import MAX_BYTES, expand
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.day_table import day_view
from edge.terminal.value_text import reason_text

HELP = translate("timetable.help", reader_language())

_IMPORT_S = 120.0
_FORTNIGHT = 14


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("--day", metavar="DATE", help=translate("timetable.day", language))
    files = parser.add_mutually_exclusive_group()
    files.add_argument("--check", metavar="FILE", type=Path, help=translate("timetable.check", language))
    files.add_argument(
        "--import", dest="imported", metavar="FILE", type=Path, help=translate("timetable.import", language)
    )
    parser.add_argument("--json", action="store_true", help=translate("timetable.json", language))
    parser.epilog = translate("timetable.examples", language)


@controller_command
def run(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Good; bad where there is no timetable or it is refused; wrong for a file or a date that is; unreached."""
    day = parse_day(args.day) if args.day else None
    if args.day and day is None:
        print(translate("timetable.bad-day", language, value=args.day), file=sys.stderr)
        return exit_codes.WRONG
    try:
        if args.check or args.imported:
            return _use_file(args, config, day, language)
    except InvalidTimetable as wrong:
        print(wrong.report(language), file=sys.stderr)
        return exit_codes.WRONG
    if day is None:
        return _show(status(config.paths.run).day, language, as_json=args.json)
    reply = request(config.paths.run, ShowDay(date=day), _IMPORT_S)
    return _show(reply.day, language, as_json=args.json) if reply.ok else _refused(reply.reason, language)


def _use_file(args: argparse.Namespace, config: Config, day: date | None, language: Language) -> int:
    """Check a file, and import it if that is asked for.

    Raises:
        InvalidTimetable: it cannot be used.
    """
    path: Path = args.check or args.imported
    data = _content(path)
    book = PlannedDays(config.timetable)
    day = day or datetime.now(book.zone).date()
    timetable = asyncio.run(expand(path.name, data, book.days_around(day), config.timetable.time_zone, book.term_start))
    if args.imported:
        imported = ImportTimetable(timetable=ImportedTimetable.model_construct(name=path.name, data=data))
        reply = request(config.paths.run, imported, _IMPORT_S)
        if not reply.ok:
            return _refused(reply.reason, language)
        print(translate("timetable.imported", language, file=path.name))
    elif not args.json:
        fortnight = [day + timedelta(days=ahead) for ahead in range(_FORTNIGHT)]
        lessons = sum(len(book.plan(one, timetable).lessons) for one in fortnight)
        print(translate("timetable.good", language, file=path.name, days=_FORTNIGHT, lessons=lessons))
    return _show(day_status(book.plan(day, timetable), None, None, is_stale=False), language, as_json=args.json)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        what = lazy_message("timetable.no-file", reason=error.strerror or str(error))
        raise InvalidTimetable([ImportProblem(ProblemLocation(path.name), what)]) from error


def _show(day: DayStatus | None, language: Language, *, as_json: bool) -> int:
    if day is None:
        print(translate("timetable.none", language), file=sys.stderr)
        return exit_codes.BAD
    if as_json:
        print(day.model_dump_json(indent=2))
    else:
        OutputConsole().print(day_view(day, language))
    return exit_codes.GOOD


def _refused(reason: str, language: Language) -> int:
    text = reason_text("timetable", reason, language)
    print(translate("timetable.refused", language, reason=text), file=sys.stderr)
    return exit_codes.BAD
