"""classroom-edge start: begin a lesson."""

from __future__ import annotations

import argparse

from edge.cli.acts import carry_out
from edge.link.requests import Act
from edge.words import language, say

NAME = "start"
HELP = say("room.start-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = say("room.start-examples", language())


def run(args: argparse.Namespace) -> int:
    """Good, bad, or unreached."""
    return carry_out(args, Act.START)
