"""The bar code in simulated pictures: camera role, frame number and exposure time, drawn and read.

It lies across the top of the luma plane as three rows of forty large black and white cells, which survive JPEG, H.264
and scaling; docs/barcode.md describes the format for readers in other languages.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 40, 3
BLACK, WHITE = 16, 235
_MIN_WIDTH = COLUMNS * 4
_MIN_CONTRAST = 40

_PAYLOAD_BYTES, _CRC_BYTES = 11, 3
_LEFT, _RIGHT = (1, 0, 1), (0, 1, 0)  # the outer columns, top to bottom
_TAIL = (1, 0)  # the two cells that no bit needs


@dataclass(frozen=True, slots=True)
class Barcode:
    """The content of a bar code; ``exposed_us`` is CLOCK_MONOTONIC in microseconds."""

    role_id: int
    frame: int
    exposed_us: int

    @property
    def exposed_ns(self) -> int:
        """The true exposure time in nanoseconds, a whole number of microseconds."""
        return self.exposed_us * 1000


def role_id(role: str) -> int:
    """Return the eight bits that stand for a role's name."""
    return zlib.crc32(role.encode()) & 0xFF


def strip_height(width: int) -> int:
    """Return how many luma rows, from the top, the bar code takes in a picture ``width`` pixels wide."""
    return int(_edges(width, ROWS)[-1])


def draw(luma: NDArray[np.uint8], code: Barcode) -> None:
    """Draw a bar code into the top rows of ``luma``, shape (height, width), uint8, at least 320 wide."""
    width = luma.shape[1]
    levels = np.where(_cells(code), WHITE, BLACK).astype(np.uint8)
    lines = levels.repeat(np.diff(_edges(width, COLUMNS)), axis=1)
    down = _edges(width, ROWS)
    for row in range(ROWS):
        luma[down[row] : down[row + 1]] = lines[row]


def read(luma: NDArray[np.uint8]) -> Barcode | None:
    """Return the bar code in ``luma``, shape (height, width), uint8; None if there is no valid one.

    Black and white are measured on the cells whose colour is known, so full and limited range, and scaled or dimmed
    pictures, read alike.
    """
    height, width = luma.shape
    if width < _MIN_WIDTH or height < strip_height(width):
        return None
    levels = _levels(luma)
    fixed = np.array([*_LEFT, *_RIGHT, *_TAIL], dtype=bool)
    known = np.concatenate([levels[:, 0], levels[:, -1], levels[-1, -1 - len(_TAIL) : -1]])
    black, white = known[~fixed].max(), known[fixed].min()
    if white - black < _MIN_CONTRAST:
        return None
    bits = levels[:, 1:-1].ravel()[: -len(_TAIL)] > (black + white) / 2
    code = np.packbits(bits).tobytes()
    payload, crc = code[:_PAYLOAD_BYTES], code[_PAYLOAD_BYTES:]
    if crc != _crc(payload):
        return None
    return Barcode(payload[0], int.from_bytes(payload[1:5], "big"), int.from_bytes(payload[5:], "big"))


def _cells(code: Barcode) -> NDArray[np.bool_]:
    """Return the cells of a code, bool of shape (ROWS, COLUMNS), true for white."""
    role, frame = code.role_id.to_bytes(1, "big"), code.frame.to_bytes(4, "big")
    payload = role + frame + code.exposed_us.to_bytes(6, "big")
    bits = np.unpackbits(np.frombuffer(payload + _crc(payload), dtype=np.uint8))
    inner = np.concatenate([bits, np.array(_TAIL, dtype=np.uint8)]).reshape(ROWS, COLUMNS - 2)
    return np.column_stack([_LEFT, inner, _RIGHT]).astype(bool)


def _crc(payload: bytes) -> bytes:
    return (zlib.crc32(payload) & 0xFFFFFF).to_bytes(_CRC_BYTES, "big")


def _edges(width: int, count: int) -> NDArray[np.int64]:
    """Return the pixel positions of the ``count`` + 1 edges of cells that are ``width`` / COLUMNS wide and high."""
    return (np.arange(count + 1) * width + COLUMNS // 2) // COLUMNS


def _levels(luma: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean brightness of the inner half of each cell, shape (ROWS, COLUMNS)."""
    width = luma.shape[1]
    inset = width // COLUMNS // 4
    across, down = _edges(width, COLUMNS), _edges(width, ROWS)
    ends = np.column_stack([across[:-1] + inset, across[1:] - inset]).ravel()
    levels = np.empty((ROWS, COLUMNS))
    for row in range(ROWS):
        line = luma[down[row] + inset : down[row + 1] - inset].mean(axis=0)
        levels[row] = np.add.reduceat(line, ends)[::2] / (ends[1::2] - ends[::2])
    return levels
