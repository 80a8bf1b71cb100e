"""A painter that keeps its picture: what changes is drawn again, with what overlaps it, in order from back to front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.brush import Box, Brush

Image = NDArray[np.uint8]

_MARGIN = 4


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that moves: while ``look`` is equal it looks the same; ``draw`` stays inside of ``box``."""

    look: object
    box: Box
    draw: Callable[[Brush], None]


class Painter:
    """Keeps ``picture``, BGR, up to date: things, always in the same order, before a background."""

    def __init__(self, background: Image) -> None:
        self._background = background
        self.picture = background.copy()
        self._things: Sequence[Thing] = ()

    def paint(self, things: Sequence[Thing]) -> list[Box]:
        """Draw what has changed since the last call; return the parts that may look different, with even edges."""
        before, self._things = self._things, things
        changed: list[Box] = []
        for at, thing in enumerate(things):
            old = before[at] if at < len(before) else None
            if old is None or old.look != thing.look:
                changed.append(thing.box if old is None else _union(thing.box, old.box))
        boxes = [box for box in (self._inside(part) for part in _apart(changed)) if box[0] < box[2] and box[1] < box[3]]
        for box in boxes:
            self._repaint(box)
        return boxes

    def _repaint(self, box: Box) -> None:
        """Draw a part anew, with a margin that is thrown away: at a picture's edge shapes are smoothed otherwise."""
        left, top, right, bottom = box
        around = self._inside((left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN))
        begin_x, begin_y, end_x, end_y = around
        part = self._background[begin_y:end_y, begin_x:end_x].copy()
        brush = Brush(part, around)
        for thing in self._things:
            if _meet(thing.box, around):
                thing.draw(brush)
        self.picture[top:bottom, left:right] = part[top - begin_y : bottom - begin_y, left - begin_x : right - begin_x]

    def _inside(self, box: Box) -> Box:
        height, width = self.picture.shape[:2]
        left, top, right, bottom = box
        return (
            max(0, left // 2 * 2),
            max(0, top // 2 * 2),
            min(width, -(-right // 2) * 2),
            min(height, -(-bottom // 2) * 2),
        )


def _apart(boxes: list[Box]) -> list[Box]:
    """Boxes that cover the same and do not overlap."""
    apart: list[Box] = []
    for box in boxes:
        grown = True
        while grown:
            grown = False
            for other in apart:
                if _meet(box, other):
                    apart.remove(other)
                    box, grown = _union(box, other), True
                    break
        apart.append(box)
    return apart


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
