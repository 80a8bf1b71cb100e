"""What a camera sent since its last key picture but one: with it a decoder can begin at any moment."""

from __future__ import annotations

from drivers.samples import AccessUnit, Picture

# Ten seconds at 20 Mbit/s; a stream with more between its key pictures is not remembered.
MOST_BYTES = 25_000_000


class SinceKey:
    """Remembers the access units of a stream from its last key picture on, after the key picture before that.

    The two key pictures together tell how far apart they come. Pictures of other kinds need no memory.
    """

    def __init__(self) -> None:
        self._key_before: AccessUnit | None = None
        self._units: list[AccessUnit] = []
        self._bytes = 0

    def feed(self, picture: Picture) -> None:
        """The next picture of the stream."""
        if not isinstance(picture, AccessUnit):
            return
        if picture.key:
            self._key_before = self._units[0] if self._units else None
            self._units = [picture]
            self._bytes = len(picture.data)
        elif self._units:
            self._units.append(picture)
            self._bytes += len(picture.data)
            if self._bytes > MOST_BYTES:
                self.forget()

    def recall(self) -> list[Picture]:
        """What was remembered, in its order."""
        return [*([self._key_before] if self._key_before else []), *self._units]

    def forget(self) -> None:
        """Another stream begins."""
        self._key_before = None
        self._units = []
        self._bytes = 0
