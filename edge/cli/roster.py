"""classroom-edge roster: the class list, and whose clicker is whose."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from edge.classroom.roster import SchoolClass
from edge.cli.controller_command import controller_command
from edge.cli.sub_actions import actions_of, add_action
from edge.config.model import Config
from edge.i18n import Language, language, translate
from edge.link.control_client import RequestRefused, request_roster
from edge.link.control_requests import ImportClasses, ShowRoster, UseClass
from edge.link.poll_messages import ClassChoice, ImportedClasses, RosterStatus
from edge.school.class_list_reader import read_classes
from edge.school.import_problems import InvalidClassList
from edge.service import exit_codes
from edge.terminal.clicker_binding import ClickerBinding
from edge.terminal.console import OutputConsole
from edge.terminal.reason_text import reason_text

HELP = translate("roster.help", language())

_COLUMNS = ("number", "name", "seat", "group", "device")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four actions, each with its own help, and examples."""
    reader = language()
    parser.epilog = translate("roster.examples", reader)
    actions = actions_of(parser, "roster", "import|show|use|bind", reader)

    importing = add_action(actions, "roster", "import", reader)
    importing.add_argument("file", metavar="FILE", type=Path, help=translate("roster.file", reader))
    importing.add_argument(
        "--class", dest="name", metavar="NAME", default="", help=translate("roster.class-name", reader)
    )

    show = add_action(actions, "roster", "show", reader)
    show.add_argument("--json", action="store_true", help=translate("roster.json", reader))

    use = add_action(actions, "roster", "use", reader)
    use.add_argument("name", metavar="CLASS", help=translate("roster.class", reader))

    bind = add_action(actions, "roster", "bind", reader)
    bind.add_argument("--all", action="store_true", help=translate("roster.bind-all", reader))


@controller_command
def run(args: argparse.Namespace, config: Config, reader: Language) -> int:
    """Good once it is done; bad, with the reason, where it cannot be; wrong for a list that is; unreached."""
    sockets = config.paths.run
    try:
        match args.action:
            case "import":
                return _import(read_classes(args.file, args.name), sockets, reader)
            case "use":
                request_roster(sockets, UseClass(roster=ClassChoice(use=args.name)))
                print(translate("roster.used", reader, name=args.name))
            case "bind":
                here = request_roster(sockets, ShowRoster()).here
                if here is None:
                    return _report_empty(reader)
                ClickerBinding(sockets, reader, sys.stdin, OutputConsole()).bind(here, everybody=args.all)
            case _:
                return _show(request_roster(sockets, ShowRoster()), reader, as_json=args.json)
    except InvalidClassList as wrong:
        print(wrong.report(reader), file=sys.stderr)
        return exit_codes.WRONG
    except RequestRefused as refused:
        reason = reason_text("roster", refused.reason, reader)
        print(translate("roster.refused", reader, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    return exit_codes.GOOD


def _import(classes: Sequence[SchoolClass], run: Path, reader: Language) -> int:
    for one in classes:  # each on a line of its own, for a school's list is longer than a line may be
        request_roster(run, ImportClasses(roster=ImportedClasses(classes=[one])))
    count = sum(len(one.students) for one in classes)
    print(translate("roster.imported", reader, classes=tuple(one.name for one in classes), count=count))
    return exit_codes.GOOD


def _show(roster: RosterStatus, reader: Language, *, as_json: bool) -> int:
    if as_json:
        print(roster.model_dump_json(indent=2, include={"classes", "here"}))
        return exit_codes.GOOD
    if roster.here is None:
        return _report_empty(reader)
    table = Table(title=translate("roster.here", reader, name=roster.here.name), box=box.SIMPLE_HEAD)
    for column in _COLUMNS:
        table.add_column(translate(f"roster.column-{column}", reader))
    for student in roster.here.students:
        table.add_row(*(getattr(student, column) for column in _COLUMNS))
    OutputConsole().print(table)
    return exit_codes.GOOD


def _report_empty(reader: Language) -> int:
    print(translate("roster.empty", reader), file=sys.stderr)
    return exit_codes.BAD
