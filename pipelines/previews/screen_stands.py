"""When which picture stood still on the screen, by what the journal measured of its camera: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pipelines.directing.decisions import CutReason
from pipelines.journal.entries import Cut, PictureMeasurement
from pipelines.journal.journal_file import iterate_kinds

SCREEN = "screen"
"""The role of the camera or grabber that shows the classroom's screen."""

SECOND_NS = 1_000_000_000
SHORTEST_STAND_NS = 2 * SECOND_NS
"""What stands for less was passed over."""

# Mean change of luma (0-255) between samples. A line of text that appears on a 1080p slide changes it by about 0.5, a
# grabber's own noise by less than 0.1; the noise of a camera that films the screen is what most seconds have.
_LEAST_CHANGE = 0.35
# Where more than half of the seconds change by more than noise can, a film runs.
_NOISE_SHARE, _MOST_NOISE = 2.0, 4.0


@dataclass(frozen=True, slots=True)
class Stand:
    """Something stood on the screen for this interval of lesson time, in nanoseconds.

    ``from_ns`` is the second in which it came: nothing moves any more when that is over.
    """

    from_ns: int
    to_ns: int

    @property
    def looked_ns(self) -> int:
        """The second to look at it: its last one, when all of it has appeared."""
        return max(self.from_ns, (self.to_ns - 1) // SECOND_NS * SECOND_NS)


def screen_stands(seconds: Iterable[PictureMeasurement], cuts: Iterable[Cut], length_ns: int) -> list[Stand]:
    """Return the stretches of 2 s and more in which the screen did not change, in order; they do not overlap.

    ``seconds`` are the measurements of the screen's track, ``cuts`` those of the lesson: the director, who looks more
    often than the journal tells of a camera that is passed through, cuts to a screen that has changed. A second in
    which no picture was decoded is like the one before it.
    """
    measured = {one.lesson_ns // SECOND_NS: one.change for one in seconds if one.pictures != 0}
    if not measured:
        return []
    limit = _limit([change for change in measured.values() if change is not None])
    changed = {second for second, change in measured.items() if change is not None and change > limit}
    changed |= {cut.lesson_ns // SECOND_NS for cut in cuts if cut.reason == CutReason.SCREEN_CHANGES}
    return _between(sorted(changed), min(measured) * SECOND_NS, length_ns)


def read_screen_stands(folder: Path, length_ns: int) -> list[Stand]:
    """Return the stands of a recorded lesson; none where there is no screen, or no journal.

    Raises:
        OSError: the journal cannot be read.
    """
    seconds: list[PictureMeasurement] = []
    cuts: list[Cut] = []
    try:
        for entry in iterate_kinds(folder, PictureMeasurement, Cut):
            if isinstance(entry, Cut):
                cuts.append(entry)
            elif isinstance(entry, PictureMeasurement) and entry.track == SCREEN:
                seconds.append(entry)
    except FileNotFoundError:
        return []
    return screen_stands(seconds, cuts, length_ns)


def _limit(changes: Sequence[float]) -> float:
    return max(_LEAST_CHANGE, min(_MOST_NOISE, _NOISE_SHARE * median(changes))) if changes else _LEAST_CHANGE


def _between(changed: Sequence[int], begin_ns: int, end_ns: int) -> list[Stand]:
    """The stretches between seconds of change that are long enough."""
    stands = []
    came_ns, still_ns = begin_ns, begin_ns
    for second in changed:
        if (change_ns := second * SECOND_NS) >= still_ns + SHORTEST_STAND_NS:
            stands.append(Stand(came_ns, change_ns))
        came_ns, still_ns = max(begin_ns, change_ns), max(begin_ns, change_ns + SECOND_NS)
    if end_ns >= still_ns + SHORTEST_STAND_NS:
        stands.append(Stand(came_ns, end_ns))
    return stands
