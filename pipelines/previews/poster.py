"""The poster: a still of the programme some way into the lesson, sharp and bright, and neither black nor a slate."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from pipelines.previews.fitted_picture import Bgr, jpeg, scaled
from pipelines.previews.key_pictures import KeyPictures
from pipelines.previews.screen_stands import SCREEN

LARGEST = (1280, 720)
_QUALITY = 85
# The beginning is settling down, the end is packing up.
_FROM, _TO, _CANDIDATES = 0.12, 0.72, 12
_WORKING_SIZE = (320, 180)
# Mean luma of what can be recognised, and the least standard deviation of a picture with something in it.
_DARKEST, _BRIGHTEST, _LEAST_CONTRAST = 30.0, 225.0, 12.0


def make_poster(pictures: KeyPictures, is_true: Callable[[str, float], bool]) -> bytes | None:
    """Return the poster as a JPEG; None where no picture can be one.

    ``is_true`` says whether a role's camera delivered at a moment in seconds: a slate is not looked at. What people are
    seen in comes before what stands on the screen.
    """
    best: tuple[bool, float] | None = None
    poster: Bgr | None = None
    for number in range(_CANDIDATES):
        moment_s = pictures.length_s * (_FROM + (_TO - _FROM) * number / (_CANDIDATES - 1))
        picture = pictures.at(moment_s)
        if picture is None or not is_true(picture.role, moment_s):
            continue
        found = sharpness(scaled(picture, _WORKING_SIZE))
        if found is None:
            continue
        rank = picture.role != SCREEN, found
        if best is None or rank > best:
            best, poster = rank, scaled(picture, LARGEST)
    return None if poster is None else jpeg(poster, _QUALITY)


def sharpness(pixels: Bgr) -> float | None:
    """The variance of the Laplacian of a small picture's luma; None where it is too dark, too bright or too even.

    Source: Pertuz, Puig, Garcia, "Analysis of focus measure operators for shape-from-focus", Pattern Recognition 2013
    (LAPV).
    """
    luma = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    if not _DARKEST <= float(luma.mean()) <= _BRIGHTEST or float(luma.std()) < _LEAST_CONTRAST:
        return None
    return float(np.var(cv2.Laplacian(luma, cv2.CV_64F)))
