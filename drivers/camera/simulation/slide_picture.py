"""Slides of the simulated lesson as pictures: title, lines and a figure."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation.classroom_text import write
from drivers.simulated_classroom.slide_texts import SLIDES, SlideText

Image = NDArray[np.uint8]

_PAPER, _INK, _TITLE = (250, 251, 252), (58, 48, 44), (120, 62, 20)
_CURVES = ((40, 40, 200), (190, 110, 30), (50, 150, 60))


def slide_picture(number: int, width: int, height: int, *, full: bool = False) -> Image:
    """Return slide ``number``, BGR; numbers beyond the last begin again.

    Its upper part is left to the bar code, unless it may use the ``full`` height.
    """
    slide = SLIDES[number % len(SLIDES)]
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = _PAPER
    unit = width / 1280
    top = (height - 660 * unit) / 2 if full else height - 612 * unit
    cv2.rectangle(picture, (0, 0), (width, round(top + 96 * unit)), (232, 220, 206), -1)
    cv2.rectangle(picture, (0, round(top + 92 * unit)), (width, round(top + 97 * unit)), _TITLE, -1)
    write(picture, slide.title, (70 * unit, top + 70 * unit), 50 * unit, _TITLE, 700)
    for at, line in enumerate(slide.lines):
        write(picture, line, (80 * unit, top + (200 + 92 * at) * unit), 40 * unit, _INK)
    write(
        picture,
        f"{number % len(SLIDES) + 1} / {len(SLIDES)}",
        (1160 * unit, height - 24 * unit),
        22 * unit,
        (150, 150, 150),
    )
    _draw_figure(picture, slide, (960 * unit, top + 350 * unit), 44 * unit)
    return picture


def _draw_figure(picture: Image, slide: SlideText, origin: tuple[float, float], unit: float) -> None:
    if slide.figure == "area":
        _draw_garden(picture, origin, unit)
    elif slide.figure == "table":
        _draw_table(picture, origin, unit)
    else:
        curves: dict[str, tuple[Callable[[float], float], ...]] = {
            "parabola": (lambda x: 0.7 * x * x - 1,),
            "shifted": (lambda x: (x - 1) ** 2 - 1,),
            "two": (lambda x: x * x, lambda x: 0.4 * (x + 1) ** 2 - 2, lambda x: -x * x),
        }
        _draw_curves(picture, curves[slide.figure], origin, unit)


def _draw_curves(
    picture: Image, curves: tuple[Callable[[float], float], ...], origin: tuple[float, float], unit: float
) -> None:
    x0, y0 = origin
    thick = max(1, round(unit / 14))
    _arrow(picture, (x0 - 5 * unit, y0), (x0 + 5 * unit, y0), unit)
    _arrow(picture, (x0, y0 + 4.6 * unit), (x0, y0 - 5 * unit), unit)
    write(picture, "x", (x0 + 4.9 * unit, y0 + 0.8 * unit), unit * 0.7, _INK)
    write(picture, "y", (x0 + 0.3 * unit, y0 - 4.5 * unit), unit * 0.7, _INK)
    write(picture, "O", (x0 - 0.7 * unit, y0 + 0.8 * unit), unit * 0.6, _INK)
    for curve, colour in zip(curves, _CURVES, strict=False):
        along = np.linspace(-4.4, 4.4, 120)
        up = np.array([curve(x) for x in along])
        inside = np.abs(up) < 4.4
        points = np.column_stack([x0 + along[inside] * unit, y0 - up[inside] * unit])
        cv2.polylines(picture, [np.rint(points * 16).astype(np.int32)], False, colour, thick * 2, cv2.LINE_AA, 4)


def _draw_garden(picture: Image, origin: tuple[float, float], unit: float) -> None:
    x0, y0 = origin
    corners = [round(value) for value in (x0 - 4 * unit, y0 - 2.5 * unit, x0 + 4 * unit, y0 + 2.2 * unit)]
    cv2.rectangle(picture, (corners[0], corners[1]), (corners[2], corners[3]), (190, 228, 196), -1)
    cv2.rectangle(picture, (corners[0], corners[1]), (corners[2], corners[3]), (60, 110, 60), max(1, round(unit / 8)))
    cv2.rectangle(
        picture, (corners[0] - 20, corners[1] - round(unit / 2)), (corners[2] + 20, corners[1]), (120, 130, 150), -1
    )
    write(picture, "x", (x0 - 4.8 * unit, y0), unit * 0.8, _INK)
    write(picture, "40 − 2x", (x0 - 1.4 * unit, y0 + 3.3 * unit), unit * 0.8, _INK)


def _draw_table(picture: Image, origin: tuple[float, float], unit: float) -> None:
    x0, y0 = origin[0] - 5 * unit, origin[1] - 2 * unit
    rows = (("x", "0", "1", "2", "3", "4"), ("y", "3", "0", "−1", "0", "3"))
    for down, row in enumerate(rows):
        for across, text in enumerate(row):
            left, top = round(x0 + across * 1.7 * unit), round(y0 + down * 1.7 * unit)
            cv2.rectangle(
                picture, (left, top), (left + round(1.7 * unit), top + round(1.7 * unit)), _INK, 1, cv2.LINE_AA
            )
            write(picture, text, (left + 0.5 * unit, top + 1.15 * unit), unit * 0.8, _INK)


def _arrow(picture: Image, begin: tuple[float, float], end: tuple[float, float], unit: float) -> None:
    one, other = ((round(point[0]), round(point[1])) for point in (begin, end))
    cv2.arrowedLine(picture, one, other, _INK, max(1, round(unit / 18)), cv2.LINE_AA, 0, 0.03)
