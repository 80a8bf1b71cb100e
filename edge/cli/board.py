"""classroom-edge board: what the class board shows beside the lesson: notices, duty, an emergency text, an exam."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from edge.classroom.board_content import (
    LONGEST_DUTY,
    LONGEST_EMERGENCY,
    LONGEST_NOTICE,
    LONGEST_TITLE,
    MOST_NOTICES,
    MOST_ON_DUTY,
    BoardTexts,
    Exam,
)
from edge.cli.controller_command import controller_command
from edge.cli.sub_actions import add_action, add_actions
from edge.config.model import Config
from edge.i18n import Language, reader_language, translate
from edge.link.control_client import request
from edge.link.control_requests import BoardRequest, SetDuty, SetEmergency, SetExam, SetNotices, ShowBoard
from edge.school.exam_seats_csv import read_exam_seats
from edge.school.import_problems import InvalidClassList
from edge.service import exit_codes
from edge.terminal.value_text import reason_text

HELP = translate("board.help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The five actions, each with its own help, and examples."""
    language = reader_language()
    parser.epilog = translate("board.examples", language)
    actions = add_actions(parser, "board", "show|notice|duty|emergency|exam", language)

    show = add_action(actions, "board", "show", language)
    show.add_argument("--json", action="store_true", help=translate("roster.json", language))

    notice = add_action(actions, "board", "notice", language)
    _add_lines(notice, "notice", _at_most(LONGEST_NOTICE), MOST_NOTICES, language)
    duty = add_action(actions, "board", "duty", language)
    _add_lines(duty, "duty", _at_most(LONGEST_DUTY), MOST_ON_DUTY, language)

    emergency = add_action(actions, "board", "emergency", language)
    text = translate("board.emergency-text", language)
    emergency.add_argument("text", metavar="TEXT", nargs="?", default="", type=_at_most(LONGEST_EMERGENCY), help=text)
    _add_clear(emergency, language)

    exam = add_action(actions, "board", "exam", language)
    title = _at_most(LONGEST_TITLE)
    subject = translate("board.exam-subject", language)
    exam.add_argument("subject", metavar="SUBJECT", nargs="?", default="", type=title, help=subject)
    exam.add_argument("--from", dest="begins", metavar="HH:MM", help=translate("board.exam-from", language))
    exam.add_argument("--to", dest="ends", metavar="HH:MM", help=translate("board.exam-to", language))
    exam.add_argument(
        "--date", metavar="YYYY-MM-DD", type=_date, default=None, help=translate("board.exam-date", language)
    )
    exam.add_argument("--name", metavar="NAME", default="", type=title, help=translate("board.exam-name", language))
    exam.add_argument("--room", metavar="ROOM", default="", type=title, help=translate("board.exam-room", language))
    exam.add_argument("--seats", metavar="FILE", type=Path, help=translate("board.exam-seats", language))
    _add_clear(exam, language)


@controller_command
def run(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Good once it is on the board; bad, with the reason, where it cannot be; wrong for what makes no sense."""
    try:
        wanted = _wanted(args, config.timetable.zone)
    except InvalidClassList as wrong:
        print(wrong.report(language), file=sys.stderr)
        return exit_codes.WRONG
    if wanted is None:
        print(translate(f"board.{args.action}-needs", language), file=sys.stderr)
        return exit_codes.WRONG
    reply = request(config.paths.run, wanted)
    if not reply.ok or reply.texts is None:
        reason = reason_text("board", reply.reason, language)
        print(translate("polls.refused", language, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    if args.action == "show" and args.json:
        print(reply.texts.model_dump_json(indent=2))
    else:
        _show(reply.texts, language)
    return exit_codes.GOOD


def _wanted(args: argparse.Namespace, zone: datetime.tzinfo) -> BoardRequest | None:
    """The request; None where neither a text nor --clear is given."""
    if args.action == "show":
        return ShowBoard()
    given = {"notice": "lines", "duty": "lines", "emergency": "text", "exam": "subject"}[args.action]
    if bool(getattr(args, given)) == args.clear:
        return None
    match args.action:
        case "notice":
            return SetNotices(notices=args.lines)
        case "duty":
            return SetDuty(duty=args.lines)
        case "emergency":
            return SetEmergency(text=args.text)
        case _:
            return SetExam() if args.clear else _exam(args, zone)


def _exam(args: argparse.Namespace, zone: datetime.tzinfo) -> SetExam | None:
    seats = read_exam_seats(args.seats) if args.seats is not None else ()
    try:
        exam = Exam(
            name=args.name,
            room=args.room,
            subject=args.subject,
            date=args.date or datetime.datetime.now(zone).date(),
            begins=args.begins,
            ends=args.ends,
            seats=seats,
        )
    except ValidationError:
        return None
    return SetExam(exam=exam)


def _show(texts: BoardTexts, language: Language) -> None:
    exam = texts.exam
    shown = {
        "emergency": texts.emergency,
        "notice": "; ".join(texts.notices),
        "duty": ", ".join(texts.duty),
        "exam": ""
        if exam is None
        else translate(
            "board.exam-shown",
            language,
            date=exam.date,
            begins=exam.begins,
            ends=exam.ends,
            subject=exam.subject,
            seats=len(exam.seats),
        ),
    }
    for name, text in shown.items():
        print(translate(f"board.shown-{name}", language, text=text or "–"))


def _add_lines(
    parser: argparse.ArgumentParser, name: str, kind: Callable[[str], str], most: int, language: Language
) -> None:
    lines = translate(f"board.{name}-lines", language, most=most)
    parser.add_argument("lines", metavar="TEXT", nargs="*", type=kind, action=_UpTo, most=most, help=lines)
    _add_clear(parser, language)


def _add_clear(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument("--clear", action="store_true", help=translate("board.clear", language))


def _at_most(most: int) -> Callable[[str], str]:
    def text(given: str) -> str:
        if len(given) > most:
            raise argparse.ArgumentTypeError(translate("roster.too-long", reader_language(), most=most))
        return given

    return text


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(translate("board.bad-date", reader_language())) from error


class _UpTo(argparse.Action):
    """Takes at most ``most`` values."""

    def __init__(self, *args: object, most: int, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]
        self._most = most

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        assert isinstance(values, list)
        if len(values) > self._most:
            parser.error(translate("board.too-many", reader_language(), most=self._most))
        setattr(namespace, self.dest, values)
