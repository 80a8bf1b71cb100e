"""classroom-edge recorder: run the process that records."""

from __future__ import annotations

import argparse

from edge.cli.serving import serve
from edge.config.devices import ALL
from edge.config.files import find
from edge.config.load import load
from edge.link import logs
from edge.recorder import process
from edge.words import language, say

NAME = "recorder"
HELP = say("processes.recorder-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = say("processes.recorder-examples", language())


def run(args: argparse.Namespace) -> int:
    """Record until SIGTERM."""
    config = load(find(args.config), ALL)
    logs.begin(NAME)
    return serve(NAME, process.run(config))
