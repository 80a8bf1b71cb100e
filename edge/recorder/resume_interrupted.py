"""Repair of the lessons that were interrupted, when the recorder starts, and the choice of the one to resume."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from pipelines import system_clocks
from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.journal.entries import Cause
from pipelines.journal.replay import has_ended
from pipelines.recording.recording_settings import RecordingSettings
from pipelines.recording.resume_state import ResumePoint, ResumeState
from pipelines.recovery.recover_lesson import RecoveredLesson, recover_lesson
from pipelines.recovery.resume_policy import OutageUnknown, decide_resume
from pipelines.recovery.rewrite_playlists import end_interrupted_lesson
from pipelines.system_clocks import ClockSnapshot

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndedLesson:
    """An interrupted lesson that was ended."""

    lesson: str
    lesson_ns: int


@dataclass(frozen=True, slots=True)
class InterruptedLessons:
    """The lesson to resume, if any; ``in_doubt``: there may be one, which is decided when the clock is known."""

    goes_on: tuple[str, ResumeState] | None = None
    in_doubt: bool = False
    ended: tuple[EndedLesson, ...] = ()


def unfinished(spool: Path) -> list[Path]:
    """Return the folders of lessons without an end; one that cannot be read is logged and left out."""
    found = []
    for journal in spool.glob(f"[!.]*/{JOURNAL_JSONL}"):
        try:
            if not has_ended(journal.parent):
                found.append(journal.parent)
        except OSError as error:
            log.error("%s cannot be read, and is left as it is: %s", journal, error)
    return sorted(found)


def resume_interrupted(room: RecordingSettings, now: ClockSnapshot, *, may_go_on: bool = True) -> InterruptedLessons:
    """Repair every interrupted lesson, and find the one to resume.

    Only the one that was interrupted last can be resumed, and none unless ``may_go_on``; the others are ended, but one
    in doubt is not. A lesson that the disk does not let us repair stays as it is.
    """
    room.spool.mkdir(parents=True, exist_ok=True)
    decided = [(mended, decide_resume(mended.replay.clock, mended.end_ns, now)) for mended in _mended(room.spool)]
    resumed = [(mended, resume) for mended, resume in decided if may_go_on and isinstance(resume, ResumePoint)]
    last = max(resumed, key=lambda found: _how_lately(*found), default=None)
    in_doubt = False
    ended: list[EndedLesson] = []
    for mended, decision in decided:
        if last is not None and mended is last[0]:
            log.info("%s goes on at %.1f s", mended.folder.name, last[1].lesson_ns / 1e9)
        elif isinstance(decision, OutageUnknown) and may_go_on and last is None:
            in_doubt = True
            log.info("%s was cut off; whether it goes on is known when the clock is", mended.folder.name)
        elif decision is not None:
            ended += _ended(mended, room)
    if last is None:
        return InterruptedLessons(None, in_doubt, tuple(ended))
    mended, resume = last
    return InterruptedLessons((mended.folder.name, ResumeState(mended.tracks, resume)), ended=tuple(ended))


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
    return ResumeState(recovered.tracks, resume)


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


def _ended(mended: RecoveredLesson, room: RecordingSettings) -> list[EndedLesson]:
    lesson_ns = max(mended.end_ns, mended.replay.last_change.lesson_ns)
    try:
        end_interrupted_lesson(mended, lesson_ns, room.segment_s)
    except OSError as error:
        log.error("%s cannot be ended: %s", mended.folder, error)
        return []
    log.info("%s was cut off and is ended", mended.folder.name)
    return [EndedLesson(mended.folder.name, lesson_ns)]
