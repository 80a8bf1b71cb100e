"""Checks of brightness, movement and loudness: black or frozen pictures, dead or clipping microphones, A/V offset.

Pure: the seconds come from the journal or from a decode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import groupby
from typing import NamedTuple, TypeVar

from pipelines.capture.signal_limits import (
    ABOVE_HUM,
    DEAD_RUN_S,
    FULL_BAND,
    PICTURE_RUN_S,
    SAME_LEVEL_DB,
    DeadLevels,
    is_channel_dead,
)
from pipelines.journal.entries import Drift
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.seconds import SECOND_NS, PictureSecond, SoundSecond

# An encoder changes a still picture by so much; the smallest movement changes its block by twice as much.
STILL_DECODED_CHANGE = 3.0
# What noise changes a picture by, and an encoder may leave out; people who move change it by more.
CALM_CHANGE = 4.0

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


class Level(NamedTuple):
    """The level of one second."""

    lesson_ns: int
    dbfs: float


T = TypeVar("T", PictureSecond, SoundSecond, Level)


def run_length_s(longest_s: int, lesson_ns: int) -> int:
    """Return how many whole seconds in a row are too many: ``longest_s``, or half of a short lesson.

    It is one fewer, since a run may begin in the middle of a second.
    """
    return max(_SHORTEST_RUN_S, min(longest_s, lesson_ns // (2 * SECOND_NS)) - 1)


def check_picture(
    track: str,
    seconds: Iterable[PictureSecond],
    lesson_ns: int,
    *,
    black_luma: float,
    still_change: float,
    may_stand_still: bool,
    seen_calm: Set[int] = frozenset(),
) -> Iterator[Finding]:
    """Find runs of black pictures, and of frozen ones, whose luma changes by less than ``still_change``.

    A screen may stand still, and be dark, which is worth a note at most. So are pictures that stand still after the
    encoder where the recorder saw a sensor's noise before it (``seen_calm``, in these seconds): of a room in which
    nobody moves an encoder leaves nothing but a still.
    """
    looked_at = [one for one in seconds if one.luma >= 0]
    longest = run_length_s(PICTURE_RUN_S, lesson_ns)
    finding = note if may_stand_still else bad
    for run in _runs(looked_at, lambda one: one.luma < black_luma, longest):
        yield finding(FindingCode.BLACK, track, *_span(run), seconds=_length_s(run))
    if may_stand_still:
        return
    for run in _runs(looked_at, lambda one: one.change < still_change and one.luma >= black_luma, longest):
        calm = sum(one.lesson_ns // SECOND_NS in seen_calm for one in run)
        finding = note if 2 * calm > len(run) else bad
        yield finding(FindingCode.FROZEN, track, *_span(run), seconds=_length_s(run))


def check_sound(
    track: str, seconds: Sequence[SoundSecond], lesson_ns: int, *, keeps_channels: bool
) -> Iterator[Finding]:
    """Find the runs in which a microphone or a channel of it is dead, and the seconds in which it clips.

    ``keeps_channels``: the recording has them apart, so that a dead one is not heard on one side; else it is a note.
    """
    above_hum = [Level(one.lesson_ns, max(one.channels_dbfs)) for one in seconds if one.channels_dbfs]
    if above_hum:
        dead = list(_dead_runs(above_hum, lesson_ns, ABOVE_HUM))
    else:
        dead = list(_dead_runs([Level(one.lesson_ns, one.rms_dbfs) for one in seconds], lesson_ns, FULL_BAND))
    for run in dead:
        loudest = max(one.dbfs for one in run)
        yield bad(
            FindingCode.MICROPHONE_DEAD, track, *_span(run), seconds=_length_s(run), loudest_dbfs=round(loudest, 1)
        )
    spans = [_span(run) for run in dead]
    heard = [one for one in seconds if not any(begin <= one.lesson_ns < end for begin, end in spans)]
    yield from _check_channels(track, heard, lesson_ns, keeps_channels=keeps_channels)
    clipped = [one for one in seconds if one.peak_dbfs >= CLIPPED_DBFS]
    if len(clipped) >= CLIPPED_NOTE_S:
        finding = bad if len(clipped) > CLIPPED_BAD_SHARE * len(seconds) else note
        yield finding(FindingCode.CLIPPING, track, *_span(clipped), seconds=len(clipped))


def check_drift(drifts: Iterable[Drift]) -> Iterator[Finding]:
    """Check the worst A/V offset of each microphone; positive is late sound."""
    for drift in drifts:
        if not EARLIEST_MS <= drift.offset_ms <= LATEST_MS:
            yield bad(FindingCode.AV_OFFSET, drift.track, drift.lesson_ns, offset_ms=round(drift.offset_ms, 1))


def _check_channels(
    track: str, seconds: Sequence[SoundSecond], lesson_ns: int, *, keeps_channels: bool
) -> Iterator[Finding]:
    finding = bad if keeps_channels else note
    for channel in range(max((len(one.channels_dbfs) for one in seconds), default=0)):

        def is_dead(one: SoundSecond, channel: int = channel) -> bool:
            return is_channel_dead(one.channels_dbfs[channel], max(one.channels_dbfs))

        there = [one for one in seconds if len(one.channels_dbfs) > max(1, channel)]
        for run in _runs(there, is_dead, run_length_s(DEAD_RUN_S, lesson_ns)):
            yield finding(FindingCode.CHANNEL_DEAD, track, *_span(run), seconds=_length_s(run), channel=channel + 1)


def _dead_runs(levels: Sequence[Level], lesson_ns: int, limits: DeadLevels) -> Iterator[list[Level]]:
    for run in _runs(levels, lambda one: one.dbfs < limits.maybe, _SHORTEST_RUN_S):
        dbfs = [one.dbfs for one in run]
        never_loud = len(run) == len(levels) >= NEVER_LOUD_S
        same_level = _length_s(run) >= DEAD_RUN_S - 1 and max(dbfs) - min(dbfs) < SAME_LEVEL_DB
        if never_loud or same_level:
            yield run
        else:
            longest = run_length_s(DEAD_RUN_S, lesson_ns)
            yield from _runs(run, lambda one: one.dbfs < limits.surely, longest)


def _runs(seconds: Sequence[T], predicate: Callable[[T], bool], shortest_s: int) -> Iterator[list[T]]:
    """The runs of at least ``shortest_s`` seconds in which ``predicate`` holds wherever something was measured."""
    for holds, group in groupby(seconds, key=predicate):
        run = list(group)
        if holds and _length_s(run) >= shortest_s:
            yield run


def _span(run: Sequence[T]) -> tuple[int, int]:
    return run[0].lesson_ns, run[-1].lesson_ns + SECOND_NS


def _length_s(run: Sequence[T]) -> int:
    begin_ns, end_ns = _span(run)
    return (end_ns - begin_ns) // SECOND_NS
