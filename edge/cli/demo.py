"""classroom-edge demo: a lesson recorded on simulated devices, checked, and copied to a store."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from edge.cli import exits
from edge.demo.play import play
from edge.demo.room import MARKER, DemoRoom, DemoRuns, NotADemo, emptied
from edge.demo.screen import Screen
from edge.words import language, say

NAME = "demo"
HELP = say("demo.help", language())

SECONDS_VARIABLE = "DEMO_SECONDS"
FOLDER_VARIABLE = "DEMO_DIR"
_SECONDS = 30.0
_FOLDER = "build/demo"
_SHORTEST_S, _LONGEST_S = 6.0, 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments; the environment says how long and where."""
    parser.epilog = say("demo.examples", language())


def run(_args: argparse.Namespace) -> int:
    """Good only if the receipt is good and the store's copy is the same; wrong use."""
    reader = language()
    seconds = _seconds(os.environ)
    if seconds is None:
        told = say("demo.wrong-seconds", reader, variable=SECONDS_VARIABLE, least=_SHORTEST_S, most=_LONGEST_S)
        print(told, file=sys.stderr)
        return exits.WRONG
    folder = Path(os.environ.get(FOLDER_VARIABLE) or _FOLDER).absolute()
    screen = Screen(Console(), reader)
    try:
        with emptied(folder), tempfile.TemporaryDirectory(prefix="classroom-edge-") as sockets:
            room = DemoRoom(folder, Path(sockets))
            room.furnish(reader, seconds)
            return exits.GOOD if asyncio.run(play(room, seconds, screen)) else exits.BAD
    except NotADemo:
        print(say("demo.not-a-demo", reader, folder=folder, marker=MARKER), file=sys.stderr)
        return exits.WRONG
    except DemoRuns:
        print(say("demo.runs-already", reader, folder=folder), file=sys.stderr)
        return exits.WRONG
    except OSError as error:
        print(say("demo.no-folder", reader, folder=folder, reason=error), file=sys.stderr)
        return exits.WRONG
    except asyncio.CancelledError:
        return exits.INTERRUPTED


def _seconds(environ: Mapping[str, str]) -> float | None:
    """How long the lesson shall be; None where the variable says nothing sensible."""
    try:
        seconds = float(environ.get(SECONDS_VARIABLE) or _SECONDS)
    except ValueError:
        return None
    return seconds if _SHORTEST_S <= seconds <= _LONGEST_S else None
