"""Whether a block goes on where the last one ended: time stamps against the count of samples."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock
from pipelines.capture.clock_estimator import ClockEstimator

TOLERANCE_NS = 20_000_000
AGREEING_NS = 100_000_000
AGREEING_BLOCKS = 3
DOUBTED_NS = 4_000_000_000


@dataclass(slots=True, eq=False)
class SampleRun:
    """An unbroken run of samples: the clock that took them, and how many there have been.

    ``after_loss`` tells that it began because samples were missing, not because the device was opened.
    """

    fit: ClockEstimator
    after_loss: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class NumberedSamples:
    """Samples of shape (n, channels) that begin at number ``first`` of their run."""

    run: SampleRun
    first: int
    samples: NDArray[np.int16]


@dataclass(slots=True)
class _SuspectBlocks:
    """Blocks whose stamps do not fit the count, and by how much each is off."""

    blocks: list[SoundBlock] = field(default_factory=list)
    off_ns: list[float] = field(default_factory=list)
    samples: int = 0


class GapDetector:
    """Numbers the samples of one opened device, and begins a new run where samples are missing.

    One odd stamp proves nothing, nor do blocks that a stall delivers in a burst with
    stamps of their arrival. Only when 0.1 s of blocks agree that they are 20 ms or more (beyond the usual jitter)
    from where the count puts them is something missing, or doubled. Until then they are held.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._run = SampleRun(ClockEstimator(rate_hz))
        self._doubts = _SuspectBlocks()

    def settled(self, portion: NumberedSamples) -> bool:
        """Whether the time of a portion's samples is known well enough, or as well as it ever will be."""
        return portion.run is not self._run or self._run.fit.settled

    def feed(self, block: SoundBlock) -> list[NumberedSamples]:
        """The samples whose place is known now, in order."""
        fit = self._run.fit
        expected = self._run.count + self._doubts.samples
        off_ns = block.captured_ns - fit.time_ns(expected) if fit.stamps else 0.0
        if abs(off_ns) <= self._tolerance_ns:
            return [*self.release(), self._append(block, believed=True)]
        self._doubts.blocks.append(block)
        self._doubts.off_ns.append(off_ns)
        self._doubts.samples += len(block.samples)
        if (first := self._first_agreeing()) is not None:
            return self._begin_run(first)
        if self._doubts.samples > DOUBTED_NS * self._rate_hz // 1_000_000_000:
            return self.release()
        return []

    def release(self) -> list[NumberedSamples]:
        """Give up the doubts: the held blocks go where the count puts them, and their stamps are not believed."""
        held, self._doubts = self._doubts, _SuspectBlocks()
        return [self._append(block, believed=False) for block in held.blocks]

    @property
    def _tolerance_ns(self) -> float:
        return TOLERANCE_NS + 4.0 * self._run.fit.jitter_ns

    def _first_agreeing(self) -> int | None:
        """The first of the held blocks that agree with the last, if they are enough to be believed."""
        off = self._doubts.off_ns
        first = len(off) - 1
        while first > 0 and abs(off[first - 1] - off[-1]) <= self._tolerance_ns:
            first -= 1
        agreeing = self._doubts.blocks[first:]
        length_ns = sum(len(block.samples) for block in agreeing) * 1e9 / self._rate_hz
        return first if len(agreeing) >= AGREEING_BLOCKS and length_ns >= AGREEING_NS else None

    def _begin_run(self, first: int) -> list[NumberedSamples]:
        held, self._doubts = self._doubts.blocks, _SuspectBlocks()
        portions = [self._append(block, believed=False) for block in held[:first]]
        self._run = SampleRun(self._run.fit.successor(), after_loss=True)
        return portions + [self._append(block, believed=True) for block in held[first:]]

    def _append(self, block: SoundBlock, *, believed: bool) -> NumberedSamples:
        first = self._run.count
        if believed:
            self._run.fit.observe(first, block.captured_ns)
        self._run.count += len(block.samples)
        return NumberedSamples(self._run, first, block.samples)
