"""The envelope of RF219 messages: header, length, payload and checksum found in whatever bytes come.

``27 A5 LEN payload XOR``, the XOR of the payload. A damaged length makes up a message that swallows those
behind it; so a whole message inside another, whole or not, is the true one.
"""

from __future__ import annotations

from enum import Enum

from drivers.clicker.framing import xor

HEADER = b"\x27\xa5"
LONGEST_PAYLOAD = 40
"""What a room asks for is shorter than 12; a base's name, which another program may have asked for, has 21."""
_BEFORE, _AFTER = len(HEADER) + 1, 1


class Size(Enum):
    """What is there instead of a whole message: no message, or one whose end has not come yet."""

    NOT_HERE = "not here"
    UNKNOWN = "unknown"


class Rf219Framing:
    """Finds payloads; holds the bytes of two messages at most. ``garbled`` counts bytes since it was last taken."""

    def __init__(self) -> None:
        self._held = b""
        self._garbled = 0

    def feed(self, data: bytes, *, quiet: bool = False) -> list[bytes]:
        """The payloads that ``data`` completes; ``quiet``: no more will come for what is not whole."""
        payloads = []
        data = self._held + data
        at = 0
        while at < len(data):
            size = _size(data, at)
            begins_later = _later(data, at, size)
            waits = size is Size.UNKNOWN if begins_later is None else begins_later is Size.UNKNOWN
            if isinstance(begins_later, int):
                self._garbled += begins_later - at
                at = begins_later
            elif waits and not quiet:
                break
            elif isinstance(size, int):
                payloads.append(data[at + _BEFORE : at + size - _AFTER])
                at += size
            else:
                self._garbled += 1
                at += 1
        self._held = data[at:]
        return payloads

    def forget(self) -> None:
        """Begin anew."""
        self._held = b""
        self._garbled = 0

    def garbled(self) -> int:
        """How many bytes belonged to no message since this was last asked."""
        count, self._garbled = self._garbled, 0
        return count


def wrapped(header: bytes, payload: bytes) -> bytes:
    """A payload on its way to or from a base."""
    return header + bytes([len(payload)]) + payload + bytes([xor(payload)])


def _size(data: bytes, at: int) -> int | Size:
    """How long the message is that begins at ``at``."""
    head = data[at : at + _BEFORE]
    if not HEADER.startswith(head[: len(HEADER)]):
        return Size.NOT_HERE
    if len(head) < _BEFORE:
        return Size.UNKNOWN
    if not 1 <= head[-1] <= LONGEST_PAYLOAD:
        return Size.NOT_HERE
    size = _BEFORE + head[-1] + _AFTER
    if len(data) < at + size:
        return Size.UNKNOWN
    return Size.NOT_HERE if xor(data[at + _BEFORE : at + size]) else size


def _later(data: bytes, at: int, size: int | Size) -> int | Size | None:
    """Where inside the message at ``at`` another whole one begins, UNKNOWN where one may; None where none does."""
    if size is Size.NOT_HERE:
        return None
    end = at + size if isinstance(size, int) else len(data)
    found: Size | None = None
    inner = data.find(HEADER, at + 1, end + 1)
    while inner >= 0:
        inside = _size(data, inner)
        if isinstance(inside, int):
            return inner
        found = Size.UNKNOWN if inside is Size.UNKNOWN else found
        inner = data.find(HEADER, inner + 1, end + 1)
    return found
