"""Scenes that are hard for a rate control, 640x360: what changes at once, what alternates, and what no rate holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, cycle, islice
from typing import Final

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from bench.footage import FPS, filmed_pictures
from pipelines.yuv_planes import planes_of

WIDTH, HEIGHT = 640, 360
_SHAPES = ((HEIGHT, WIDTH), (HEIGHT // 2, WIDTH // 2), (HEIGHT // 2, WIDTH // 2))
_NOISE_MARGIN = 64

Planes = list[NDArray[np.uint8]]
_Ground = list[NDArray[np.float32]]


class _Room:
    """A wide wall with texture, of which a camera sees a part, and the camera's noise."""

    def __init__(self, seed: int = 1, depth: float = 60.0) -> None:
        self._dice = np.random.default_rng(seed)
        self.wall = [_texture(self._dice, shape, level) for shape, level in zip(_SHAPES, (depth, 24, 24), strict=True)]
        larger = [(height + _NOISE_MARGIN, width + _NOISE_MARGIN) for height, width in _SHAPES]
        self._noises = [self._dice.normal(0, 1, shape).astype(np.float32) for shape in larger]

    def seen(self, pan: int = 0) -> _Ground:
        """What the camera sees when it has turned by so many pixels."""
        at = (pan, pan // 2, pan // 2)
        return [
            np.roll(wall, -left, 1)[:, :width] for wall, left, (_, width) in zip(self.wall, at, _SHAPES, strict=True)
        ]

    def with_walker(self, number: int, speed: int) -> _Ground:
        """The middle third moves."""
        seen = self.seen()
        for index, plane in enumerate(seen):
            low, high = plane.shape[0] // 3, plane.shape[0] * 2 // 3
            plane[low:high] = np.roll(plane[low:high], number * speed // (2 if index else 1), 1)
        return seen

    def picture(self, ground: _Ground, noise: float) -> Planes:
        """As the camera delivers it."""
        planes = []
        for plane, field, (height, width) in zip(ground, self._noises, _SHAPES, strict=True):
            top, left = self._dice.integers(0, _NOISE_MARGIN, 2)
            planes.append(
                np.clip(plane + noise * field[top : top + height, left : left + width], 0, 255).astype(np.uint8)
            )
        return planes


def _texture(dice: np.random.Generator, shape: tuple[int, int], depth: float) -> NDArray[np.float32]:
    height, width = shape[0], shape[1] * 4
    gradient = np.linspace(-depth, depth, width)[None, :] * np.linspace(0.3, 1.0, height)[:, None]
    texture = cv2.GaussianBlur(dice.normal(0, depth, (height, width)), (0, 0), 3) * 1.5
    return np.clip(128 + gradient + texture, 0, 255).astype(np.float32)


def _still_dim(count: int) -> Iterator[Planes]:
    room = _Room(depth=12)
    luma, *chroma = room.seen()
    for _ in range(count):
        yield room.picture([luma * 0.4 + 10, *chroma], 1.5)


def _light(count: int) -> Iterator[Planes]:
    room = _Room()
    for number in range(count):
        is_on = number // FPS % 10 >= 4
        luma, *chroma = room.with_walker(number, 1)
        yield room.picture([luma * (1.0 if is_on else 0.35), *chroma], 2 if is_on else 4)


def _pan(count: int) -> Iterator[Planes]:
    room, turned = _Room(), 0
    for number in range(count):
        turned += 9 if 3 <= number / FPS % 8 < 5.5 else 0
        yield room.picture(room.seen(turned), 2.5)


def _hand(count: int) -> Iterator[Planes]:
    room, hand = _Room(), _Room(seed=5, depth=90)
    for number in range(count):
        ground = room.with_walker(number, 1)
        if 2.4 <= number / FPS % 6 < 4:
            for index, (plane, skin) in enumerate(zip(ground, hand.seen(number * 11), strict=True)):
                left = (100 + int(120 * np.sin(number * 0.35))) // (2 if index else 1)
                right = left + plane.shape[1] * 4 // 5
                plane[:, max(0, left) : right] = skin[:, max(0, left) : right]
        yield room.picture(ground, 2.5)


def _alternating(count: int) -> Iterator[Planes]:
    room, turned = _Room(), 0
    for number in range(count):
        is_hard = number // FPS % 2
        turned += 7 * is_hard
        yield room.picture(room.seen(turned), 4.0 if is_hard else 1.5)


def _white_noise(count: int) -> Iterator[Planes]:
    room, dice = _Room(), np.random.default_rng(3)
    white = cycle([[dice.integers(0, 256, shape, np.uint8) for shape in _SHAPES] for _ in range(8)])
    for number in range(count):
        yield next(white) if 3 <= number / FPS % 7 < 5 else room.picture(room.with_walker(number, 1), 2)


def _dim_room(count: int) -> Iterator[Planes]:
    room = _Room()
    for number in range(count):
        yield room.picture(room.with_walker(number, 2), 4)


def _filmed(count: int) -> Iterator[Planes]:
    film = filmed_pictures()
    for frame in islice(cycle(chain(film, reversed(film))), count):
        small = frame.reformat(WIDTH, HEIGHT, "yuv420p", dst_color_range=ColorRange.JPEG).to_ndarray()
        luma, rest = small[:HEIGHT], small[HEIGHT:].reshape(2, HEIGHT // 2, WIDTH // 2)
        yield [np.asarray(luma, np.uint8), *np.asarray(rest, np.uint8)]


SCENES: Final[Mapping[str, Callable[[int], Iterator[Planes]]]] = {
    "a dim room": _dim_room,
    "a still dim room": _still_dim,
    "a light switched on": _light,
    "a pan": _pan,
    "a hand before the lens": _hand,
    "easy and hard seconds": _alternating,
    "white noise": _white_noise,
    "vtest.avi": _filmed,
}


def frame_of(planes: Planes) -> av.VideoFrame:
    """A picture as encoders take it."""
    frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    frame.color_range = ColorRange.JPEG
    for target, source in zip(planes_of(frame), planes, strict=True):
        target[:] = source
    return frame
