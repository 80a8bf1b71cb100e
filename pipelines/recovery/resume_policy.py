"""The decision whether a lesson that was cut off is resumed, and at which lesson time. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.journal.entries import Cause
from pipelines.journal.lesson_clock import JournalState, LessonClock
from pipelines.recording.resume_state import ResumePoint
from pipelines.system_clocks import ClockSnapshot

LONGEST_OUTAGE_NS = 600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class LessonOver:
    """The lesson is over, at ``lesson_ns``."""

    lesson_ns: int


@dataclass(frozen=True, slots=True)
class OutageUnknown:
    """Whether the lesson is resumed, at ``lesson_ns``, can be decided once this box's clock is synchronised."""

    lesson_ns: int


def decide_resume(
    clock: LessonClock, kept_ns: int, now: ClockSnapshot
) -> ResumePoint | LessonOver | OutageUnknown | None:
    """Decide about a lesson whose kept fragments reach ``kept_ns``; None if it has ended already.

    On the same boot lesson time never stopped, and the missing time is known. After a reboot the lesson is resumed
    where its last fragment ends. Either way only if the outage is known to be ten minutes at most.
    """
    last = clock.last_change
    if last.state is JournalState.ENDED:
        return None
    paused = last.state is JournalState.PAUSED
    if last.boot_id == now.boot_id:
        outage_ns = now.at_ns - (last.at_ns if paused else last.at_ns + kept_ns - last.lesson_ns)
        if outage_ns > LONGEST_OUTAGE_NS and not paused:
            return LessonOver(kept_ns)
        return ResumePoint(last.at_ns, last.lesson_ns, paused, Cause.RESTART, None if paused else max(0, outage_ns))
    last_alive_ns = clock.wall_ns(last.boot_id, last.at_ns + max(0, kept_ns - last.lesson_ns))
    # An uptime beyond the limit: the outage was longer than this boot has lasted.
    if last_alive_ns is None or now.uptime_ns > LONGEST_OUTAGE_NS:
        return LessonOver(kept_ns)
    if not now.is_synchronised:
        return OutageUnknown(kept_ns)
    outage_ns = now.wall_ns - last_alive_ns
    if not 0 <= outage_ns <= LONGEST_OUTAGE_NS:
        return LessonOver(kept_ns)
    return ResumePoint(now.at_ns, kept_ns, paused, Cause.REBOOT, outage_ns)
