"""classroom-edge run: both processes together, for a box without systemd."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from edge.config.driver_options import ALL
from edge.config.load import load
from edge.config.toml_files import find_config_file
from edge.i18n import language, translate
from edge.service import exit_codes, logs
from edge.service.process_supervisor import ChildProcess, running

log = logging.getLogger(__name__)

NAME = "run"
HELP = translate("processes.run-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = translate("processes.run-examples", language())


def run(args: argparse.Namespace) -> int:
    """Keep both running until SIGTERM or Ctrl-C."""
    file = find_config_file(args.config)
    load(file, ALL)
    logs.begin(NAME)
    asyncio.run(_run(file))
    return exit_codes.GOOD


async def _run(config: Path) -> None:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        async with running([ChildProcess("recorder", config), ChildProcess("controller", config)]):
            await loop.create_future()
    except asyncio.CancelledError:
        log.info("both have stopped")
