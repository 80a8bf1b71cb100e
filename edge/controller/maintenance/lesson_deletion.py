"""Crash-safe deletion of a stored lesson from this box, after its copy was verified."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from pydantic import ValidationError

from edge.ledger import removed_lessons
from edge.ledger.ledger import Ledger
from edge.ledger.removed_lessons import RemovedLesson
from edge.school import students_csv
from pipelines.delivery.upload_plan import UploadPlan, scan_lesson_folder
from pipelines.files.durable import sync_folder
from pipelines.files.lesson_layout import LESSON_JSON
from pipelines.journal.journal_file import JournalBusy, JournalFile

log = logging.getLogger(__name__)

# A dot in front: nobody who looks for lessons sees it.
_SUFFIX = ".renamed"


def verify_stored(spool: Path, ledger: Ledger, lesson: str) -> tuple[bool, int]:
    """Whether every file of a lesson is stored as it is here, and how many bytes they have. OSError, LedgerError.

    A file whose name no store takes is nowhere else.
    """
    unnameable: set[str] = set()
    plan = UploadPlan(scan_lesson_folder(spool / lesson, unnameable), ledger.outbox.items(lesson))
    return plan.is_complete() and not unnameable, sum(state.size for state in plan.files.values())


def delete_lesson(spool: Path, tables: Path, ledger: Ledger, lesson: str) -> bool:
    """Remove a lesson of which every file is stored as it is here; else, or while somebody works on it, False.

    It is renamed first, which needs no room, so that nobody meets half a lesson. With it goes its table of answers
    with names, which lies in ``tables``. OSError, LedgerError.
    """
    folder = spool / lesson
    try:
        journal = JournalFile(folder)
    except JournalBusy:
        return False
    try:
        # Whoever mends a lesson holds its journal: from here on it stays as it is.
        if not verify_stored(spool, ledger, lesson)[0]:
            return False
        renamed = folder.rename(spool / f".{lesson}{_SUFFIX}")
    finally:
        journal.close()
    sync_folder(spool)
    _delete(renamed, tables, lesson, ledger)
    return True


def finish_interrupted(spool: Path, tables: Path, ledger: Ledger) -> None:
    """Go on with removals that were interrupted. OSError, LedgerError."""
    for renamed in sorted(spool.glob(f".*{_SUFFIX}")):
        _delete(renamed, tables, renamed.name.removeprefix(".").removesuffix(_SUFFIX), ledger)


def _delete(renamed: Path, tables: Path, lesson: str, ledger: Ledger) -> None:
    """Media first: on a full disk what is to be written down then finds room. lesson.json last: it says what."""
    for path in sorted(renamed.iterdir()):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LESSON_JSON:
            path.unlink()
    students_csv.named_table_path(tables, lesson).unlink(missing_ok=True)
    removed = _removed_lesson(renamed / LESSON_JSON, lesson)
    removed_lessons.append(renamed.parent, removed)
    ledger.lessons.insert([removed.as_record()])
    ledger.outbox.delete_lesson(lesson)
    ledger.polls.delete_lesson(lesson)
    shutil.rmtree(renamed)
    sync_folder(renamed.parent)
    log.info("%s: removed from this box; the store has it", lesson)


def _removed_lesson(path: Path, lesson: str) -> RemovedLesson:
    try:
        return RemovedLesson.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return RemovedLesson(lesson=lesson)
