"""classroom-edge pause: neither picture nor sound is kept from here on."""

from __future__ import annotations

import argparse

from edge.cli.acts import carry_out
from edge.link.requests import Act
from edge.words import language, say

NAME = "pause"
HELP = say("room.pause-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = say("room.pause-examples", language())


def run(args: argparse.Namespace) -> int:
    """Good, bad, or unreached."""
    return carry_out(args, Act.PAUSE)
