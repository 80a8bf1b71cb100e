"""How late a camera's stamps are, from pictures of a wand's light that the box switched on and off at known times.

The delay found is that of the picture's rows where the wand was held: a rolling shutter exposes the rows one after the
other, up to a frame interval apart, so the wand belongs where the picture matters, at the teacher's face.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.edge_posterior import EdgePictures, EdgeTiming, edge_timing
from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.pattern_correlation import correlate_pattern

Floats = NDArray[np.float64]

TILE_ROWS, TILE_COLUMNS = 18, 32
LEAST_FLASHES = 6
LEAST_INTERVALS_LIT = 3.0
"""How many frame intervals a flash must last, so that a picture lies wholly in it at any phase."""

_LEAST_CORRELATION = 0.4
_SURE_INTERVALS = 0.85
_EDGE_INTERVALS = 1.4
_LEAST_NOISE = 0.02
_MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class LightOnset:
    """The delay of a camera's stamps after the middle of the exposure, and where the light was found.

    ``row`` and ``column`` are those of the tile, ``correlation`` how well it follows the pattern (1: exactly).
    ``per_flash_ms`` has the delay that each flash alone says, shape (flashes,), NaN where its pictures are missing; one
    flash alone is right to within half of what the exposure leaves of a frame interval.
    """

    latency_ms: Estimate
    exposure_ms: Estimate
    interval_ms: float
    row: int
    column: int
    correlation: float
    per_flash_ms: Floats


def tile_means(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the mean luma of each tile of a picture of shape (height, width): shape (TILE_ROWS, TILE_COLUMNS)."""
    means = cv2.resize(luma.astype(np.float32), (TILE_COLUMNS, TILE_ROWS), interpolation=cv2.INTER_AREA)
    return np.asarray(means, dtype=np.float32)


def light_onset(
    tiles: NDArray[np.float32],
    stamps_ns: NDArray[np.int64],
    flashes_ns: NDArray[np.int64],
    *,
    least_ms: float = -150.0,
    most_ms: float = 700.0,
) -> LightOnset:
    """Return the camera's delay, by a light somewhere in its pictures that blinked in the pattern.

    ``tiles``: mean luma, shape (pictures, rows, columns), with capture stamps ``stamps_ns`` (pictures,).
    ``flashes_ns``: when the light went on and off, shape (flashes, 2), on the same clock, at random or evenly spread
    phases of the frame interval. ``least_ms`` and ``most_ms`` bound the delay.

    Raises:
        Unmeasurable: ``too-few-pictures``, ``too-few-flashes``, ``flashes-too-short`` (see LEAST_INTERVALS_LIT),
            ``no-light`` (nothing in the pictures follows the pattern).
    """
    if len(stamps_ns) < 10:
        raise Unmeasurable("too-few-pictures")
    interval_ms = float(np.median(np.diff(stamps_ns))) / 1e6
    inside = (flashes_ns[:, 0] + least_ms * 1e6 > stamps_ns[0]) & (flashes_ns[:, 1] + most_ms * 1e6 < stamps_ns[-1])
    if inside.sum() < LEAST_FLASHES:
        raise Unmeasurable("too-few-flashes")
    if np.median(np.diff(flashes_ns[inside])) / 1e6 < LEAST_INTERVALS_LIT * interval_ms:
        raise Unmeasurable("flashes-too-short")
    series = tiles.reshape(len(tiles), -1)
    delays_ms = np.arange(least_ms, most_ms, interval_ms / 6)
    correlation = correlate_pattern(series, stamps_ns, flashes_ns, delays_ms)
    delay, tile = np.unravel_index(int(np.argmax(correlation)), correlation.shape)
    if correlation[delay, tile] < _LEAST_CORRELATION:
        raise Unmeasurable("no-light")
    near_ms = float(delays_ms[delay])
    flashes = _flash_pictures(series[:, tile].astype(np.float64), stamps_ns, flashes_ns, near_ms, interval_ms)
    if len(flashes.numbers) < LEAST_FLASHES:
        raise Unmeasurable("too-few-flashes")
    timing = edge_timing(flashes.rise, flashes.fall, interval_ms, flashes.noise, near_ms)
    per_flash_ms = np.full(len(flashes_ns), np.nan)
    for number, pictures in zip(flashes.numbers, flashes.rises, strict=True):
        per_flash_ms[number] = _single_rise_ms(pictures, timing)
    row, column = divmod(int(tile), tiles.shape[2])
    return LightOnset(
        timing.latency_ms,
        timing.exposure_ms,
        interval_ms,
        row,
        column,
        float(correlation[delay, tile]),
        per_flash_ms,
    )


