"""classroom-edge verify: is this lesson what it should be, to the last picture?"""

from __future__ import annotations

import argparse
import os
import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import Progress

from edge.cli.compare_with_store import NoStore, StoreNotReached, differences
from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.i18n import language, lazy_message, translate
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.receipt_table import print_receipt
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import StoredVerdict
from pipelines.receipt.verify_lesson import verify_lesson

HELP = translate("receipt.verify-help", language())

# Recording goes first, whatever else this box has to do.
_NICER = 10
_PATIENCE_S = 2.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("lesson", metavar="LESSON", help=translate("receipt.verify-lesson", reader))
    parser.add_argument("--json", action="store_true", help=translate("receipt.verify-json", reader))
    parser.add_argument("--store", action="store_true", help=translate("receipt.verify-store", reader))
    parser.add_argument("--quick", action="store_true", help=translate("receipt.verify-quick", reader))
    parser.epilog = translate("receipt.verify-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, bad, or wrong use."""
    reader = language()
    try:
        folder = lesson_folder(args.lesson, args.config)
        os.nice(_NICER)
        with _Bar(translate("receipt.verify-progress", reader)) as bar:
            receipt = check_lesson(folder) if args.quick else verify_lesson(folder, bar.show)
        # It may have been removed meanwhile to make room, and is not bad for that.
        lesson_folder(args.lesson, args.config)
        different = differences(folder, args.config) if args.store else None
    except NoSuchLesson as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    except NoStore as reason:
        print(translate("receipt.store-none", reader, reason=reason), file=sys.stderr)
        return exit_codes.WRONG
    except StoreNotReached as reason:
        print(translate("receipt.store-not-reached", reader, reason=reason), file=sys.stderr)
        return exit_codes.UNREACHED
    except OSError as error:
        print(translate("receipt.unreadable", reader, reason=error), file=sys.stderr)
        return exit_codes.WRONG
    if different is not None:
        receipt = receipt.with_stored(StoredVerdict.NO if different else StoredVerdict.YES)
    if args.json:
        print(receipt.model_dump_json(indent=2))
    else:
        print_receipt(receipt, OutputConsole(), reader)
        if different is not None:
            for line in different or [lazy_message("receipt.store-same")]:
                print(line.text(reader))
    return exit_codes.BAD if different or not receipt.is_good else exit_codes.GOOD


class _Bar:
    """A progress bar on the terminal, if it takes longer than anyone waits without one."""

    def __init__(self, label: str) -> None:
        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(label, total=None)
        self._begun_s = time.monotonic()
        self._shown = False

    def __enter__(self) -> _Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._shown:
            self._progress.stop()

    def show(self, done: int, total: int) -> None:
        """So much of it is done."""
        if not self._shown and time.monotonic() - self._begun_s > _PATIENCE_S:
            self._shown = True
            self._progress.start()
        self._progress.update(self._task, completed=done, total=total)
