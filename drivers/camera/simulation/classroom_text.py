"""Text in simulated pictures, Chinese too: OpenCV 5 carries a font; with an older one there is Latin text only."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.brush import Colour

Image = NDArray[np.uint8]

_FONT = cv2.FontFace("uni") if hasattr(cv2, "FontFace") else None


def write(
    picture: Image, text: str, place: tuple[float, float], size: float, colour: Colour, weight: int = 400
) -> None:
    """Write ``text`` from a place on its base line, in pixels, ``size`` pixels high."""
    at = round(place[0]), round(place[1])
    if _FONT is not None:
        cv2.putText(picture, text, at, colour, _FONT, max(1, round(size)), weight)
    else:
        plain = text.encode("ascii", "ignore").decode()
        cv2.putText(
            picture, plain, at, cv2.FONT_HERSHEY_SIMPLEX, size / 30, colour, max(1, round(size / 18)), cv2.LINE_AA
        )
