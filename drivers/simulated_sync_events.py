"""Flashes of a wand and claps in a simulated room: a file of what its cameras see and its microphones hear."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

HANDS_MOVE_S = 0.4
"""How long hands that met take to part."""
HANDS_SEEN_S = 3.0
"""How long before and after a clap the hands are in the picture."""
CLOSING_S = 0.125
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """The wand's line is high from ``on_ns`` to ``off_ns`` (CLOCK_MONOTONIC); hands meet and part; somebody speaks."""

    on_ns: int
    off_ns: int
    kind: Literal["wand", "clap", "voice"] = "wand"

    def share_of(self, begin_ns: int, end_ns: int) -> float:
        """The share of a span during which the wand's line is high; 0 for what is no light."""
        overlap_ns = min(end_ns, self.off_ns) - max(begin_ns, self.on_ns)
        return max(0, overlap_ns) / (end_ns - begin_ns) if self.kind == "wand" else 0.0


def hands_apart(clap: SyncEvent, at_ns: int) -> float:
    """How far hands are apart, 0 to 1: they close in an eighth of a second, stay together, and part at leisure."""
    before_s, after_s = (clap.on_ns - at_ns) / 1e9, (at_ns - clap.off_ns) / 1e9
    return min(1.0, max(0.0, before_s / CLOSING_S, after_s / HANDS_MOVE_S))


class SyncEventFile:
    """JSON lines, one for each event; without a file nothing ever happens.

    An event is written before it begins, by more than any device looks ahead: a device that draws its picture or sound
    later knows it in time, in whatever process it runs.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._size = 0
        self._events: list[SyncEvent] = []

    def append(self, event: SyncEvent) -> None:
        """Write an event; raises OSError."""
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(event)) + "\n")

    def between(self, begin_ns: int, end_ns: int) -> Sequence[SyncEvent]:
        """Return the events whose time on overlaps a span; reads the file only where it has grown."""
        if self._file is None:
            return ()
        try:
            size = self._file.stat().st_size
            if size != self._size:
                self._read(self._file, size)
        except FileNotFoundError:
            return ()
        return [event for event in self._events if event.on_ns < end_ns and event.off_ns > begin_ns]

    def _read(self, file: Path, size: int) -> None:
        if size < self._size:
            self._size, self._events = 0, []
        with file.open("rb") as lines:
            lines.seek(self._size)
            written = lines.read()
        whole = written[: written.rfind(b"\n") + 1]
        self._size += len(whole)
        self._events += [SyncEvent(**json.loads(line)) for line in whole.splitlines()]
        del self._events[:-_REMEMBERED]
