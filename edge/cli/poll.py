"""classroom-edge poll: the class is asked, and what it answers is shown as it comes."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.live import Live

from edge.classroom.polls import LEAST_CHOICES, LONGEST_TEXT, MOST_CHOICES, USUAL_CHOICES, PollKind
from edge.classroom.recorder_messages import DeviceState
from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.cli.sub_actions import actions_of, add_action
from edge.config.load import load
from edge.config.toml_files import find_config_file
from edge.i18n import Language, language, translate, translate_code
from edge.link.control_client import NotReachable, request
from edge.link.control_messages import Act, Reply, Request
from edge.link.poll_messages import LONGEST_ANSWER, MOST_POINTS, PollRequest, PollStatus
from edge.school import poll_results as books
from edge.school import students_csv
from edge.service import exit_codes
from edge.terminal.poll_chart import poll_chart
from edge.terminal.polls_table import groups_table, polls_table

NAME = "poll"
HELP = translate("polls.help", language())

_LOOK_S = 0.25
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


def run(args: argparse.Namespace) -> int:
    """Good once it is done; bad, with the reason, where it cannot be; wrong for a lesson that is not; unreached."""
    if args.action == "results":
        return _results(args)
    config = load(find_config_file(args.config), kinds=frozenset())
    reader = language(config.room.language)
    try:
        answer = request(config.paths.run, _wanted(args))
        if not answer.ok:
            reason = translate_code("room.fault", reader, translate_code("polls.reason", reader, answer.reason))
            print(translate("polls.refused", reader, reason=reason), file=sys.stderr)
            return exit_codes.BAD
        if args.action == "score":
            print(translate("polls.scored", reader, team=args.team, points=args.points))
        else:
            _say_base(answer, reader)
            _show(args, answer, config.paths.run, reader)
    except NotReachable as error:
        print(error.why.text(reader), file=sys.stderr)
        return exit_codes.UNREACHED
    return exit_codes.GOOD


def _wanted(args: argparse.Namespace) -> Request:
    match args.action:
        case "open":
            usual = USUAL_CHOICES if args.kind in _LETTERED else 0
            choices = usual if args.choices is None else args.choices
            wish = PollRequest(kind=args.kind, choices=choices, text=args.text, answer=args.answer)
            return Request(act=Act.POLL_OPEN, poll=wish)
        case "close":
            return Request(act=Act.POLL_CLOSE)
        case "score":
            return Request(act=Act.POLL_SCORE, team=args.team, points=args.points)
        case _:
            return Request(act=Act.POLL_SHOW)


def _results(args: argparse.Namespace) -> int:
    """How the polls of a lesson ended, by its polls.json; it needs no controller."""
    config = load(find_config_file(args.config), kinds=frozenset())
    reader = language(config.room.language)
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
    console = Console()
    console.print(polls_table(book, reader))
    if book.groups:
        console.print(groups_table(book, reader))
    named = students_csv.named_table_path(config.paths.ledger.with_name(students_csv.FOLDER), folder.name)
    if named.exists():
        print(translate("polls.named-table", reader, file=named))
    return exit_codes.GOOD


def _say_base(answer: Reply, reader: Language) -> None:
    """A base that is not there is no reason not to ask: the class is asked when it comes."""
    base, poll = answer.status.clickers, answer.poll
    if poll is not None and poll.is_open and base is not None and base.state is not DeviceState.RUNNING:
        print(translate("polls.base-away", reader, reason=base.reason or base.state), file=sys.stderr)


def _show(args: argparse.Namespace, answer: Reply, run: Path, reader: Language) -> None:
    """The poll, on a terminal until it is closed."""
    poll = answer.poll
    assert poll is not None
    console = Console()
    if args.json:
        print(poll.model_dump_json(indent=2))
    elif args.action == "open" and (args.no_wait or not console.is_terminal):
        kind = translate(f"polls.kind-{poll.kind}", reader)
        print(translate("polls.opened", reader, number=poll.number, kind=kind))
    elif poll.is_open and console.is_terminal:
        _follow(poll, run, console, reader)
    else:
        console.print(poll_chart(poll, reader))


def _follow(poll: PollStatus, run: Path, console: Console, reader: Language) -> None:
    with Live(poll_chart(poll, reader), console=console, auto_refresh=False) as live:
        number = poll.number
        while poll.is_open:
            time.sleep(_LOOK_S)
            now = request(run, Request(act=Act.POLL_SHOW)).poll
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
