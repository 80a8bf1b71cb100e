"""classroom-edge calibrate: the technician's walk through a room, its check, its settings undone, its report."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from edge.cli.service_user import become_service_user, group_name, unwritable, user_name
from edge.config.calibration_folder import calibration_folder
from edge.config.load import load
from edge.config.problems import closest_name
from edge.config.toml_files import find_config_file
from edge.i18n import reader_language, translate
from edge.service import exit_codes

HELP = translate("calibration.help", reader_language())

_PAPERS = ("A4", "A3")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()

    def text(name: str) -> str:
        return translate(f"calibration.arg-{name}", language)

    parser.add_argument("steps", metavar="STEP", nargs="*", help=text("steps"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help=text("check"))
    what.add_argument("--answers", metavar="FILE", type=Path, help=text("answers"))
    what.add_argument("--list", action="store_true", help=text("list"))
    what.add_argument("--undo", metavar="STEP", help=text("undo"))
    what.add_argument("--report", action="store_true", help=text("report"))
    what.add_argument("--print-board", action="store_true", help=text("print-board"))
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--new", action="store_true", help=text("new"))
    which.add_argument("--resume", action="store_true", help=text("resume"))
    parser.add_argument("--json", action="store_true", help=text("json"))
    parser.add_argument("--paper", choices=_PAPERS, default=_PAPERS[0], help=text("paper"))
    parser.add_argument("--out", metavar="FILE", type=Path, help=text("out"))
    parser.epilog = translate("calibration.examples", language)


def run(args: argparse.Namespace) -> int:
    """Good, or bad where something is; wrong use; unreached where the devices are not lent or were taken back.

    A check that the room has no time for now is good: it is made another time.

    Raises:
        ConfigProblems: the config cannot be used.
    """
    logging.getLogger().addHandler(logging.NullHandler())  # what is asked and shown has what a log would
    try:
        return _run(args)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("edge", "pipelines", "drivers"):
            raise
        print(translate("calibration.package-missing", reader_language(), package=error.name), file=sys.stderr)
        return exit_codes.WRONG
    except PermissionError as error:
        print(_not_allowed(Path(error.filename or "/")), file=sys.stderr)
        return exit_codes.WRONG


def _run(args: argparse.Namespace) -> int:
    # What follows imports the extra ``calibration``, which is not there wherever the command line is.
    if args.print_board:
        from edge.cli.calibrate_board import print_board

        return print_board(args.paper, args.out)
    from edge.calibration.step_table import STEP_TABLE

    for name in filter(None, [*args.steps, args.undo]):
        if name not in STEP_TABLE:
            print(_no_step(name, list(STEP_TABLE)), file=sys.stderr)
            return exit_codes.WRONG
    file = find_config_file(args.config)
    reads_only = args.list or args.report or args.check
    if not reads_only and (folder := unwritable([file.absolute().parent])):
        print(_not_allowed(folder), file=sys.stderr)
        return exit_codes.WRONG
    config = load(file)
    become_service_user(config.paths.ledger.parent)
    if not args.list and (folder := unwritable([calibration_folder(config.paths)])):
        print(_not_allowed(folder), file=sys.stderr)
        return exit_codes.WRONG
    if args.list or args.report:
        from edge.cli.calibrate_results import list_steps, make_report

        return list_steps(config, as_json=args.json) if args.list else make_report(config)
    if args.check:
        from edge.cli.calibrate_check import check

        return check(file, config, args.steps, as_json=args.json)
    from edge.cli.calibrate_walk import undo, walk

    return undo(file, config, args.undo) if args.undo else walk(file, config, args)


def _no_step(name: str, steps: list[str]) -> str:
    language = reader_language()
    wrong = translate("calibration.no-step", language, name=name, steps=", ".join(steps))
    hint = closest_name(name, steps)
    return f"{wrong}; {translate('cli.did-you-mean', language, hint=hint)}" if hint else wrong


def _not_allowed(folder: Path) -> str:
    """What to type where this user may not do it."""
    return translate(
        "calibration.not-allowed", reader_language(), user=user_name(), folder=folder, group=group_name(folder)
    )
