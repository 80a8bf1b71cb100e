"""The scene of a simulated camera: a shaded wall, a textured board, a swinging ball and the role's name."""

from __future__ import annotations

import math
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation import barcode
from drivers.camera.simulation.barcode import Barcode

Image = NDArray[np.uint8]

_GRAINS = 4
_GRAIN_LEVELS = 3
_SWING_PERIOD_S = 4.0
_NEUTRAL, _WHITE = 128, 255
LAMP_PLACE = (0.3, 0.65)
"""Where a wand is held and hands clap: shares of width and height, on a part of the wall where nothing else moves."""


class Scene:
    """Draws pictures of one size as packed Y, U and V planes, uint8, each row padded to four bytes.

    Moving objects are placed by the time of exposure, so a picture looks right at any frame rate. The planes returned
    are valid until the next call.
    """

    def __init__(self, role: str, width: int, height: int, chroma_rows: int) -> None:
        """``chroma_rows`` is ``height`` for 4:2:2, half of it for 4:2:0."""
        self._shape = (width, height, chroma_rows)
        self._strip = barcode.strip_height(width)
        hue = zlib.crc32(role.encode()) / 2**32 * math.tau
        random = np.random.default_rng(zlib.crc32(role.encode()))
        wall = self._wall(role, hue)
        self._walls = [self._grained(wall, random) for _ in range(_GRAINS)]
        self._texture = random.integers(60, 200, (height, width // 2), dtype=np.uint8)
        self._ball = _Ball(height // 4, hue)
        self._canvas = np.empty_like(wall)

    def moving(self, code: Barcode, *, light: float = 0.0, hands_apart: float | None = None) -> Image:
        """Return the scene at the code's exposure time, with the bar code.

        ``light`` is the brightness of a lamp in it, 0 to 1; ``hands_apart`` how far two hands are apart, 0 to 1, None
        where there are none.
        """
        np.copyto(self._canvas, self._walls[code.frame % _GRAINS])
        luma, blue, red = self._planes(self._canvas)
        swing = math.sin(code.exposed_us / 1e6 / _SWING_PERIOD_S * math.tau)
        self._draw_board(luma, swing)
        self._ball.draw(luma, blue, red, across=(1 + swing) / 2, top=self._strip)
        if hands_apart is not None:
            _draw_hands(luma, hands_apart)
        if light > 0:
            _draw_light(luma, light)
        barcode.draw(luma, code)
        return self._canvas

    def white(self, code: Barcode) -> Image:
        """Return a flash: white except for the bar code."""
        planes = self._plain(_WHITE)
        barcode.draw(self._planes(planes)[0], code)
        return planes

    def black(self) -> Image:
        """Return the picture of a covered lens, without bar code."""
        return self._plain(0)

    def still(self) -> Image:
        """Return the wall with the role's name: no bar code, no movement."""
        return self._walls[0]

    def _plain(self, level: int) -> Image:
        self._canvas.fill(_NEUTRAL)
        self._planes(self._canvas)[0].fill(level)
        return self._canvas

    def _planes(self, packed: Image) -> tuple[Image, Image, Image]:
        """Return the three planes as views of ``packed``, without their padding."""
        width, height, chroma_rows = self._shape
        line, half = _padded(width), _padded(width // 2)
        end, middle = line * height, line * height + half * chroma_rows
        luma = packed[:end].reshape(height, line)[:, :width]
        blue = packed[end:middle].reshape(chroma_rows, half)[:, : width // 2]
        red = packed[middle:].reshape(chroma_rows, half)[:, : width // 2]
        return luma, blue, red

    def _wall(self, role: str, hue: float) -> Image:
        """Return the gradient with the role's name on it; chroma is neutral under the bar code."""
        width, height, chroma_rows = self._shape
        packed = np.full(_padded(width) * height + 2 * _padded(width // 2) * chroma_rows, _NEUTRAL, dtype=np.uint8)
        luma, blue, red = self._planes(packed)
        luma[:] = np.linspace(70, 170, width) + np.linspace(30, -30, height)[:, None]
        coloured = -(-self._strip * chroma_rows // height)
        blue[coloured:] = 128 + 24 * math.cos(hue)
        red[coloured:] = 128 + 24 * math.sin(hue)
        name = np.ascontiguousarray(luma)
        scale = height / 240
        place = (width // 20, height - height // 12)
        cv2.putText(name, role, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 235, max(1, round(2 * scale)), cv2.LINE_AA)
        luma[:] = name
        return packed

    def _grained(self, wall: Image, random: np.random.Generator) -> Image:
        """Return ``wall`` with sensor noise in its luma."""
        grained = wall.copy()
        luma = self._planes(grained)[0]
        luma[:] = luma + random.integers(-_GRAIN_LEVELS, _GRAIN_LEVELS + 1, luma.shape)
        return grained

    def _draw_board(self, luma: Image, swing: float) -> None:
        height, width = luma.shape
        rows, columns = height // 4, width // 4
        down, along = self._strip + height // 3, width // 2
        slide = round((1 + swing) / 2 * (self._texture.shape[1] - columns))
        luma[down : down + rows, along : along + columns] = self._texture[:rows, slide : slide + columns]


class _Ball:
    """A disc of one colour, with the masks that draw it into each plane."""

    def __init__(self, diameter: int, hue: float) -> None:
        self._diameter = diameter // 4 * 4
        along = (np.arange(self._diameter) + 0.5) / self._diameter - 0.5
        self._mask = (along[:, None] ** 2 + along**2) <= 0.25
        self._blue = round(128 - 90 * math.cos(hue))
        self._red = round(128 - 90 * math.sin(hue))

    def draw(self, luma: Image, blue: Image, red: Image, *, across: float, top: int) -> None:
        """Draw it ``across`` the picture, from 0 (left) to 1 (right), a little below row ``top``."""
        height, width = luma.shape
        left = int(across * (width - self._diameter)) // 2 * 2
        row = top + self._diameter // 8 * 2
        window = luma[row : row + self._diameter, left : left + self._diameter]
        window[self._mask] = 200
        ratio = height // blue.shape[0]
        mask = self._mask[::ratio, ::2]
        for plane, level in ((blue, self._blue), (red, self._red)):
            part = plane[row // ratio : row // ratio + mask.shape[0], left // 2 : left // 2 + mask.shape[1]]
            part[mask] = level


def _draw_light(luma: Image, brightness: float) -> None:
    """Draw a small lamp at LAMP_PLACE, which lets the wall shine through while it is dim."""
    height, width = luma.shape
    radius = max(3, height // 30)
    across, down = (round(share * size) for share, size in zip(LAMP_PLACE, (width, height), strict=True))
    window = luma[down - radius : down + radius + 1, across - radius : across + radius + 1]
    along = np.arange(-radius, radius + 1)
    disc = along[:, None] ** 2 + along**2 <= radius**2
    window[disc] = np.rint(window[disc] + brightness * (255.0 - window[disc])).astype(np.uint8)


def _draw_hands(luma: Image, apart: float) -> None:
    """Draw two hands at both sides of LAMP_PLACE; they touch where ``apart`` is 0."""
    height, width = luma.shape
    across, down = round(LAMP_PLACE[0] * width), round(LAMP_PLACE[1] * height)
    wide, reach = width // 40, round(apart * width / 8)
    rows = slice(down - height // 16, down + height // 16)
    luma[rows, across - reach - wide : across - reach] = 215
    luma[rows, across + reach : across + reach + wide] = 215


def _padded(width: int) -> int:
    return -(-width // 4) * 4
