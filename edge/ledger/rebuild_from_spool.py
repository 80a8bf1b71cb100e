"""What the spool says about its lessons, for a ledger that has forgotten them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from edge.classroom.lesson_ids import parse_lesson_id
from edge.ledger.lessons import LessonRecord, LessonState
from pipelines.journal.entries import AnyEntry, Begin, ClockReading, End, Resumed
from pipelines.journal.journal_file import of_kind, read_journal
from pipelines.journal.replay import JournalState, replay
from pipelines.receipt import receipt
from pipelines.receipt.receipt import RecordingVerdict
from pipelines.system_clocks import Now


def lesson_folders(spool: Path) -> list[Path]:
    """The folders in the spool that bear a lesson's id, by name; an absent spool has none."""
    try:
        return sorted(entry for entry in spool.iterdir() if entry.is_dir() and parse_lesson_id(entry.name))
    except FileNotFoundError:
        return []


def lesson_from(folder: Path, now: Now | None = None) -> LessonRecord:
    """A lesson as its own journal and receipt tell it; where the journal does not know when it was, ``now`` does,
    if it is of the same boot and synchronised.
    """
    entries = read_journal(folder).entries
    story = replay(entries)
    wall_ns = _wall_ns(entries, story.begin.boot_id, story.begin.at_ns, now) if story.begin else None
    if story.standing is not JournalState.ENDED:
        return LessonRecord(folder.name, LessonState.RUNNING, wall_ns)
    end = next(iter(reversed(list(of_kind(entries, End)))), None)
    verdict = _verdict(folder)
    return LessonRecord(
        folder.name,
        LessonState.CHECKED if verdict else LessonState.ENDED,
        began_wall_ns=wall_ns,
        ended_wall_ns=_wall_ns(entries, story.boot_id, end.at_ns, now) if end else None,
        lesson_time_ns=end.lesson_ns if end else None,
        cause=end.cause if end else None,
        recording=verdict,
    )


def _verdict(folder: Path) -> RecordingVerdict | None:
    try:
        found = receipt.read(folder)
    except ValueError:
        return None
    return found.recording if found else None


def _wall_ns(entries: Iterable[AnyEntry], boot_id: str, at_ns: int, now: Now | None) -> int | None:
    """Unix time of a moment on one boot's monotonic clock, by an anchor of that boot that was synchronised."""
    boot, wall_ns = None, None
    for entry in entries:
        if isinstance(entry, Begin | Resumed):
            boot = entry.boot_id
        elif isinstance(entry, ClockReading) and entry.synchronised and boot == boot_id:
            wall_ns = entry.wall_ns + at_ns - entry.at_ns
    if wall_ns is None and now is not None and now.synchronised and now.boot_id == boot_id:
        return now.wall_ns + at_ns - now.at_ns
    return wall_ns
