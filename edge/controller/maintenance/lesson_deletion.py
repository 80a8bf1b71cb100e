"""Crash-safe deletion of a lesson from this box: of a stored one to make room, of any one that somebody wants gone."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable
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

# The dot in front of the renamed folder hides it from listings of lessons.
_SUFFIX = ".renamed"
_ERASED = ".erased"


def verify_stored(spool: Path, ledger: Ledger, lesson: str) -> bool:
    """Verify that every file of a lesson is stored as it is here.

    A file whose name no store accepts is never stored.

    Raises:
        OSError, LedgerError: folder or ledger cannot be read.
    """
    unnameable: set[str] = set()
    plan = UploadPlan(scan_lesson_folder(spool / lesson, unnameable), ledger.outbox.items(lesson))
    return plan.is_complete() and not unnameable


def delete_lesson(spool: Path, tables: Path, ledger: Ledger, lesson: str) -> bool:
    """Delete a lesson of which every file is stored as it is here; else, or while its journal is locked, return False.

    The folder is renamed first, which needs no disk space, so that a half-deleted lesson is never seen. Its table of
    answers with names in ``tables`` is deleted too.

    Raises:
        OSError, LedgerError: folder or ledger cannot be read or changed; a link, or folders that are another's, are
            not begun with.
    """
    renamed = _rename_unused(spool, lesson, _SUFFIX, lambda: verify_stored(spool, ledger, lesson))
    if renamed is None:
        return False
    _delete(renamed, tables, lesson, ledger)
    return True


def erase_lesson(spool: Path, tables: Path, ledger: Ledger, lesson: str) -> bool:
    """Delete a lesson, its table of answers and what the ledger has of it; while its journal is locked return False.

    Nothing remembers it afterwards. A crash leaves no half of it: the next start goes on.

    Raises:
        OSError, LedgerError: as ``delete_lesson``.
    """
    renamed = _rename_unused(spool, lesson, _ERASED, lambda: True)
    if renamed is None:
        return False
    _erase(renamed, tables, lesson, ledger)
    return True


def _rename_unused(spool: Path, lesson: str, suffix: str, may_go: Callable[[], bool]) -> Path | None:
    """Rename a lesson's folder; None while its journal is locked, or where it may not go after all.

    Recovery locks the journal: while ``may_go`` is asked the lesson stays as it is.
    """
    folder = spool / lesson
    _require_deletable(folder)
    try:
        journal = JournalFile(folder)
    except JournalBusy:
        return None
    try:
        if not may_go():
            return None
        renamed = folder.rename(spool / f".{lesson}{suffix}")
    finally:
        journal.close()
    sync_folder(spool)
    return renamed


def finish_interrupted(spool: Path, tables: Path, ledger: Ledger) -> dict[str, str]:
    """Finish deletions that were interrupted; the lessons that resist, each with the reason.

    Raises:
        OSError, LedgerError: spool or ledger cannot be read or changed.
    """
    resisting = {}
    for renamed in sorted(spool.glob(f".*{_SUFFIX}")):
        lesson = renamed.name.removeprefix(".").removesuffix(_SUFFIX)
        try:
            _require_deletable(renamed)
            _delete(renamed, tables, lesson, ledger)
        except OSError as error:
            resisting[lesson] = str(error)
    for renamed in sorted(spool.glob(f".*{_ERASED}")):
        lesson = renamed.name.removeprefix(".").removesuffix(_ERASED)
        try:
            _require_deletable(renamed)
            _erase(renamed, tables, lesson, ledger)
        except OSError as error:
            resisting[lesson] = str(error)
    return resisting


def _require_deletable(folder: Path) -> None:
    if folder.is_symlink():
        raise OSError(errno.ELOOP, "it is a symbolic link", str(folder))
    for parent, _, _ in os.walk(folder):
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), parent)


def _delete(renamed: Path, tables: Path, lesson: str, ledger: Ledger) -> None:
    """Media first, which makes room for the record on a full disk; lesson.json last, since the record is made of it."""
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


def _erase(renamed: Path, tables: Path, lesson: str, ledger: Ledger) -> None:
    """The folder last: while it is there, what a crash has left of the rest is deleted again."""
    students_csv.named_table_path(tables, lesson).unlink(missing_ok=True)
    ledger.lessons.delete(lesson)
    ledger.outbox.delete_lesson(lesson)
    ledger.polls.delete_lesson(lesson)
    shutil.rmtree(renamed)
    sync_folder(renamed.parent)
    log.info("%s: erased", lesson)


def _removed_lesson(path: Path, lesson: str) -> RemovedLesson:
    try:
        return RemovedLesson.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return RemovedLesson(lesson=lesson)
