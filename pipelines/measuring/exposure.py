"""The exposure of a picture: mean luma, clipped highlights and crushed shadows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# A codec rings by about this many levels around black and white.
_CODEC_RINGING = 2


@dataclass(frozen=True, slots=True)
class LumaRange:
    """The codes of black and white."""

    black: int
    white: int


FULL_RANGE = LumaRange(0, 255)
LIMITED_RANGE = LumaRange(16, 235)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Lumas are 0..1 from black to white, as encoded (not linear light); shares are parts of all pixels, 0..1.

    ``outside_share`` are pixels beyond black or white: many of them say that a picture of full range is labelled as
    limited.
    """

    mean_luma: float
    median_luma: float
    clipped_share: float
    crushed_share: float
    outside_share: float


def exposure(luma: NDArray[np.uint8], luma_range: LumaRange = FULL_RANGE) -> Exposure:
    """The exposure of luma (height, width), or of several pictures together (n, height, width).

    Source: Recommendation ITU-R BT.709-6, 4.6 (codes 16 and 235); ITU-T T.871, JFIF (codes 0 and 255).
    """
    flat = np.ascontiguousarray(luma).reshape(-1, luma.shape[-1])
    counts = np.asarray(cv2.calcHist([flat], [0], None, [256], [0, 256]), np.float64).ravel()
    shares = counts / counts.sum()
    black, white = luma_range.black, luma_range.white
    codes = (np.arange(256) - black) / (white - black)
    return Exposure(
        mean_luma=float(shares @ codes),
        median_luma=float(codes[int(np.searchsorted(np.cumsum(shares), 0.5))]),
        clipped_share=float(shares[white - _CODEC_RINGING :].sum()),
        crushed_share=float(shares[: black + _CODEC_RINGING + 1].sum()),
        outside_share=float(shares[:black].sum() + shares[white + 1 :].sum()),
    )
