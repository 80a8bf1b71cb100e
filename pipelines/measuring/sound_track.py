"""The blocks of a microphone as one run of samples, each with its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.samples import SoundBlock
from pipelines.measuring.estimate import Unmeasurable

_GAP_MS = 20.0
_LEAST_BLOCKS_FOR_RATE = 20
_FULL_SCALE = 32768.0


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """Samples of one channel, shape (n,), -1 to 1, at the nominal ``rate_hz``, and the times of some of them.

    ``anchors`` are positions in ``samples`` and ``anchor_times_ns`` their capture times (CLOCK_MONOTONIC), smoothed.
    """

    samples: NDArray[np.float64]
    rate_hz: int
    anchors: NDArray[np.int64]
    anchor_times_ns: NDArray[np.int64]

    def times_ns(self, positions: NDArray[np.float64]) -> NDArray[np.int64]:
        """The capture times of samples; positions may lie between two."""
        origin_ns = int(self.anchor_times_ns[0])
        since_ns = np.interp(positions, self.anchors, self.anchor_times_ns - origin_ns)
        times: NDArray[np.int64] = np.rint(since_ns).astype(np.int64) + origin_ns
        return times

    def positions(self, times_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """The samples captured at these times, as positions; times outside the track lead to its ends."""
        origin_ns = int(self.anchor_times_ns[0])
        found: NDArray[np.float64] = np.interp(
            times_ns - origin_ns, self.anchor_times_ns - origin_ns, self.anchors.astype(np.float64)
        )
        return found


def sound_track(blocks: Sequence[SoundBlock], rate_hz: int) -> SoundTrack:
    """Join blocks in order; the stamps between two gaps are smoothed by a line, which also follows the card's clock.

    Of several channels the loudest is taken: a sum could cancel where one is wired the wrong way round.

    Raises:
        Unmeasurable: ``too-short``.
    """
    if len(blocks) < 2:
        raise Unmeasurable("too-short")
    samples = np.concatenate([block.samples for block in blocks]).astype(np.float64) / _FULL_SCALE
    sizes = np.array([len(block.samples) for block in blocks])
    firsts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    stamps_ns = np.array([block.captured_ns for block in blocks], dtype=np.int64)
    nominal_ns = 1e9 / rate_hz
    steps_ns = np.diff(stamps_ns) - sizes[:-1] * nominal_ns
    runs = np.split(np.arange(len(blocks)), np.flatnonzero(np.abs(steps_ns) > _GAP_MS * 1e6) + 1)
    anchors, times_ns = [], []
    for run in runs:
        ends = np.array([firsts[run[0]], firsts[run[-1]] + sizes[run[-1]] - 1])
        times_ns.append(_line(firsts[run], stamps_ns[run], nominal_ns, ends))
        anchors.append(ends)
    loudest = int(np.argmax(samples.var(axis=0)))
    return SoundTrack(samples[:, loudest], rate_hz, np.concatenate(anchors), np.concatenate(times_ns))


def _line(
    firsts: NDArray[np.int64], stamps_ns: NDArray[np.int64], nominal_ns: float, at: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The times of the samples ``at``, by a line through the stamps; of nominal slope where they are few."""
    origin, origin_ns = int(firsts[0]), int(stamps_ns[0])
    behind, since_ns = (firsts - origin).astype(np.float64), (stamps_ns - origin_ns).astype(np.float64)
    if len(firsts) < _LEAST_BLOCKS_FOR_RATE:
        slope, start = nominal_ns, float(np.median(since_ns - behind * nominal_ns))
    else:
        slope, start = np.polyfit(behind, since_ns, 1)
    line: NDArray[np.int64] = np.rint(start + slope * (at - origin)).astype(np.int64) + origin_ns
    return line
