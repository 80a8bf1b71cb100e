"""The ChArUco board that a technician holds before a camera: its definition, and its SVG at true scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import cv2
import numpy as np
from numpy.typing import NDArray

RULER_MM = 100
_TOP_MM = 12.0
_SIDE_MM = 10.0
# Ruler and text below the board, and the strip of the sheet that printers leave white.
_BOTTOM_MM = 28.0
_TEXT_MM = 3.6
_LINE_MM = 5.2
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet, landscape; source: ISO 216, Writing paper: trimmed sizes, A series."""

    width_mm: float
    height_mm: float


A4 = Paper(297.0, 210.0)
A3 = Paper(420.0, 297.0)


@dataclass(frozen=True, slots=True)
class CharucoDefinition:
    """Squares across and down, their size, that of the markers in the white ones, and cv2.aruco's name of their set.

    Source: Garrido-Jurado et al., Automatic generation and detection of highly reliable fiducial markers under
    occlusion, Pattern Recognition 47 (2014); the corners are those of OpenCV's ``CharucoBoard``.

    Raises:
        ValueError: no such set of markers, too few markers in it, or a marker that is not smaller than its square.
    """

    columns: int
    rows: int
    square_mm: float
    marker_mm: float
    dictionary: str = "DICT_4X4_50"

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 3:
            raise ValueError("a board has at least 3 x 3 squares")
        if not 0 < self.marker_mm < self.square_mm:
            raise ValueError("a marker is smaller than its square")
        if not self.dictionary.startswith("DICT_") or not hasattr(cv2.aruco, self.dictionary):
            raise ValueError(f"cv2.aruco has no {self.dictionary}")
        if self.columns * self.rows // 2 > len(self._markers().bytesList):
            raise ValueError(f"{self.dictionary} has too few markers for this board")

    @property
    def width_mm(self) -> float:
        """Of the squares, without the paper around them."""
        return self.columns * self.square_mm

    @property
    def height_mm(self) -> float:
        """Of the squares, without the paper around them."""
        return self.rows * self.square_mm

    def board(self) -> cv2.aruco.CharucoBoard:
        """OpenCV's board, in millimetres."""
        return cv2.aruco.CharucoBoard((self.columns, self.rows), self.square_mm, self.marker_mm, self._markers())

    def corners_mm(self) -> NDArray[np.float32]:
        """The inner corners of the squares by their id, row by row: (n, 3), z = 0, y downwards."""
        return np.asarray(self.board().getChessboardCorners(), np.float32)

    def black_parts_mm(self) -> Iterator[tuple[float, float, float, float]]:
        """What is printed black: x, y, width, height of rectangles that do not overlap, from the board's upper left."""
        markers = self._markers()
        modules = markers.markerSize + 2
        module_mm = self.marker_mm / modules
        white = set()
        board = self.board()
        for identity, outline in zip(np.asarray(board.getIds()).ravel(), board.getObjPoints(), strict=True):
            left, top = np.asarray(outline).min(axis=0)[:2]
            white.add((int(left // self.square_mm), int(top // self.square_mm)))
            bits = np.asarray(cv2.aruco.generateImageMarker(markers, int(identity), modules)) == 0
            for row, line in enumerate(bits):
                for first, count in _runs(line):
                    yield (
                        float(left) + first * module_mm,
                        float(top) + row * module_mm,
                        count * module_mm,
                        module_mm,
                    )
        for row in range(self.rows):
            for column in range(self.columns):
                if (column, row) not in white:
                    yield column * self.square_mm, row * self.square_mm, self.square_mm, self.square_mm

    def _markers(self) -> cv2.aruco.Dictionary:
        return cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, self.dictionary))


BOARD_A4 = CharucoDefinition(columns=11, rows=7, square_mm=24.0, marker_mm=18.0)
BOARD_A3 = CharucoDefinition(columns=11, rows=7, square_mm=36.0, marker_mm=27.0)


def board_svg(definition: CharucoDefinition, paper: Paper, lines: Sequence[str]) -> str:
    """The sheet as SVG, lengths in mm: board, ruler of 100 mm and, to the right of it, at most four ``lines`` of text.

    For a PDF of true size the page must have the paper's size and no margins. The text is the caller's, in whatever
    language; it should name the definition and say that the ruler must measure 100 mm on the print. A board that was
    printed too small still gives the right lens; only distances to it would be wrong.

    Raises:
        ValueError: the board does not fit on the paper, or there are more than four lines.
    """
    left = (paper.width_mm - definition.width_mm) / 2
    if left < _SIDE_MM or _TOP_MM + definition.height_mm + _BOTTOM_MM > paper.height_mm:
        raise ValueError("the board does not fit on the paper")
    if len(lines) > _MOST_LINES:
        raise ValueError(f"there is room for {_MOST_LINES} lines")
    # One path: rectangles drawn one by one show hairlines where they touch.
    black = "".join(
        f"M{_mm(left + x)} {_mm(_TOP_MM + y)}h{_mm(width)}v{_mm(height)}h{_mm(-width)}z"
        for x, y, width, height in definition.black_parts_mm()
    )
    ruler_y = _TOP_MM + definition.height_mm + 9.0
    text_x = left + RULER_MM + 10.0
    first_y = ruler_y - 2.0
    text = "".join(
        f'<text x="{_mm(text_x)}" y="{_mm(first_y + index * _LINE_MM)}">{escape(line)}</text>'
        for index, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_mm(paper.width_mm)}mm" height="{_mm(paper.height_mm)}mm" '
        f'viewBox="0 0 {_mm(paper.width_mm)} {_mm(paper.height_mm)}">'
        f'<rect width="{_mm(paper.width_mm)}" height="{_mm(paper.height_mm)}" fill="#fff"/>'
        f'<path id="board" fill="#000" d="{black}"/>'
        f'<path id="ruler" fill="none" stroke="#000" stroke-width="0.2" d="{_ruler(left, ruler_y)}"/>'
        f'<g font-family="sans-serif" font-size="{_TEXT_MM}" fill="#000">'
        f'<text x="{_mm(left + RULER_MM / 2)}" y="{_mm(ruler_y + 6.0)}" text-anchor="middle">{RULER_MM} mm</text>'
        f"{text}</g></svg>"
    )


def _ruler(x: float, y: float) -> str:
    ticks = "".join(
        f"M{_mm(x + at)} {_mm(y - (3.0 if at % 50 == 0 else 1.5))}V{_mm(y)}" for at in range(0, RULER_MM + 1, 10)
    )
    return f"M{_mm(x)} {_mm(y)}H{_mm(x + RULER_MM)}{ticks}"


def _runs(line: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First index and length of each run of true values."""
    ends = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0]))))
    for first, end in zip(ends[::2], ends[1::2], strict=True):
        yield int(first), int(end - first)


def _mm(length: float) -> str:
    return f"{length:.4f}".rstrip("0").rstrip(".")
