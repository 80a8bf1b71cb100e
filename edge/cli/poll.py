"""classroom-edge poll: open, close and show polls of the class, and the results of a lesson's polls."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.live import Live

from edge.classroom.polls import LEAST_CHOICES, LONGEST_TEXT, MOST_CHOICES, USUAL_CHOICES, PollKind
from edge.classroom.recorder_messages import DeviceState
from edge.cli.controller_command import controller_command
from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.cli.sub_actions import actions_of, add_action
from edge.config.model import Config
from edge.i18n import Language, language, translate
from edge.link.control_client import request
from edge.link.control_messages import PollReply
from edge.link.control_requests import AwardPoints, ClosePoll, OpenPoll, PollRequest, ShowPoll
from edge.link.poll_messages import LONGEST_ANSWER, MOST_POINTS, PollQuestion, PollStatus
from edge.school import poll_results as books
from edge.school import students_csv
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.poll_chart import poll_chart
from edge.terminal.polls_table import groups_table, polls_table
from edge.terminal.reason_text import reason_text

HELP = translate("polls.help", language())

_POLL_PERIOD_S = 0.25
_LETTERED = (PollKind.SINGLE, PollKind.MULTIPLE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions, each with its own help, and examples."""
    reader = language()
    parser.epilog = translate("polls.examples", reader)
    actions = actions_of(parser, "polls", "open|close|show|score|results", reader)

    opening = add_action(actions, "polls", "open", reader)
    kinds = translate("polls.kind", reader, kinds=tuple(PollKind))
    opening.add_argument("kind", metavar="KIND", choices=tuple(PollKind), type=PollKind, help=kinds)
    how_many = translate("polls.choices", reader, least=LEAST_CHOICES, most=MOST_CHOICES, usual=USUAL_CHOICES)
    opening.add_argument("--choices", metavar="N", type=_choices, help=how_many)
    opening.add_argument("--text", metavar="TEXT", default="", type=_text, help=translate("polls.text", reader))
    opening.add_argument("--answer", metavar="ANSWER", default="", type=_answer, help=translate("polls.answer", reader))
    opening.add_argument("--no-wait", action="store_true", help=translate("polls.no-wait", reader))
    _add_json(opening, reader)

    _add_json(add_action(actions, "polls", "close", reader), reader)
    _add_json(add_action(actions, "polls", "show", reader), reader)

    score = add_action(actions, "polls", "score", reader)
    score.add_argument("team", metavar="GROUP", help=translate("polls.team", reader))
    score.add_argument("points", metavar="POINTS", type=_points, help=translate("polls.points", reader))

    results = add_action(actions, "polls", "results", reader)
    results.add_argument("lesson", metavar="LESSON", help=translate("receipt.verify-lesson", reader))
    _add_json(results, reader)


@controller_command
def run(args: argparse.Namespace, config: Config, reader: Language) -> int:
    """Good once it is done; bad, with the reason, where it cannot be; wrong for a lesson that is not; unreached."""
    if args.action == "results":
        return _results(args, config, reader)
    reply = request(config.paths.run, _wanted(args))
    if not reply.ok:
        reason = reason_text("polls", reply.reason, reader)
        print(translate("polls.refused", reader, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    if args.action == "score":
        print(translate("polls.scored", reader, team=args.team, points=args.points))
    else:
        _warn_of_base(reply, reader)
        _show(args, reply, config.paths.run, reader)
    return exit_codes.GOOD


def _wanted(args: argparse.Namespace) -> PollRequest:
    match args.action:
        case "open":
            usual = USUAL_CHOICES if args.kind in _LETTERED else 0
            choices = usual if args.choices is None else args.choices
            return OpenPoll(poll=PollQuestion(kind=args.kind, choices=choices, text=args.text, answer=args.answer))
        case "close":
            return ClosePoll()
        case "score":
            return AwardPoints(team=args.team, points=args.points)
        case _:
            return ShowPoll()


def _results(args: argparse.Namespace, config: Config, reader: Language) -> int:
    """Print how the polls of a lesson ended, from its polls.json; this needs no controller."""
    try:
        folder = lesson_folder(args.lesson, args.config)
        book = books.read(folder)
    except (NoSuchLesson, OSError) as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    if book is None:
        print(translate("polls.no-results", reader, lesson=folder.name), file=sys.stderr)
        return exit_codes.BAD
    if args.json:
        print(book.model_dump_json(indent=1))
        return exit_codes.GOOD
    console = OutputConsole()
    console.print(polls_table(book, reader))
    if book.groups:
        console.print(groups_table(book, reader))
    named = students_csv.named_table_path(config.paths.ledger.with_name(students_csv.FOLDER), folder.name)
    if named.exists():
        print(translate("polls.named-table", reader, file=named))
    return exit_codes.GOOD


def _warn_of_base(reply: PollReply, reader: Language) -> None:
    """A clicker base that is away is no reason not to open a poll: the class is asked when it comes."""
    base, poll = reply.status.clickers, reply.poll
    if poll is not None and poll.is_open and base is not None and base.state is not DeviceState.RUNNING:
        print(translate("polls.base-away", reader, reason=base.reason or base.state), file=sys.stderr)


def _show(args: argparse.Namespace, reply: PollReply, run: Path, reader: Language) -> None:
    """Print the poll; on a terminal, follow it until it is closed."""
    poll = reply.poll
    assert poll is not None
    console = OutputConsole()
    if args.json:
        print(poll.model_dump_json(indent=2))
    elif args.action == "open" and (args.no_wait or not console.is_terminal):
        kind = translate(f"polls.kind-{poll.kind}", reader)
        print(translate("polls.opened", reader, number=poll.number, kind=kind))
    elif poll.is_open and console.is_terminal:
        _follow(poll, run, console, reader)
    else:
        console.print(poll_chart(poll, reader))


def _follow(poll: PollStatus, run: Path, console: OutputConsole, reader: Language) -> None:
    with Live(poll_chart(poll, reader), console=console, auto_refresh=False) as live:
        number = poll.number
        while poll.is_open:
            time.sleep(_POLL_PERIOD_S)
            now = request(run, ShowPoll()).poll
            if now is None or now.number != number:
                return
            poll = now
            live.update(poll_chart(poll, reader), refresh=True)


def _add_json(parser: argparse.ArgumentParser, reader: Language) -> None:
    parser.add_argument("--json", action="store_true", help=translate("polls.json", reader))


def _text(text: str) -> str:
    return _at_most(text, LONGEST_TEXT)


def _answer(text: str) -> str:
    return _at_most(text.upper(), LONGEST_ANSWER)


def _choices(text: str) -> int:
    choices = int(text)
    if not 0 <= choices <= MOST_CHOICES:
        raise argparse.ArgumentTypeError(translate("polls.reason-bad-choices", language()))
    return choices


def _points(text: str) -> int:
    points = int(text)
    if abs(points) > MOST_POINTS:
        raise argparse.ArgumentTypeError(
            translate("config.whole-number-range", language(), low=-MOST_POINTS, high=MOST_POINTS)
        )
    return points


def _at_most(text: str, most: int) -> str:
    if len(text) > most:
        raise argparse.ArgumentTypeError(translate("roster.too-long", language(), most=most))
    return text
