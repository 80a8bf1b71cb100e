"""Pictures of a ChArUco board through a planted lens: the board is what its SVG says, the camera is written here."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.charuco_board import A4, BOARD_A4, CharucoDefinition, board_svg

_PX_PER_MM = 6
_NUMBER = r"-?\d+(?:\.\d+)?"


@dataclass(frozen=True)
class PlantedLens:
    """A camera's truth: the ray at radius r (tangent, of a fisheye angle) is seen at r (1 + k1 r² + k2 r⁴ + k3 r⁶)."""

    focal: float
    centre: tuple[float, float]
    radial: tuple[float, ...]
    fisheye: bool = False
    width: int = 1920
    height: int = 1080

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 3) in front of the camera to pixels."""
        tangent = np.hypot(points[:, 0], points[:, 1]) / points[:, 2]
        radius = np.arctan(tangent) if self.fisheye else tangent
        bent = radius * (1 + sum(k * radius ** (2 * power) for power, k in enumerate(self.radial, 1)))
        scale = np.divide(bent, tangent, out=np.ones_like(bent), where=tangent > 1e-12)
        return points[:, :2] / points[:, 2:] * scale[:, None] * self.focal + self.centre

    def rays(self) -> NDArray[np.float64]:
        """x/z and y/z of every pixel (h, w, 2): the radial polynomial, inverted by a table."""
        x, y = np.meshgrid(np.arange(self.width), np.arange(self.height))
        offset = np.stack([x - self.centre[0], y - self.centre[1]], axis=-1) / self.focal
        seen = np.hypot(offset[..., 0], offset[..., 1])
        radius = np.linspace(0, 1.45 if self.fisheye else 3.0, 20000)
        bent = radius * (1 + sum(k * radius ** (2 * power) for power, k in enumerate(self.radial, 1)))
        rising = np.concatenate([[True], np.diff(bent) > 0])
        last = len(radius) if rising.all() else int(np.argmin(rising))
        assert bent[last - 1] > seen.max(), "the planted lens does not reach the picture's corner"
        true = np.interp(seen, bent[:last], radius[:last])
        tangent = np.tan(true) if self.fisheye else true
        return offset * np.divide(tangent, seen, out=np.ones_like(seen), where=seen > 1e-12)[..., None]


def sheet_from_path(path: str, width_mm: float, height_mm: float, px_per_mm: int) -> NDArray[np.uint8]:
    """Paint an SVG path of rectangles, ``M x y h w v h h -w z``, black on white."""
    sheet = np.full((round(height_mm * px_per_mm), round(width_mm * px_per_mm)), 255, np.uint8)
    for match in re.finditer(rf"M({_NUMBER}) ({_NUMBER})h({_NUMBER})v({_NUMBER})h{_NUMBER}z", path):
        x, y, width, height = (float(group) * px_per_mm for group in match.groups())
        sheet[round(y) : round(y + height), round(x) : round(x + width)] = 0
    return sheet


def painted_sheet() -> NDArray[np.uint8]:
    """The A4 board's sheet, 6 px a mm."""
    svg = ElementTree.fromstring(board_svg(BOARD_A4, A4, ["x"]))
    path = svg.find("{http://www.w3.org/2000/svg}path[@id='board']")
    assert path is not None
    return sheet_from_path(path.attrib["d"], A4.width_mm, A4.height_mm, _PX_PER_MM)


def board_poses(
    lens: PlantedLens, count: int, random: np.random.Generator, definition: CharucoDefinition = BOARD_A4
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Rotation matrices and translations (mm): the board goes round the frame, every second time it is tilted."""
    poses = []
    rays = lens.rays()
    spots = [
        (0.18, 0.2),
        (0.5, 0.2),
        (0.82, 0.2),
        (0.18, 0.5),
        (0.5, 0.5),
        (0.82, 0.5),
        (0.18, 0.8),
        (0.5, 0.8),
        (0.82, 0.8),
    ]
    for index in range(count):
        u, v = np.array(spots[index % len(spots)]) + random.uniform(-0.04, 0.04, 2)
        ray = np.append(rays[int(v * lens.height), int(u * lens.width)], 1.0)
        tilt = np.radians(random.uniform(22, 38)) * random.choice([-1, 1])
        axis = np.array([[0, 1, 0], [1, 0, 0], [0.7, 0.7, 0]][index % 3], float)
        facing = np.arctan2(ray[0], 1.0) * 0.8
        turn = cv2.Rodrigues(np.array([0, facing, 0]))[0]
        rotation = (
            turn @ cv2.Rodrigues(axis * tilt)[0] @ cv2.Rodrigues(np.array([0, 0, random.uniform(-0.15, 0.15)]))[0]
        )
        # The board is about 0.4 of the picture wide.
        away = definition.width_mm * lens.focal / (lens.width * random.uniform(0.34, 0.46))
        centre = ray / np.linalg.norm(ray) * away
        middle = np.array([definition.width_mm / 2, definition.height_mm / 2, 0])
        poses.append((rotation, centre - rotation @ middle))
    return poses


def render_view(
    lens: PlantedLens,
    rays: NDArray[np.float64],
    sheet: NDArray[np.uint8],
    pose: tuple[NDArray[np.float64], NDArray[np.float64]],
    random: np.random.Generator,
) -> NDArray[np.uint8]:
    """One grey picture: lit from one side, blurred by about a pixel, with noise."""
    rotation, translation = pose
    # From rays to millimetres on the board's plane, then to the sheet, whose board begins at (16.5, 12) mm.
    to_board = np.linalg.inv(np.column_stack([rotation[:, 0], rotation[:, 1], translation]))
    on_board = cv2.perspectiveTransform(rays.reshape(-1, 1, 2), to_board).reshape(rays.shape)
    corner = ((A4.width_mm - BOARD_A4.width_mm) / 2, 12.0)
    where = ((on_board + corner) * _PX_PER_MM - 0.5).astype(np.float32)
    px_per_mm = lens.focal / np.linalg.norm(translation)
    soft = cv2.GaussianBlur(sheet, (0, 0), max(0.4, 0.4 * _PX_PER_MM / px_per_mm))
    picture = cv2.remap(
        soft, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=110
    )
    # What lies behind the camera through the board's plane is no board.
    ahead = (rays @ to_board[2, :2] + to_board[2, 2]) > 0
    picture = np.where(ahead, picture, 110).astype(np.float32)
    light = np.linspace(random.uniform(0.45, 0.7), random.uniform(0.9, 1.05), lens.width, dtype=np.float32)
    picture = cv2.GaussianBlur(picture * light * 0.85 + 12, (0, 0), random.uniform(0.6, 1.0))
    picture += cv2.randn(np.empty_like(picture), 0, 3.0)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
