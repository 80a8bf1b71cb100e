"""Recognition of printed text in a picture, Chinese and Latin: RapidOCR's models on ONNX Runtime, without a network.

The models (PP-OCRv6 small, Apache-2.0) lie in the package ``rapidocr`` itself. It is an extra.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.previews.preview_state import RECOGNISER

# mallopt(3). By default glibc keeps what the networks give back, in pieces: 200 MB more at the end of a lesson.
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
_LARGE_BYTES = 1 << 20
_LIBC = ctypes.CDLL(None)
# The detector sees the picture this wide at most. At full size (1920) a slide costs twice the time and 250 MB more, and
# no character more is found on it.
_DETECTED_SIDE = 1280


class NoRecogniser(RuntimeError):
    """This box has no recogniser, or it lacks its models."""


class TextRecogniser(Protocol):
    """Reads the text in pictures."""

    def read(self, pixels: NDArray[np.uint8]) -> list[str]:
        """Return the lines of text in a picture (height, width, 3), BGR, from the top."""


class TextBox(NamedTuple):
    """A piece of text and where it stands, in pixels."""

    left: float
    top: float
    bottom: float
    text: str


class RapidTextRecogniser:
    """RapidOCR: 342 MB at most for a 1080p picture, on one thread.

    Raises:
        NoRecogniser: it is not installed, or its package has no models (from the constructor).
    """

    def __init__(self) -> None:
        _LIBC.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        _LIBC.mallopt(_M_TRIM_THRESHOLD, _LARGE_BYTES)
        try:
            rapidocr: Any = import_module(RECOGNISER)
        except ImportError as error:
            raise NoRecogniser(f"{RECOGNISER} is not installed: {error}") from error
        models = Path(rapidocr.__file__).parent / "models"
        self._engine: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "error",
                # What stands on a screen stands upright.
                "Global.use_cls": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Det.limit_type": "max",
                "Det.limit_side_len": _DETECTED_SIDE,
                # Named, they are neither looked for nor fetched anywhere else.
                "Det.model_path": _model(models, "det"),
                "Rec.model_path": _model(models, "rec"),
                "Rec.rec_batch_num": 1,
            }
        )

    def read(self, pixels: NDArray[np.uint8]) -> list[str]:
        """See TextRecogniser.read."""
        found = self._engine(pixels)
        _LIBC.malloc_trim(0)
        if found.boxes is None or found.txts is None:
            return []
        return lines_of(
            TextBox(float(box[:, 0].min()), float(box[:, 1].min()), float(box[:, 1].max()), str(text))
            for box, text in zip(found.boxes, found.txts, strict=True)
        )


def lines_of(boxes: Iterable[TextBox]) -> list[str]:
    """Return the boxes' texts as lines: what stands beside each other is one line, from the left."""
    lines: list[list[TextBox]] = []
    for box in sorted(boxes, key=lambda box: box.top + box.bottom):
        if lines and _is_beside(lines[-1], box):
            lines[-1].append(box)
        else:
            lines.append([box])
    return [" ".join(box.text for box in sorted(line, key=lambda box: box.left)) for line in lines]


def _is_beside(line: Sequence[TextBox], box: TextBox) -> bool:
    """Whether the middle of a box lies at the height of the line's first, and the other way round."""
    first = line[0]
    middle, first_middle = (box.top + box.bottom) / 2, (first.top + first.bottom) / 2
    return first.top < middle < first.bottom and box.top < first_middle < box.bottom


def _model(folder: Path, kind: str) -> str:
    found = sorted(folder.glob(f"*_{kind}_*.onnx"))
    if not found:
        raise NoRecogniser(f"{folder} has no model for {kind}: install {RECOGNISER} again")
    return str(found[0])
