"""Pictures of a classroom's front wall with a planted board: writing on it, a person before it, a screen beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
_WIDTH, _HEIGHT = 1920, 1080
_PX_PER_M = 300
_WALL_M = (9.0, 3.2)
_MARGIN_M = 1.0


@dataclass(frozen=True)
class Room:
    """The picture and its truth: the corners of the writing surface, its width over its height, the focal length."""

    picture: Picture
    corners_px: NDArray[np.float64]
    aspect: float
    focal_px: float
    is_dark: bool
    k1: float


def render_room(seed: int, *, with_board: bool = True) -> Room:
    """A room whose camera is 4 m or more from the wall and up to 25 degrees aside; k1 of its lens is under 0.02."""
    random = np.random.default_rng(seed)
    is_dark = bool(random.uniform() < 0.75)
    wall, board = _paint_wall(random, is_dark, with_board)
    focal = random.uniform(1050, 1700)
    k1 = random.uniform(-0.02, 0.02)
    rotation, translation = _pose(random, board, focal)
    corners = np.array([[board[0], board[1]], [board[2], board[1]], [board[2], board[3]], [board[0], board[3]]])
    seen = _project(corners, rotation, translation, focal, k1)
    picture = _photograph(wall, rotation, translation, focal, k1, random)
    _paint_glare(picture, seen, random)
    _paint_person(picture, seen, random)
    _paint_class(picture, seen, random)
    picture = _exposed(picture, random)
    return Room(picture, seen, (board[2] - board[0]) / (board[3] - board[1]), focal, is_dark, k1)


def _paint_wall(random: np.random.Generator, is_dark: bool, with_board: bool) -> tuple[Picture, NDArray[np.float64]]:
    """The wall with floor, ceiling and side walls, and the board's edges in metres: left, top, right, bottom."""
    width, height = (round(side * _PX_PER_M) for side in (_WALL_M[0] + 2 * _MARGIN_M, _WALL_M[1] + 2 * _MARGIN_M))
    pale = random.uniform(165, 215)
    wall = np.full((height, width, 3), pale * random.uniform(0.93, 1.0, 3), np.uint8)
    margin = round(_MARGIN_M * _PX_PER_M)
    wall[:margin] = np.clip(pale * 1.1, 0, 250)
    wall[-margin:] = random.uniform(70, 130, 3)
    wall[margin:-margin, :margin] = pale * 0.85
    wall[margin:-margin, -margin:] = pale * 0.78
    if random.uniform() < 0.5:
        wall[-margin - 300 : -margin, margin:-margin] = random.uniform(90, 150, 3)
    size = random.uniform(3.0, 4.2), random.uniform(1.1, 1.3)
    left = _MARGIN_M + random.uniform(1.6, _WALL_M[0] - size[0] - 2.6)
    top = _MARGIN_M + random.uniform(0.75, 1.0)
    board = np.array([left, top, left + size[0], top + size[1]])
    if with_board:
        _paint_board(wall, board, is_dark, random)
    _paint_screen(wall, board, random)
    for _ in range(3):
        x, y = round(random.uniform(1.1, 10) * _PX_PER_M), round(random.uniform(1.1, 1.4) * _PX_PER_M)
        cv2.rectangle(wall, (x, y), (x + 110, y + 70), random.uniform(30, 220, 3).tolist(), -1)
    return wall, board


