"""classroom-edge status: how is this room now, or from now on?"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress

from edge.cli.controller_command import controller_command
from edge.cli.watch_status import watch_status
from edge.config.model import Config
from edge.i18n import Language, reader_language, translate
from edge.link.control_client import NotReachable, recorder_state, status
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.status_line import recorder_text
from edge.terminal.status_screen import status_view

HELP = translate("room.status-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("--json", action="store_true", help=translate("room.status-json", language))
    parser.add_argument("--watch", action="store_true", help=translate("room.status-watch", language))
    parser.epilog = translate("room.status-examples", language)


@controller_command
def run(args: argparse.Namespace, config: Config, language: Language) -> int:
    """Good, however the room is; unreached; with --watch until Ctrl-C."""
    if args.watch:
        with suppress(asyncio.CancelledError):  # by SIGTERM
            asyncio.run(watch_status(config, language, as_json=args.json))
        return exit_codes.INTERRUPTED
    try:
        now = status(config.paths.run)
    except NotReachable as error:
        # The recorder needs no controller, and whoever looks wants to know whether it records.
        recorder = recorder_text(recorder_state(config.paths.run), language)
        print(error.why.text(language), recorder, sep="\n", file=sys.stderr)
        return exit_codes.UNREACHED
    if args.json:
        print(now.model_dump_json(indent=2))
    else:
        OutputConsole().print(status_view(now, config, language))
    return exit_codes.GOOD
