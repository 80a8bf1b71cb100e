"""What a recorder finds in the spool when it starts: lessons that were cut off."""

from __future__ import annotations

import logging
from pathlib import Path

from pipelines import clocks
from pipelines.journal.entries import Cause
from pipelines.journal.file import JOURNAL
from pipelines.journal.story import has_ended
from pipelines.recording.continuation import Continuation, Resume
from pipelines.recording.plan import RoomPlan
from pipelines.recovery.lesson import recover
from pipelines.recovery.restate import cut_off
from pipelines.recovery.resumption import CutOff, decide

log = logging.getLogger(__name__)


def unfinished(spool: Path) -> list[Path]:
    """The folders of lessons without an end, the newest last. One that cannot be read holds up nothing."""
    found = []
    for journal in spool.glob(f"[!.]*/{JOURNAL}"):
        try:
            if not has_ended(journal.parent):
                found.append((journal.stat().st_mtime_ns, journal.parent))
        except OSError as error:
            log.error("%s cannot be read, and is left as it is: %s", journal, error)
    return [folder for _, folder in sorted(found)]


def take_up(room: RoomPlan) -> tuple[str, Continuation] | None:
    """Mend every lesson that was cut off; the one that goes on by itself, if there is one.

    Only the newest can go on; the others get their end. A lesson that the disk does not let
    us mend stays as it is.
    """
    room.spool.mkdir(parents=True, exist_ok=True)
    goes_on = None
    for folder in (folders := unfinished(room.spool)):
        try:
            goes_on = _mended(folder, room, newest=folder == folders[-1])
        except OSError as error:
            log.error("%s cannot be mended: %s", folder, error)
    return goes_on


def take_back(room: RoomPlan, lesson: str) -> Continuation:
    """A lesson that has ended goes on now, at the lesson time of its end; one that was cut off, as after a crash.

    OSError.
    """
    recovered = recover(room.spool / lesson)
    resume = decide(recovered.story, recovered.end_ns, clocks.now(room.boot_id))
    if not isinstance(resume, Resume):
        lesson_ns = recovered.story.lesson_ns if resume is None else resume.lesson_ns
        resume = Resume(None, lesson_ns, False, Cause.TAKEN_BACK, None)
    return Continuation(recovered.tracks, resume)


def _mended(folder: Path, room: RoomPlan, *, newest: bool) -> tuple[str, Continuation] | None:
    recovered = recover(folder)
    decision = decide(recovered.story, recovered.end_ns, clocks.now(room.boot_id))
    match decision:
        case Resume() if newest:
            log.info("%s goes on at %.1f s", folder.name, decision.lesson_ns / 1e9)
            return folder.name, Continuation(recovered.tracks, decision)
        case Resume() | CutOff():
            log.info("%s was cut off and is ended", folder.name)
            cut_off(recovered, max(recovered.end_ns, recovered.story.lesson_ns), room.segment_s)
        case None:
            pass
    return None
