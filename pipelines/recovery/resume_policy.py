"""Whether a lesson that was cut off goes on, and at which lesson time. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.journal.entries import Cause, ClockReading
from pipelines.journal.replay import JournalState, LessonReplay
from pipelines.recording.resume_state import ResumePoint
from pipelines.system_clocks import ClockSnapshot

LONGEST_OUTAGE_NS = 600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class LessonOver:
    """The lesson is over, at ``lesson_ns``."""

    lesson_ns: int


@dataclass(frozen=True, slots=True)
class OutageUnknown:
    """Whether the lesson goes on, at ``lesson_ns``, will be known when this box's clock is."""

    lesson_ns: int


def decide_resume(
    story: LessonReplay, kept_ns: int, now: ClockSnapshot
) -> ResumePoint | LessonOver | OutageUnknown | None:
    """What becomes of a lesson whose kept fragments reach ``kept_ns``; None if it has ended already.

    On the same boot lesson time never stopped, and the missing stretch is known. After a reboot it
    goes on where the last fragment ends. Either way only if the outage is known to be ten minutes at most.
    """
    if story.state is JournalState.ENDED:
        return None
    paused = story.state is JournalState.PAUSED
    if story.boot_id == now.boot_id:
        outage = now.at_ns - (story.at_ns if paused else story.at_ns + kept_ns - story.lesson_ns)
        if outage > LONGEST_OUTAGE_NS and not paused:
            return LessonOver(kept_ns)
        return ResumePoint(story.at_ns, story.lesson_ns, paused, Cause.RESTART, None if paused else max(0, outage))
    anchor = _last_good(story.clock_readings)
    # The outage has lasted longer than this boot.
    if anchor is None or now.uptime_ns > LONGEST_OUTAGE_NS:
        return LessonOver(kept_ns)
    if not now.is_synchronised:
        return OutageUnknown(kept_ns)
    outage = _outage_over_reboot(story, anchor, kept_ns, now)
    if not 0 <= outage <= LONGEST_OUTAGE_NS:
        return LessonOver(kept_ns)
    return ResumePoint(now.at_ns, kept_ns, paused, Cause.REBOOT, outage)


def _outage_over_reboot(story: LessonReplay, anchor: ClockReading, kept_ns: int, now: ClockSnapshot) -> int:
    last_alive_ns = story.at_ns + max(0, kept_ns - story.lesson_ns)
    return (now.wall_ns - anchor.wall_ns) - (last_alive_ns - anchor.at_ns)


def _last_good(anchors: list[ClockReading]) -> ClockReading | None:
    return next((anchor for anchor in reversed(anchors) if anchor.synchronised), None)
