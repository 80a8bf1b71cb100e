"""classroom-edge roster: the class list, and whose clicker is whose."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from edge.classroom.roster import SchoolClass
from edge.cli import exits
from edge.cli.actions import actions_of, add_action
from edge.config.files import find
from edge.config.load import load
from edge.link.polls import RosterStatus, RosterWish
from edge.link.requests import Act, Request
from edge.roster_files.problems import BadRoster
from edge.roster_files.reading import read_classes
from edge.terminal.asking import Unreached, request
from edge.terminal.binding import Binding, Refused
from edge.words import Language, language, say, say_word

NAME = "roster"
HELP = say("roster.help", language())

_COLUMNS = ("number", "name", "seat", "group", "device")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four actions, each with its own help, and examples."""
    reader = language()
    parser.epilog = say("roster.examples", reader)
    actions = actions_of(parser, "roster", "import|show|use|bind", reader)

    importing = add_action(actions, "roster", "import", reader)
    importing.add_argument("file", metavar="FILE", type=Path, help=say("roster.file", reader))
    importing.add_argument(
        "--class", dest="name", metavar="NAME", default="", help=say("roster.class-name", reader)
    )

    show = add_action(actions, "roster", "show", reader)
    show.add_argument("--json", action="store_true", help=say("roster.json", reader))

    use = add_action(actions, "roster", "use", reader)
    use.add_argument("name", metavar="CLASS", help=say("roster.class", reader))

    bind = add_action(actions, "roster", "bind", reader)
    bind.add_argument("--all", action="store_true", help=say("roster.bind-all", reader))


def run(args: argparse.Namespace) -> int:
    """Good once it is done; bad, with the reason, where it cannot be; wrong for a list that is; unreached."""
    config = load(find(args.config), kinds=frozenset())
    reader = language(config.room.language)
    try:
        match args.action:
            case "import":
                return _import(read_classes(args.file, args.name), config.paths.run, reader)
            case "use":
                wish = RosterWish(use=args.name)
                _asked(config.paths.run, Act.ROSTER_USE, wish)
                print(say("roster.used", reader, name=args.name))
            case "bind":
                here = _asked(config.paths.run, Act.ROSTER_SHOW).here
                if here is None:
                    return _say_empty(reader)
                Binding(config.paths.run, reader, sys.stdin, Console()).bind(here, everybody=args.all)
            case _:
                return _show(_asked(config.paths.run, Act.ROSTER_SHOW), reader, as_json=args.json)
    except BadRoster as wrong:
        print(wrong.report(reader), file=sys.stderr)
        return exits.WRONG
    except Refused as refused:
        reason = say_word("room.fault", reader, say_word("roster.reason", reader, refused.word))
        print(say("roster.refused", reader, reason=reason), file=sys.stderr)
        return exits.BAD
    except Unreached as error:
        print(error.why.text(reader), file=sys.stderr)
        return exits.UNREACHED
    return exits.GOOD


def _import(classes: Sequence[SchoolClass], run: Path, reader: Language) -> int:
    for one in classes:  # each on a line of its own, for a school's list is longer than a line may be
        _asked(run, Act.ROSTER_IMPORT, RosterWish(classes=[one]))
    count = sum(len(one.students) for one in classes)
    print(say("roster.imported", reader, classes=tuple(one.name for one in classes), count=count))
    return exits.GOOD


def _asked(run: Path, act: Act, wish: RosterWish | None = None) -> RosterStatus:
    answer = request(run, Request(act=act, roster=wish or RosterWish()))
    if not answer.ok or answer.roster is None:
        raise Refused(answer.reason)
    return answer.roster


def _show(roster: RosterStatus, reader: Language, *, as_json: bool) -> int:
    if as_json:
        print(roster.model_dump_json(indent=2, include={"classes", "here"}))
        return exits.GOOD
    if roster.here is None:
        return _say_empty(reader)
    table = Table(title=say("roster.here", reader, name=roster.here.name), box=box.SIMPLE_HEAD)
    for column in _COLUMNS:
        table.add_column(say(f"roster.column-{column}", reader))
    for student in roster.here.students:
        table.add_row(*(getattr(student, column) for column in _COLUMNS))
    Console().print(table)
    return exits.GOOD


def _say_empty(reader: Language) -> int:
    print(say("roster.empty", reader), file=sys.stderr)
    return exits.BAD