@dataclass(frozen=True, slots=True)
class _FlashPictures:
    """The pictures around the edges of the flashes that were seen; ``rises`` by flash, ``rise`` and ``fall`` all."""

    numbers: list[int]
    rises: list[EdgePictures]
    rise: EdgePictures
    fall: EdgePictures
    noise: float


def _flash_pictures(
    luma: Floats, stamps_ns: NDArray[np.int64], flashes_ns: NDArray[np.int64], near_ms: float, interval_ms: float
) -> _FlashPictures:
    """Scale luma to the share of light, from the dark pictures around each flash and the lit ones of all."""
    sure_ms, edge_ms = _SURE_INTERVALS * interval_ms, _EDGE_INTERVALS * interval_ms
    numbers, darks, seen, residuals = [], [], [], []
    for number, (on_ns, off_ns) in enumerate(flashes_ns):
        after_on, after_off = (stamps_ns - on_ns) / 1e6 - near_ms, (stamps_ns - off_ns) / 1e6 - near_ms
        is_dark = ((after_on < -sure_ms) & (after_on > -sure_ms - 4 * interval_ms)) | (
            (after_off > sure_ms) & (after_off < sure_ms + 4 * interval_ms)
        )
        is_lit = (after_on > sure_ms) & (after_off < -sure_ms)
        if is_dark.sum() < 3 or not is_lit.any():
            continue
        numbers.append(number)
        darks.append(float(np.median(luma[is_dark])))
        residuals.append(luma[is_dark] - darks[-1])
        seen.append((after_on, after_off, is_lit))
    if not numbers:
        raise Unmeasurable("too-few-flashes")
    lit = [luma[is_lit] - dark for dark, (_, _, is_lit) in zip(darks, seen, strict=True)]
    contrast = float(np.median(np.concatenate(lit)))
    if contrast <= 0:
        raise Unmeasurable("no-light")
    residuals += [one - contrast for one in lit]
    noise = max(_LEAST_NOISE, _MAD_TO_DEVIATION * float(np.median(np.abs(np.concatenate(residuals)))) / contrast)
    rises, falls = [], []
    for dark, (after_on, after_off, _) in zip(darks, seen, strict=True):
        share = np.clip((luma - dark) / contrast, -0.5, 1.5)
        near_on, near_off = np.abs(after_on) < edge_ms, np.abs(after_off) < edge_ms
        rises.append(EdgePictures(after_on[near_on] + near_ms, share[near_on]))
        falls.append(EdgePictures(after_off[near_off] + near_ms, 1 - share[near_off]))
    return _FlashPictures(numbers, rises, _joined(rises), _joined(falls), min(noise, 0.3))


def _joined(edges: list[EdgePictures]) -> EdgePictures:
    return EdgePictures(np.concatenate([one.after_ms for one in edges]), np.concatenate([one.shares for one in edges]))


def _single_rise_ms(pictures: EdgePictures, timing: EdgeTiming) -> float:
    """The delay that one rise says: from its partly lit picture, else half-way between the last dark and first lit."""
    is_lit = pictures.shares >= 0.5
    if is_lit.all() or not is_lit.any():
        return float("nan")
    first = int(np.argmax(is_lit))
    around = slice(max(0, first - 1), first + 1)
    low, high = -np.inf, np.inf
    for after_ms, share in zip(pictures.after_ms[around], pictures.shares[around], strict=True):
        if 0.1 < share < 0.9:
            return float(after_ms - (share - 0.5) * timing.width_ms + timing.excess_ms / 2)
        if share <= 0.1:
            low = after_ms + timing.width_ms / 2
        else:
            high = after_ms - timing.width_ms / 2
    return float((low + high) / 2 + timing.excess_ms / 2) if np.isfinite(low + high) else float("nan")
