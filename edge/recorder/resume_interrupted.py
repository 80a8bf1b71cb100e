"""Repair of the lessons that were interrupted, when the recorder starts, and the choice of the one to resume."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

from edge.classroom.lesson_ids import parse_lesson_id
from pipelines import system_clocks
from pipelines.files.durable import sync_folder
from pipelines.files.lesson_layout import JOURNAL_JSONL, RECEIPT_JSON
from pipelines.journal.empty_lesson_check import is_blank
from pipelines.journal.entries import Cause
from pipelines.journal.journal_file import JournalBusy, JournalFile
from pipelines.journal.replay import has_ended
from pipelines.recording.recording_settings import RecordingSettings
from pipelines.recording.resume_state import ResumePoint, ResumeState
from pipelines.recovery.recover_lesson import RecoveredLesson, recover_lesson
from pipelines.recovery.resume_policy import OutageUnknown, decide_resume
from pipelines.recovery.rewrite_playlists import (
    end_interrupted_lesson,
    is_closed,
    rewrite_playlists,
    sync_playlists,
)
from pipelines.system_clocks import ClockSnapshot

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndedLesson:
    """A lesson that was ended, or whose end was interrupted and is complete now."""

    lesson: str
    lesson_ns: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class InterruptedLessons:
    """The lesson to resume, if any; ``in_doubt``: there may be one, which is decided when the clock is known."""

    goes_on: tuple[str, ResumeState] | None = None
    in_doubt: bool = False
    ended: tuple[EndedLesson, ...] = ()


def unfinished(spool: Path) -> list[Path]:
    """Return the folders of lessons without an end; one that cannot be read is logged and left out."""
    found = []
    for folder in _lesson_folders(spool):
        try:
            if not has_ended(folder):
                found.append(folder)
        except OSError as error:
            log.error("%s cannot be read, and is left as it is: %s", folder, error)
    return found


def resume_interrupted(room: RecordingSettings, now: ClockSnapshot, *, may_go_on: bool = True) -> InterruptedLessons:
    """Repair every interrupted lesson, and find the one to resume.

    Only the one that was interrupted last can be resumed, and none unless ``may_go_on``; the others are ended, but one
    in doubt is not. A lesson in which nothing was recorded is removed. One that was interrupted after its end was
    written has its files closed. A lesson that the disk does not let us repair stays as it is.
    """
    room.spool.mkdir(parents=True, exist_ok=True)
    ended = _close_ended(room)
    decided = [(mended, decide_resume(mended.replay.clock, mended.end_ns, now)) for mended in _mended(room.spool)]
    resumed = [(mended, resume) for mended, resume in decided if may_go_on and isinstance(resume, ResumePoint)]
    last = max(resumed, key=lambda found: _how_lately(*found), default=None)
    in_doubt = False
    for mended, decision in decided:
        if last is not None and mended is last[0]:
            log.info("%s goes on at %.1f s", mended.folder.name, last[1].reached_ns(now.at_ns) / 1e9)
        elif isinstance(decision, OutageUnknown) and may_go_on and last is None:
            in_doubt = True
            log.info("%s was cut off; whether it goes on is known when the clock is", mended.folder.name)
        else:
            ended += _ended(mended, room)
    if last is None:
        return InterruptedLessons(None, in_doubt, tuple(ended))
    mended, resume = last
    state = ResumeState(mended.tracks, resume, mended.replay.cut)
    return InterruptedLessons((mended.folder.name, state), ended=tuple(ended))


def resume_ended(room: RecordingSettings, lesson: str) -> ResumeState:
    """Resume an ended lesson at the lesson time of its end; an interrupted one as after a crash.

    Raises:
        OSError: the disk refuses.
    """
    recovered = recover_lesson(room.spool / lesson)
    resume = decide_resume(recovered.replay.clock, recovered.end_ns, system_clocks.read_clocks(room.boot_id))
    if not isinstance(resume, ResumePoint):
        lesson_ns = recovered.replay.last_change.lesson_ns if resume is None else resume.lesson_ns
        resume = ResumePoint(None, lesson_ns, False, Cause.TAKEN_BACK, None)
    return ResumeState(recovered.tracks, resume, recovered.replay.cut)


def _mended(spool: Path) -> list[RecoveredLesson]:
    mended = []
    for folder in unfinished(spool):
        try:
            mended.append(recover_lesson(folder))
        except OSError as error:
            log.error("%s cannot be mended: %s", folder, error)
    return mended


def _how_lately(mended: RecoveredLesson, resume: ResumePoint) -> tuple[bool, int]:
    """A sort key that grows the later a lesson was interrupted; it uses no file dates, since the clock may be wrong."""
    if resume.cause is Cause.RESTART:
        return True, mended.replay.last_change.at_ns
    return False, -(resume.outage_ns or 0)


def _lesson_folders(spool: Path) -> list[Path]:
    """The folders that have the name of a lesson, or a journal; not those whose names no message can have."""
    return sorted(
        path
        for path in spool.iterdir()
        if path.is_dir()
        and not path.name.startswith(".")
        and path.name.isprintable()
        and (parse_lesson_id(path.name) or (path / JOURNAL_JSONL).exists())
    )


def _close_ended(room: RecordingSettings) -> list[EndedLesson]:
    """Close the files of lessons that have ended, where that was interrupted. One with a receipt was closed before."""
    closed = []
    for folder in _lesson_folders(room.spool):
        try:
            if (folder / RECEIPT_JSON).exists() or not has_ended(folder):
                continue
            if is_closed(folder):
                sync_playlists(folder)
                continue
            recovered = recover_lesson(folder)
            rewrite_playlists(recovered, room.segment_s, room.programme_role)
            log.info("%s was interrupted at its end, which is complete now", folder.name)
            if (end := recovered.replay.end) is not None:
                closed.append(EndedLesson(folder.name, end.lesson_ns, end.cause))
        except JournalBusy:
            log.debug("%s is being closed just now", folder)
        except OSError as error:
            log.error("%s cannot be closed: %s", folder, error)
    return closed


def _remove(folder: Path) -> None:
    """Remove a lesson in which nothing was recorded, unless somebody writes to it just now."""
    journal = JournalFile(folder)
    try:
        if is_blank(folder):
            shutil.rmtree(folder)
            log.info("%s was cut off before anything was recorded, and is removed", folder.name)
    finally:
        journal.close()
    sync_folder(folder.parent)


def _ended(mended: RecoveredLesson, room: RecordingSettings) -> list[EndedLesson]:
    lesson_ns = max(mended.end_ns, mended.replay.last_change.lesson_ns)
    try:
        if is_blank(mended.folder):
            _remove(mended.folder)
            return []
        end_interrupted_lesson(mended, lesson_ns, room.segment_s, room.programme_role)
    except OSError as error:
        log.error("%s cannot be ended: %s", mended.folder, error)
        return []
    log.info("%s was cut off and is ended", mended.folder.name)
    return [EndedLesson(mended.folder.name, lesson_ns, Cause.POWER)]
