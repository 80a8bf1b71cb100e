"""classroom-edge status: how is this room now?"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console

from edge.classroom.recorder_messages import Activity
from edge.config.load import load
from edge.config.model import Config
from edge.config.toml_files import find_config_file
from edge.i18n import Language, language, translate
from edge.link.control_client import NotReachable, ask, recorder_state
from edge.link.control_messages import Act
from edge.service import exit_codes
from edge.terminal.finding_text import clock
from edge.terminal.ptz_table import heads_table
from edge.terminal.status_screen import print_status

NAME = "status"
HELP = translate("room.status-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("--json", action="store_true", help=translate("room.status-json", reader))
    parser.epilog = translate("room.status-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, however the room is; unreached."""
    config = load(find_config_file(args.config), kinds=frozenset())
    reader = language(config.room.language)
    try:
        status = ask(config.paths.run, Act.STATUS).status
    except NotReachable as error:
        print(error.why.text(reader), file=sys.stderr)
        _say_recorder(config, reader)
        return exit_codes.UNREACHED
    if args.json:
        print(status.model_dump_json(indent=2))
    else:
        console = Console()
        print_status(status, config, console, reader)
        if config.ptz:
            console.print(heads_table(status.ptz, config.ptz, reader))
    return exit_codes.GOOD


def _say_recorder(config: Config, reader: Language) -> None:
    """The recorder needs no controller, and whoever looks wants to know whether it records."""
    state = recorder_state(config.paths.run)
    if state is None:
        print(translate("room.recorder-neither", reader), file=sys.stderr)
    elif state.activity is Activity.IDLE:
        print(translate("room.recorder-idle", reader), file=sys.stderr)
    else:
        told = translate(
            f"room.recorder-{state.activity}", reader, lesson=state.lesson, time=clock(state.lesson_time_ns)
        )
        print(told, file=sys.stderr)
