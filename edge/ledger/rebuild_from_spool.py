"""Rebuilding of the ledger's lessons from the journals and receipts in the spool."""

from __future__ import annotations

from pathlib import Path

from edge.classroom.lesson_ids import parse_lesson_id
from edge.ledger.lessons import LessonRecord, LessonState
from pipelines.journal.journal_index import JournalIndex
from pipelines.journal.lesson_clock import JournalState, LessonClock
from pipelines.receipt import receipt
from pipelines.receipt.receipt import RecordingVerdict
from pipelines.system_clocks import ClockSnapshot


def lesson_folders(spool: Path) -> list[Path]:
    """List the folders of the spool whose name is a lesson's id, sorted; an absent spool has none.

    Raises:
        OSError: the spool cannot be read.
    """
    try:
        return sorted(entry for entry in spool.iterdir() if entry.is_dir() and parse_lesson_id(entry.name))
    except FileNotFoundError:
        return []


def record_from_folder(folder: Path, now: ClockSnapshot | None = None) -> LessonRecord:
    """Build the record of a lesson from its journal and receipt.

    Where the journal knows no wall time, ``now`` gives it, if it is of the same boot and synchronised.

    Raises:
        OSError: the journal or the receipt cannot be read.
    """
    replayed = JournalIndex(folder).replay
    begin, end = replayed.begin, replayed.end
    wall_ns = _wall_ns(replayed.clock, begin.boot_id, begin.at_ns, now) if begin else None
    if replayed.last_change.state is not JournalState.ENDED:
        return LessonRecord(folder.name, LessonState.RUNNING, wall_ns)
    verdict = _verdict(folder)
    return LessonRecord(
        folder.name,
        LessonState.CHECKED if verdict else LessonState.ENDED,
        began_wall_ns=wall_ns,
        ended_wall_ns=_wall_ns(replayed.clock, replayed.last_change.boot_id, end.at_ns, now) if end else None,
        lesson_time_ns=end.lesson_ns if end else None,
        cause=end.cause if end else None,
        recording=verdict,
    )


def _verdict(folder: Path) -> RecordingVerdict | None:
    try:
        found = receipt.read_receipt(folder)
    except ValueError:
        return None
    return found.recording if found else None


def _wall_ns(clock: LessonClock, boot_id: str, at_ns: int, now: ClockSnapshot | None) -> int | None:
    """Unix time of a moment on one boot's monotonic clock, by the lesson's clock or else by ``now``."""
    wall_ns = clock.wall_ns(boot_id, at_ns)
    if wall_ns is None and now is not None and now.is_synchronised and now.boot_id == boot_id:
        return now.wall_ns + at_ns - now.at_ns
    return wall_ns
