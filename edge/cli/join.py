"""classroom-edge join: write a lesson as one MP4 file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.i18n import reader_language, translate
from edge.service import exit_codes
from edge.terminal.value_text import size_text
from pipelines.programme.join_mp4 import JoinError, join_mp4

HELP = translate("receipt.join-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("lesson", metavar="LESSON", help=translate("receipt.verify-lesson", language))
    parser.add_argument("out", metavar="OUT.mp4", type=Path, help=translate("receipt.join-out", language))
    parser.add_argument("--force", action="store_true", help=translate("receipt.join-force", language))
    parser.epilog = translate("receipt.join-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good; bad where the lesson or the disk does not allow it; wrong use."""
    language = reader_language()
    try:
        join_mp4(lesson_folder(args.lesson, args.config), args.out, overwrite=args.force)
    except NoSuchLesson as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    except FileExistsError:
        print(translate("receipt.join-exists", language, file=args.out), file=sys.stderr)
        return exit_codes.WRONG
    except JoinError as reason:
        print(reason, file=sys.stderr)
        return exit_codes.BAD
    print(translate("receipt.join-done", language, file=args.out, size=size_text(args.out.stat().st_size, language)))
    return exit_codes.GOOD
