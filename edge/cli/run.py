"""classroom-edge run: both processes together, for a box without systemd."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from pathlib import Path

from edge.children import Child, running
from edge.cli import exits
from edge.config.devices import ALL
from edge.config.files import find
from edge.config.load import load
from edge.link import logs
from edge.words import language, say

log = logging.getLogger(__name__)

NAME = "run"
HELP = say("processes.run-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = say("processes.run-examples", language())


def run(args: argparse.Namespace) -> int:
    """Keep both running until SIGTERM or Ctrl-C."""
    file = find(args.config)
    load(file, ALL)
    logs.begin(NAME)
    asyncio.run(_run(file))
    return exits.GOOD


async def _run(config: Path) -> None:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        async with running([Child("recorder", config), Child("controller", config)]):
            await loop.create_future()
    except asyncio.CancelledError:
        log.info("both have stopped")
