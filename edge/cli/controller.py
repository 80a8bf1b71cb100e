"""classroom-edge controller: run the process that controls."""

from __future__ import annotations

import argparse

from edge.cli.serving import serve
from edge.config.devices import Kind
from edge.config.files import find
from edge.config.load import load
from edge.controller import process
from edge.controller.ledger.database import LedgerError
from edge.link import logs
from edge.words import language, say

NAME = "controller"
HELP = say("processes.controller-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = say("processes.controller-examples", language())


def run(args: argparse.Namespace) -> int:
    """Control until SIGTERM."""
    config = load(find(args.config), frozenset({Kind.PANEL, Kind.PTZ, Kind.CLICKERS}))
    logs.begin(NAME)
    return serve(NAME, process.run(config), LedgerError)
