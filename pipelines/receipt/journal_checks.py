"""Checks of what the journal itself reports: how the lesson went, its gaps, dropped data and encoder load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from pipelines.journal.entries import JOURNAL_LINES, Cause, Dropped, Track
from pipelines.journal.lesson_clock import JournalState
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.journal_summary import JournalSummary

BAD_GAPS_NS = 1_000_000_000
# The first sound is a few milliseconds late in any lesson.
UNNOTICED_NS = 50_000_000
BAD_DROPPED_SHARE = 0.01

# What somebody in the room wanted is no fault of the recording.
_INTENDED = (Cause.TEACHER, Cause.TAKEN_BACK)
_NORMAL_ENDS = (Cause.TEACHER, Cause.PLANNED)
# Each of these may have torn the journal's last line.
_INTERRUPTIONS = (Cause.RESTART, Cause.REBOOT, Cause.POWER)


def check_lifecycle(summary: JournalSummary) -> Iterator[Finding]:
    """Check how the lesson began, paused, resumed and ended, and whether its journal is intact."""
    if summary.is_empty:
        yield bad(FindingCode.NO_JOURNAL)
        return
    end = summary.replay.end
    if summary.damaged_lines:
        torn = sum(resumed.cause in _INTERRUPTIONS for resumed in summary.resumes)
        torn += end is not None and end.cause in _INTERRUPTIONS
        finding = note if summary.damaged_lines <= torn else bad
        yield finding(FindingCode.JOURNAL_DAMAGED, lines=summary.damaged_lines)
    if not summary.replay.tracks:
        yield bad(FindingCode.NO_TRACK)
    if end is None:
        yield bad(FindingCode.NOT_ENDED)
    elif end.cause not in _NORMAL_ENDS:
        finding = bad if end.cause in _INTERRUPTIONS else note
        yield finding(FindingCode.CUT_SHORT, from_ns=end.lesson_ns, cause=end.cause)
    for change in summary.replay.clock.changes:
        if change.state is JournalState.PAUSED:
            yield note(FindingCode.PAUSED, from_ns=change.lesson_ns)
    for reduced in summary.bitrate_reductions:
        yield note(FindingCode.BITRATE_REDUCED, from_ns=reduced.lesson_ns, percent=reduced.percent)
    for resumed in summary.resumes:
        if resumed.cause is not Cause.TEACHER:
            yield note(FindingCode.RESUMED_AFTER, from_ns=resumed.lesson_ns, cause=resumed.cause)


def check_gaps(summary: JournalSummary) -> Iterator[Finding]:
    """Check the journalled gaps: a second in all, on one track, is what a viewer notices."""
    for track, gaps in summary.gaps.items():
        too_long = sum(gap.to_ns - gap.from_ns for gap in gaps if gap.cause not in _INTENDED) >= BAD_GAPS_NS
        for gap in gaps:
            length_ns = gap.to_ns - gap.from_ns
            if length_ns < UNNOTICED_NS and not too_long:
                continue
            finding = bad if too_long and gap.cause not in _INTENDED else note
            yield finding(
                FindingCode.FILLED_GAP, track, gap.from_ns, gap.to_ns, seconds=length_ns / 1e9, cause=gap.cause
            )


def check_dropped(summary: JournalSummary) -> Iterator[Finding]:
    """Check what was dropped: single pictures are not noticed; a hundredth of them is a box that cannot keep up."""
    by_kind: dict[tuple[str, str, Cause], list[Dropped]] = {}
    for entry in summary.dropped:
        if entry.what != JOURNAL_LINES:
            by_kind.setdefault((entry.track, entry.what, entry.cause), []).append(entry)
    end = summary.replay.end
    for (track, what, cause), entries in by_kind.items():
        count = sum(entry.count for entry in entries)
        is_bad = _is_too_many(count, what, summary.replay.tracks.get(track), end.lesson_ns if end else None)
        finding = bad if is_bad else note
        yield finding(
            FindingCode.DROPPED, track, entries[0].lesson_ns, entries[-1].lesson_ns, count=count, what=what, cause=cause
        )


def check_load_levels(summary: JournalSummary, lesson_ns: int) -> Iterator[Finding]:
    """Check what the encoders gave up: coarser pictures are a note, halved frame rates count as dropped pictures."""
    coarser: list[tuple[int, int]] = []
    halved: dict[str, list[tuple[int, int]]] = {}
    preset = ""
    levels = summary.load_levels
    for level, after in zip_longest(levels, levels[1:]):
        span = (level.lesson_ns, after.lesson_ns if after else max(lesson_ns, level.lesson_ns))
        if level.steps > len(level.halved):
            coarser.append(span)
            # Presets only ever get cheaper while something is given up.
            preset = level.preset
        for track in level.halved:
            halved.setdefault(track, []).append(span)
    if coarser:
        yield note(FindingCode.COARSER, None, coarser[0][0], coarser[-1][1], seconds=_total_s(coarser), preset=preset)
    for track, spans in halved.items():
        seconds = _total_s(spans)
        finding = bad if seconds / 2 > BAD_DROPPED_SHARE * lesson_ns / 1e9 else note
        yield finding(FindingCode.HALVED, track, spans[0][0], spans[-1][1], seconds=seconds)


def _total_s(spans: Sequence[tuple[int, int]]) -> float:
    return sum(to_ns - from_ns for from_ns, to_ns in spans) / 1e9


def _is_too_many(count: int, what: str, track: Track | None, lesson_ns: int | None) -> bool:
    if what == "fragments":
        return True
    if what != "pictures" or track is None or lesson_ns is None:
        return False
    return count > BAD_DROPPED_SHARE * track.fps * lesson_ns / 1e9
