"""What a camera sent since its last key picture but one: with it a decoder can begin at any moment."""

from __future__ import annotations

from collections import deque

from drivers.samples import AccessUnit

# Ten seconds at 20 Mbit/s; a stream with more between its key pictures is not remembered.
MOST_BYTES = 25_000_000


class GopBuffer:
    """Whole groups of a stream's access units, each from a key picture on; see ``device_supervisor.Backlog``.

    As many are kept as reach ``length_ns`` back; while a lesson has them, only the last, after its key picture before.

    The first two key pictures together tell how far apart they come.
    """

    def __init__(self, length_ns: int = 0) -> None:
        self._length_ns = length_ns
        self._key_before: AccessUnit | None = None
        self._groups: deque[list[AccessUnit]] = deque()
        self._bytes = 0

    @property
    def since_ns(self) -> int | None:
        """The capture time of the oldest picture that can be decoded with those after it."""
        return self._groups[0][0].captured_ns if self._groups else None

    def feed(self, unit: AccessUnit, *, taken: bool) -> None:
        """The next picture of the stream."""
        if unit.key:
            self._groups.append([unit])
        elif self._groups:
            self._groups[-1].append(unit)
        else:
            return
        self._bytes += len(unit.data)
        from_ns = unit.captured_ns - (0 if taken else self._length_ns)
        while len(self._groups) > 1 and (self._groups[1][0].captured_ns <= from_ns or self._bytes > MOST_BYTES):
            self._drop_group()
        if self._bytes > MOST_BYTES:
            self.forget()

    def recall(self) -> list[AccessUnit]:
        """What is remembered, in its order."""
        before = [self._key_before] if self._key_before else []
        return [*before, *(unit for group in self._groups for unit in group)]

    def forget(self) -> None:
        """Another stream begins, or this one must not be remembered."""
        self._key_before = None
        self._groups.clear()
        self._bytes = 0

    def _drop_group(self) -> None:
        group = self._groups.popleft()
        self._key_before = group[0]
        self._bytes -= sum(len(unit.data) for unit in group)
