"""Checks of what the journal itself reports: how the lesson went, its gaps, dropped data and encoder load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.signal_limits import believable_fps
from pipelines.journal.entries import JOURNAL_LINES, Cause, Track
from pipelines.journal.lesson_clock import JournalState
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.journal_summary import JournalSummary

BAD_GAPS_NS = 1_000_000_000
# The first sound is a few milliseconds late in any lesson.
UNNOTICED_NS = 50_000_000
BAD_DROPPED_SHARE = 0.01
LEAST_DROPPED_S = 0.4

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
    end = summary.end
    if summary.damaged_lines:
        torn = sum(resumed.cause in _INTERRUPTIONS for resumed in summary.resumes)
        torn += end is not None and end.cause in _INTERRUPTIONS
        finding = note if summary.damaged_lines <= torn else bad
        yield finding(FindingCode.JOURNAL_DAMAGED, lines=summary.damaged_lines)
    if not summary.tracks:
        yield bad(FindingCode.NO_TRACK)
    if end is None:
        yield bad(FindingCode.NOT_ENDED)
    elif end.cause not in _NORMAL_ENDS:
        finding = bad if end.cause in _INTERRUPTIONS else note
        yield finding(FindingCode.CUT_SHORT, from_ns=end.lesson_ns, cause=end.cause)
    for change in summary.clock.changes:
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


def check_dropped(summary: JournalSummary, lesson_ns: int) -> Iterator[Finding]:
    """Check what was dropped, in seconds of its track: single pictures are not noticed, a second of sound is."""
    for (name, what, cause), dropped in summary.dropped.items():
        if what == JOURNAL_LINES:
            continue
        track = summary.tracks.get(name)
        seconds = _seconds_of(dropped.count, what, track)
        about = {} if seconds is None else {"seconds": round(seconds, 3)}
        finding = bad if _is_too_much(what, seconds, lesson_ns) else note
        yield finding(
            FindingCode.DROPPED,
            name,
            dropped.from_ns,
            dropped.to_ns,
            count=dropped.count,
            what=what,
            cause=cause,
            **about,
        )


def check_load_levels(summary: JournalSummary, lesson_ns: int) -> Iterator[Finding]:
    """Check what the encoders gave up: coarser pictures are a note, halved frame rates count as dropped pictures."""
    coarser: list[tuple[int, int]] = []
    halved: dict[str, list[tuple[int, int]]] = {}
    preset, deepest = "", 0
    levels = summary.load_levels
    for level, after in zip_longest(levels, levels[1:]):
        span = (level.lesson_ns, after.lesson_ns if after else max(lesson_ns, level.lesson_ns))
        if level.steps > len(level.halved):
            coarser.append(span)
            if (depth := level.steps - len(level.halved)) > deepest:
                preset, deepest = level.preset, depth
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


def _seconds_of(count: int, what: str, track: Track | None) -> float | None:
    if what == "pictures":
        fps = believable_fps(track.fps) if track is not None else 0.0
        return count / fps if fps else None
    return count / LESSON_RATE_HZ if what.startswith("samples") else None


def _is_too_much(what: str, seconds: float | None, lesson_ns: int) -> bool:
    if seconds is None:
        return what == "fragments"
    if what == "pictures":
        return seconds > max(LEAST_DROPPED_S, BAD_DROPPED_SHARE * lesson_ns / 1e9)
    return seconds * 1e9 >= BAD_GAPS_NS


def halved_seconds(summary: JournalSummary, track: str, lesson_ns: int) -> set[int]:
    """The lesson seconds in which every other picture of a track was left out."""
    levels = summary.load_levels
    return {
        second
        for level, after in zip_longest(levels, levels[1:])
        if track in level.halved
        for second in range(level.lesson_ns // 10**9, -(-(after.lesson_ns if after else lesson_ns) // 10**9))
    }
