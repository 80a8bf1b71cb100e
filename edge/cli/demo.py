"""classroom-edge demo: a lesson recorded on simulated devices, checked, and copied to a store."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from edge.demo.progress_screen import ProgressScreen
from edge.demo.room_setup import MARKER, DemoRoom, DemoRuns, NotADemo, emptied
from edge.demo.run_demo import play
from edge.i18n import language, translate
from edge.service import exit_codes
from edge.terminal.console import OutputConsole

HELP = translate("demo.help", language())

SECONDS_VARIABLE = "DEMO_SECONDS"
FOLDER_VARIABLE = "DEMO_DIR"
_SECONDS = 30.0
_FOLDER = "build/demo"
_SHORTEST_S, _LONGEST_S = 6.0, 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments; the environment says how long and where."""
    parser.epilog = translate("demo.examples", language())


def run(_args: argparse.Namespace) -> int:
    """Good only if the receipt is good and the store's copy is the same; wrong use."""
    reader = language()
    seconds = _seconds(os.environ)
    if seconds is None:
        told = translate("demo.wrong-seconds", reader, variable=SECONDS_VARIABLE, least=_SHORTEST_S, most=_LONGEST_S)
        print(told, file=sys.stderr)
        return exit_codes.WRONG
    folder = Path(os.environ.get(FOLDER_VARIABLE) or _FOLDER).absolute()
    screen = ProgressScreen(OutputConsole(), reader)
    try:
        with emptied(folder), tempfile.TemporaryDirectory(prefix="classroom-edge-") as sockets:
            room = DemoRoom(folder, Path(sockets))
            room.furnish(reader, seconds)
            return exit_codes.GOOD if asyncio.run(play(room, seconds, screen)) else exit_codes.BAD
    except NotADemo:
        print(translate("demo.not-a-demo", reader, folder=folder, marker=MARKER), file=sys.stderr)
        return exit_codes.WRONG
    except DemoRuns:
        print(translate("demo.runs-already", reader, folder=folder), file=sys.stderr)
        return exit_codes.WRONG
    except BrokenPipeError:
        raise
    except OSError as error:
        print(translate("demo.no-folder", reader, folder=folder, reason=error), file=sys.stderr)
        return exit_codes.WRONG
    except asyncio.CancelledError:
        return exit_codes.INTERRUPTED


def _seconds(environ: Mapping[str, str]) -> float | None:
    """How long the lesson shall be; None where the variable says nothing sensible."""
    try:
        seconds = float(environ.get(SECONDS_VARIABLE) or _SECONDS)
    except ValueError:
        return None
    return seconds if _SHORTEST_S <= seconds <= _LONGEST_S else None
