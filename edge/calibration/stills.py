"""Pictures of a calibration's report: saved as JPEG in the folder of its results."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.calibration.results import Picture

_JPEG_QUALITY = 85


def save_picture(folder: Path, file: str, picture: NDArray[np.uint8], caption: str, role: str) -> Picture:
    """Save a BGR picture (height, width, 3) as ``file``; ``caption`` is a name in ``calibration_pictures``.

    Raises:
        OSError: The disk does not take it.
    """
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    (folder / file).write_bytes(encoded.tobytes())
    return Picture(file=file, caption=caption, device=role)
