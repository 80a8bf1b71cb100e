"""When clapping hands were seen to meet: motion that follows the pattern of the claps heard, and stops at each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.pattern_correlation import correlate_pattern

LEAST_CLAPS = 5

_APPROACH_MS = 150.0
_MOST_MS = 300.0
_LEAST_CORRELATION = 0.25
_MOVING_SHARE = 0.5
_REACH_ROWS, _REACH_COLUMNS = 3, 6


@dataclass(frozen=True, slots=True)
class ClapMotion:
    """How much later than heard each clap was seen, by the stamps: shape (claps,), NaN where it was not seen.

    One is right to within half a frame interval. ``row`` and ``column`` are the tile where the hands move most clearly.
    """

    seen_after_ms: NDArray[np.float64]
    interval_ms: float
    row: int
    column: int
    correlation: float


def clap_motion(tiles: NDArray[np.float32], stamps_ns: NDArray[np.int64], claps_ns: NDArray[np.int64]) -> ClapMotion:
    """Return when each clap heard at ``claps_ns`` (claps,) was seen.

    ``tiles``: mean luma of the tiles of each picture, shape (pictures, rows, columns), with capture stamps
    ``stamps_ns``. Hands are taken to approach at an even pace and to stop where they meet: the share of the last
    interval during which they still moved is the share of the motion that it shows. They must stay together for half a
    second, since how they open looks much the same; picture and sound may be 300 ms apart.

    Raises:
        Unmeasurable: ``too-few-pictures``, ``too-few-claps``, ``no-motion`` (nothing moves in the rhythm of the claps).
    """
    if len(stamps_ns) < 10:
        raise Unmeasurable("too-few-pictures")
    if len(claps_ns) < LEAST_CLAPS:
        raise Unmeasurable("too-few-claps")
    interval_ms = float(np.median(np.diff(stamps_ns))) / 1e6
    motion = np.abs(np.diff(tiles.reshape(len(tiles), -1), axis=0))
    # The motion between two pictures belongs to the middle between them.
    middles_ns = (stamps_ns[1:] + stamps_ns[:-1]) // 2
    approach_ns = np.stack([claps_ns - round(_APPROACH_MS * 1e6), claps_ns], axis=1)
    delays_ms = np.arange(-_MOST_MS, _MOST_MS, interval_ms / 4)
    correlation = correlate_pattern(motion, middles_ns, approach_ns, delays_ms)
    delay, tile = np.unravel_index(int(np.argmax(correlation)), correlation.shape)
    best = float(correlation[delay, tile])
    if best < _LEAST_CORRELATION:
        raise Unmeasurable("no-motion")
    row, column = divmod(int(tile), tiles.shape[2])
    energy = _motion_around(motion.reshape(len(motion), *tiles.shape[1:]), row, column)
    expected_ns = claps_ns + round(float(delays_ms[delay]) * 1e6)
    seen_ns = [_stop_ns(energy, stamps_ns, int(at_ns), interval_ms) for at_ns in expected_ns]
    after_ms = [(ns - int(clap_ns)) / 1e6 for ns, clap_ns in zip(seen_ns, claps_ns, strict=True)]
    return ClapMotion(np.array(after_ms), interval_ms, row, column, best)


def _motion_around(motion: NDArray[np.float32], row: int, column: int) -> NDArray[np.float64]:
    """The motion of the hands as a whole, of which each tile sees a part of the way only: shape (pictures - 1,)."""
    rows = slice(max(0, row - _REACH_ROWS), row + _REACH_ROWS + 1)
    columns = slice(max(0, column - _REACH_COLUMNS), column + _REACH_COLUMNS + 1)
    around = motion[:, rows, columns]
    above_noise = np.maximum(0, around - 2 * np.median(around, axis=0))
    energy: NDArray[np.float64] = above_noise.sum(axis=(1, 2), dtype=np.float64)
    return energy


def _stop_ns(energy: NDArray[np.float64], stamps_ns: NDArray[np.int64], near_ns: int, interval_ms: float) -> float:
    """When the motion near ``near_ns`` stopped; NaN where there is none.

    ``energy[i]`` is the motion from picture i to picture i + 1.
    """
    starts_ns = stamps_ns[:-1]
    near = np.flatnonzero(np.abs(starts_ns - near_ns) < (_APPROACH_MS + interval_ms) * 1e6)
    if len(near) < 3 or near[0] < 1 or near[-1] + 1 >= len(energy):
        return float("nan")
    strongest = float(energy[near].max())
    if strongest < 4 * np.median(energy) or strongest <= 0:
        return float("nan")
    last = int(near[energy[near] > _MOVING_SHARE * strongest][-1])
    pace = max(energy[last - 1], energy[last])
    moved = (energy[last] + min(energy[last + 1], pace)) / pace
    return float(starts_ns[last]) + float(moved) * interval_ms * 1e6
