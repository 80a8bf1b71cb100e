"""Keypoints of a scene, by which it is recognised after its camera was turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

_WIDTH = 360
_MOST = 500
# Lowe's ratio: the best partner of a keypoint must be so much nearer than the second.
_RATIO = 0.82
_WITHIN_PX = 4.0
_FEWEST = 9
_MOST_ZOOM = 2.0


@dataclass(frozen=True, slots=True)
class Keypoints:
    """``places`` float32 (n, 2) in shares of the picture's width; ``descriptors`` float32 (n, 128), RootSIFT."""

    places: NDArray[np.float32]
    descriptors: NDArray[np.float32]
    height_share: float

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class ViewChange:
    """How far the corner that moved most has moved, as a share of the width, by so many keypoints that agree."""

    shift_share: float
    keypoints: int


def find_keypoints(luma: NDArray[np.uint8]) -> Keypoints:
    """Find the keypoints of a picture, uint8 (height, width).

    Descriptors are RootSIFT: Arandjelović and Zisserman, Three things everyone should know to improve object
    retrieval, 2012.
    """
    height = max(round(_WIDTH * luma.shape[0] / luma.shape[1]), 16)
    small = cv2.resize(luma, (_WIDTH, height), interpolation=cv2.INTER_AREA)
    found, raw = cv2.SIFT.create(nfeatures=_MOST, contrastThreshold=0.02).detectAndCompute(small, None)
    if raw is None or not len(found):
        return Keypoints(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32), height / _WIDTH)
    places = (np.array([one.pt for one in found]) / _WIDTH).astype(np.float32)
    descriptors = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return Keypoints(places, descriptors, height / _WIDTH)


def view_change(now: Keypoints, then: Keypoints) -> ViewChange | None:
    """Tell how a view changed, None where the two have nothing in common.

    The change is modelled as a shift, a roll and a zoom: by chance up to five pairs agree on one of those, by a
    homography, which has four parameters more, up to a dozen.
    """
    if min(len(now), len(then)) < _FEWEST:
        return None
    pairs = _mutual(now.descriptors, then.descriptors)
    if len(pairs) < _FEWEST:
        return None
    source, target = then.places[pairs[:, 1]] * _WIDTH, now.places[pairs[:, 0]] * _WIDTH
    cv2.setRNGSeed(0)
    similarity = _similarity(source, target)
    if similarity is None:
        return None
    off = np.hypot(*(cv2.transform(source[:, None], similarity)[:, 0] - target).T)
    # SIFT finds one corner in several directions: that is one pair.
    count = len(np.unique(np.round(target[off <= _WITHIN_PX]), axis=0))
    zoom = float(np.hypot(similarity[0, 0], similarity[1, 0]))
    if count < _FEWEST or not 1 / _MOST_ZOOM < zoom < _MOST_ZOOM:
        return None
    corners = np.array([[[0, 0]], [[1, 0]], [[1, then.height_share]], [[0, then.height_share]]]) * _WIDTH
    moved = cv2.transform(corners, similarity) - corners
    return ViewChange(float(np.hypot(moved[..., 0], moved[..., 1]).max()) / _WIDTH, count)


def _similarity(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64] | None:
    # Its stub does not say that there may be none.
    return cast(
        "NDArray[np.float64] | None",
        cv2.estimateAffinePartial2D(source, target, ransacReprojThreshold=_WITHIN_PX, maxIters=4000)[0],
    )


def _mutual(now: NDArray[np.float32], then: NDArray[np.float32]) -> NDArray[np.int64]:
    """Pairs of indices, int64 (n, 2), of which each is the other's nearest, and clearly so."""
    likeness = now @ then.T
    rows, best = np.arange(len(now)), likeness.argmax(axis=1)
    is_mutual = likeness.argmax(axis=0)[best] == rows
    # Of unit vectors: the squared distance is twice what the likeness lacks of 1.
    nearest, second = (np.maximum(1 - likes, 0) for likes in np.partition(likeness, -2, axis=1)[:, :-3:-1].T)
    chosen = is_mutual & (nearest < _RATIO**2 * second)
    return np.column_stack((rows[chosen], best[chosen])).astype(np.int64)
