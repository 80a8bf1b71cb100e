"""The text of a lesson's screen: each picture that stood there is read once, and becomes a cue of screen-text.vtt."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.files.durable import open_to_write
from pipelines.files.webvtt import Cue
from pipelines.previews.fitted_picture import Bgr
from pipelines.previews.screen_stands import Stand

MOST_PICTURES = 300
"""Of a lesson that has more, those that stood longest are read: at two seconds each that is ten minutes."""

_LONGEST_TEXT = 4000
_SMALL = 160, 90
# The pixels of a small picture are the means of 12 x 12 of 1080p: a line of text changes some by far more.
_SAME = 12


class ReadTexts:
    """The texts that were read already, in a file that grows by a line for each: what was killed goes on there.

    Raises:
        OSError: the disk refuses (from every method).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[int, list[str]] = {}
        if path.exists():
            for raw in path.read_bytes().split(b"\n"):
                self._take(raw)

    def of(self, stand: Stand) -> list[str] | None:
        """The lines of text; None where it was not read yet."""
        return self._lines.get(stand.from_ns)

    def add(self, stand: Stand, lines: list[str]) -> None:
        """Keep the lines of text of a stand."""
        body = json.dumps({"from_ns": stand.from_ns, "lines": lines}, ensure_ascii=False).encode()
        fd = open_to_write(self._path, os.O_APPEND)
        try:
            # A line that a kill has torn is ended first, and does not count.
            os.write(fd, b"\n" + body + b"\n")
        finally:
            os.close(fd)
        self._lines[stand.from_ns] = lines

    def _take(self, raw: bytes) -> None:
        try:
            found = json.loads(raw)
            self._lines[int(found["from_ns"])] = [str(line) for line in found["lines"]]
        except (ValueError, KeyError, TypeError):
            pass


def read_screens(
    stands: Sequence[Stand],
    picture_at: Callable[[int], Bgr | None],
    recognise: Callable[[Bgr], list[str]],
    texts: ReadTexts,
) -> list[Cue]:
    """Return a cue for each text that stood on the screen, in order.

    ``picture_at`` gives the screen's picture at a lesson time in ns, None where there is none. What looks the same as
    something before is not read again; what says the same as the one before it belongs to that one's cue.

    Raises:
        OSError: the texts cannot be kept.
    """
    seen: list[tuple[NDArray[np.int16], list[str]]] = []
    for stand in longest(stands, MOST_PICTURES):
        if texts.of(stand) is not None:
            continue
        picture = picture_at(stand.looked_ns)
        if picture is None:
            texts.add(stand, [])
            continue
        small = _small(picture)
        known = next((lines for other, lines in seen if np.abs(small - other).max() <= _SAME), None)
        lines = recognise(picture) if known is None else known
        if known is None:
            seen.append((small, lines))
        texts.add(stand, lines)
    return merged((stand, texts.of(stand) or []) for stand in stands)


def longest(stands: Sequence[Stand], most: int) -> list[Stand]:
    """Return the stands that lasted longest, ``most`` of them, in order of time."""
    by_length = sorted(stands, key=lambda stand: stand.from_ns - stand.to_ns)
    return sorted(by_length[:most], key=lambda stand: stand.from_ns)


def merged(texts: Iterable[tuple[Stand, list[str]]]) -> list[Cue]:
    """Return a cue for each text, none for nothing; the same text twice in a row is one cue."""
    cues: list[Cue] = []
    previous = ""
    for stand, lines in texts:
        text = "\n".join(lines)[:_LONGEST_TEXT]
        if text and text == previous:
            cues[-1] = Cue(cues[-1].from_ms, stand.to_ns // 1_000_000, text)
        elif text:
            cues.append(Cue(stand.from_ns // 1_000_000, stand.to_ns // 1_000_000, text))
        previous = text
    return cues


def _small(picture: Bgr) -> NDArray[np.int16]:
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return cv2.resize(luma, _SMALL, interpolation=cv2.INTER_AREA).astype(np.int16)
