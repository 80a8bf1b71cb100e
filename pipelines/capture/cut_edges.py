"""Fade sound that is cut off in mid-swing: a microphone that dies, or comes back, must not click."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.level_meter import LESSON_RATE_HZ
from pipelines.capture.mix_grid import CHUNK

LOOK_AHEAD: Final = LESSON_RATE_HZ // 100
"""Samples by which the output is late."""

_FADE: Final = LESSON_RATE_HZ // 200
_CELL: Final = LESSON_RATE_HZ // 1000
# So many samples of exact zero are no sound: a gap that was filled, a muted or gated microphone.
_SHORTEST_GAP: Final = 2 * _CELL
# A step that is smaller cannot be heard (-50 dBFS).
_AUDIBLE: Final = 0.003
# What sounds for a moment only, such as a single impulse, has no edge that could be faded.
_LEAST_SHARE_OF_SOUND: Final = 0.5
_RISING: Final = np.arange(_FADE, dtype=np.float32) / _FADE


class CutEdges:
    """Takes and gives chunks of one microphone, shape (channels, ``CHUNK``); the output is ``LOOK_AHEAD`` late."""

    def __init__(self, channels: int) -> None:
        # Of a chunk that is given out, so much before and after it is known.
        self._known = np.zeros((channels, 2 * LOOK_AHEAD), np.float32)
        self._had_gap = True

    def push(self, chunk: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add a chunk, return the one that is complete."""
        known = np.concatenate([self._known, chunk], axis=1)
        self._known = known[:, CHUNK:].copy()
        has_gap = not chunk.reshape(len(chunk), -1, _CELL).any(axis=(0, 2)).all()
        out = known[:, LOOK_AHEAD : LOOK_AHEAD + CHUNK]
        if has_gap or self._had_gap:
            out = out * _fades(known)[LOOK_AHEAD : LOOK_AHEAD + CHUNK]
        self._had_gap = has_gap
        return out


def _fades(known: NDArray[np.float32]) -> NDArray[np.float32]:
    """The factor of each sample: 1 but for the last and first 5 ms of sound before and after a gap."""
    count = known.shape[1]
    sounds: NDArray[np.bool_] = np.any(known, axis=0)
    places = np.flatnonzero(sounds)
    factors = np.ones(count, np.float32)
    if not len(places):
        return factors
    gaps = np.flatnonzero(np.diff(places) > _SHORTEST_GAP)
    ends = [*places[gaps], *(places[-1:] if count - places[-1] > _SHORTEST_GAP else ())]
    begins = [*(places[:1] if places[0] > _SHORTEST_GAP else ()), *places[gaps + 1]]
    step = np.abs(known).max(axis=0)
    for end in ends:
        before = sounds[max(0, end - LOOK_AHEAD) : end]
        if step[end] > _AUDIBLE and len(before) and before.mean() > _LEAST_SHARE_OF_SOUND:
            first = max(0, end + 1 - _FADE)
            factors[first : end + 1] *= _RISING[::-1][_FADE - (end + 1 - first) :]
    for begin in begins:
        after = sounds[begin + 1 : begin + 1 + LOOK_AHEAD]
        if step[begin] > _AUDIBLE and len(after) and after.mean() > _LEAST_SHARE_OF_SOUND:
            factors[begin : begin + _FADE] *= _RISING[: count - begin]
    return factors
