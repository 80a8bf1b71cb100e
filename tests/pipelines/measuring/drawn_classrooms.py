"""Drawn views of classrooms, and the same views months later: other light, other people, other things on the board."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

WIDTH, HEIGHT = 480, 270
_DRAWN_WIDTH, _DRAWN_HEIGHT = 640, 360


class View:
    """What one camera of a room sees; every view of every room has the same kinds of things in it."""

    def __init__(self, dice: np.random.Generator) -> None:
        self._dice = dice
        self.still = self._room()
        self.board = self._rectangle(0.25, 0.45, 0.15, 0.3)
        self.window = self._rectangle(0.1, 0.2, 0.15, 0.35)

    def at(self, dice: np.random.Generator, *, people: float = 0.25) -> Image:
        """A picture of it at some time; people and their things cover a share of it."""
        picture = self.still.copy()
        self._write_on_board(picture, dice)
        left, top, right, bottom = self.window
        picture[top:bottom, left:right] = dice.integers(10, 255)
        cv2.rectangle(picture, (left, top), (right, bottom), (90, 90, 90), 3)
        covered = np.zeros(picture.shape[:2], bool)
        while covered.mean() < people:
            _draw_person(picture, covered, dice)
        return _taken(cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), dice)

    def _room(self) -> Image:
        dice = self._dice
        wall, floor = dice.integers(120, 220, 3), dice.integers(60, 140, 3)
        picture = np.empty((_DRAWN_HEIGHT, _DRAWN_WIDTH, 3), np.uint8)
        horizon = int(_DRAWN_HEIGHT * dice.uniform(0.4, 0.6))
        picture[:horizon], picture[horizon:] = wall, floor
        for _ in range(dice.integers(3, 7)):  # posters, doors, loudspeakers, lamps
            width, height = dice.integers(20, 90), dice.integers(20, 80)
            left, top = dice.integers(0, _DRAWN_WIDTH - width), dice.integers(0, horizon)
            patch = dice.integers(30, 230, (dice.integers(1, 6), dice.integers(1, 6), 3), dtype=np.uint8)
            drawn = cv2.resize(patch, (int(width), int(height)), interpolation=cv2.INTER_NEAREST)
            picture[top : top + height, left : left + width] = drawn[: _DRAWN_HEIGHT - top, : _DRAWN_WIDTH - left]
        desk = tuple(int(level) for level in dice.integers(80, 200, 3))
        tilt = dice.uniform(-0.15, 0.15)
        for row in range(dice.integers(3, 5)):  # rows of equal desks, nearer ones larger
            size = int((40 + 22 * row) * dice.uniform(0.8, 1.2))
            phase = dice.uniform(0, 1.5 * size)
            for column in range(-1, _DRAWN_WIDTH // size + 2):
                left = int((column - 1) * size * 1.5 + phase + dice.uniform(-4, 4))
                top = int(horizon + 12 + row * 50 + tilt * (left - _DRAWN_WIDTH / 2) + dice.uniform(-3, 3))
                corners = np.array([[left, top], [left + size, top], [left + size + 8, top + 22], [left - 8, top + 22]])
                cv2.fillConvexPoly(picture, corners, desk, cv2.LINE_AA)
                cv2.polylines(picture, [corners], True, (30, 30, 30), 1, cv2.LINE_AA)
        return picture

    def _rectangle(self, least_w: float, most_w: float, least_h: float, most_h: float) -> tuple[int, int, int, int]:
        width = int(_DRAWN_WIDTH * self._dice.uniform(least_w, most_w))
        height = int(_DRAWN_HEIGHT * self._dice.uniform(least_h, most_h))
        left, top = int(self._dice.integers(0, _DRAWN_WIDTH - width)), int(self._dice.integers(0, _DRAWN_HEIGHT // 2))
        return left, top, left + width, top + height

    def _write_on_board(self, picture: Image, dice: np.random.Generator) -> None:
        left, top, right, bottom = self.board
        cv2.rectangle(picture, (left, top), (right, bottom), (40, 60, 30), -1)
        cv2.rectangle(picture, (left, top), (right, bottom), (150, 150, 160), 4)
        for _ in range(dice.integers(0, 12)):
            place = (int(dice.integers(left, right)), int(dice.integers(top, bottom)))
            word = "".join(dice.choice(list("abcdefxyz=+123"), 6))
            cv2.putText(picture, word, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (220, 220, 220), 1, cv2.LINE_AA)


def moved(picture: Image, *, right_px: float, down_px: float, roll_deg: float) -> Image:
    """The picture of a camera that was touched: moved and rolled a little."""
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), roll_deg, 1.0)
    turn[:, 2] += (right_px, down_px)
    return cv2.warpAffine(picture, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)


def _draw_person(picture: Image, covered: NDArray[np.bool_], dice: np.random.Generator) -> None:
    size = int(dice.integers(12, 34))
    left, top = (
        int(dice.integers(-size, _DRAWN_WIDTH - size)),
        int(dice.integers(_DRAWN_HEIGHT // 4, _DRAWN_HEIGHT - size)),
    )
    mask = np.zeros((4 * size, 4 * size), np.uint8)
    cv2.circle(mask, (2 * size, size), size, 255, -1)
    cv2.ellipse(mask, (2 * size, 3 * size), (2 * size, int(1.6 * size)), 0, 180, 360, 255, -1)
    texture = dice.integers(20, 230, (4, 4, 3), dtype=np.uint8)
    clothes = cv2.resize(texture, mask.shape, interpolation=cv2.INTER_CUBIC)
    rows, columns = (
        slice(max(top, 0), min(top + 4 * size, _DRAWN_HEIGHT)),
        slice(max(left, 0), min(left + 4 * size, _DRAWN_WIDTH)),
    )
    inside = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    is_person = mask[inside] > 0
    picture[rows, columns][is_person] = clothes[inside][is_person]
    covered[rows, columns] |= is_person


def _taken(picture: Image, dice: np.random.Generator) -> Image:
    """With the light of some hour, and a camera's noise and compression."""
    coarse = dice.uniform(0.45, 1.2, (3, 4)).astype(np.float32)
    light = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    gamma, tint = float(dice.uniform(0.5, 2.0)), dice.uniform(0.8, 1.2, 3)
    levels = np.arange(256, dtype=np.float32)[:, None] / 255 * tint.astype(np.float32)
    table = (255 * np.clip(levels, 0, 1) ** gamma).astype(np.uint8)[None]
    lit = cv2.LUT(picture, table) * (light[..., None] ** gamma)
    noise = dice.standard_normal((HEIGHT, WIDTH), np.float32) * np.float32(dice.uniform(1, 7))
    noisy = np.clip(lit + noise[..., None], 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)
