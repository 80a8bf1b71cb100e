"""Pictures of a classroom with planted truths: tilt, blur, noise, flicker, colour cast, a person who walks through."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Image = NDArray[np.float32]

FOCAL_WIDTHS = 0.8
_SUPERSAMPLING = 2
_NEAR_M = 0.1
_WIDTH_M, _HEIGHT_M, _DEPTH_M = 7.0, 3.2, 9.0

Point = tuple[float, float, float]
Surface = tuple[tuple[Point, ...], float]


def classroom(
    size: tuple[int, int] = (1920, 1080),
    *,
    tilt_deg: float = 0.0,
    pitch_deg: float = 6.0,
    yaw_deg: float = 0.0,
    focal_widths: float = FOCAL_WIDTHS,
) -> Image:
    """Luma (height, width), 0..255, of a room 7 m wide, 3.2 m high and 9 m deep, seen from the middle of its back.

    World: x to the right, y down from the camera's height, z to the front wall. A positive tilt turns the picture
    clockwise, a positive pitch looks down, a positive yaw to the right.
    """
    width, height = size
    canvas = np.full((height * _SUPERSAMPLING, width * _SUPERSAMPLING), 120, np.uint8)
    turn = _rotation(math.radians(tilt_deg), math.radians(pitch_deg), math.radians(yaw_deg))
    focal = focal_widths * width * _SUPERSAMPLING
    centre = np.array([width, height]) * _SUPERSAMPLING / 2.0
    for corners, luma in _surfaces():
        seen = _in_front(np.array(corners) @ turn.T)
        if len(seen) >= 3:
            pixels = seen[:, :2] / seen[:, 2:] * focal + centre
            # fillPoly's points are pixel centres, in sixteenths.
            cv2.fillPoly(canvas, [np.round((pixels - 0.5) * 16).astype(np.int32)], luma, shift=4)
    return np.asarray(cv2.resize(canvas.astype(np.float32), size, interpolation=cv2.INTER_AREA))


def _surfaces() -> list[Surface]:
    """What is in the room, far things first: corners in m and luma."""
    x, up, down, z = _WIDTH_M / 2, -1.2, _HEIGHT_M - 1.2, _DEPTH_M
    surfaces: list[Surface] = [
        (_level(-x, x, up, 0, z), 205),
        (_level(-x, x, down, 0, z), 95),
        (_side(-x, up, down, 0, z), 165),
        (_side(x, up, down, 0, z), 150),
        (_front(-x, x, up, down, z), 185),
        (_front(-2.1, 2.1, -0.35, 0.95, z - 0.01), 110),
        (_front(-2.0, 2.0, -0.25, 0.85, z - 0.02), 48),
        (_front(2.5, 3.35, -0.1, down, z - 0.01), 88),
        (_front(-3.1, -2.5, -0.6, 0.1, z - 0.01), 235),
    ]
    surfaces += [(_side(-x + 0.01, -0.7, 0.7, near, near + 1.5), 228) for near in (2.0, 4.2, 6.4)]
    surfaces += [(_side(-x + 0.02, -0.62, 0.62, near + 0.72, near + 0.78), 90) for near in (2.0, 4.2, 6.4)]
    for row in (7.0, 5.6, 4.2):
        for left in (-2.6, -0.6, 1.4):
            surfaces.append((_level(left, left + 1.2, 0.95, row, row + 0.5), 140))
            surfaces.append((_front(left, left + 1.2, 0.95, 1.0, row), 70))
            surfaces += [(_front(leg, leg + 0.06, 1.0, 1.65, row), 60) for leg in (left, left + 1.14)]
    return surfaces


def _front(left: float, right: float, top: float, bottom: float, z: float) -> tuple[Point, ...]:
    return ((left, top, z), (right, top, z), (right, bottom, z), (left, bottom, z))


def _side(x: float, top: float, bottom: float, near: float, far: float) -> tuple[Point, ...]:
    return ((x, top, near), (x, top, far), (x, bottom, far), (x, bottom, near))


def _level(left: float, right: float, y: float, near: float, far: float) -> tuple[Point, ...]:
    return ((left, y, near), (right, y, near), (right, y, far), (left, y, far))


def _rotation(roll: float, pitch: float, yaw: float) -> NDArray[np.float64]:
    c, s = math.cos, math.sin
    return (
        np.array([[c(roll), -s(roll), 0], [s(roll), c(roll), 0], [0, 0, 1]])
        @ np.array([[1, 0, 0], [0, c(pitch), -s(pitch)], [0, s(pitch), c(pitch)]])
        @ np.array([[c(yaw), 0, -s(yaw)], [0, 1, 0], [s(yaw), 0, c(yaw)]])
    )


def _in_front(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """The part of a polygon before the camera (Sutherland and Hodgman's clipping by one plane)."""
    kept = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if start[2] >= _NEAR_M:
            kept.append(start)
        if (start[2] >= _NEAR_M) != (end[2] >= _NEAR_M):
            kept.append(start + (end - start) * (_NEAR_M - start[2]) / (end[2] - start[2]))
    return np.array(kept).reshape(-1, 3)


def texture(rng: np.random.Generator, size: tuple[int, int], pieces: int = 300) -> Image:
    """Luma (height, width) of overlapping tilted pieces of all sizes: the spectrum of a scene of things with edges."""
    width, height = size
    canvas = np.full((height * _SUPERSAMPLING, width * _SUPERSAMPLING), 120, np.uint8)
    for _ in range(pieces):
        box = (
            (float(rng.uniform(0, canvas.shape[1])), float(rng.uniform(0, canvas.shape[0]))),
            tuple(float(side) for side in np.exp(rng.uniform(np.log(8), np.log(canvas.shape[0] / 3), 2))),
            float(rng.uniform(0, 180)),
        )
        cv2.fillPoly(canvas, [np.round(cv2.boxPoints(box) * 16).astype(np.int32)], int(rng.integers(40, 220)), shift=4)
    return np.asarray(cv2.resize(canvas.astype(np.float32), size, interpolation=cv2.INTER_AREA))


def blurred(picture: Image, deviation_px: float) -> Image:
    """Blurred by a Gaussian of this deviation, which includes the pixel's own area (a box of 0.29 px deviation)."""
    rest = deviation_px**2 - 1.0 / 12.0
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), math.sqrt(rest))) if rest > 0.01 else picture.copy()


