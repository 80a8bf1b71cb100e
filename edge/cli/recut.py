"""classroom-edge recut: cut a lesson's programme again, here or in the store."""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from edge.cli.lesson_folder import NoSuchLesson, lesson_folder
from edge.cli.marked_excerpts import marked_excerpts
from edge.cli.stored_lesson import PLAYLISTS, StoredLesson, StoreNotUsable, copy_of
from edge.config.director_rules import director_rules
from edge.config.load import load
from edge.config.model import Config, RecordingConfig
from edge.config.toml_files import find_config_file
from edge.i18n import Language, reader_language, translate
from edge.service import exit_codes
from edge.terminal.value_text import lesson_time_text, track_name
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.read_rules import UnusableRules, rules_from_toml
from pipelines.directing.replay import recut
from pipelines.files.durable import give_to_owner
from pipelines.journal.entries import Cut, Looks
from pipelines.journal.journal_file import JournalBusy, iterate_kinds
from pipelines.journal.lesson_clock import read_lesson_clock
from pipelines.journal.replay import has_ended
from pipelines.programme import best_of
from pipelines.programme.playlist_parser import InvalidPlaylist
from pipelines.programme.programme_cuts import read_programme_cuts
from pipelines.recovery.recut_lesson import NotEnded, recut_lesson

HELP = translate("recut.help", reader_language())


class _Refused(Exception):
    """The lesson cannot be cut so; the message is translated."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("lesson", metavar="LESSON", help=translate("receipt.verify-lesson", language))
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--rules", metavar="FILE.toml", type=Path, help=translate("recut.rules", language))
    how.add_argument("--best-of", metavar="LABEL", nargs="?", const="", help=translate("recut.best-of", language))
    how.add_argument("--as-recorded", action="store_true", help=translate("recut.as-recorded", language))
    parser.add_argument("--without-persons", action="store_true", help=translate("recut.without-persons", language))
    parser.epilog = translate("recut.examples", language)


def run(args: argparse.Namespace) -> int:
    """Good; bad where the lesson, the disk or the store do not allow it; wrong use."""
    file = find_config_file(args.config)
    config = load(file, kinds=frozenset()) if file.exists() else None
    language = reader_language(config.room.language if config else None)
    try:
        rules = _read_rules(args.rules, config, language)
        with tempfile.TemporaryDirectory() as place:
            folder, copy = _find(args, config, Path(place))
            if args.best_of is None:
                _recut(folder, args, rules, config, language)
            else:
                _best_of(folder, args.best_of, language)
            if copy is not None:
                copy.put(folder, PLAYLISTS if args.best_of is None else best_of.FILES)
                print(translate("recut.stored", language, place=copy.place))
    except NoSuchLesson as missing:
        print(missing, file=sys.stderr)
        return exit_codes.WRONG
    except StoreNotUsable as fault:
        print(translate("recut.store-not-reached", language, reason=fault), file=sys.stderr)
        return exit_codes.BAD
    except _Refused as reason:
        print(reason, file=sys.stderr)
        return exit_codes.WRONG
    except OSError as error:
        print(translate("receipt.unreadable", language, reason=error), file=sys.stderr)
        return exit_codes.BAD
    return exit_codes.GOOD


def _find(args: argparse.Namespace, config: Config | None, place: Path) -> tuple[Path, StoredLesson | None]:
    """The lesson's folder and its copy in the store; of one that is no longer here, what is needed is fetched."""
    try:
        folder = lesson_folder(args.lesson, args.config)
    except NoSuchLesson:
        copy = copy_of(args.lesson, None, config) if config else None
        if copy is None:
            raise
        return copy.fetch(place), copy
    return folder, copy_of(folder.resolve().name, folder, config) if config else None


def _recut(
    folder: Path, args: argparse.Namespace, rules: DirectorRules, config: Config | None, language: Language
) -> None:
    cuts: Sequence[Cut] | None = None
    if not args.as_recorded:
        told = iterate_kinds(folder, Looks)
        cuts = recut(told, rules, keeps_persons=not args.without_persons)
        if not cuts:
            raise _Refused(translate("recut.told-nothing", language, lesson=folder.name))
    try:
        recut_lesson(folder, cuts, config.recording.segment_s if config else RecordingConfig().segment_s)
    except (NotEnded, JournalBusy) as error:
        raise _Refused(translate("recut.not-ended", language, lesson=folder.name)) from error
    give_to_owner(folder)
    _report(folder, language)


def _best_of(folder: Path, label: str, language: Language) -> None:
    excerpts = list(marked_excerpts(folder, label))
    if not excerpts:
        raise _Refused(translate("receipt.join-no-marks", language))
    if not has_ended(folder):
        raise _Refused(translate("recut.not-ended", language, lesson=folder.name))
    try:
        best_of.write_best_of(folder, excerpts)
    except InvalidPlaylist as error:
        raise _Refused(translate("receipt.unreadable", language, reason=error)) from error
    give_to_owner(folder)
    length_ns = sum(one.to_s - one.from_s for one in excerpts) * 1_000_000_000
    print(
        translate("recut.best-of-done", language, file=folder / best_of.FILES[-1], length=lesson_time_text(length_ns))
    )
    for one in excerpts:
        print(f"  {lesson_time_text(one.from_s * 1_000_000_000)}  {one.title}")


def _read_rules(file: Path | None, config: Config | None, language: Language) -> DirectorRules:
    """The rules of a file; without one those of the config, as the lesson was directed."""
    if file is None:
        return director_rules(config.director) if config else DirectorRules()
    try:
        return rules_from_toml(tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, UnusableRules) as error:
        raise _Refused(translate("recut.unusable-rules", language, file=file, reason=error)) from error


def _report(folder: Path, language: Language) -> None:
    """Say how many cuts there are, and how long each camera is on air."""
    length_ns = read_lesson_clock(folder).length_ns
    cuts = read_programme_cuts(folder)
    on_air: Counter[str] = Counter()
    for cut, until_ns in zip(cuts, [*(cut.lesson_ns for cut in cuts[1:]), length_ns], strict=False):
        on_air[cut.role] += max(0, until_ns - cut.lesson_ns)
    changes = sum(before.role != after.role for before, after in pairwise(cuts))
    print(translate("recut.done", language, lesson=folder.name, cuts=changes))
    for role, shown_ns in on_air.most_common():
        print(f"  {track_name(role, language)}: {lesson_time_text(shown_ns)}")
