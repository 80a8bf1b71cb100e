"""Small grey pictures of a room, with what a sensor and a lamp do to them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 160, 90
_ROOM = np.random.default_rng(5)


def _wall() -> NDArray[np.float64]:
    """A wall with a board, a door and shelves: flat parts, edges and texture, between 60 and 170."""
    wall = np.full((HEIGHT, WIDTH), 130.0)
    wall += np.linspace(-30, 20, WIDTH)[None, :]
    wall[12:50, 40:125] = 62.0
    wall[10:80, 6:22] = 95.0
    wall[60:, :] *= 0.75
    for shelf in range(135, 158, 4):
        wall[20:70, shelf : shelf + 2] = _ROOM.uniform(60, 180)
    return wall


@dataclass
class Camera:
    """Draws a room; ``noise`` is the deviation of a 160x90 mean, which for 1080p of a dim room is below 1."""

    noise: float = 1.0
    wall: NDArray[np.float64] = field(default_factory=_wall)
    dice: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))

    def picture(self, *, person: float | None = None, hand: float = 0.0, gain: float = 1.0) -> NDArray[np.uint8]:
        """A person at ``person`` (a share of the width) with a hand so high; ``gain`` of light or exposure."""
        scene = self.wall.copy()
        if person is not None:
            x = round(person * WIDTH)
            scene[30:80, max(0, x - 5) : x + 5] = 45.0
            scene[22:30, max(0, x - 3) : x + 3] = 185.0
            top = round(34 - 16 * hand)
            scene[top : top + 5, x + 5 : x + 14] = 180.0
        seen = scene * gain + self.dice.normal(0, self.noise, scene.shape)
        return np.clip(np.rint(seen), 0, 255).astype(np.uint8)
