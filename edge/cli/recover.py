"""classroom-edge recover: lessons that were cut off or damaged are made whole again."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.config.load import load
from edge.config.model import RecordingConfig
from edge.config.toml_files import find_config_file
from edge.i18n import Language, language, translate, translate_code
from edge.ledger.rebuild_from_spool import lesson_folders
from edge.service import exit_codes
from edge.terminal.finding_text import clock, track_name
from edge.terminal.receipt_table import size
from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.journal_file import JournalBusy
from pipelines.journal.replay import JournalState
from pipelines.recording.resume_state import KeptTrack
from pipelines.recovery.recover_lesson import RecoveredLesson, contains_lesson, recover_lesson
from pipelines.recovery.rewrite_playlists import end_interrupted_lesson, rewrite_playlists

HELP = translate("upkeep.recover-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("lesson", metavar="LESSON", nargs="?", help=translate("receipt.verify-lesson", reader))
    which.add_argument("--all", action="store_true", help=translate("upkeep.recover-all", reader))
    parser.add_argument("--json", action="store_true", help=translate("upkeep.recover-json", reader))
    parser.epilog = translate("upkeep.recover-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good; bad where something was dropped or could not be mended; wrong use."""
    file = find_config_file(args.config)
    config = load(file, kinds=frozenset()) if args.all or file.exists() else None
    reader = language(config.room.language if config else None)
    try:
        folders = lesson_folders(config.paths.spool) if args.all and config else [lesson_folder(args.lesson, file)]
    except NoSuchLesson as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    segment_s = config.recording.segment_s if config else RecordingConfig().segment_s
    done: list[Mended] = []
    code = exit_codes.GOOD
    for folder in folders:
        try:
            mended = _mend(folder, segment_s)
        except JournalBusy:
            print(translate("upkeep.recorded-now-no-recover", reader, lesson=folder.name), file=sys.stderr)
            code = code if args.all else exit_codes.WRONG
            continue
        except NoSuchLesson:
            print(translate("upkeep.not-a-lesson", reader, folder=folder), file=sys.stderr)
            code = code or exit_codes.WRONG
            continue
        except OSError as error:
            print(translate("upkeep.cannot-mend", reader, folder=folder, reason=error), file=sys.stderr)
            code = exit_codes.BAD
            continue
        done.append(mended)
        if mended.recovered.losses:
            code = exit_codes.BAD
        if not args.json:
            _print(mended, reader)
    if args.json:
        print(json.dumps([mended.fields() for mended in done], ensure_ascii=False, indent=2))
    return code


@dataclass(frozen=True, slots=True)
class Mended:
    """A lesson that was gone through; ``was_cut_off``: it had no end and has one now."""

    recovered: RecoveredLesson
    was_cut_off: bool

    def fields(self) -> dict[str, object]:
        """As a program reads it."""
        return {
            "lesson": self.recovered.folder.name,
            "folder": str(self.recovered.folder),
            "was_cut_off": self.was_cut_off,
            "kept": [
                {"track": name, "length_s": kept.end_ns / 1e9, "files": len(kept.done), "bytes": _bytes(kept)}
                for name, kept in self.recovered.tracks.items()
            ],
            "losses": [{"path": loss.path, "what": loss.what, "count": loss.count} for loss in self.recovered.losses],
        }


def _mend(folder: Path, segment_s: int) -> Mended:
    """Recover, and write what a player needs. NoSuchLesson for a folder that holds none, OSError."""
    if not contains_lesson(folder):
        raise NoSuchLesson(folder)
    recovered = recover_lesson(folder, thorough=True)
    if recovered.replay.state is JournalState.ENDED:
        rewrite_playlists(recovered, segment_s)
        return Mended(recovered, was_cut_off=False)
    end_interrupted_lesson(recovered, max(recovered.end_ns, recovered.replay.lesson_ns), segment_s)
    return Mended(recovered, was_cut_off=True)


def _print(mended: Mended, reader: Language) -> None:
    recovered = mended.recovered
    print(translate("upkeep.mended", reader, lesson=recovered.folder.name))
    for name, kept in recovered.tracks.items():
        told = translate(
            "upkeep.kept",
            reader,
            track=track_name(name, reader),
            length=clock(kept.end_ns),
            files=len(kept.done),
            size=size(_bytes(kept), reader),
        )
        print(f"  {told}")
    if mended.was_cut_off:
        print(f"  {translate('upkeep.was-cut-off', reader)}")
    for loss in recovered.losses:
        what = translate_code("upkeep.loss", reader, loss.what)
        unit = translate("upkeep.lines" if loss.path == JOURNAL_JSONL else "upkeep.bytes", reader, count=loss.count)
        print(f"  {translate('upkeep.lost', reader, path=loss.path, what=what, count=unit)}")
    if not recovered.losses:
        print(f"  {translate('upkeep.nothing-lost', reader)}")


def _bytes(kept: KeptTrack) -> int:
    return sum(segment.length for segment in kept.done)
