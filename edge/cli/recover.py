"""classroom-edge recover: repair lessons that were cut off or damaged."""

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
from edge.i18n import Language, reader_language, translate, translate_code
from edge.ledger.rebuild_from_spool import lesson_folders
from edge.service import exit_codes
from edge.terminal.value_text import lesson_time_text, size_text, track_name
from pipelines.files.durable import give_to_owner
from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.journal_file import JournalBusy
from pipelines.recording.resume_state import KeptTrack
from pipelines.recovery.recover_lesson import RecoveredLesson, contains_lesson, recover_lesson
from pipelines.recovery.rewrite_playlists import end_interrupted_lesson, rewrite_playlists

HELP = translate("maintenance.recover-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("lesson", metavar="LESSON", nargs="?", help=translate("receipt.verify-lesson", language))
    which.add_argument("--all", action="store_true", help=translate("maintenance.recover-all", language))
    parser.add_argument("--json", action="store_true", help=translate("maintenance.recover-json", language))
    parser.epilog = translate("maintenance.recover-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good; bad where something was dropped or could not be repaired; wrong use."""
    file = find_config_file(args.config)
    config = load(file, kinds=frozenset()) if args.all or file.exists() else None
    language = reader_language(config.room.language if config else None)
    try:
        folders = lesson_folders(config.paths.spool) if args.all and config else [lesson_folder(args.lesson, file)]
    except NoSuchLesson as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    segment_s = config.recording.segment_s if config else RecordingConfig().segment_s
    done: list[RepairedLesson] = []
    code = exit_codes.GOOD
    for folder in folders:
        try:
            repaired = _repair(folder, segment_s)
        except JournalBusy:
            print(translate("maintenance.recorded-now-no-recover", language, lesson=folder.name), file=sys.stderr)
            code = code if args.all else exit_codes.WRONG
            continue
        except NoSuchLesson:
            print(translate("maintenance.not-a-lesson", language, folder=folder), file=sys.stderr)
            code = code or exit_codes.WRONG
            continue
        except OSError as error:
            print(translate("maintenance.cannot-mend", language, folder=folder, reason=error), file=sys.stderr)
            code = exit_codes.BAD
            continue
        done.append(repaired)
        if repaired.recovered.losses:
            code = exit_codes.BAD
        if not args.json:
            _print(repaired, language)
    if args.json:
        print(json.dumps([repaired.fields() for repaired in done], ensure_ascii=False, indent=2))
    return code


@dataclass(frozen=True, slots=True)
class RepairedLesson:
    """A lesson after its recovery; ``was_cut_off``: it had no end and has one now."""

    recovered: RecoveredLesson
    was_cut_off: bool

    def fields(self) -> dict[str, object]:
        """As a JSON object."""
        return {
            "lesson": self.recovered.folder.name,
            "folder": str(self.recovered.folder),
            "was_cut_off": self.was_cut_off,
            "kept": [
                {"track": name, "length_s": kept.end_ns / 1e9, "files": len(kept.segments), "bytes": _bytes(kept)}
                for name, kept in self.recovered.tracks.items()
            ],
            "losses": [{"path": loss.path, "what": loss.what, "count": loss.count} for loss in self.recovered.losses],
        }


def _repair(folder: Path, segment_s: int) -> RepairedLesson:
    """Recover a lesson, and write the playlists.

    Raises:
        NoSuchLesson: The folder holds no lesson.
        JournalBusy: The lesson is being recorded.
        OSError: The disk does not let it be read or written.
    """
    if not contains_lesson(folder):
        raise NoSuchLesson(folder)
    give_to_owner(folder)
    recovered = recover_lesson(folder, thorough=True)
    if recovered.replay.clock.has_ended:
        rewrite_playlists(recovered, segment_s)
        return RepairedLesson(recovered, was_cut_off=False)
    end_interrupted_lesson(recovered, max(recovered.end_ns, recovered.replay.last_change.lesson_ns), segment_s)
    return RepairedLesson(recovered, was_cut_off=True)


def _print(repaired: RepairedLesson, language: Language) -> None:
    recovered = repaired.recovered
    print(translate("maintenance.mended", language, lesson=recovered.folder.name))
    for name, kept in recovered.tracks.items():
        line = translate(
            "maintenance.kept",
            language,
            track=track_name(name, language),
            length=lesson_time_text(kept.end_ns),
            files=len(kept.segments),
            size=size_text(_bytes(kept), language),
        )
        print(f"  {line}")
    if repaired.was_cut_off:
        print(f"  {translate('maintenance.was-cut-off', language)}")
    for loss in recovered.losses:
        what = translate_code("maintenance.loss", language, loss.what)
        unit = "maintenance.lines" if loss.path == JOURNAL_JSONL else "maintenance.bytes"
        count = translate(unit, language, count=loss.count)
        print(f"  {translate('maintenance.lost', language, path=loss.path, what=what, count=count)}")
    if not recovered.losses:
        print(f"  {translate('maintenance.nothing-lost', language)}")


def _bytes(kept: KeptTrack) -> int:
    return sum(segment.length for segment in kept.segments)
