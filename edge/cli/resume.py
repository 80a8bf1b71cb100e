"""classroom-edge resume: the lesson goes on after a pause."""

from __future__ import annotations

import argparse

from edge.cli.acts import carry_out
from edge.link.requests import Act
from edge.words import language, say

NAME = "resume"
HELP = say("room.resume-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = say("room.resume-examples", language())


def run(args: argparse.Namespace) -> int:
    """Good, bad, or unreached."""
    return carry_out(args, Act.RESUME)
