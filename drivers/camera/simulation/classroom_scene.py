"""The scene of a simulated camera in a scripted classroom, by the camera's role."""

from __future__ import annotations

import math
import zlib
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation import barcode
from drivers.camera.simulation.back_stage import BackStage
from drivers.camera.simulation.barcode import Barcode
from drivers.camera.simulation.front_stage import FrontStage
from drivers.camera.simulation.packed_planes import NEUTRAL, PackedPlanes
from drivers.camera.simulation.painter import Painter, Thing
from drivers.camera.simulation.screen_stage import ScreenStage
from drivers.simulated_classroom.script import ClassroomScript

Image = NDArray[np.uint8]

_GRAINS = 4
_GRAIN_LEVELS = 3
_BREATH_S, _BREATH = 23.0, 0.012


class Stage(Protocol):
    """A part of the classroom as a camera sees it."""

    size: tuple[int, int]

    def background(self) -> Image: ...

    def things(self, script_s: float) -> list[Thing]: ...

    def window(self, script_s: float) -> tuple[int, int]: ...


def stage_for(role: str, script: ClassroomScript, width: int, height: int) -> Stage:
    """Return what a camera of this role sees; of an unknown role, what the teacher's does."""
    close = role.endswith("-close")
    if role.startswith("students"):
        return BackStage(script, width, height, close=close)
    if role == "screen":
        return ScreenStage(script, width, height)
    return FrontStage(script, width, height, close=close)


class ClassroomPicture:
    """The classroom as a camera sees it, BGR, without noise and bar code; kept from one moment to the next."""

    def __init__(self, role: str, script: ClassroomScript, width: int, height: int) -> None:
        self._stage = stage_for(role, script, width, height)
        self._painter = Painter(self._stage.background())
        self._size = width, height
        self._at: tuple[int, int] | None = None

    def at(self, script_s: float) -> tuple[Image, list[tuple[int, int, int, int]]]:
        """Return the picture of a moment, and the parts (left, top, right, bottom) that differ from the last one's."""
        boxes = self._painter.paint(self._stage.things(script_s))
        left, top = at = self._stage.window(script_s)
        width, height = self._size
        shown = self._painter.picture[top : top + height, left : left + width]
        if at != self._at:
            self._at = at
            return shown, [(0, 0, width, height)]
        moved = ((box[0] - left, box[1] - top, box[2] - left, box[3] - top) for box in boxes)
        clipped = [(max(0, a), max(0, b), min(width, c), min(height, d)) for a, b, c, d in moved]
        return shown, [box for box in clipped if box[0] < box[2] and box[1] < box[3]]


class ClassroomScene:
    """Draws a camera's pictures of a classroom in which a script is played, as packed planes like ``Scene``.

    The camera's noise is in them, and a slow change of exposure; the computer's screen has hardly any.
    """

    def __init__(self, role: str, width: int, height: int, chroma_rows: int, script: ClassroomScript) -> None:
        """``chroma_rows`` is ``height`` for 4:2:2, half of it for 4:2:0."""
        self._picture = ClassroomPicture(role, script, width, height)
        self._clean = PackedPlanes(width, height, chroma_rows)
        self._shown = PackedPlanes(width, height, chroma_rows)
        self._neutral_rows = -(-barcode.strip_height(width) * chroma_rows // height)
        grain = np.random.default_rng(zlib.crc32(role.encode()))
        levels = 1 if role == "screen" else _GRAIN_LEVELS
        self._grains = [grain.integers(0, 2 * levels + 1, (height, width), dtype=np.uint8) for _ in range(_GRAINS)]
        self._bias = -float(levels)
        self._breath = 0.0 if role == "screen" else _BREATH

    def moving(self, frame: int, script_s: float, code: Barcode | None = None) -> Image:
        """Return the classroom at a moment of the script; ``frame`` chooses the noise."""
        picture, changed = self._picture.at(script_s)
        for box in changed:
            self._take(picture, box)
        gain = 1 + self._breath * math.sin(math.tau * script_s / _BREATH_S)
        cv2.addWeighted(self._clean.luma, gain, self._grains[frame % _GRAINS], 1.0, self._bias, dst=self._shown.luma)
        self._shown.blue[:], self._shown.red[:] = self._clean.blue, self._clean.red
        if code is not None:
            self._shown.blue[: self._neutral_rows], self._shown.red[: self._neutral_rows] = NEUTRAL, NEUTRAL
            barcode.draw(self._shown.luma, code)
        return self._shown.packed

    def _take(self, picture: Image, box: tuple[int, int, int, int]) -> None:
        """Convert a part of the picture, JPEG's full range."""
        left, top, right, bottom = box
        planes = cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_BGR2YCrCb)
        self._clean.luma[top:bottom, left:right] = planes[:, :, 0]
        ratio = self._clean.luma.shape[0] // self._clean.blue.shape[0]
        size = (right - left) // 2, (bottom - top) // ratio
        part = slice(top // ratio, bottom // ratio), slice(left // 2, right // 2)
        small = cv2.resize(planes, size, interpolation=cv2.INTER_AREA)
        self._clean.red[part], self._clean.blue[part] = small[:, :, 1], small[:, :, 2]
