"""Checks of coverage: the pictures and samples that are there, against time and what the device promised.

Pure. They rest on what was counted in every second, not on what somebody noticed and journalled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.signal_limits import LOW_RUN_S, believable_fps, is_too_few
from pipelines.receipt.findings import Finding, FindingCode, bad, note
from pipelines.receipt.media_checks import run_length_s
from pipelines.receipt.seconds import NOT_COUNTED, SECOND_NS, PictureSecond, SoundSecond

LEAST_LOW_S = 3
BAD_SHARE = 0.01
# Clocks of cameras are off by far less.
FEWER_SHARE = 0.985

MISSING_SOUND_S = 1.0

DAMAGED_SECOND_SHARE = 0.25
DAMAGED_S = 2.0
LEAST_DAMAGED = 3


@dataclass(frozen=True, slots=True)
class _Rate:
    """Pictures of one whole lesson second, and what was promised (0: not known)."""

    second: int
    fps: int
    promised_fps: float


def check_picture_rate(
    track: str,
    seconds: Iterable[PictureSecond],
    lesson_ns: int,
    *,
    nominal_fps: float,
    excused: Set[int],
    halved: Set[int],
    is_screen: bool,
) -> Iterator[Finding]:
    """Find the seconds that have too few pictures to be watched, and tell if the promised rate was not kept.

    ``nominal_fps`` stands in for a promise that nobody made. ``excused`` are the seconds for which something else
    answers (journalled gaps), ``halved`` those in which every other picture was left out on purpose.
    """
    rates = [rate for rate in _rates(seconds, lesson_ns, nominal_fps, halved) if rate.second not in excused]

    def is_low(rate: _Rate) -> bool:
        return is_too_few(rate.fps, rate.promised_fps, is_screen=is_screen)

    low = [rate for rate in rates if is_low(rate)]
    runs = [list(run) for holds, run in groupby(rates, key=is_low) if holds]
    longest = max((len(run) for run in runs), default=0)
    if longest >= run_length_s(LOW_RUN_S, lesson_ns) or len(low) > max(LEAST_LOW_S, BAD_SHARE * len(rates)):
        yield _few(bad, track, low)
    kept = [rate for rate in rates if rate.promised_fps and not is_low(rate)]
    if kept and sum(rate.fps for rate in kept) < FEWER_SHARE * sum(rate.promised_fps for rate in kept):
        yield _few(note, track, kept)


def check_damaged_pictures(track: str, seconds: Iterable[PictureSecond]) -> Iterator[Finding]:
    """Count the pictures that are known to be damaged: a hundredth of them is too much, and so are whole seconds."""
    pictures = 0
    damaged: list[PictureSecond] = []
    for one in seconds:
        # A damaged picture may have been left out, and is not among the others then.
        pictures += max(one.pictures, one.damaged)
        if one.damaged:
            damaged.append(one)
    if not damaged:
        return
    count = sum(one.damaged for one in damaged)
    shares = [one.damaged / max(one.pictures, one.damaged) for one in damaged]
    spoilt_s = sum(share for share in shares if share >= DAMAGED_SECOND_SHARE)
    too_many = count > max(LEAST_DAMAGED, BAD_SHARE * pictures)
    finding = bad if too_many or spoilt_s >= DAMAGED_S else note
    yield finding(
        FindingCode.DAMAGED_PICTURES,
        track,
        damaged[0].lesson_ns,
        damaged[-1].lesson_ns + SECOND_NS,
        count=count,
        seconds=round(sum(shares), 2),
    )


def check_samples(
    microphone: str, seconds: Iterable[SoundSecond], lesson_ns: int, *, excused: Set[int]
) -> Iterator[Finding]:
    """Find missing sound: lesson time in which the microphone delivered no sample, and no journalled gap says so."""
    samples: defaultdict[int, int] = defaultdict(int)
    for one in seconds:
        if one.samples == NOT_COUNTED:
            return
        samples[one.lesson_ns // SECOND_NS] += one.samples
    short = [
        (second, 1 - samples[second] / LESSON_RATE_HZ)
        for second in range(lesson_ns // SECOND_NS)
        if second not in excused and samples[second] < LESSON_RATE_HZ
    ]
    missing_s = sum(share for _, share in short)
    if missing_s >= MISSING_SOUND_S:
        span = short[0][0] * SECOND_NS, (short[-1][0] + 1) * SECOND_NS
        yield bad(FindingCode.SOUND_MISSING, microphone, *span, seconds=round(missing_s, 2))


def _rates(seconds: Iterable[PictureSecond], lesson_ns: int, nominal_fps: float, halved: Set[int]) -> Iterator[_Rate]:
    """The rate of every whole second of the lesson; a second of which nothing is written had no picture."""
    counts: defaultdict[int, int] = defaultdict(int)
    promises: dict[int, float] = {}
    for one in seconds:
        if one.pictures == NOT_COUNTED:
            return
        counts[one.lesson_ns // SECOND_NS] += one.pictures
        promises[one.lesson_ns // SECOND_NS] = believable_fps(one.promised_fps)
    if not counts:
        return
    promised = 0.0
    for second in range(lesson_ns // SECOND_NS):
        promised = promises.get(second) or promised or believable_fps(nominal_fps)
        yield _Rate(second, counts[second], promised / 2 if second in halved else promised)


def _few(finding: Callable[..., Finding], track: str, rates: list[_Rate]) -> Finding:
    return finding(
        FindingCode.FEW_PICTURES,
        track,
        rates[0].second * SECOND_NS,
        (rates[-1].second + 1) * SECOND_NS,
        seconds=len(rates),
        fps=round(fmean(rate.fps for rate in rates), 1),
        promised_fps=round(fmean(rate.promised_fps for rate in rates), 1),
    )