def shifted(picture: Image, x: float, y: float) -> Image:
    """As a camera sees it that shakes."""
    move = np.array([[1, 0, x], [0, 1, y]], np.float32)
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, move, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT))


def with_person(picture: Image, x: float, luma: float = 70.0, stripes: int = 30) -> Image:
    """With somebody in striped clothes, as wide as an eighth of the frame, whose middle is at ``x`` (0..1)."""
    seen = picture.copy()
    height, width = seen.shape
    half = width // 16
    middle = int(x * width)
    left, right = max(0, middle - half), max(0, min(width, middle + half))
    stripes = luma + 40.0 * (np.arange(height) // max(2, height // (2 * stripes)) % 2)
    seen[height // 4 :, left:right] = stripes[height // 4 :, None]
    return seen


def with_ball(picture: Image, x: float, y: float, luma: float = 240.0) -> Image:
    """With a bright ball, a twelfth of the frame wide, at ``x``, ``y`` (0..1)."""
    seen = picture.copy()
    height, width = seen.shape
    cv2.circle(seen, (int(x * width), int(y * height)), width // 24, luma, -1)
    return seen


def flickering(picture: Image, at_s: float, *, light_hz: float, depth: float, readout_s: float) -> Image:
    """Under light that pulsates, read row by row: ``depth`` is the amplitude in encoded luma, relative to its mean."""
    rows = at_s + np.arange(len(picture)) / len(picture) * readout_s
    return np.asarray(picture * (1.0 + depth * np.cos(2.0 * np.pi * light_hz * rows + 0.7))[:, None], np.float32)


def captured(rng: np.random.Generator, picture: Image, noise: float) -> Luma:
    """As the camera delivers it: with noise of this deviation, and in whole codes."""
    noisy = picture + rng.standard_normal(picture.shape, np.float32) * np.float32(noise)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def coloured(
    picture: Image, gains_bgr: tuple[float, float, float], paint: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """A neutral luma (as sRGB) in colour (height, width, 3) under a cast: gains in linear light; optionally painted.

    ``paint`` are reflectances (height, width, 3), 1 where a surface is neutral.
    """
    linear = _linear(picture / 255.0)[:, :, None] * np.array(gains_bgr, np.float32)
    if paint is not None:
        linear = linear * paint
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(encoded, 0, 1) * 255.0, np.float32)


def _linear(encoded: Image) -> Image:
    return np.asarray(np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4), np.float32)
