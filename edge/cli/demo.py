"""classroom-edge demo: record a lesson on simulated devices, check it, and compare its copy in a store."""

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
from edge.demo.run_demo import run_demo
from edge.i18n import reader_language, translate
from edge.service import exit_codes
from edge.terminal.console import OutputConsole

HELP = translate("demo.help", reader_language())

SECONDS_VARIABLE = "DEMO_SECONDS"
FOLDER_VARIABLE = "DEMO_DIR"
STAY_VARIABLE = "DEMO_STAY"
_SECONDS = 30.0
_FOLDER = "build/demo"
_SHORTEST_S, _LONGEST_S = 6.0, 3600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: length and folder are environment variables."""
    parser.epilog = translate("demo.examples", reader_language())


def run(_args: argparse.Namespace) -> int:
    """Good only if receipt and poll results are good and the store's copy is the same; bad; wrong use."""
    language = reader_language()
    seconds = _seconds(os.environ)
    if seconds is None:
        wrong = translate("demo.wrong-seconds", language, variable=SECONDS_VARIABLE, least=_SHORTEST_S, most=_LONGEST_S)
        print(wrong, file=sys.stderr)
        return exit_codes.WRONG
    folder = Path(os.environ.get(FOLDER_VARIABLE) or _FOLDER).absolute()
    stay = os.environ.get(STAY_VARIABLE, "0") not in ("", "0")
    screen = ProgressScreen(OutputConsole(), language)
    try:
        with emptied(folder), tempfile.TemporaryDirectory(prefix="classroom-edge-") as sockets:
            room = DemoRoom(folder, Path(sockets))
            room.set_up(language, seconds, previews=stay)
            return exit_codes.GOOD if asyncio.run(run_demo(room, seconds, screen, stay=stay)) else exit_codes.BAD
    except NotADemo:
        print(translate("demo.not-a-demo", language, folder=folder, marker=MARKER), file=sys.stderr)
        return exit_codes.WRONG
    except DemoRuns:
        print(translate("demo.runs-already", language, folder=folder), file=sys.stderr)
        return exit_codes.WRONG
    except BrokenPipeError:
        raise
    except OSError as error:
        print(translate("demo.no-folder", language, folder=folder, reason=error), file=sys.stderr)
        return exit_codes.WRONG
    except asyncio.CancelledError:
        return exit_codes.INTERRUPTED


def _seconds(environ: Mapping[str, str]) -> float | None:
    """Length of the lesson in seconds; None where the variable is no number in range."""
    try:
        seconds = float(environ.get(SECONDS_VARIABLE) or _SECONDS)
    except ValueError:
        return None
    return seconds if _SHORTEST_S <= seconds <= _LONGEST_S else None
