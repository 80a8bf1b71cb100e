"""classroom-edge status: how is this room now, or from now on?"""

from __future__ import annotations

import argparse
import asyncio
import sys

from edge.cli.controller_command import controller_command
from edge.cli.watch_status import watch_status
from edge.config.model import Config
from edge.i18n import Language, language, translate
from edge.link.control_client import NotReachable, recorder_state, status
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.status_screen import recorder_text, status_view

HELP = translate("room.status-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("--json", action="store_true", help=translate("room.status-json", reader))
    parser.add_argument("--watch", action="store_true", help=translate("room.status-watch", reader))
    parser.epilog = translate("room.status-examples", reader)


@controller_command
def run(args: argparse.Namespace, config: Config, reader: Language) -> int:
    """Good, however the room is; unreached; with --watch until Ctrl-C."""
    if args.watch:
        try:
            asyncio.run(watch_status(config, reader, as_json=args.json))
        except asyncio.CancelledError:
            return exit_codes.INTERRUPTED
    try:
        now = status(config.paths.run)
    except NotReachable as error:
        # The recorder needs no controller, and whoever looks wants to know whether it records.
        print(
            error.why.text(reader), recorder_text(recorder_state(config.paths.run), reader), sep="\n", file=sys.stderr
        )
        return exit_codes.UNREACHED
    if args.json:
        print(now.model_dump_json(indent=2))
    else:
        OutputConsole().print(status_view(now, config, reader))
    return exit_codes.GOOD
