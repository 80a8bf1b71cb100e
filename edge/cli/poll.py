"""classroom-edge poll: open, close and show polls of the class, and the results of a lesson's polls."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from rich.live import Live

from edge.classroom.polls import DEFAULT_CHOICES, MAX_CHOICES, MAX_TEXT_LENGTH, MIN_CHOICES, PollKind
from edge.cli.controller_command import controller_command
from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.cli.sub_actions import add_action, add_actions
from edge.config.model import Config
from edge.i18n import Language, foreign_sentence, reader_language, translate
from edge.link.control_client import request
from edge.link.control_messages import PollReply
from edge.link.control_requests import (
    AwardPoints,
    ClosePoll,
    FreePhones,
    OpenPoll,
    PollRequest,
    ShowPoll,
    ShowSeats,
)
from edge.link.poll_messages import LONGEST_ANSWER, MOST_POINTS, PollQuestion, PollStatus
from edge.school import polls_json, students_csv
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.poll_chart import poll_chart
from edge.terminal.polls_table import groups_table, polls_table
from edge.terminal.value_text import reason_text
from pipelines.devices.device_state import DeviceState

HELP = translate("polls.help", reader_language())

_POLL_PERIOD_S = 0.25
_LETTERED = (PollKind.SINGLE, PollKind.MULTIPLE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions, each with its own help, and examples."""
    language = reader_language()
    parser.epilog = translate("polls.examples", language)
    actions = add_actions(parser, "polls", "open|close|show|score|results|phones|free", language)

    opening = add_action(actions, "polls", "open", language)
    kinds = translate("polls.kind", language, kinds=tuple(PollKind))
    opening.add_argument("kind", metavar="KIND", choices=tuple(PollKind), type=PollKind, help=kinds)
    how_many = translate("polls.choices", language, least=MIN_CHOICES, most=MAX_CHOICES, usual=DEFAULT_CHOICES)
    opening.add_argument("--choices", metavar="N", type=_choices, help=how_many)
    opening.add_argument("--text", metavar="TEXT", default="", type=_text, help=translate("polls.text", language))
    opening.add_argument(
        "--answer", metavar="ANSWER", default="", type=_answer, help=translate("polls.answer", language)
    )
    opening.add_argument("--no-wait", action="store_true", help=translate("polls.no-wait", language))
    _add_json(opening, language)

    _add_json(add_action(actions, "polls", "close", language), language)
    _add_json(add_action(actions, "polls", "show", language), language)

    score = add_action(actions, "polls", "score", language)
    score.add_argument("team", metavar="GROUP", help=translate("polls.team", language))
    score.add_argument("points", metavar="POINTS", type=_points, help=translate("polls.points", language))

    _add_json(add_action(actions, "polls", "phones", language), language)
    free = add_action(actions, "polls", "free", language)
    free.add_argument("number", metavar="NUMBER", nargs="?", default="", help=translate("polls.free-number", language))
    free.add_argument("--all", action="store_true", help=translate("polls.free-all", language))

    results = add_action(actions, "polls", "results", language)
    results.add_argument("lesson", metavar="LESSON", help=translate("receipt.verify-lesson", language))
    _add_json(results, language)