def _paint_board(wall: Picture, board: NDArray[np.float64], is_dark: bool, random: np.random.Generator) -> None:
    # Edges on whole pixels: a pixel's centre is at half a pixel.
    board[:] = np.round(board * _PX_PER_M) / _PX_PER_M
    left, top, right, bottom = np.round(board * _PX_PER_M).astype(int)
    frame = round(random.uniform(0.03, 0.06) * _PX_PER_M)
    frames = [(185, 190, 195), (60, 95, 140), (150, 150, 150)] if is_dark else [(110, 112, 115), (90, 85, 80)]
    wall[top - frame : bottom + frame, left - frame : right + frame] = frames[random.integers(len(frames))]
    green, black, white = (62, 78, 45), (48, 50, 46), (232, 236, 235)
    surface = (green if random.uniform() < 0.7 else black) if is_dark else white
    wall[top:bottom, left:right] = surface
    if is_dark:
        for _ in range(12):
            smear = wall[top:bottom, left:right]
            x, y = random.integers(0, right - left - 300), random.integers(0, bottom - top - 120)
            smear[y : y + 120, x : x + 300] = np.clip(
                smear[y : y + 120, x : x + 300].astype(int) + random.integers(2, 9), 0, 255
            )
        if random.uniform() < 0.5:
            for seam in (1, 2, 3):
                x = left + seam * (right - left) // 4
                wall[top:bottom, x - 2 : x + 2] = (35, 40, 30)
    chalk = (225, 230, 230) if is_dark else (60, 40, 30)
    for line in range(random.integers(2, 6)):
        text = "".join(random.choice(list("abcdefxyz=+-0123456789 "), size=random.integers(6, 24)))
        x, y = left + random.integers(20, max(21, (right - left) // 3)), top + 70 + line * 64
        if y < bottom - 10:
            cv2.putText(wall, text, (int(x), int(y)), cv2.FONT_HERSHEY_SIMPLEX, 1.5, chalk, 4, cv2.LINE_AA)
    start = (left + 200, bottom - 60)
    cv2.line(wall, start, (start[0] + 500, bottom - random.integers(40, 80)), chalk, 4, cv2.LINE_AA)


def _paint_screen(wall: Picture, board: NDArray[np.float64], random: np.random.Generator) -> None:
    """A lit projector's screen to the right of the board, blank or with a picture."""
    left, top = round((board[2] + 0.25) * _PX_PER_M), round((board[1] - 0.3) * _PX_PER_M)
    right, bottom = left + round(1.9 * _PX_PER_M), top + round(1.2 * _PX_PER_M)
    wall[top - 12 : bottom + 12, left - 12 : right + 12] = 25
    wall[top:bottom, left:right] = 245
    if random.uniform() < 0.6:
        for _ in range(6):
            x, y = random.integers(left, right - 120), random.integers(top, bottom - 80)
            cv2.rectangle(wall, (int(x), int(y)), (int(x) + 120, int(y) + 80), random.uniform(20, 230, 3).tolist(), -1)


def _pose(
    random: np.random.Generator, board: NDArray[np.float64], focal: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rotation and translation (m) of the wall: x to the right, y downwards, z into it."""
    aim = np.array([(board[0] + board[2]) / 2, (board[1] + board[3]) / 2, 0]) + np.append(
        random.uniform(-0.4, 0.4, 2), 0
    )
    away = max(random.uniform(4.0, 7.0), focal * (board[2] - board[0]) / (0.72 * _WIDTH))
    aside = np.radians(random.uniform(-25, 25))
    camera = aim + away * np.array([np.sin(aside), 0, -np.cos(aside)]) - np.array([0, random.uniform(0.1, 1.0), 0])
    forwards = (aim - camera) / np.linalg.norm(aim - camera)
    sideways = np.cross(np.array([0, 1.0, 0]), forwards)
    sideways /= np.linalg.norm(sideways)
    roll = np.radians(random.uniform(-2, 2))
    level = np.stack([sideways, np.cross(forwards, sideways), forwards])
    rotation = cv2.Rodrigues(np.array([0, 0, roll]))[0] @ level
    return rotation, -rotation @ camera


def _project(
    wall_m: NDArray[np.float64],
    rotation: NDArray[np.float64],
    translation: NDArray[np.float64],
    focal: float,
    k1: float,
) -> NDArray[np.float64]:
    points = np.column_stack([wall_m, np.zeros(len(wall_m))]) @ rotation.T + translation
    ideal = points[:, :2] / points[:, 2:]
    return ideal * (1 + k1 * np.sum(ideal**2, axis=1, keepdims=True)) * focal + ((_WIDTH - 1) / 2, (_HEIGHT - 1) / 2)


def _photograph(
    wall: Picture,
    rotation: NDArray[np.float64],
    translation: NDArray[np.float64],
    focal: float,
    k1: float,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    x, y = np.meshgrid(np.arange(_WIDTH, dtype=np.float32), np.arange(_HEIGHT, dtype=np.float32))
    seen = np.stack([x - (_WIDTH - 1) / 2, y - (_HEIGHT - 1) / 2], axis=-1) / np.float32(focal)
    # The inverse of r (1 + k1 r²), to a thousandth of a pixel where the board is.
    bent = np.float32(k1) * (seen[..., 0] ** 2 + seen[..., 1] ** 2)
    ideal = seen * (1 - bent + 3 * bent**2)[..., None]
    to_wall = np.linalg.inv(np.column_stack([rotation[:, 0], rotation[:, 1], translation]))
    where = cv2.perspectiveTransform(ideal.reshape(-1, 1, 2), to_wall).reshape(ideal.shape) * _PX_PER_M - 0.5
    soft = cv2.GaussianBlur(wall, (0, 0), 0.8)
    picture = cv2.remap(soft, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return picture.astype(np.float32)


def _paint_glare(picture: NDArray[np.float32], corners: NDArray[np.float64], random: np.random.Generator) -> None:
    """A window's soft reflection somewhere on the board and the wall around it."""
    centre = corners.mean(axis=0) + random.uniform(-0.5, 0.5, 2) * (corners[2] - corners[0])
    x, y = np.arange(_WIDTH, dtype=np.float32) - centre[0], np.arange(_HEIGHT, dtype=np.float32) - centre[1]
    spot = np.exp(-((y / 140) ** 2))[:, None] * np.exp(-((x / 180) ** 2))[None, :]
    picture += np.float32(random.uniform(0, 50)) * spot[..., None].astype(np.float32)


def _paint_class(picture: NDArray[np.float32], corners: NDArray[np.float64], random: np.random.Generator) -> None:
    """A lectern that hides a tenth to a fifth of the board's lower edge, and heads at the bottom of the picture."""
    place = random.uniform(0.3, 0.7)
    foot = corners[3] * (1 - place) + corners[2] * place
    wide = random.uniform(0.05, 0.1) * float(np.linalg.norm(corners[2] - corners[3]))
    cv2.rectangle(
        picture,
        (int(foot[0] - wide), int(foot[1] - 25)),
        (int(foot[0] + wide), _HEIGHT),
        (50, 80, 110),
        -1,
        cv2.LINE_AA,
    )
    for _ in range(8):
        head = (int(random.uniform(0, _WIDTH)), int(random.uniform(980, 1080)))
        cv2.ellipse(picture, head, (45, 60), 0, 0, 360, random.uniform(15, 45, 3).tolist(), -1, cv2.LINE_AA)


def _paint_person(picture: NDArray[np.float32], corners: NDArray[np.float64], random: np.random.Generator) -> None:
    """Head and body before the board's lower edge, away from its corners."""
    place = random.uniform(0.25, 0.75)
    foot = corners[3] * (1 - place) + corners[2] * place
    tall = float(np.linalg.norm(corners[3] - corners[0]))
    head = (int(foot[0]), int(foot[1] - 0.45 * tall))
    shirt = random.uniform(30, 200, 3).tolist()
    wide = int(0.2 * tall)
    body = np.array(
        [
            [head[0] - wide, _HEIGHT],
            [head[0] - wide, head[1] + wide],
            [head[0], head[1] + wide // 2],
            [head[0] + wide, head[1] + wide],
            [head[0] + wide, _HEIGHT],
        ]
    )
    cv2.fillPoly(picture, [body], shirt, cv2.LINE_AA)
    cv2.ellipse(picture, head, (int(0.085 * tall), int(0.115 * tall)), 0, 0, 360, (120, 150, 195), -1, cv2.LINE_AA)
    cv2.ellipse(
        picture,
        (head[0], head[1] - int(0.04 * tall)),
        (int(0.09 * tall), int(0.09 * tall)),
        0,
        180,
        360,
        (25, 25, 25),
        -1,
    )


@cache
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal((_HEIGHT, _WIDTH, 3), np.float32)


def _exposed(picture: NDArray[np.float32], random: np.random.Generator) -> Picture:
    """Light from one side, blur, noise and the JPEG of a webcam."""
    light = np.linspace(random.uniform(0.6, 1.05), random.uniform(0.6, 1.05), _WIDTH, dtype=np.float32)
    picture = cv2.GaussianBlur(picture * light[None, :, None], (0, 0), random.uniform(0.7, 1.2))
    field = np.roll(_noise(), random.integers(0, 1000, 2), axis=(0, 1))
    picture += np.float32(random.uniform(1.5, 4.0)) * field
    _, jpeg = cv2.imencode(".jpg", np.clip(np.rint(picture), 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
