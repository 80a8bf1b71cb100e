"""Detect lost or doubled audio samples by comparing time stamps with the sample count."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock
from pipelines.capture.clock_estimator import ClockEstimator
from pipelines.capture.rate_meter import LOOK_S, RateMeter

TOLERANCE_NS = 20_000_000
# On a machine that stands still a sound server's stamps were 20 to 60 ms late for 120 ms at a time, and agreed.
CONFIRM_NS = 500_000_000
CONFIRM_BLOCKS = 3
MAX_SUSPECT_NS = 4_000_000_000
# Time stamps that do not agree with the count for so long are wrong by their median.
DISAGREEMENT_NS = 1_000_000_000
# A device that seems to deliver at another rate than it promises is listened to for longer.
DOUBT_S = 1.5
OTHER_RATE_UNCERTAINTY_PPM = 5_000.0


@dataclass(slots=True, eq=False)
class SampleRun:
    """An unbroken run of samples: the estimated clock of its device, and how many samples there have been.

    ``why`` is why it began in mid-stream; empty where the device was opened.
    """

    clock: ClockEstimator
    why: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class NumberedSamples:
    """Samples of shape (n, channels), the first of which is number ``first`` of its run."""

    run: SampleRun
    first: int
    samples: NDArray[np.int16]


@dataclass(slots=True)
class _SuspectBlocks:
    """Blocks whose time stamps do not fit the sample count, and by how much each is off."""

    blocks: list[SoundBlock] = field(default_factory=list)
    off_ns: list[float] = field(default_factory=list)
    samples: int = 0


class GapDetector:
    """Number the samples of one opened device, and begin a new run where samples are missing.

    One odd time stamp proves nothing, nor do blocks that arrive in a burst after a stall, stamped with their
    arrival. Samples count as missing (or doubled) only when 0.5 s of blocks agree that they are 20 ms or more,
    beyond the usual jitter, from where the count puts them. Until then the blocks are held. Stamps that disagree with
    the count for a second, but with each other too, are believed by their median.

    A promised rate is a claim: the first half second of blocks is held to see whether they come at that rate. A device
    that delivers at another one has a clock of that rate, from the beginning or from when it shows.
    """

    def __init__(self, rate_hz: int) -> None:
        self._run = SampleRun(ClockEstimator(rate_hz))
        self._rate_meter = RateMeter(rate_hz)
        self._observed = 0
        self._first_blocks: list[SoundBlock] | None = []
        self._suspects = _SuspectBlocks()

    def is_settled(self, numbered: NumberedSamples) -> bool:
        """Whether the time of these samples is known well enough, or as well as it ever will be."""
        return numbered.run is not self._run or self._run.clock.is_settled

    def push_block(self, block: SoundBlock) -> list[NumberedSamples]:
        """Add the next block; return the samples whose number is certain now, in order."""
        self._rate_meter.observe(self._observed, block.captured_ns)
        self._observed += len(block.samples)
        if self._first_blocks is None:
            return self._number(block)
        self._first_blocks.append(block)
        seconds = self._observed / self._rate_hz
        if seconds < LOOK_S:
            return []
        other_hz = self._rate_meter.other_rate_hz(self._rate_hz, window_s=1.0)
        if other_hz is not None and seconds < DOUBT_S:
            return []
        if other_hz is not None:
            self._run = self._run_at(other_hz, "")
        return self._number_first()

    def release_held(self) -> list[NumberedSamples]:
        """Number all held blocks: by the median of their stamps where they disagree with the count for long enough."""
        return self._number_first() + (self.release_overdue() or self._release_by_count())

    def release_overdue(self) -> list[NumberedSamples]:
        """Number the blocks that are held for longer than any doubt needs; most often there are none.

        Whoever waits for samples may not have them any sooner: by the count alone they would be placed as if nothing
        were missing, and all that follows with them.
        """
        off, samples = self._suspects.off_ns, self._suspects.samples
        held_ns = samples * 1e9 / self._rate_hz
        if held_ns < DISAGREEMENT_NS:
            return []
        latest = len(off) - round(len(off) * DISAGREEMENT_NS / held_ns)
        if abs(median(off[latest:])) > self._tolerance_ns:
            return self._begin_run(latest)
        return self._release_by_count()

    @property
    def _rate_hz(self) -> int:
        return self._run.clock.rate_hz

    def _number_first(self) -> list[NumberedSamples]:
        blocks, self._first_blocks = self._first_blocks or [], None
        return [numbered for block in blocks for numbered in self._number(block)]

    def _number(self, block: SoundBlock) -> list[NumberedSamples]:
        clock = self._run.clock
        expected = self._run.count + self._suspects.samples
        off_ns = block.captured_ns - clock.time_ns(expected) if clock.observations else 0.0
        if abs(off_ns) <= self._tolerance_ns:
            return [*self._release_by_count(), self._append(block, is_trusted=True)]
        self._suspects.blocks.append(block)
        self._suspects.off_ns.append(off_ns)
        self._suspects.samples += len(block.samples)
        if (first := self._first_agreeing()) is not None:
            return self._begin_run(first)
        if self._suspects.samples > MAX_SUSPECT_NS * self._rate_hz // 1_000_000_000:
            return self.release_held()
        return []

    def _release_by_count(self) -> list[NumberedSamples]:
        """Number the held blocks by the count alone, and ignore their time stamps."""
        held, self._suspects = self._suspects, _SuspectBlocks()
        return [self._append(block, is_trusted=False) for block in held.blocks]

    @property
    def _tolerance_ns(self) -> float:
        return TOLERANCE_NS + 4.0 * self._run.clock.jitter_ns

    def _first_agreeing(self) -> int | None:
        """Index of the first held block that agrees with the last, if enough do to confirm a gap."""
        off = self._suspects.off_ns
        first = len(off) - 1
        while first > 0 and abs(off[first - 1] - off[-1]) <= self._tolerance_ns:
            first -= 1
        agreeing = self._suspects.blocks[first:]
        length_ns = sum(len(block.samples) for block in agreeing) * 1e9 / self._rate_hz
        return first if len(agreeing) >= CONFIRM_BLOCKS and length_ns >= CONFIRM_NS else None

    def _begin_run(self, first: int) -> list[NumberedSamples]:
        held, self._suspects = self._suspects.blocks, _SuspectBlocks()
        numbered = [self._append(block, is_trusted=False) for block in held[:first]]
        other_hz = self._rate_meter.other_rate_hz(self._rate_hz)
        self._run = (
            SampleRun(self._run.clock.successor(), "samples are missing between the microphone and the recorder")
            if other_hz is None
            else self._run_at(other_hz, f"the microphone delivers {other_hz} samples a second from here on")
        )
        return numbered + [self._append(block, is_trusted=True) for block in held[first:]]

    def _run_at(self, rate_hz: int, why: str) -> SampleRun:
        self._rate_meter.clear()
        return SampleRun(ClockEstimator(rate_hz, uncertainty_ppm=OTHER_RATE_UNCERTAINTY_PPM), why)

    def _append(self, block: SoundBlock, *, is_trusted: bool) -> NumberedSamples:
        first = self._run.count
        if is_trusted:
            self._run.clock.observe(first, block.captured_ns)
        self._run.count += len(block.samples)
        return NumberedSamples(self._run, first, block.samples)
