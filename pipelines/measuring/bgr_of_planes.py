"""BGR at chroma's resolution from the planes of a YUV 4:2:0 picture, by BT.601 or BT.709."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.samples import ColourMatrix
from pipelines.measuring.exposure import FULL_RANGE, LumaRange

_CHROMA_CODES_LIMITED, _CHROMA_CODES_FULL = 224.0, 255.0
_SD_ROWS = 576
# The weights of red and blue in luma; green has the rest.
_WEIGHTS = {ColourMatrix.BT601: (0.299, 0.114), ColourMatrix.BT709: (0.2126, 0.0722)}


def bgr_of_planes(
    y: NDArray[np.uint8],
    u: NDArray[np.uint8],
    v: NDArray[np.uint8],
    luma_range: LumaRange,
    matrix: ColourMatrix,
) -> NDArray[np.uint8]:
    """BGR (height/2, width/2, 3) of Y (height, width) and U, V (height/2, width/2): enough for a colour cast.

    Source: Recommendations ITU-R BT.601-7, 2.5, and BT.709-6, 3 and 4; ITU-T T.871 (JFIF) for the full range.
    """
    if matrix == ColourMatrix.UNKNOWN:
        matrix = ColourMatrix.BT601 if len(y) <= _SD_ROWS else ColourMatrix.BT709
    red_weight, blue_weight = _WEIGHTS[matrix]
    green_weight = 1.0 - red_weight - blue_weight
    small = np.asarray(cv2.resize(y, (u.shape[1], u.shape[0]), interpolation=cv2.INTER_AREA)).astype(np.float32)
    luma = (small - luma_range.black) / (luma_range.white - luma_range.black)
    span = _CHROMA_CODES_FULL if luma_range == FULL_RANGE else _CHROMA_CODES_LIMITED
    blue_difference, red_difference = (u.astype(np.float32) - 128.0) / span, (v.astype(np.float32) - 128.0) / span
    red = luma + 2.0 * (1.0 - red_weight) * red_difference
    blue = luma + 2.0 * (1.0 - blue_weight) * blue_difference
    green = (luma - red_weight * red - blue_weight * blue) / green_weight
    return np.clip(np.rint(np.stack([blue, green, red], axis=-1) * 255.0), 0, 255).astype(np.uint8)
