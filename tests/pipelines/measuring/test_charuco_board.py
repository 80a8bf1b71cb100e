"""The printed ChArUco board: its SVG is the board that OpenCV looks for, and a PDF of it has the true size."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest
import weasyprint
from numpy.typing import NDArray
from rendered_charuco import painted_sheet, sheet_from_path

from pipelines.measuring.charuco_board import (
    A3,
    A4,
    BOARD_A3,
    BOARD_A4,
    CharucoDefinition,
    Paper,
    board_svg,
)
from pipelines.measuring.charuco_detection import BoardView, detect_board

_MM_PER_PT = 25.4 / 72


def _corner_error_mm(sheet: NDArray[np.uint8], px_per_mm: float, definition: CharucoDefinition, paper: Paper) -> float:
    view = detect_board(sheet, definition)
    assert len(view.ids) == (definition.columns - 1) * (definition.rows - 1)
    expected = definition.corners_mm()[view.ids, :2] + ((paper.width_mm - definition.width_mm) / 2, 12.0)
    return float(np.abs((view.corners_px + 0.5) / px_per_mm - expected).max())


def test_opencv_finds_every_corner_of_the_svg_where_its_definition_has_it() -> None:
    error = _corner_error_mm(painted_sheet(), 6, BOARD_A4, A4)
    print(f"largest error {error:.3f} mm, bound 0.05 mm")
    assert error < 0.05


@pytest.mark.parametrize(("definition", "paper"), [(BOARD_A4, A4), (BOARD_A3, A3)], ids=["A4", "A3"])
def test_weasyprint_makes_a_page_of_the_papers_size_with_squares_of_theirs(
    definition: CharucoDefinition, paper: Paper
) -> None:
    svg = board_svg(definition, paper, ["ChArUco 11 × 7 <A4>", "这条线应为 100 毫米"])
    page = f"@page {{ size: {paper.width_mm}mm {paper.height_mm}mm; margin: 0 }}"
    style = f"<style>{page} body {{ margin: 0 }} svg {{ display: block }}</style>"
    pdf = weasyprint.HTML(string=style + svg).write_pdf(uncompressed_pdf=True)
    boxes = re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf)
    assert len(boxes) == 1, "one page"
    left, bottom, right, top = (float(number) * _MM_PER_PT for number in boxes[0].split())
    print(f"page {right - left:.3f} x {top - bottom:.3f} mm, bound 0.1 mm")
    assert right - left == pytest.approx(paper.width_mm, abs=0.1)
    assert top - bottom == pytest.approx(paper.height_mm, abs=0.1)

    shapes = _shapes_mm(pdf, paper.height_mm)
    px_per_mm = 6
    sheet = np.full((round(paper.height_mm * px_per_mm), round(paper.width_mm * px_per_mm)), 255, np.uint8)
    rectangles = [np.ptp(shape, axis=0) for shape in shapes if len(shape) >= 4]
    for shape in shapes:
        size = np.ptp(shape, axis=0)
        if len(shape) >= 4 and size.max() < 0.3 * paper.width_mm:
            (left, top), (right, bottom) = (
                np.rint(edge(axis=0) * px_per_mm).astype(int) for edge in (shape.min, shape.max)
            )
            sheet[top:bottom, left:right] = 0
    error = _corner_error_mm(sheet, px_per_mm, definition, paper)
    squares = [size for size in rectangles if size == pytest.approx([definition.square_mm] * 2, abs=0.02)]
    lines = [np.ptp(shape, axis=0) for shape in shapes if len(shape) == 2]
    print(f"largest error of a corner {error:.3f} mm, bound 0.05 mm")
    assert error < 0.05
    assert len(squares) == definition.columns * definition.rows - definition.columns * definition.rows // 2
    assert any(line == pytest.approx([100, 0], abs=0.02) for line in lines), "the ruler"
    assert b"/ToUnicode" in pdf, "text"


def _shapes_mm(pdf: bytes, height_mm: float) -> list[NDArray[np.float64]]:
    """The page's sub-paths, in millimetres from the paper's upper left: the operators that WeasyPrint writes."""
    shapes: list[NDArray[np.float64]] = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            content = stream
        if b" re" not in content and b" m\n" not in content:
            continue
        matrix, saved, numbers, points = np.eye(3), [], [], []
        for token in content.split():
            match token:
                case b"q":
                    saved.append(matrix)
                case b"Q":
                    matrix = saved.pop()
                case b"cm":
                    a, b, c, d, e, f = numbers[-6:]
                    matrix = np.array([[a, b, 0], [c, d, 0], [e, f, 1]]) @ matrix
                case b"m" | b"l":
                    if token == b"m" and points:
                        shapes.append(np.array(points))
                        points = []
                    points.append((np.array([*numbers[-2:], 1]) @ matrix)[:2])
                case b"re":
                    x, y, w, h = numbers[-4:]
                    corners = np.array([[x, y, 1], [x + w, y, 1], [x + w, y + h, 1], [x, y + h, 1]])
                    shapes.append((corners @ matrix)[:, :2])
                case b"h" | b"f" | b"S" | b"n" | b"f*" | b"B":
                    if points:
                        shapes.append(np.array(points))
                    points = []
            try:
                numbers.append(float(token))
            except ValueError:
                numbers = []
    return [np.column_stack([shape[:, 0], height_mm / _MM_PER_PT - shape[:, 1]]) * _MM_PER_PT for shape in shapes]


def test_the_text_is_the_callers_and_escaped() -> None:
    svg = ElementTree.fromstring(board_svg(BOARD_A4, A4, ["方格 24 毫米 & <标记>"]))
    assert "方格 24 毫米 & <标记>" in "".join(svg.itertext())
    assert svg.attrib["width"] == "297mm"
    assert svg.attrib["viewBox"] == "0 0 297 210"


def test_what_cannot_be_printed_or_read_is_refused() -> None:
    with pytest.raises(ValueError, match="fit"):
        board_svg(BOARD_A3, A4, [])
    with pytest.raises(ValueError, match="too few markers"):
        CharucoDefinition(12, 10, 20.0, 15.0)
    with pytest.raises(ValueError, match="smaller"):
        CharucoDefinition(5, 5, 20.0, 20.0)
    with pytest.raises(ValueError, match="DICT_NONE"):
        CharucoDefinition(5, 5, 20.0, 15.0, "DICT_NONE")


def test_a_board_view_is_of_its_own_board_only() -> None:
    view = detect_board(painted_sheet(), BOARD_A4)
    assert isinstance(view, BoardView)
    assert sorted(view.ids) == list(range(60))
    assert sheet_from_path("M0 0h1v1h-1z", 2, 2, 1).tolist() == [[0, 255], [255, 255]]
