"""The pictures of all cameras as one calibration leaves them to the next, so that a swap is seen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.calibration.results import Picture
from pipelines.files.durable import write_atomically

_QUALITY = 85


def save_views(folder: Path, pictures: Mapping[str, NDArray[np.uint8]]) -> list[Picture]:
    """Write a picture, BGR (height, width, 3), of each camera by its role.

    Raises:
        OSError: The disk refuses.
    """
    saved = []
    for role, picture in pictures.items():
        name = _file_name(role)
        coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
        write_atomically(folder / name, coded.tobytes())
        saved.append(Picture(file=name, caption="roles-view", device=role))
    return saved


def load_views(folder: Path | None, roles: list[str]) -> dict[str, NDArray[np.uint8]]:
    """The pictures of an earlier calibration, BGR, for those roles that have one there."""
    found: dict[str, NDArray[np.uint8]] = {}
    if folder is None:
        return found
    for role in roles:
        try:
            coded = np.frombuffer((folder / _file_name(role)).read_bytes(), np.uint8)
        except OSError:
            continue
        picture = cv2.imdecode(coded, cv2.IMREAD_COLOR) if len(coded) else None
        if picture is not None:
            found[role] = picture.astype(np.uint8, copy=False)
    return found


def _file_name(role: str) -> str:
    return f"roles-{role}.jpg"
