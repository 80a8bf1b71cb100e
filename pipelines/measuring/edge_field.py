"""Directions of a picture's edges, whatever the light, and how many of its blocks lie where they lay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

_WIDTH, _HEIGHT = 320, 180
_BLOCK_W, _BLOCK_H = 32, 30
_STEP = 19
# A twentieth of the width: a camera that was touched, not one that was turned.
_REACH = 16
# The gradient at which an edge counts half, in multiples of what noise makes.
_HALF_AT_NOISE = 4.0
_LEAST_GRADIENT = 24.0
# Structure of a block: the least sum of its edges' weights, and how unlike its two directions must be spread. A block
# with one straight line alone fits everywhere along it.
_LEAST_WEIGHT = 40.0
_MOST_ONE_SIDED = 0.93
# An agreeing block resembles its place at least so much, and its best place nearly no more.
_LEAST_LIKENESS = 0.35
_OF_ITS_BEST = 0.9
# Votes for a shift that is farther away than this from the common one are chance.
_SAME_PEAK = 3


@dataclass(frozen=True, slots=True)
class BlockAgreement:
    """Of ``compared`` blocks with structure ``agreeing`` lie at one common shift, a share of the picture's width.

    ``by_chance`` is the most that agree on any other shift: rows of desks, which fit in many places.
    """

    agreeing: int
    by_chance: int
    compared: int
    shift_share: float


def edge_field(luma: NDArray[np.uint8]) -> Field:
    """Return the edges of a picture: float32 (180, 320, 2), cosine and sine of twice their angle, times their weight.

    Twice the angle, since a window frame is dark by day and bright by night. Weights are from 0 to 1, and rise with
    the gradient against the picture's own noise.
    """
    small = cv2.resize(luma, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0).astype(np.float32)
    across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0)
    down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(across, down)
    noise = float(np.median(strength))
    half = max(_LEAST_GRADIENT, min(_HALF_AT_NOISE * noise, 12 * _LEAST_GRADIENT))
    weight = strength**2 / (strength**2 + half**2)
    return cast("Field", np.dstack((weight * np.cos(2 * angle), weight * np.sin(2 * angle))).astype(np.float32))


def agreement_of_blocks(now: Field, then: Field) -> BlockAgreement:
    """Seek each block of ``now`` in ``then``, and count those that agree on one shift of at most a twentieth."""
    likenesses = [
        cv2.matchTemplate(
            then[top - _REACH : top + _BLOCK_H + _REACH, left - _REACH : left + _BLOCK_W + _REACH],
            now[top : top + _BLOCK_H, left : left + _BLOCK_W],
            cv2.TM_CCORR_NORMED,
        )
        for top in range(_REACH, _HEIGHT - _BLOCK_H - _REACH + 1, _STEP)
        for left in range(_REACH, _WIDTH - _BLOCK_W - _REACH + 1, _STEP)
        if _has_structure(now[top : top + _BLOCK_H, left : left + _BLOCK_W])
        and _has_structure(then[top : top + _BLOCK_H, left : left + _BLOCK_W])
    ]
    if not likenesses:
        return BlockAgreement(0, 0, 0, 0.0)
    maps = np.stack(likenesses)
    best = maps.max(axis=(1, 2), keepdims=True)
    # A lens that was touched also rolls and zooms a little: a block may lie a pixel beside the common shift.
    near = np.stack([cv2.dilate(one, np.ones((3, 3), np.uint8)) for one in likenesses])
    votes = ((near >= _LEAST_LIKENESS) & (near >= _OF_ITS_BEST * best)).sum(axis=0)
    common = cv2.GaussianBlur(votes.astype(np.float32), (3, 3), 0)
    row, column = divmod(int(common.argmax()), common.shape[1])
    shift = float(np.hypot(row - _REACH, column - _REACH)) / _WIDTH
    elsewhere = votes.copy()
    elsewhere[
        max(row - _SAME_PEAK, 0) : row + _SAME_PEAK + 1, max(column - _SAME_PEAK, 0) : column + _SAME_PEAK + 1
    ] = 0
    return BlockAgreement(int(votes[row, column]), int(elsewhere.max()), len(likenesses), shift)


def _has_structure(block: Field) -> bool:
    cosine, sine = block[..., 0], block[..., 1]
    weight = float(np.hypot(cosine, sine).sum())
    one_sided = float(np.hypot(cosine.sum(), sine.sum()))
    return weight >= _LEAST_WEIGHT and one_sided <= _MOST_ONE_SIDED * weight
