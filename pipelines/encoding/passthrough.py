"""Check whether a camera's H.264 stream can be passed through without re-encoding."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from drivers.samples import AccessUnit

MAX_GOP_NS = 2_000_000_000
_TOLERANCE = 1.05
# A camera that was away for longer does not tell how far apart its key pictures come.
_LONGEST_STILL_NS = 1_000_000_000
_LATE_KEY = "the camera's key pictures are more than 2 s apart"


@dataclass(slots=True)
class PassthroughCheck:
    """A stream is passed through while its key pictures are at most 2 s apart and it has no B-frames.

    One late key picture interrupts that until it comes; two in a row say that the camera sends them so.

    ``gop_units`` are the access units since the last key picture, so that a decoder can begin anywhere; none where
    one was lost. ``is_hidden``: one of them must not be recorded.
    """

    gop_units: list[AccessUnit] = field(default_factory=list)
    is_hidden: bool = False
    _lengths_ns: deque[int] = field(default_factory=lambda: deque(maxlen=2))
    _latest_ns: int = 0

    def push(self, unit: AccessUnit, *, is_hidden: bool = False) -> None:
        """The stream's next access unit."""
        if unit.key:
            self._measure(unit)
            self.gop_units, self.is_hidden = [], False
        if unit.key or self.gop_units:
            self.gop_units.append(unit)
            self.is_hidden = self.is_hidden or is_hidden
        self._latest_ns = unit.captured_ns

    def lose(self) -> None:
        """Something is missing: what follows up to the next key picture cannot be decoded."""
        self.gop_units = []

    def rejection_reason(self) -> str:
        """Why the stream cannot be passed through with the unit pushed last; empty if it can."""
        if not self.gop_units:
            return ""
        unit = self.gop_units[-1]
        if unit.reordered:
            return "the camera sends B-frames"
        is_late = unit.captured_ns - self.gop_units[0].captured_ns > MAX_GOP_NS * _TOLERANCE
        is_usual = bool(self._lengths_ns) and min(self._lengths_ns) > MAX_GOP_NS * _TOLERANCE
        return _LATE_KEY if is_late or is_usual else ""

    def _measure(self, key: AccessUnit) -> None:
        if not self.gop_units:
            return
        # A pre-roll has a key picture alone in front: see GopBuffer.
        is_alone = len(self.gop_units) == 1
        if is_alone or key.captured_ns - self._latest_ns <= _LONGEST_STILL_NS:
            self._lengths_ns.append(key.captured_ns - self.gop_units[0].captured_ns)
