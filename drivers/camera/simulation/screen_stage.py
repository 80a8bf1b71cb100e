"""What the screen's grabber gets: the slides of the lesson, each as it is."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.brush import Brush
from drivers.camera.simulation.painter import Thing
from drivers.camera.simulation.slide_picture import slide_picture
from drivers.simulated_classroom.script import ClassroomScript

Image = NDArray[np.uint8]


class ScreenStage:
    """The computer's screen."""

    def __init__(self, script: ClassroomScript, width: int, height: int) -> None:
        self._script = script
        self.size = width, height

    def background(self) -> Image:
        """A screen without a slide."""
        return np.full((self.size[1], self.size[0], 3), 255, np.uint8)

    def things(self, script_s: float) -> list[Thing]:
        """The slide."""
        slide = self._script.slide_at(script_s)
        return [Thing(slide, (0, 0, *self.size), partial(self._draw, slide))]

    def window(self, _script_s: float) -> tuple[int, int]:
        """All of it."""
        return 0, 0

    def _draw(self, slide: int, brush: Brush) -> None:
        brush.part[:] = slide_picture(slide, *self.size)
