"""A decoded picture in the size and shape in which it is shown, as BGR."""

from __future__ import annotations

import cv2
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from pipelines.previews.key_pictures import KeyPicture

Bgr = NDArray[np.uint8]
"""Pixels as (height, width, 3)."""


def shown_size(picture: KeyPicture, largest: tuple[int, int]) -> tuple[int, int]:
    """Return even (width, height) of a picture with square pixels that fits into ``largest``, not enlarged."""
    width, height = picture.frame.width * picture.pixel_aspect, float(picture.frame.height)
    scale = min(1.0, largest[0] / width, largest[1] / height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def scaled(picture: KeyPicture, largest: tuple[int, int]) -> Bgr:
    """Return a picture scaled to ``shown_size``."""
    width, height = shown_size(picture, largest)
    made = picture.frame.reformat(width, height, "bgr24", interpolation=Interpolation.AREA)
    return made.to_ndarray().astype(np.uint8, copy=False)


def boxed(picture: KeyPicture, cell: tuple[int, int]) -> Bgr:
    """Return a picture in the middle of a cell of (width, height), black where it does not fill it."""
    made = scaled(picture, cell)
    whole = np.zeros((cell[1], cell[0], 3), np.uint8)
    top, left = (cell[1] - made.shape[0]) // 2, (cell[0] - made.shape[1]) // 2
    whole[top : top + made.shape[0], left : left + made.shape[1]] = made
    return whole


def jpeg(pixels: Bgr, quality: int) -> bytes:
    """Return pixels as a baseline JPEG."""
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()
