"""classroom-edge lessons: which lessons does this box know of?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from edge.config.load import load
from edge.config.toml_files import find_config_file
from edge.i18n import Language, language, translate, translate_code
from edge.ledger import removed_lessons
from edge.ledger.lessons import LessonRecord, LessonState
from edge.ledger.read_only import NoLedger, read_lessons
from edge.ledger.rebuild_from_spool import lesson_folders, lesson_from
from edge.ledger.removed_lessons import RemovedLesson
from edge.link.control_client import recorder_state
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.finding_text import clock
from pipelines.receipt.receipt import StoredVerdict

HELP = translate("upkeep.lessons-help", language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    reader = language()
    parser.add_argument("--json", action="store_true", help=translate("upkeep.lessons-json", reader))
    parser.epilog = translate("upkeep.lessons-examples", reader)


def run(args: argparse.Namespace) -> int:
    """Good, however the lessons are."""
    config = load(find_config_file(args.config), kinds=frozenset())
    reader = language(config.room.language)
    spool = config.paths.spool
    try:
        entered = read_lessons(config.paths.ledger)
    except NoLedger as reason:
        entered = []
        print(translate("upkeep.no-ledger", reader, reason=reason), file=sys.stderr)
    state = recorder_state(config.paths.run)
    now = state.lesson if state is not None else None
    here = _Here(spool, now, removed_lessons.read(spool), bool(config.store.url))
    known = sorted(_with_the_spools(entered, here), key=lambda lesson: lesson.id)
    if args.json:
        print(json.dumps([_fields(lesson, here) for lesson in known], indent=2))
    elif known:
        OutputConsole().print(_table(known, here, reader))
    else:
        print(translate("upkeep.no-lessons", reader, spool=spool))
    return exit_codes.GOOD


@dataclass(frozen=True, slots=True)
class _Here:
    """What this box says besides: the lesson that runs, those it has removed, whether there is a store at all."""

    spool: Path
    now: str | None
    removed: Mapping[str, RemovedLesson]
    has_store: bool

    def stored(self, lesson: LessonRecord) -> str | None:
        """The ledger's word; None where nothing is ever copied."""
        return lesson.stored if self.has_store or lesson.stored is StoredVerdict.YES else None


def _with_the_spools(entered: list[LessonRecord], here: _Here) -> list[LessonRecord]:
    """The ledger's lessons and those that only the spool knows; of one that runs the spool knows more."""
    folders = lesson_folders(here.spool)
    settled = {lesson.id: lesson for lesson in entered if lesson.state is not LessonState.RUNNING}
    running = {lesson.id: lesson for lesson in entered if lesson.state is LessonState.RUNNING}
    found = {folder.name: lesson_from(folder) for folder in folders if folder.name not in settled}
    gone = {name: one.as_lesson() for name, one in here.removed.items()}
    return [*{**gone, **running, **found, **settled}.values()]


def _fields(lesson: LessonRecord, here: _Here) -> dict[str, object]:
    folder = here.spool / lesson.id
    is_here = folder.is_dir()
    return {
        "id": lesson.id,
        "began": _iso(lesson.began_wall_ns),
        "ended": _iso(lesson.ended_wall_ns),
        "length_s": None if lesson.lesson_time_ns is None else lesson.lesson_time_ns / 1e9,
        "cause": lesson.cause,
        "recorded_now": lesson.id == here.now,
        "recording": lesson.recording,
        "stored": here.stored(lesson),
        "folder": str(folder) if is_here else None,
        "removed": lesson.id in here.removed and not is_here,
    }


def _table(known: list[LessonRecord], here: _Here, reader: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("id", "began", "length", "end", "recording", "stored"):
        table.add_column(translate(f"upkeep.column-{column}", reader), no_wrap=column == "id")
    for lesson in known:
        length = "–" if lesson.lesson_time_ns is None else clock(lesson.lesson_time_ns)
        stored = translate(f"upkeep.stored-{here.stored(lesson) or 'nowhere'}", reader)
        if not (here.spool / lesson.id).is_dir():
            why = "removed" if lesson.id in here.removed else "not-here"
            stored = translate(f"upkeep.{why}", reader, stored=stored)
        table.add_row(
            lesson.id,
            _local(lesson.began_wall_ns) or translate("upkeep.time-unknown", reader),
            length,
            _end(lesson, here.now, reader),
            _verdict(lesson, reader),
            stored,
        )
    return table


def _end(lesson: LessonRecord, now: str | None, reader: Language) -> Text:
    if lesson.id == now:
        return Text(translate("upkeep.recorded-now", reader), "bold")
    if lesson.cause is None:
        return Text(translate("upkeep.no-end", reader), "yellow")
    return Text(translate_code("receipt.cause", reader, lesson.cause))


def _verdict(lesson: LessonRecord, reader: Language) -> Text:
    if lesson.recording is None:
        return Text(translate("upkeep.not-checked", reader), "dim")
    return Text(
        translate(f"upkeep.recording-{lesson.recording}", reader), "green" if lesson.recording == "good" else "red"
    )


def _iso(wall_ns: int | None) -> str | None:
    return None if wall_ns is None else datetime.fromtimestamp(wall_ns / 1e9, UTC).isoformat(timespec="seconds")


def _local(wall_ns: int | None) -> str | None:
    """In the box's own time zone, as people there read their clocks."""
    if wall_ns is None:
        return None
    return datetime.fromtimestamp(wall_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
