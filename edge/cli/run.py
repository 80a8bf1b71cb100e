"""classroom-edge run: all processes that the config asks for, for a box without systemd."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Sequence

from edge.config.driver_options import ALL
from edge.config.load import load
from edge.config.process_table import wanted_processes
from edge.config.toml_files import find_config_file
from edge.i18n import reader_language, translate
from edge.service import exit_codes, logs
from edge.service.process_supervisor import ChildProcess, running
from edge.service.stop_signals import cancel_by

log = logging.getLogger(__name__)

NAME = "run"
HELP = translate("processes.run-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = translate("processes.run-examples", reader_language())


def run(args: argparse.Namespace) -> int:
    """Keep them running until SIGTERM or Ctrl-C."""
    file = find_config_file(args.config)
    config = load(file, ALL)
    logs.configure(NAME)
    asyncio.run(_run([ChildProcess(process, file) for process in wanted_processes(config)]))
    return exit_codes.GOOD


async def _run(children: Sequence[ChildProcess]) -> None:
    cancel_by()
    try:
        async with running(children):
            await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        log.info("all have stopped")
