"""classroom-edge mark: this moment of the lesson is worth finding again."""

from __future__ import annotations

import argparse

from edge.cli.lesson_commands import carry_out
from edge.i18n import language, translate
from edge.link.control_messages import LONGEST_LABEL, Act

NAME = "mark"
HELP = translate("room.mark-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the marker says, and examples."""
    reader = language()
    parser.add_argument("--label", metavar="TEXT", default="", type=_label, help=translate("room.mark-label", reader))
    parser.epilog = translate("room.mark-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, bad, or unreached."""
    return carry_out(args, Act.MARK, args.label)


def _label(text: str) -> str:
    if len(text) > LONGEST_LABEL:
        raise argparse.ArgumentTypeError(translate("room.mark-too-long", language(), most=LONGEST_LABEL))
    return text
