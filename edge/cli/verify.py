"""classroom-edge verify: check a recorded lesson in full, by decoding every picture, and its copy in the store."""

from __future__ import annotations

import argparse
import os
import sys

from edge.cli.compare_with_store import NoStore, StoreNotReached, differences
from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.i18n import foreign_sentence, lazy_message, reader_language, translate
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.progress_bar import ProgressBar
from edge.terminal.receipt_table import print_receipt
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.receipt import StoredVerdict
from pipelines.receipt.verify_by_decoding import verify_lesson

HELP = translate("receipt.verify-help", reader_language())

# Recording has priority over verification on the same box.
_NICE_INCREMENT = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("lesson", metavar="LESSON", help=translate("receipt.verify-lesson", language))
    parser.add_argument("--json", action="store_true", help=translate("receipt.verify-json", language))
    parser.add_argument("--store", action="store_true", help=translate("receipt.verify-store", language))
    parser.add_argument("--quick", action="store_true", help=translate("receipt.verify-quick", language))
    parser.epilog = translate("receipt.verify-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good, bad, or wrong use."""
    language = reader_language()
    try:
        folder = lesson_folder(args.lesson, args.config)
        os.nice(_NICE_INCREMENT)
        with ProgressBar(translate("receipt.verify-progress", language)) as bar:
            receipt = check_lesson(folder) if args.quick else verify_lesson(folder, bar.show)
        # It may have been removed meanwhile to make room, and is not bad for that.
        lesson_folder(args.lesson, args.config)
        different = differences(folder, args.config) if args.store else None
    except NoSuchLesson as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    except NoStore as reason:
        print(translate("receipt.store-none", language, reason=foreign_sentence(str(reason))), file=sys.stderr)
        return exit_codes.WRONG
    except StoreNotReached as reason:
        print(translate("receipt.store-not-reached", language, reason=foreign_sentence(str(reason))), file=sys.stderr)
        return exit_codes.UNREACHED
    except OSError as error:
        print(translate("receipt.unreadable", language, reason=error), file=sys.stderr)
        return exit_codes.WRONG
    if different is not None:
        receipt = receipt.with_stored(StoredVerdict.NO if different else StoredVerdict.YES)
    if args.json:
        print(receipt.model_dump_json(indent=2))
    else:
        print_receipt(receipt, OutputConsole(), language)
        if different is not None:
            for line in different or [lazy_message("receipt.store-same")]:
                print(line.text(language))
    return exit_codes.BAD if different or not receipt.is_good else exit_codes.GOOD
