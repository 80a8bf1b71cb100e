"""Checks of brightness, movement and loudness: black or frozen pictures, dead or clipping microphones, A/V offset.

Pure: the measurements, one a second, come from the journal or from a decode.
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
# An encoder changes a still picture by so much; the smallest movement changes its block by twice as much.
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

# EBU R 37, "The relative timing of the sound and vision components of a television signal": sound may be 40 ms
# early or 60 ms late.
EARLIEST_MS = -40.0
LATEST_MS = 60.0

# In a short lesson half of it is a long time; below this nothing is judged.
_SHORTEST_RUN_S = 3

M = TypeVar("M", PictureMeasurement, SoundMeasurement)


def run_length_s(longest_s: int, lesson_ns: int) -> int:
    """Return how many whole seconds in a row are too many: ``longest_s``, or half of a short lesson.

    It is one fewer, since a run may begin in the middle of a second.
    """
    return max(_SHORTEST_RUN_S, min(longest_s, lesson_ns // (2 * SECOND_NS)) - 1)


def outside_gaps(measurements: Sequence[M], gaps: Sequence[Gap]) -> list[M]:
    """Return the measurements of those seconds that no journalled gap touches."""
    return [
        one
        for one in measurements
        if not any(gap.from_ns < one.lesson_ns + SECOND_NS and one.lesson_ns < gap.to_ns for gap in gaps)
    ]


def check_picture(
    track: str,
    measurements: Sequence[PictureMeasurement],
    lesson_ns: int,
    *,
    still_change: float,
    may_stand_still: bool,
) -> Iterator[Finding]:
    """Find runs of black pictures, and of frozen ones, whose luma changes by less than ``still_change``.

    A screen may stand still, and be dark, which is worth a note at most.
    """
    longest = run_length_s(PICTURE_RUN_S, lesson_ns)
    finding = note if may_stand_still else bad
    for run in _runs(measurements, lambda one: one.luma is not None and one.luma < BLACK_LUMA, longest):
        yield finding(FindingCode.BLACK, track, *_span(run), seconds=len(run))
    if may_stand_still:
        return

    def stands_still(one: PictureMeasurement) -> bool:
        return one.change is not None and one.change < still_change and (one.luma or 0.0) >= BLACK_LUMA

    for run in _runs(measurements, stands_still, longest):
        yield bad(FindingCode.FROZEN, track, *_span(run), seconds=len(run))


def check_sound(track: str, measurements: Sequence[SoundMeasurement], lesson_ns: int) -> Iterator[Finding]:
    """Find the runs in which a microphone is dead, and the seconds in which it clips."""
    for run in _dead_runs(measurements, lesson_ns):
        loudest = max(one.rms_dbfs for one in run)
        yield bad(FindingCode.MICROPHONE_DEAD, track, *_span(run), seconds=len(run), loudest_dbfs=round(loudest, 1))
    clipped = [one for one in measurements if one.peak_dbfs >= CLIPPED_DBFS]
    if len(clipped) >= CLIPPED_NOTE_S:
        finding = bad if len(clipped) > CLIPPED_BAD_SHARE * len(measurements) else note
        yield finding(FindingCode.CLIPPING, track, *_span(clipped), seconds=len(clipped))


def check_drift(drifts: Sequence[Drift]) -> Iterator[Finding]:
    """Find the worst A/V offset of each microphone that passed the limits; positive is late sound."""
    worst: dict[str, Drift] = {}
    for drift in drifts:
        if not EARLIEST_MS <= drift.offset_ms <= LATEST_MS:
            known = worst.get(drift.track)
            if known is None or abs(drift.offset_ms) > abs(known.offset_ms):
                worst[drift.track] = drift
    for drift in worst.values():
        yield bad(FindingCode.AV_OFFSET, drift.track, drift.lesson_ns, offset_ms=round(drift.offset_ms, 1))


def _dead_runs(measurements: Sequence[SoundMeasurement], lesson_ns: int) -> Iterator[list[SoundMeasurement]]:
    for run in _runs(measurements, lambda one: one.rms_dbfs < DEAD_DBFS, _SHORTEST_RUN_S):
        levels = [one.rms_dbfs for one in run]
        never_loud = len(run) == len(measurements) >= NEVER_LOUD_S
        same_level = len(run) >= DEAD_RUN_S - 1 and max(levels) - min(levels) < SAME_LEVEL_DB
        if never_loud or same_level:
            yield run
        else:
            longest = run_length_s(DEAD_RUN_S, lesson_ns)
            yield from _runs(run, lambda one: one.rms_dbfs < SURELY_DEAD_DBFS, longest)


def _runs(measurements: Sequence[M], predicate: Callable[[M], bool], shortest_s: int) -> Iterator[list[M]]:
    """The runs of at least ``shortest_s`` seconds in which ``predicate`` holds."""
    for holds, group in groupby(measurements, key=predicate):
        run = list(group)
        if holds and len(run) >= shortest_s:
            yield run


def _span(run: Sequence[PictureMeasurement] | Sequence[SoundMeasurement]) -> tuple[int, int]:
    return run[0].lesson_ns, run[-1].lesson_ns + SECOND_NS
