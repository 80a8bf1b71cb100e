"""classroom-edge roster: import class lists, choose the class, and bind clickers to students."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from edge.classroom.roster import SchoolClass
from edge.cli.controller_command import controller_command
from edge.cli.sub_actions import add_action, add_actions
from edge.config.model import Config
from edge.i18n import Language, reader_language, translate
from edge.link.control_client import RequestRefused, request_roster
from edge.link.control_requests import ImportClasses, ShowRoster, UseClass
from edge.link.poll_messages import ClassChoice, ImportedClasses, RosterStatus
from edge.school.class_list_reader import read_classes
from edge.school.import_problems import InvalidClassList
from edge.service import exit_codes
from edge.terminal.clicker_binding import ClickerBinding
from edge.terminal.console import OutputConsole
from edge.terminal.value_text import reason_text

HELP = translate("roster.help", reader_language())

_COLUMNS = ("number", "name", "seat", "group", "device")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The four actions, each with its own help, and examples."""
    language = reader_language()
    parser.epilog = translate("roster.examples", language)
    actions = add_actions(parser, "roster", "import|show|use|bind", language)

    importing = add_action(actions, "roster", "import", language)
    importing.add_argument("file", metavar="FILE", type=Path, help=translate("roster.file", language))
    importing.add_argument(
        "--class", dest="name", metavar="NAME", default="", help=translate("roster.class-name", language)
    )

    show = add_action(actions, "roster", "show", language)
    show.add_argument("--json", action="store_true", help=translate("roster.json", language))

    use = add_action(actions, "roster", "use", language)
    use.add_argument("name", metavar="CLASS", help=translate("roster.class", language))

    bind = add_action(actions, "roster", "bind", language)
    bind.add_argument("--all", action="store_true", help=translate("roster.bind-all", language))


@controller_command
def run(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Good once it is done; bad, with the reason, where it cannot be; wrong for a list that is; unreached."""
    sockets = config.paths.run
    try:
        match args.action:
            case "import":
                return _import(read_classes(args.file, args.name), sockets, language)
            case "use":
                request_roster(sockets, UseClass(roster=ClassChoice(use=args.name)))
                print(translate("roster.used", language, name=args.name))
            case "bind":
                here = request_roster(sockets, ShowRoster()).here
                if here is None:
                    return _report_empty(language)
                ClickerBinding(sockets, language, sys.stdin, OutputConsole()).bind(here, everybody=args.all)
            case _:
                return _show(request_roster(sockets, ShowRoster()), language, as_json=args.json)
    except InvalidClassList as wrong:
        print(wrong.report(language), file=sys.stderr)
        return exit_codes.WRONG
    except RequestRefused as refused:
        reason = reason_text("roster", refused.reason, language)
        print(translate("roster.refused", language, reason=reason), file=sys.stderr)
        return exit_codes.BAD
    return exit_codes.GOOD


def _import(classes: Sequence[SchoolClass], run: Path, language: Language) -> int:
    for one in classes:  # each on a line of its own, for a school's list is longer than a line may be
        request_roster(run, ImportClasses(roster=ImportedClasses(classes=[one])))
    count = sum(len(one.students) for one in classes)
    print(translate("roster.imported", language, classes=tuple(one.name for one in classes), count=count))
    return exit_codes.GOOD


def _show(roster: RosterStatus, language: Language, *, as_json: bool) -> int:
    if as_json:
        print(roster.model_dump_json(indent=2, include={"classes", "here"}))
        return exit_codes.GOOD
    if roster.here is None:
        return _report_empty(language)
    table = Table(title=translate("roster.here", language, name=roster.here.name), box=box.SIMPLE_HEAD)
    for column in _COLUMNS:
        table.add_column(translate(f"roster.column-{column}", language))
    for student in roster.here.students:
        table.add_row(*(getattr(student, column) for column in _COLUMNS))
    OutputConsole().print(table)
    return exit_codes.GOOD


def _report_empty(language: Language) -> int:
    print(translate("roster.empty", language), file=sys.stderr)
    return exit_codes.BAD
