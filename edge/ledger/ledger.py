"""Opening of the ledger, with its tables; a damaged file is set aside and rebuilt from the spool."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from edge.classroom.lesson_ids import parse_lesson_id
from edge.ledger import removed_lessons
from edge.ledger.database import Database, LedgerDamaged, LedgerError, LedgerNewer
from edge.ledger.lessons import LessonRecord, LessonState, LessonTable
from edge.ledger.polls import PollTables
from edge.ledger.rebuild_from_spool import lesson_folders, record_from_folder
from edge.ledger.salvage import salvage_rows
from edge.ledger.schema import NewerSchema, migrate
from edge.ledger.upload_outbox import UploadOutbox
from edge.ledger.xapi_outbox import XapiOutbox
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.journal.empty_lesson_check import is_blank

log = logging.getLogger(__name__)

DAMAGED = ".damaged-"
"""Before the number at the end of the name of a file that was set aside."""

_SIBLINGS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged ledger that was set aside: its new path, and the reason."""

    path: Path
    reason: str


class Ledger:
    """The ledger's tables over one database; thread-safe.

    It is not open at first, and not after it was found to be damaged or displaced: ``open`` it then, and everybody who
    has it goes on with it. ``set_aside`` is the ledger that this one replaced, None where nothing was wrong.
    """

    def __init__(self, database: Database, set_aside: SetAside | None = None) -> None:
        self._database = database
        self.lessons = LessonTable(database)
        self.outbox = UploadOutbox(database)
        self.polls = PollTables(database)
        self.statements = XapiOutbox(database)
        self.set_aside = set_aside

    @property
    def is_open(self) -> bool:
        """Whether the ledger can be used, as far as is known."""
        return self._database.is_open

    def check_place(self) -> None:
        """Find out whether the file is still the one at its path; where it is not, ``is_open`` becomes false."""
        self._database.check_place()

    def open(self, spool: Path) -> None:
        """Open the file as ``open_ledger`` does; nobody sees it before that has succeeded.

        Raises:
            LedgerUnusable, LedgerFull, OSError: it cannot be opened now.
            LedgerNewer: this program cannot use it.
        """
        try:
            opened = open_ledger(self._database.path, spool)
        except LedgerError as refusal:
            self._database.refusal = refusal
            raise
        self._database.replace(opened._database)
        self.set_aside = opened.set_aside

    def rebuild(self, spool: Path) -> list[LessonRecord]:
        """Insert and return the lessons of the spool that are not known, those removed after they were stored included.

        What of their files is in the store is left open. The spool itself is only read; a lesson that cannot be read
        is left out, and so is one in which nothing was recorded.

        Raises:
            OSError, LedgerError: the spool or the ledger cannot be read or written.
        """
        known = {lesson.id for lesson in self.lessons.all()}
        folders = lesson_folders(spool)
        here = {folder.name for folder in folders}
        gone = [one for name, one in removed_lessons.read(spool).items() if name not in known | here]
        found = [one.as_record() for one in gone]
        self.lessons.insert(found)
        for folder in folders:
            if folder.name not in known:
                try:
                    if is_blank(folder):
                        continue
                    lesson, files = record_from_folder(folder), scan_lesson_folder(folder)
                except OSError as error:
                    log.error("%s cannot be read, and stays out of the ledger: %s", folder, error)
                    continue
                self.outbox.mark_unsure(folder.name, files)
                self.lessons.insert([lesson])
                found.append(lesson)
        return found

    def prune_missing(self, spool: Path) -> None:
        """Delete lessons in which nothing was recorded, and the outbox of those that are stored and not in the spool.

        A spool without a single lesson, on a disk other than the ledger's, may be one that is not there today: then
        nothing is deleted.

        Raises:
            OSError, LedgerError: the spool or the ledger cannot be read or written.
        """
        here = {folder.name for folder in lesson_folders(spool)}
        if not here and not _on_one_disk(spool, self._database.path):
            return
        for lesson in self.lessons.in_state(LessonState.RUNNING):
            if lesson.id not in here or is_blank(spool / lesson.id):
                self.lessons.delete(lesson.id)
        for lesson in self.lessons.in_state(LessonState.STORED):
            if lesson.id not in here:
                self.outbox.delete_lesson(lesson.id)

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._database.close()


def open_ledger(path: Path, spool: Path) -> Ledger:
    """Open the ledger, or make one. A damaged one is renamed to ``<name>.damaged-N`` and replaced.

    A new ledger has a new epoch, and the polls, scores and statements that can be read from the damaged one. Lessons of
    the spool that the ledger does not know are inserted.

    Raises:
        LedgerUnusable, LedgerFull, OSError: it cannot be opened now.
        LedgerNewer: this program cannot use it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    set_aside = None
    try:
        database = _open_or_clean_up(path, spool)
    except LedgerDamaged as damage:
        set_aside = _set_aside(path, str(damage))
        log.warning("The ledger was damaged and lies in %s now: %s", set_aside.path, set_aside.reason)
        database = _open_or_clean_up(path, spool)
    ledger = Ledger(database, set_aside)
    try:
        if set_aside is not None:
            salvage_rows(set_aside.path, database)
        if found := ledger.rebuild(spool):
            log.warning("%d lessons of the spool were not in the ledger and are now", len(found))
        ledger.prune_missing(spool)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _open_or_clean_up(path: Path, spool: Path) -> Database:
    """Open the file; one that could not be made leaves nothing behind."""
    is_new = not path.exists()
    try:
        return open_database(path, spool)
    except BaseException:
        for sibling in _SIBLINGS if is_new else ():
            path.with_name(path.name + sibling).unlink(missing_ok=True)
        raise


def open_database(path: Path, spool: Path) -> Database:
    """Open the file and migrate it to the newest version; a new one has an epoch that no lesson of ``spool`` has.

    A file that is a sound database is never called damaged: what was altered in it is made whole.

    Raises:
        OSError, LedgerError: it cannot be opened, is damaged, or is a newer version's.
    """
    database = Database(path)
    database.open()
    try:
        with database.connection() as connection:
            ids = [*(folder.name for folder in lesson_folders(spool)), *removed_lessons.read(spool)]
            migrate(connection, {parts.epoch for parts in map(parse_lesson_id, ids) if parts})
    except NewerSchema as newer:
        database.close()
        raise LedgerNewer(f"{path} was written by a newer version of this program: {newer}") from newer
    except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
        # The statements are ours and right, so it is the tables that make no sense.
        database.close()
        raise LedgerDamaged(f"{path}: {error}") from error
    except BaseException:
        database.close()
        raise
    return database


def _on_one_disk(one: Path, other: Path) -> bool:
    return one.exists() and one.stat().st_dev == other.stat().st_dev


def _set_aside(path: Path, reason: str) -> SetAside:
    for number in count(1):
        target = path.with_name(f"{path.name}{DAMAGED}{number}")
        if not target.exists():
            break
    for sibling in _SIBLINGS:
        source = path.with_name(path.name + sibling)
        if source.exists():
            source.rename(target.with_name(target.name + sibling))
    return SetAside(target, reason)
