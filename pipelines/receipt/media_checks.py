"""What loudness and brightness, second by second, say about a track: black, frozen, dead, clipped.

Pure: the figures come from the journal, or from a decode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from pipelines.journal.entries import Drift, Gap, PictureMeasurement, SoundMeasurement
from pipelines.receipt.findings import Finding, FindingCode, bad, note

SECOND_NS = 1_000_000_000

# Black is 16 in limited range; a lens with its cap on adds a little noise.
BLACK_LUMA = 24.0
# A camera's noise alone moves luma by more; a picture sent again does not move it at all.
STILL_CHANGE = 0.02
# What an encoder makes of a still picture; the smallest movement changes its block by twice as much.
STILL_DECODED_CHANGE = 3.0
PICTURE_RUN_S = 10

# An input with nothing behind it is not digital zero: it lies far below any room, or keeps the same level for a
# minute as only its own noise does. A class that reads in silence does neither. No lesson is quiet throughout.
DEAD_DBFS = -55.0
SURELY_DEAD_DBFS = -65.0
SAME_LEVEL_DB = 3.0
DEAD_RUN_S = 60
NEVER_LOUD_S = 12

CLIPPED_DBFS = -0.1
CLIPPED_NOTE_S = 3
CLIPPED_BAD_SHARE = 0.1

# EBU R 37: sound may be 40 ms early or 60 ms late.
EARLIEST_MS = -40.0
LATEST_MS = 60.0

# In a short lesson half of it is a long time; below this nothing is judged.
_SHORTEST_RUN_S = 3

F = TypeVar("F", PictureMeasurement, SoundMeasurement)


def run_length_s(longest_s: int, lesson_ns: int) -> int:
    """How many whole seconds in a row are too many: those in ``longest_s``, or in half of a short lesson.

    One fewer, for a stretch may begin in the middle of a second.
    """
    return max(_SHORTEST_RUN_S, min(longest_s, lesson_ns // (2 * SECOND_NS)) - 1)


def outside(figures: Sequence[F], holes: Sequence[Gap]) -> list[F]:
    """The figures of seconds that no confessed hole touches."""
    return [
        one
        for one in figures
        if not any(hole.from_ns < one.lesson_ns + SECOND_NS and one.lesson_ns < hole.to_ns for hole in holes)
    ]


def check_picture(
    track: str, figures: Sequence[PictureMeasurement], lesson_ns: int, *, still_change: float, may_stand_still: bool
) -> Iterator[Finding]:
    """Black stretches and frozen ones, where luma changed by less than ``still_change``.

    A screen may stand still, and be dark: that is worth a note at most.
    """
    longest = run_length_s(PICTURE_RUN_S, lesson_ns)
    black = list(_runs(figures, lambda one: one.luma < BLACK_LUMA, longest))
    finding = note if may_stand_still else bad
    for run in black:
        yield finding(FindingCode.BLACK, track, *_span(run), seconds=len(run))
    if may_stand_still:
        return
    for run in _runs(figures, lambda one: one.change < still_change and one.luma >= BLACK_LUMA, longest):
        yield bad(FindingCode.FROZEN, track, *_span(run), seconds=len(run))


def check_sound(track: str, figures: Sequence[SoundMeasurement], lesson_ns: int) -> Iterator[Finding]:
    """Dead and clipped stretches of a microphone."""
    for run in _dead_runs(figures, lesson_ns):
        loudest = max(one.rms_dbfs for one in run)
        yield bad(FindingCode.MICROPHONE_DEAD, track, *_span(run), seconds=len(run), loudest_dbfs=round(loudest, 1))
    clipped = [one for one in figures if one.peak_dbfs >= CLIPPED_DBFS]
    if len(clipped) >= CLIPPED_NOTE_S:
        finding = bad if len(clipped) > CLIPPED_BAD_SHARE * len(figures) else note
        yield finding(FindingCode.CLIPPING, track, *_span(clipped), seconds=len(clipped))


def check_drift(drifts: Sequence[Drift]) -> Iterator[Finding]:
    """The worst A/V offset of each microphone, where it passed the limits; positive is late."""
    worst: dict[str, Drift] = {}
    for drift in drifts:
        if not EARLIEST_MS <= drift.offset_ms <= LATEST_MS:
            known = worst.get(drift.track)
            if known is None or abs(drift.offset_ms) > abs(known.offset_ms):
                worst[drift.track] = drift
    for drift in worst.values():
        yield bad(FindingCode.AV_OFFSET, drift.track, drift.lesson_ns, offset_ms=round(drift.offset_ms, 1))


def _dead_runs(figures: Sequence[SoundMeasurement], lesson_ns: int) -> Iterator[list[SoundMeasurement]]:
    for run in _runs(figures, lambda one: one.rms_dbfs < DEAD_DBFS, _SHORTEST_RUN_S):
        levels = [one.rms_dbfs for one in run]
        never_loud = len(run) == len(figures) >= NEVER_LOUD_S
        same_level = len(run) >= DEAD_RUN_S - 1 and max(levels) - min(levels) < SAME_LEVEL_DB
        if never_loud or same_level:
            yield run
        else:
            longest = run_length_s(DEAD_RUN_S, lesson_ns)
            yield from _runs(run, lambda one: one.rms_dbfs < SURELY_DEAD_DBFS, longest)


def _runs(figures: Sequence[F], is_so: Callable[[F], bool], longest_s: int) -> Iterator[list[F]]:
    """The stretches in which it is so for ``longest_s`` seconds or more."""
    for so, group in groupby(figures, key=is_so):
        run = list(group)
        if so and len(run) >= longest_s:
            yield run


def _span(run: Sequence[PictureMeasurement] | Sequence[SoundMeasurement]) -> tuple[int, int]:
    return run[0].lesson_ns, run[-1].lesson_ns + SECOND_NS
