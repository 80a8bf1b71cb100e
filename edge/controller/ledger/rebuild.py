"""What the spool says about its lessons, for a ledger that has forgotten them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from edge.controller.ledger.lessons import Lesson, LessonState, epoch_of
from pipelines.receipt import receipt
from pipelines.receipt.receipt import Recording
from pipelines.recording import journal
from pipelines.recording.entries import Anchor, AnyEntry, Begin, End, Goes


def lesson_folders(spool: Path) -> list[Path]:
    """The folders in the spool that bear a lesson's id, by name; an absent spool has none."""
    try:
        return sorted(entry for entry in spool.iterdir() if entry.is_dir() and epoch_of(entry.name))
    except FileNotFoundError:
        return []


def lesson_from(folder: Path) -> Lesson:
    """A lesson as its own journal and receipt tell it; one whose journal tells no end counts as running."""
    entries = journal.read(folder).entries
    begin, end = _begin_and_end(entries)
    verdict = _verdict(folder) if end else None
    state = LessonState.RUNNING if end is None else LessonState.CHECKED if verdict else LessonState.ENDED
    return Lesson(
        folder.name,
        state,
        began_wall_ns=_wall_ns(entries, begin.boot_id, begin.at_ns) if begin else None,
        ended_wall_ns=_wall_ns(entries, _last_boot(entries), end.at_ns) if end else None,
        lesson_time_ns=end.lesson_ns if end else None,
        cause=end.cause if end else None,
        recording=verdict,
    )


def _begin_and_end(entries: Iterable[AnyEntry]) -> tuple[Begin | None, End | None]:
    begin: Begin | None = None
    end: End | None = None
    for entry in entries:
        match entry:
            case Begin():
                begin = entry
            case Goes():
                end = None
            case End():
                end = entry
            case _:
                pass
    return begin, end


def _verdict(folder: Path) -> Recording | None:
    try:
        found = receipt.read(folder)
    except ValueError:
        return None
    return found.recording if found else None


def _last_boot(entries: Iterable[AnyEntry]) -> str | None:
    boot = None
    for entry in entries:
        if isinstance(entry, Begin | Goes):
            boot = entry.boot_id
    return boot


def _wall_ns(entries: Iterable[AnyEntry], boot_id: str | None, at_ns: int) -> int | None:
    """Unix time of a moment on one boot's monotonic clock, by an anchor of that boot that was synchronised."""
    boot, wall_ns = None, None
    for entry in entries:
        if isinstance(entry, Begin | Goes):
            boot = entry.boot_id
        elif isinstance(entry, Anchor) and entry.synchronised and boot == boot_id:
            wall_ns = entry.wall_ns + at_ns - entry.at_ns
    return wall_ns
