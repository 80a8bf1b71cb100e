"""A camera's picture on a terminal, coarse: two pixels a sign, one above the other, in the terminal's colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich_pixels import Pixels


def terminal_picture(picture: NDArray[np.uint8], columns: int, lines: int) -> Pixels:
    """A picture (height, width, 3) in BGR, as large as fits into so many columns and lines; its shape is kept."""
    height, width = picture.shape[:2]
    scale = min(columns / width, 2 * lines / height)
    size = max(1, round(width * scale)), max(2, round(height * scale / 2) * 2)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    pixels: Pixels = Pixels.from_image(Image.fromarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB)))
    return pixels
