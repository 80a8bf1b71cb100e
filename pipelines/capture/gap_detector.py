"""Detect lost or doubled audio samples by comparing time stamps with the sample count."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock
from pipelines.capture.clock_estimator import ClockEstimator

TOLERANCE_NS = 20_000_000
CONFIRM_NS = 100_000_000
CONFIRM_BLOCKS = 3
MAX_SUSPECT_NS = 4_000_000_000


@dataclass(slots=True, eq=False)
class SampleRun:
    """An unbroken run of samples: the estimated clock of its device, and how many samples there have been.

    ``after_loss``: it began because samples were missing, not because the device was opened.
    """

    clock: ClockEstimator
    after_loss: bool = False
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
    arrival. Samples count as missing (or doubled) only when 0.1 s of blocks agree that they are 20 ms or more,
    beyond the usual jitter, from where the count puts them. Until then the blocks are held.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._run = SampleRun(ClockEstimator(rate_hz))
        self._suspects = _SuspectBlocks()

    def is_settled(self, numbered: NumberedSamples) -> bool:
        """Whether the time of these samples is known well enough, or as well as it ever will be."""
        return numbered.run is not self._run or self._run.clock.is_settled

    def push_block(self, block: SoundBlock) -> list[NumberedSamples]:
        """Add the next block; return the samples whose number is certain now, in order."""
        clock = self._run.clock
        expected = self._run.count + self._suspects.samples
        off_ns = block.captured_ns - clock.time_ns(expected) if clock.observations else 0.0
        if abs(off_ns) <= self._tolerance_ns:
            return [*self.release_suspects(), self._append(block, is_trusted=True)]
        self._suspects.blocks.append(block)
        self._suspects.off_ns.append(off_ns)
        self._suspects.samples += len(block.samples)
        if (first := self._first_agreeing()) is not None:
            return self._begin_run(first)
        if self._suspects.samples > MAX_SUSPECT_NS * self._rate_hz // 1_000_000_000:
            return self.release_suspects()
        return []

    def release_suspects(self) -> list[NumberedSamples]:
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
        self._run = SampleRun(self._run.clock.successor(), after_loss=True)
        return numbered + [self._append(block, is_trusted=True) for block in held[first:]]

    def _append(self, block: SoundBlock, *, is_trusted: bool) -> NumberedSamples:
        first = self._run.count
        if is_trusted:
            self._run.clock.observe(first, block.captured_ns)
        self._run.count += len(block.samples)
        return NumberedSamples(self._run, first, block.samples)