@controller_command
def run(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Good once it is done; bad, with the reason, where it cannot be; wrong for a lesson that is not; unreached."""
    if args.action == "results":
        return _results(args, config, language)
    if args.action in ("phones", "free"):
        return _seats(args, config, language)
    reply = request(config.paths.run, _wanted(args))
    if not reply.ok:
        reason = reason_text("polls", reply.reason, language)
        print(translate("polls.refused", language, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    if args.action == "score":
        print(translate("polls.scored", language, team=args.team, points=args.points))
    else:
        _warn_of_base(reply, language)
        _show(args, reply, config.paths.run, language)
    return exit_codes.GOOD


def _wanted(args: argparse.Namespace) -> PollRequest:
    match args.action:
        case "open":
            usual = DEFAULT_CHOICES if args.kind in _LETTERED else 0
            choices = usual if args.choices is None else args.choices
            return OpenPoll(poll=PollQuestion(kind=args.kind, choices=choices, text=args.text, answer=args.answer))
        case "close":
            return ClosePoll()
        case "score":
            return AwardPoints(team=args.team, points=args.points)
        case _:
            return ShowPoll()


def _seats(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Print whose seats phones hold, after one or all of them were freed."""
    if args.action == "free" and bool(args.number) == args.all:
        print(translate("polls.free-needs", language), file=sys.stderr)
        return exit_codes.WRONG
    reply = request(config.paths.run, FreePhones(number=args.number) if args.action == "free" else ShowSeats())
    if not reply.ok:
        reason = reason_text("polls", reply.reason, language)
        print(translate("polls.refused", language, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    if args.action == "phones" and args.json:
        print(json.dumps([one.model_dump() for one in reply.joined], ensure_ascii=False, indent=2))
        return exit_codes.GOOD
    print(translate("polls.phones-joined", language, count=len(reply.joined)))
    for one in reply.joined:
        print(f"  {one.number}  {one.name}")
    return exit_codes.GOOD


def _results(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Print how the polls of a lesson ended, from its polls.json; this needs no controller."""
    try:
        folder = lesson_folder(args.lesson, args.config)
        results = polls_json.read(folder)
    except (NoSuchLesson, OSError) as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    if results is None:
        print(translate("polls.no-results", language, lesson=folder.name), file=sys.stderr)
        return exit_codes.BAD
    if args.json:
        print(results.model_dump_json(indent=1))
        return exit_codes.GOOD
    console = OutputConsole()
    console.print(polls_table(results, language))
    if results.groups:
        console.print(groups_table(results, language))
    named = students_csv.named_table_path(config.paths.ledger.with_name(students_csv.FOLDER), folder.name)
    if named.exists():
        print(translate("polls.named-table", language, file=named))
    return exit_codes.GOOD


def _warn_of_base(reply: PollReply, language: Language) -> None:
    """A clicker base that is away is no reason not to open a poll: the class is asked when it comes."""
    base, poll = reply.status.clickers, reply.poll
    if poll is not None and poll.is_open and base is not None and base.state is not DeviceState.RUNNING:
        reason = foreign_sentence(base.reason or base.state)
        print(translate("polls.base-away", language, reason=reason), file=sys.stderr)


def _show(args: argparse.Namespace, reply: PollReply, run: Path, language: Language) -> None:
    """Print the poll; on a terminal, follow it until it is closed."""
    poll = reply.poll
    assert poll is not None
    console = OutputConsole()
    if args.json:
        print(poll.model_dump_json(indent=2))
    elif args.action == "open" and (args.no_wait or not console.is_terminal):
        kind = translate(f"polls.kind-{poll.kind}", language)
        print(translate("polls.opened", language, number=poll.number, kind=kind))
    elif poll.is_open and console.is_terminal:
        _follow(poll, run, console, language)
    else:
        console.print(poll_chart(poll, language))


def _follow(poll: PollStatus, run: Path, console: OutputConsole, language: Language) -> None:
    with Live(poll_chart(poll, language), console=console, auto_refresh=False) as live:
        number = poll.number
        while poll.is_open:
            time.sleep(_POLL_PERIOD_S)
            now = request(run, ShowPoll()).poll
            if now is None or now.number != number:
                return
            poll = now
            live.update(poll_chart(poll, language), refresh=True)


def _add_json(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument("--json", action="store_true", help=translate("polls.json", language))


def _text(text: str) -> str:
    return _at_most(text, MAX_TEXT_LENGTH)


def _answer(text: str) -> str:
    return _at_most(text.upper(), LONGEST_ANSWER)


def _choices(text: str) -> int:
    choices = int(text)
    if not 0 <= choices <= MAX_CHOICES:
        raise argparse.ArgumentTypeError(translate("polls.reason-bad-choices", reader_language()))
    return choices


def _points(text: str) -> int:
    points = int(text)
    if abs(points) > MOST_POINTS:
        raise argparse.ArgumentTypeError(
            translate("config.whole-number-range", reader_language(), low=-MOST_POINTS, high=MOST_POINTS)
        )
    return points


def _at_most(text: str, most: int) -> str:
    if len(text) > most:
        raise argparse.ArgumentTypeError(translate("roster.too-long", reader_language(), most=most))
    return text
