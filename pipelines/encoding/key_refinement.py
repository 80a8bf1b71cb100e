"""Decide how much finer key pictures are than those that refer to them, by how far a scene stays the same."""

from __future__ import annotations

from typing import Final

import av
import numpy as np

from pipelines.yuv_planes import Plane, subsampled_luma

# A pixel of something that moves counts no more than this.
_MOST = 12
# Mean change between pictures, in steps of the quantiser (ITU-T H.264, 8.5.9: it doubles every six QP), up to which
# key pictures are so many QP finer. Measured at equal size: pictures inherit what stays; where the sensor's noise is as
# large as the quantiser's step they would only code it again and again.
_REFINEMENTS: Final = ((0.06, 6), (0.12, 3))
_LEAST = 0
_STEP_AT_QP_4 = 1.0
# An estimate may vary by so much before key pictures change.
_HYSTERESIS = 1.3
_WEIGHT = 0.4


class KeyRefinement:
    """Looks at the two first pictures of each second, every eighth pixel of every eighth row: 0.1 ms at 1080p."""

    def __init__(self) -> None:
        self.steps = 3
        self._key: Plane | None = None
        self._change: float | None = None

    def look(self, frame: av.VideoFrame, *, key: bool) -> None:
        """The picture at hand; ``key``: it is a key picture, and the next one is compared with it."""
        if not key and self._key is None:
            return
        luma = subsampled_luma(frame)
        if key:
            self._key = luma.copy()
            return
        before, self._key = self._key, None
        if before is not None and before.shape == luma.shape:
            change = float(np.minimum(np.abs(luma.astype(np.int16) - before), _MOST).mean())
            self._change = change if self._change is None else self._change + _WEIGHT * (change - self._change)

    def choose(self, qp: int) -> int:
        """QP steps by which key pictures are finer than the inter pictures at ``qp``."""
        if self._change is not None:
            share = self._change / (_STEP_AT_QP_4 * 2 ** ((qp - 4) / 6))
            if not _steps(share * _HYSTERESIS) <= self.steps <= _steps(share / _HYSTERESIS):
                self.steps = _steps(share)
        return self.steps


def _steps(share: float) -> int:
    return next((steps for most, steps in _REFINEMENTS if share <= most), _LEAST)
