"""Buffer of a stream's last whole GOPs, from which a decoder can start at any moment."""

from __future__ import annotations

from collections import deque

from drivers.samples import AccessUnit

# Ten seconds at 20 Mbit/s; of a stream with more between its key pictures nothing is kept.
MAX_BYTES = 25_000_000


class GopBuffer:
    """A ``PrerollBuffer`` of whole GOPs: access units, each group from a key picture on.

    It keeps as many as reach ``length_ns`` back, or only the last one while a lesson gets them. The key picture of the
    GOP before comes first in a snapshot: two key pictures together show how far apart they are.
    """

    def __init__(self, length_ns: int = 0) -> None:
        self._length_ns = length_ns
        self._previous_key: AccessUnit | None = None
        self._gops: deque[list[AccessUnit]] = deque()
        self._bytes = 0

    @property
    def oldest_ns(self) -> int | None:
        """Capture time of the oldest picture from which decoding can start; None while empty."""
        return self._gops[0][0].captured_ns if self._gops else None

    def push(self, unit: AccessUnit, *, is_delivered: bool) -> None:
        """Add the stream's next picture; while they are delivered only the last GOP is kept."""
        if unit.key:
            self._gops.append([unit])
        elif self._gops:
            self._gops[-1].append(unit)
        else:
            return
        self._bytes += len(unit.data)
        from_ns = unit.captured_ns - (0 if is_delivered else self._length_ns)
        while len(self._gops) > 1 and (self._gops[1][0].captured_ns <= from_ns or self._bytes > MAX_BYTES):
            self._drop_gop()
        if self._bytes > MAX_BYTES:
            self.clear()

    def snapshot(self) -> list[AccessUnit]:
        """The access units, oldest first."""
        before = [self._previous_key] if self._previous_key else []
        return [*before, *(unit for gop in self._gops for unit in gop)]

    def clear(self) -> None:
        """Drop everything: another stream begins, or this one must not be kept."""
        self._previous_key = None
        self._gops.clear()
        self._bytes = 0

    def _drop_gop(self) -> None:
        gop = self._gops.popleft()
        self._previous_key = gop[0]
        self._bytes -= sum(len(unit.data) for unit in gop)
