"""Temporal noise of a camera for each luma level, from pictures of a scene that is still for the most part."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.estimate import Estimate, Unmeasurable
from pipelines.measuring.exposure import FULL_RANGE, LumaRange

BLOCK_PX = 16
LEVEL_WIDTH = 16

_MIN_BLOCKS = 12
_MAD_TO_SIGMA = 1.4826
# Gain, a lamp or a codec may change a block's mean a little; what moves changes it by more than this many deviations.
_MOVED = 5.0
_LARGEST_BLOCK_CONTRAST = 16.0


@dataclass(frozen=True, slots=True)
class NoiseLevel:
    """The noise at one luma: its deviation in codes, and the ratio of signal (above black) to it."""

    luma: float
    deviation: Estimate
    snr_db: Estimate
    share: float


@dataclass(frozen=True, slots=True)
class TemporalNoise:
    """The noise of a camera: ``snr_db`` of the mean signal to the effective noise of the frame, and each luma level."""

    snr_db: Estimate
    deviation: Estimate
    levels: tuple[NoiseLevel, ...]


def temporal_noise(pictures: NDArray[np.uint8], luma_range: LumaRange = FULL_RANGE) -> TemporalNoise:
    """The temporal noise of lumas (n, height, width), n at least 2; four to sixteen are useful.

    Differences of pictures (0 and 1, 2 and 3, …) cancel the scene; their variance in blocks of 16 × 16 pixels around
    the block's mean is twice the noise's. Blocks that moved are left out, and of the rest each level of 16 codes has
    the median. Clipped and very contrasty blocks do not count.

    Source: ISO 15739:2023, Photography — Electronic still-picture imaging — Noise measurements (temporal noise).

    Raises:
        Unmeasurable: ``too-few-pictures``; ``frozen-picture``: no two differ; ``no-still-area``.
    """
    if len(pictures) < 2:
        raise Unmeasurable("too-few-pictures")
    lumas, variances = [], []
    for first, second in zip(pictures[0::2], pictures[1::2], strict=False):
        if np.array_equal(first, second):
            continue
        block_lumas, block_variances = _blocks(first, second, luma_range)
        lumas.append(block_lumas)
        variances.append(block_variances)
    if not lumas:
        raise Unmeasurable("frozen-picture")
    levels = _levels(np.concatenate(lumas), np.concatenate(variances), luma_range.black)
    if not levels:
        raise Unmeasurable("no-still-area")
    return _summary(levels, luma_range.black)


def _blocks(
    first: NDArray[np.uint8], second: NDArray[np.uint8], luma_range: LumaRange
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean luma and noise variance of the blocks that are still."""
    height, width = (size // BLOCK_PX for size in first.shape)
    crop = np.s_[: height * BLOCK_PX, : width * BLOCK_PX]

    def means(image: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float64)

    one, two = first[crop].astype(np.float32), second[crop].astype(np.float32)
    difference = two - one
    luma, change = means(one), means(difference)
    freedom = BLOCK_PX**2 / (BLOCK_PX**2 - 1)
    variance = freedom * np.maximum(means(difference * difference) - change**2, 0.0) / 2.0
    contrast = np.sqrt(np.maximum(means(one * one) - luma**2, 0.0))
    typical = float(np.median(variance))
    # A change that all blocks share is a lamp's, not something that moves.
    own = np.abs(change - np.median(change))
    expected = np.sqrt(2.0 * np.clip(variance, typical, 9.0 * typical)) / BLOCK_PX
    still = own <= np.maximum(_MOVED * expected, 3.0 * _MAD_TO_SIGMA * float(np.median(own)))
    margin = 3.0 * math.sqrt(typical)
    inside = (luma > luma_range.black + margin) & (luma < luma_range.white - margin)
    kept = still & inside & (contrast < max(_LARGEST_BLOCK_CONTRAST, 3.0 * math.sqrt(typical)))
    return luma[kept], variance[kept]


def _levels(lumas: NDArray[np.float64], variances: NDArray[np.float64], black: int) -> tuple[NoiseLevel, ...]:
    bins = (lumas // LEVEL_WIDTH).astype(np.int64)
    levels = []
    for number in np.unique(bins):
        chosen = variances[bins == number]
        if len(chosen) < _MIN_BLOCKS:
            continue
        # What moves without a change of the block's mean is far above the median.
        middle = float(np.median(chosen))
        spread = _MAD_TO_SIGMA * float(np.median(np.abs(chosen - middle)))
        kept = chosen[np.abs(chosen - middle) <= 4.0 * spread]
        variance = float(kept.mean())
        if variance <= 0.0:
            continue
        deviation = math.sqrt(variance)
        half_width = 1.96 * float(kept.std()) / math.sqrt(len(kept)) / (2.0 * deviation)
        luma = float(lumas[bins == number].mean())
        levels.append(
            NoiseLevel(
                luma=luma,
                deviation=Estimate(deviation, half_width),
                snr_db=_decibels(luma - black, deviation, half_width),
                share=len(chosen) / len(lumas),
            )
        )
    return tuple(levels)


def _summary(levels: tuple[NoiseLevel, ...], black: int) -> TemporalNoise:
    shares = np.array([level.share for level in levels])
    shares /= shares.sum()
    variances = np.array([level.deviation.value**2 for level in levels])
    errors = np.array([2.0 * level.deviation.value * level.deviation.half_width for level in levels])
    deviation = math.sqrt(float(shares @ variances))
    half_width = float(np.linalg.norm(shares * errors)) / (2.0 * deviation)
    signal = float(shares @ np.array([level.luma - black for level in levels]))
    return TemporalNoise(_decibels(signal, deviation, half_width), Estimate(deviation, half_width), levels)


def _decibels(signal: float, deviation: float, half_width: float) -> Estimate:
    return Estimate(20.0 * math.log10(signal / deviation), 20.0 / math.log(10.0) * half_width / deviation)
