"""classroom-edge pause: neither picture nor sound is kept from here on."""

from __future__ import annotations

import argparse

from edge.cli.lesson_commands import carry_out
from edge.i18n import language, translate
from edge.link.control_messages import Act

NAME = "pause"
HELP = translate("room.pause-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    parser.epilog = translate("room.pause-examples", language())


def run(args: argparse.Namespace) -> int:
    """Good, bad, or unreached."""
    return carry_out(args, Act.PAUSE)
