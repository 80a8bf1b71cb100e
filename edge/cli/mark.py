"""classroom-edge mark: this moment of the lesson is worth finding again."""

from __future__ import annotations

import argparse

from edge.cli.acts import carry_out
from edge.link.requests import LONGEST_LABEL, Act
from edge.words import language, say

NAME = "mark"
HELP = say("room.mark-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the marker says, and examples."""
    reader = language()
    parser.add_argument("--label", metavar="TEXT", default="", type=_label, help=say("room.mark-label", reader))
    parser.epilog = say("room.mark-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, bad, or unreached."""
    return carry_out(args, Act.MARK, args.label)


def _label(text: str) -> str:
    if len(text) > LONGEST_LABEL:
        raise argparse.ArgumentTypeError(say("room.mark-too-long", language(), most=LONGEST_LABEL))
    return text
