"""Make a picture of a Motion JPEG stream one that any browser shows: such streams may leave out the Huffman tables."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

_START_OF_IMAGE = b"\xff\xd8"
_HUFFMAN_TABLES, _START_OF_SCAN = 0xC4, 0xDA


def standalone(data: bytes) -> bytes | None:
    """The same picture with Huffman tables, the standard ones where it has none; None where its header is broken.

    Source: ISO/IEC 10918-1 (JPEG), annexes B (syntax) and K.3 (typical tables, which Motion JPEG takes for granted).
    """
    has_tables = False
    for at, marker in _segments(data):
        if marker == _START_OF_SCAN:
            return data if has_tables else b"".join((data[:at], _standard_tables(), data[at:]))
        has_tables |= marker == _HUFFMAN_TABLES
    return None


def _segments(data: bytes) -> list[tuple[int, int]]:
    """Where each segment of the header begins, and its marker, up to the first scan or to what is no segment."""
    found: list[tuple[int, int]] = []
    at = len(_START_OF_IMAGE) if data.startswith(_START_OF_IMAGE) else len(data)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a byte of fill
            at += 1
            continue
        found.append((at, marker))
        if marker == _START_OF_SCAN:
            break
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return found


@cache
def _standard_tables() -> bytes:
    """Those of annex K.3 as segments: an encoder that was not asked to optimise them writes them."""
    _, encoded = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8), [cv2.IMWRITE_JPEG_OPTIMIZE, 0])
    data = encoded.tobytes()
    places = _segments(data)
    ends = [at for at, _ in places[1:]]
    return b"".join(
        data[at:end] for (at, marker), end in zip(places[:-1], ends, strict=True) if marker == _HUFFMAN_TABLES
    )
