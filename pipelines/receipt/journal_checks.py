"""What the journal itself confesses: how the lesson went, its holes, and what was dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from pipelines.journal.entries import JOURNAL_LINES, Cause, Dropped
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.journal_summary import JournalSummary, TrackSummary

HOLE_BAD_NS = 1_000_000_000
# The first sound is a few milliseconds late in any lesson.
UNNOTICED_NS = 50_000_000
DROPPED_BAD_SHARE = 0.01

# What somebody in the room wanted is no fault of the recording.
_WANTED = (Cause.TEACHER, Cause.TAKEN_BACK)
_ENDS_AS_MEANT = (Cause.TEACHER, Cause.PLANNED)
# Each of these may have torn the journal's last line.
_TEARS = (Cause.RESTART, Cause.REBOOT, Cause.POWER)


@dataclass(frozen=True, slots=True)
class _Stretch:
    from_ns: int
    to_ns: int


def check_story(history: JournalSummary) -> Iterator[Finding]:
    """How the lesson went, and whether its journal can be believed."""
    if history.empty:
        yield bad(FindingCode.NO_JOURNAL)
        return
    if history.damaged_lines:
        torn = sum(goes.cause in _TEARS for goes in history.goes) + (history.end_cause in _TEARS)
        finding = note if history.damaged_lines <= torn else bad
        yield finding(FindingCode.JOURNAL_DAMAGED, lines=history.damaged_lines)
    if not history.tracks:
        yield bad(FindingCode.NO_TRACK)
    if history.lesson_ns is None:
        yield bad(FindingCode.NOT_ENDED)
    if history.end_cause is not None and history.end_cause not in _ENDS_AS_MEANT:
        finding = bad if history.end_cause in _TEARS else note
        yield finding(FindingCode.CUT_SHORT, from_ns=history.lesson_ns, cause=history.end_cause)
    for lesson_ns in history.pauses_ns:
        yield note(FindingCode.PAUSED, from_ns=lesson_ns)
    for lowered in history.lowered:
        yield note(FindingCode.BITRATE_REDUCED, from_ns=lowered.lesson_ns, percent=lowered.percent)
    for goes in history.goes:
        if goes.cause is not Cause.TEACHER:
            yield note(FindingCode.RESUMED_AFTER, from_ns=goes.lesson_ns, cause=goes.cause)


def check_gaps(history: JournalSummary) -> Iterator[Finding]:
    """What the recorder confessed: a second in all is what a viewer notices."""
    for track, holes in history.holes.items():
        unwanted_ns = sum(hole.to_ns - hole.from_ns for hole in holes if hole.cause not in _WANTED)
        too_many = unwanted_ns >= HOLE_BAD_NS
        for hole in holes:
            length_ns = hole.to_ns - hole.from_ns
            if length_ns < UNNOTICED_NS and not too_many:
                continue
            finding = bad if too_many and hole.cause not in _WANTED else note
            yield finding(
                FindingCode.FILLED_GAP, track, hole.from_ns, hole.to_ns, seconds=length_ns / 1e9, cause=hole.cause
            )


def check_dropped(history: JournalSummary) -> Iterator[Finding]:
    """Pictures left out here and there are not seen; a hundredth of them is a machine that cannot keep up."""
    sums: dict[tuple[str, str, Cause], list[Dropped]] = {}
    for entry in history.dropped:
        if entry.what == JOURNAL_LINES:
            continue
        sums.setdefault((entry.track, entry.what, entry.cause), []).append(entry)
    for (track, what, cause), entries in sums.items():
        count = sum(entry.count for entry in entries)
        finding = bad if _too_many(count, what, history.tracks.get(track), history.lesson_ns) else note
        yield finding(
            FindingCode.DROPPED, track, entries[0].lesson_ns, entries[-1].lesson_ns, count=count, what=what, cause=cause
        )


def check_load_levels(history: JournalSummary, lesson_ns: int) -> Iterator[Finding]:
    """What a box gave up that could not keep up: coarser pictures are a note; left out ones count as if dropped."""
    coarser: list[_Stretch] = []
    halved: dict[str, list[_Stretch]] = {}
    for effort, after in zip_longest(history.efforts, history.efforts[1:]):
        stretch = _Stretch(effort.lesson_ns, after.lesson_ns if after else max(lesson_ns, effort.lesson_ns))
        if effort.steps > len(effort.halved):
            coarser.append(stretch)
        for track in effort.halved:
            halved.setdefault(track, []).append(stretch)
    if coarser:
        # Presets only ever get cheaper while something is given up.
        preset = [effort.preset for effort in history.efforts if effort.steps > len(effort.halved)][-1]
        yield note(
            FindingCode.COARSER, None, coarser[0].from_ns, coarser[-1].to_ns, seconds=_seconds(coarser), preset=preset
        )
    for track, stretches in halved.items():
        left_out = _seconds(stretches) / 2
        finding = bad if left_out > DROPPED_BAD_SHARE * lesson_ns / 1e9 else note
        yield finding(FindingCode.HALVED, track, stretches[0].from_ns, stretches[-1].to_ns, seconds=_seconds(stretches))


def _seconds(stretches: list[_Stretch]) -> float:
    return sum(stretch.to_ns - stretch.from_ns for stretch in stretches) / 1e9


def _too_many(count: int, what: str, said: TrackSummary | None, lesson_ns: int | None) -> bool:
    if what == "fragments":
        return True
    if what != "pictures" or said is None or lesson_ns is None:
        return False
    return count > DROPPED_BAD_SHARE * said.made.fps * lesson_ns / 1e9
