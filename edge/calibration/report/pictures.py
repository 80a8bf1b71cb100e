"""Pictures of a calibration as data URIs, made smaller where a page has no use for their size."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import numpy as np

_MEDIA_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml"}
_WIDEST_PX = 1280
_LARGEST = 16 << 20


def picture_uri(folder: Path, file: str) -> str:
    """A picture in ``folder`` as a data URI; empty where it is missing, no picture, or not in that folder."""
    path = (folder / file).resolve()
    media_type = _MEDIA_TYPES.get(path.suffix.lower(), "")
    if not media_type or not path.is_relative_to(folder.resolve()):
        return ""
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError:
        return ""
    if media_type == "image/jpeg":
        data = _smaller_jpeg(data)
    if not 0 < len(data) <= _LARGEST:
        return ""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _smaller_jpeg(data: bytes) -> bytes:
    """A JPEG no wider than ``_WIDEST_PX``; nothing of what is none."""
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # an empty file
        return b""
    if picture is None:
        return b""
    height, width = picture.shape[:2]
    if width <= _WIDEST_PX:
        return data
    smaller = cv2.resize(picture, (_WIDEST_PX, round(height * _WIDEST_PX / width)), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])
