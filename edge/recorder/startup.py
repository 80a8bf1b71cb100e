"""What a recorder finds in the spool when it starts: lessons that were cut off."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from pipelines import clocks
from pipelines.clocks import Now
from pipelines.journal.entries import Cause
from pipelines.journal.file import JOURNAL
from pipelines.journal.story import has_ended
from pipelines.recording.continuation import Continuation, Resume
from pipelines.recording.plan import RoomPlan
from pipelines.recovery.lesson import Recovered, recover
from pipelines.recovery.restate import cut_off
from pipelines.recovery.resumption import InDoubt, decide

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """A lesson that was cut off and got its end."""

    lesson: str
    lesson_ns: int


@dataclass(frozen=True, slots=True)
class TakenUp:
    """The lesson that goes on by itself, if one does; ``in_doubt``: one may yet, when the clock is known."""

    goes_on: tuple[str, Continuation] | None = None
    in_doubt: bool = False
    ended: tuple[Ended, ...] = ()


def unfinished(spool: Path) -> list[Path]:
    """The folders of lessons without an end. One that cannot be read holds up nothing."""
    found = []
    for journal in spool.glob(f"[!.]*/{JOURNAL}"):
        try:
            if not has_ended(journal.parent):
                found.append(journal.parent)
        except OSError as error:
            log.error("%s cannot be read, and is left as it is: %s", journal, error)
    return sorted(found)


def take_up(room: RoomPlan, now: Now, *, may_go_on: bool = True) -> TakenUp:
    """Mend every lesson that was cut off, and find the one that goes on by itself.

    Only the one that was cut off last can go on, and none unless ``may_go_on``; the others get their end, and one
    in doubt is left without. A lesson that the disk does not let us mend stays as it is.
    """
    room.spool.mkdir(parents=True, exist_ok=True)
    decided = [(mended, decide(mended.story, mended.end_ns, now)) for mended in _mended(room.spool)]
    resumed = [(mended, resume) for mended, resume in decided if may_go_on and isinstance(resume, Resume)]
    last = max(resumed, key=lambda found: _how_lately(*found), default=None)
    in_doubt = False
    ended: list[Ended] = []
    for mended, decision in decided:
        if last is not None and mended is last[0]:
            log.info("%s goes on at %.1f s", mended.folder.name, last[1].lesson_ns / 1e9)
        elif isinstance(decision, InDoubt) and may_go_on and last is None:
            in_doubt = True
            log.info("%s was cut off; whether it goes on is known when the clock is", mended.folder.name)
        elif decision is not None:
            ended += _ended(mended, room)
    if last is None:
        return TakenUp(None, in_doubt, tuple(ended))
    mended, resume = last
    return TakenUp((mended.folder.name, Continuation(mended.tracks, resume)), ended=tuple(ended))


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


def _mended(spool: Path) -> list[Recovered]:
    mended = []
    for folder in unfinished(spool):
        try:
            mended.append(recover(folder))
        except OSError as error:
            log.error("%s cannot be mended: %s", folder, error)
    return mended


def _how_lately(mended: Recovered, resume: Resume) -> tuple[bool, int]:
    """Grows the later a lesson was cut off; no file's date has a say, for the clock may have been wrong."""
    if resume.cause is Cause.RESTART:
        return True, mended.story.at_ns
    return False, -(resume.outage_ns or 0)


def _ended(mended: Recovered, room: RoomPlan) -> list[Ended]:
    lesson_ns = max(mended.end_ns, mended.story.lesson_ns)
    try:
        cut_off(mended, lesson_ns, room.segment_s)
    except OSError as error:
        log.error("%s cannot be ended: %s", mended.folder, error)
        return []
    log.info("%s was cut off and is ended", mended.folder.name)
    return [Ended(mended.folder.name, lesson_ns)]
