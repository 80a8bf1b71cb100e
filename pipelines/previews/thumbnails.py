"""Thumbnails for scrubbing: small pictures of the programme in sheets, and the WebVTT file that says where each is."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import numpy as np

from pipelines.files.durable import write_atomically
from pipelines.files.lesson_layout import THUMBNAILS_VTT, thumbnail_sheet
from pipelines.files.webvtt import Cue, to_webvtt
from pipelines.previews.fitted_picture import Bgr, boxed, jpeg
from pipelines.previews.key_pictures import KeyPictures

CELL = 160, 90
PERIOD_S = 10
COLUMNS, ROWS = 10, 10
_QUALITY = 72
_NOTHING = 32
# A cut takes effect with the next key picture of the camera, which has a phase of its own.
_CUT_S = 0.3


def write_thumbnails(folder: Path, pictures: KeyPictures, note: str) -> None:
    """Write the sheets that are missing, and thumbnails.vtt last: what was begun by another process is gone on with.

    A cell shows the programme's key picture at the beginning of its ten seconds, or, where that cannot be read, what
    the cell before it shows. ``note`` tells in thumbnails.vtt which programme that is.

    Raises:
        OSError: the disk refuses.
    """
    cells = ceil(pictures.length_s / PERIOD_S)
    a_sheet = COLUMNS * ROWS
    for number, first in enumerate(range(0, cells, a_sheet), 1):
        path = folder / thumbnail_sheet(number)
        if not path.exists():
            write_atomically(path, jpeg(_sheet(pictures, first, min(first + a_sheet, cells)), _QUALITY))
    write_atomically(folder / THUMBNAILS_VTT, to_webvtt(_cues(cells, pictures.length_s), note).encode())


def _sheet(pictures: KeyPictures, first: int, end: int) -> Bgr:
    width, height = CELL
    sheet = np.zeros((ceil((end - first) / COLUMNS) * height, COLUMNS * width, 3), np.uint8)
    shown = np.full((height, width, 3), _NOTHING, np.uint8)
    for cell in range(first, end):
        picture = pictures.at(cell * PERIOD_S + _CUT_S)
        if picture is not None:
            shown = boxed(picture, CELL)
        left, top = _place(cell - first)
        sheet[top : top + height, left : left + width] = shown
    return sheet


def _cues(cells: int, length_s: float) -> Iterator[Cue]:
    """Source: Media Fragments URI 1.0 (W3C), section 4.2.2, for the part of a picture."""
    for cell in range(cells):
        sheet, at = divmod(cell, COLUMNS * ROWS)
        left, top = _place(at)
        to_ms = round(min((cell + 1) * PERIOD_S, length_s) * 1000)
        part = f"{thumbnail_sheet(sheet + 1)}#xywh={left},{top},{CELL[0]},{CELL[1]}"
        yield Cue(cell * PERIOD_S * 1000, max(to_ms, cell * PERIOD_S * 1000 + 1), part)


def _place(cell: int) -> tuple[int, int]:
    row, column = divmod(cell, COLUMNS)
    return column * CELL[0], row * CELL[1]
