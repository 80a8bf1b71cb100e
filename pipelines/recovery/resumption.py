"""Whether a lesson that was cut off goes on, and at which lesson time. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.clocks import Now
from pipelines.journal.entries import Anchor, Cause
from pipelines.journal.story import Standing, Story
from pipelines.recording.continuation import Resume

LONGEST_OUTAGE_NS = 600 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class CutOff:
    """The lesson is over, at ``lesson_ns``."""

    lesson_ns: int


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Whether the lesson goes on, at ``lesson_ns``, will be known when this box's clock is."""

    lesson_ns: int


def decide(story: Story, kept_ns: int, now: Now) -> Resume | CutOff | InDoubt | None:
    """What becomes of a lesson whose kept fragments reach ``kept_ns``; None if it has ended already.

    On the same boot lesson time never stopped, and the missing stretch is known. After a reboot it
    goes on where the last fragment ends. Either way only if the outage is known to be ten minutes at most.
    """
    if story.standing is Standing.ENDED:
        return None
    paused = story.standing is Standing.PAUSED
    if story.boot_id == now.boot_id:
        outage = now.at_ns - (story.at_ns if paused else story.at_ns + kept_ns - story.lesson_ns)
        if outage > LONGEST_OUTAGE_NS and not paused:
            return CutOff(kept_ns)
        return Resume(story.at_ns, story.lesson_ns, paused, Cause.RESTART, None if paused else max(0, outage))
    anchor = _last_good(story.anchors)
    # The outage has lasted longer than this boot.
    if anchor is None or now.up_ns > LONGEST_OUTAGE_NS:
        return CutOff(kept_ns)
    if not now.synchronised:
        return InDoubt(kept_ns)
    outage = _outage_over_reboot(story, anchor, kept_ns, now)
    if not 0 <= outage <= LONGEST_OUTAGE_NS:
        return CutOff(kept_ns)
    return Resume(now.at_ns, kept_ns, paused, Cause.REBOOT, outage)


def _outage_over_reboot(story: Story, anchor: Anchor, kept_ns: int, now: Now) -> int:
    last_alive_ns = story.at_ns + max(0, kept_ns - story.lesson_ns)
    return (now.wall_ns - anchor.wall_ns) - (last_alive_ns - anchor.at_ns)


def _last_good(anchors: list[Anchor]) -> Anchor | None:
    return next((anchor for anchor in reversed(anchors) if anchor.synchronised), None)
