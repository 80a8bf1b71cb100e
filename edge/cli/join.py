"""classroom-edge join: write a lesson as one MP4 file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.cli.marked_excerpts import marked_excerpts
from edge.i18n import Language, reader_language, translate
from edge.player.manifest import make_manifest
from edge.service import exit_codes
from edge.terminal.progress_bar import ProgressBar
from edge.terminal.value_text import size_text
from pipelines.programme.join_mp4 import JoinError, JoinPlan, join_mp4
from pipelines.programme.laid_out_pictures import Layout

HELP = translate("receipt.join-help", reader_language())

# A lesson that is recorded has priority over one that is encoded again.
_NICE_INCREMENT = 19
_PROGRAMME = "programme"
# What a layout shows first: the screen is to be read, and the teacher to be seen beside it.
_LARGE_FIRST = {
    Layout.PIP: ("screen", "teacher", "students"),
    Layout.SIDE_BY_SIDE: ("teacher", "screen", "students"),
}
_MOST_CAMERAS = {Layout.PIP: 2, Layout.SIDE_BY_SIDE: 3}


class _WrongUse(Exception):
    """The arguments do not go together, or not with this lesson; the message is translated."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("lesson", metavar="LESSON", help=translate("receipt.verify-lesson", language))
    parser.add_argument("out", metavar="OUT.mp4", type=Path, help=translate("receipt.join-out", language))
    parser.add_argument(
        "--role", metavar="ROLE", action="append", default=[], help=translate("receipt.join-role", language)
    )
    parser.add_argument(
        "--layout", choices=[layout.value for layout in Layout], help=translate("receipt.join-layout", language)
    )
    parser.add_argument(
        "--best-of", metavar="LABEL", nargs="?", const="", help=translate("receipt.join-best-of", language)
    )
    parser.add_argument("--force", action="store_true", help=translate("receipt.join-force", language))
    parser.epilog = translate("receipt.join-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good; bad where the lesson or the disk does not allow it; wrong use."""
    language = reader_language()
    try:
        folder = lesson_folder(args.lesson, args.config)
        plan = _plan(args, folder, language)
        if plan.layout is not None:
            os.nice(_NICE_INCREMENT)
        with ProgressBar(translate("receipt.join-progress", language)) as bar:
            join_mp4(folder, args.out, plan, overwrite=args.force, on_progress=bar.show)
    except (NoSuchLesson, _WrongUse) as wrong:
        print(wrong, file=sys.stderr)
        return exit_codes.WRONG
    except FileExistsError:
        print(translate("receipt.join-exists", language, file=args.out), file=sys.stderr)
        return exit_codes.WRONG
    except JoinError as reason:
        print(reason, file=sys.stderr)
        return exit_codes.BAD
    print(translate("receipt.join-done", language, file=args.out, size=size_text(args.out.stat().st_size, language)))
    return exit_codes.GOOD


def _plan(args: argparse.Namespace, folder: Path, language: Language) -> JoinPlan:
    layout = Layout(args.layout) if args.layout else None
    cameras = [one.role for one in make_manifest(folder, {}).pictures if one.role != _PROGRAMME]
    wanted = [role for role in args.role if role != _PROGRAMME]
    if unknown := [role for role in wanted if role not in cameras]:
        there = ", ".join(cameras)
        raise _WrongUse(translate("receipt.join-no-role", language, role=", ".join(unknown), roles=there))
    if layout is not None:
        first = [role for role in _LARGE_FIRST[layout] if role in cameras]
        usual = [*first, *(role for role in cameras if role not in first)][:2]
        roles = wanted or usual
        if not 2 <= len(roles) <= _MOST_CAMERAS[layout] or args.best_of is not None:
            raise _WrongUse(translate("receipt.join-layout-needs", language, most=_MOST_CAMERAS[layout]))
        return JoinPlan(roles, layout)
    if len(wanted) > 1:
        raise _WrongUse(translate("receipt.join-one-role", language))
    excerpts = tuple(marked_excerpts(folder, args.best_of)) if args.best_of is not None else ()
    if args.best_of is not None and not excerpts:
        raise _WrongUse(translate("receipt.join-no-marks", language))
    return JoinPlan(wanted, excerpts=excerpts)
