"""classroom-edge lessons: list the lessons that this box knows of."""

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
from edge.i18n import Language, reader_language, translate, translate_code
from edge.ledger import removed_lessons
from edge.ledger.lessons import LessonRecord, LessonState
from edge.ledger.read_only import NoLedger, read_lessons
from edge.ledger.rebuild_from_spool import lesson_folders, record_from_folder
from edge.ledger.removed_lessons import RemovedLesson
from edge.link.control_client import recorder_state
from edge.service import exit_codes
from edge.terminal.console import OutputConsole
from edge.terminal.value_text import lesson_time_text
from pipelines.files.lesson_layout import LESSON_JSON
from pipelines.journal.entries import LessonSubject
from pipelines.journal.journal_file import first_of_kind
from pipelines.receipt.receipt import StoredVerdict

HELP = translate("maintenance.lessons-help", reader_language())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments and examples."""
    language = reader_language()
    parser.add_argument("--json", action="store_true", help=translate("maintenance.lessons-json", language))
    parser.epilog = translate("maintenance.lessons-examples", language)


def run(args: argparse.Namespace) -> int:
    """Good, however the lessons are."""
    config = load(find_config_file(args.config), kinds=frozenset())
    language = reader_language(config.room.language)
    spool = config.paths.spool
    try:
        recorded = read_lessons(config.paths.ledger)
    except NoLedger as reason:
        recorded = []
        print(translate("maintenance.no-ledger", language, reason=reason), file=sys.stderr)
    state = recorder_state(config.paths.run)
    now = state.lesson if state is not None else None
    context = _Context(spool, now, removed_lessons.read(spool), bool(config.store.url))
    known = sorted(_with_spool(recorded, context), key=lambda lesson: lesson.id)
    if args.json:
        print(json.dumps([_fields(lesson, context) for lesson in known], indent=2))
    elif known:
        OutputConsole().print(_table(known, context, language))
    else:
        print(translate("maintenance.no-lessons", language, spool=spool))
    return exit_codes.GOOD


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known besides the ledger: the lesson that runs, those that were removed, whether there is a store."""

    spool: Path
    now: str | None
    removed: Mapping[str, RemovedLesson]
    has_store: bool

    def stored(self, lesson: LessonRecord) -> str | None:
        """Whether it is stored, as the ledger has it; None where nothing is ever copied."""
        return lesson.stored if self.has_store or lesson.stored is StoredVerdict.YES else None


def _with_spool(recorded: list[LessonRecord], context: _Context) -> list[LessonRecord]:
    """The lessons of the ledger and those that only the spool has; of one that runs the spool knows more."""
    folders = lesson_folders(context.spool)
    settled = {lesson.id: lesson for lesson in recorded if lesson.state is not LessonState.RUNNING}
    running = {lesson.id: lesson for lesson in recorded if lesson.state is LessonState.RUNNING}
    found = {folder.name: record_from_folder(folder) for folder in folders if folder.name not in settled}
    gone = {name: one.as_record() for name, one in context.removed.items()}
    return [*{**gone, **running, **found, **settled}.values()]


def _fields(lesson: LessonRecord, context: _Context) -> dict[str, object]:
    folder = context.spool / lesson.id
    is_here = folder.is_dir()
    return {
        "id": lesson.id,
        "began": _iso(lesson.began_wall_ns),
        "ended": _iso(lesson.ended_wall_ns),
        "length_s": None if lesson.lesson_time_ns is None else lesson.lesson_time_ns / 1e9,
        "title": _title(folder),
        "cause": lesson.cause,
        "recorded_now": lesson.id == context.now,
        "recording": lesson.recording,
        "stored": context.stored(lesson),
        "folder": str(folder) if is_here else None,
        "removed": lesson.id in context.removed and not is_here,
    }


def _table(known: list[LessonRecord], context: _Context, language: Language) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    titles = {lesson.id: _title(context.spool / lesson.id) for lesson in known}
    columns = ["id", *(["title"] if any(titles.values()) else []), "began", "length", "end", "recording", "stored"]
    for column in columns:
        table.add_column(translate(f"maintenance.column-{column}", language), no_wrap=column == "id")
    for lesson in known:
        length = "–" if lesson.lesson_time_ns is None else lesson_time_text(lesson.lesson_time_ns)
        stored = translate(f"maintenance.stored-{context.stored(lesson) or 'nowhere'}", language)
        if not (context.spool / lesson.id).is_dir():
            why = "removed" if lesson.id in context.removed else "not-here"
            stored = translate(f"maintenance.{why}", language, stored=stored)
        table.add_row(
            lesson.id,
            *([titles[lesson.id]] if "title" in columns else []),
            _local(lesson.began_wall_ns) or translate("maintenance.time-unknown", language),
            length,
            _end(lesson, context.now, language),
            _verdict(lesson, language),
            stored,
        )
    return table


def _title(folder: Path) -> str:
    """Class, subject and teacher, by the timetable; empty where it knew none, or the lesson is not here any more."""
    try:
        if (folder / LESSON_JSON).exists():
            return str(json.loads((folder / LESSON_JSON).read_bytes())["title"])
        subject = first_of_kind(folder, LessonSubject)
    except (OSError, ValueError, LookupError, TypeError):
        return ""
    return subject.title if subject is not None else ""


def _end(lesson: LessonRecord, now: str | None, language: Language) -> Text:
    if lesson.id == now:
        return Text(translate("maintenance.recorded-now", language), "bold")
    if lesson.cause is None:
        return Text(translate("maintenance.no-end", language), "yellow")
    return Text(translate_code("receipt.cause", language, lesson.cause))


def _verdict(lesson: LessonRecord, language: Language) -> Text:
    if lesson.recording is None:
        return Text(translate("maintenance.not-checked", language), "dim")
    return Text(
        translate(f"maintenance.recording-{lesson.recording}", language),
        "green" if lesson.recording == "good" else "red",
    )


def _iso(wall_ns: int | None) -> str | None:
    return None if wall_ns is None else datetime.fromtimestamp(wall_ns / 1e9, UTC).isoformat(timespec="seconds")


def _local(wall_ns: int | None) -> str | None:
    """Local time of the box's time zone."""
    if wall_ns is None:
        return None
    return datetime.fromtimestamp(wall_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
