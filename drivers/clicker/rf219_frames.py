"""Frame parser for RF219 bases: header ``27 A5``, length, payload, and the XOR of the payload.

A corrupted length makes up a frame that swallows those behind it; so a valid frame inside another one, valid or not, is
the true one.
"""

from __future__ import annotations

from enum import Enum

from drivers.clicker.framing import xor_checksum

HEADER = b"\x27\xa5"
MAX_PAYLOAD_BYTES = 40
"""What a room asks for is shorter than 12; a base's name, which another program may have asked for, has 21."""
_HEADER_BYTES, _CHECKSUM_BYTES = len(HEADER) + 1, 1


class FrameStatus(Enum):
    """Why there is no valid frame at a position: none begins there, or its end has not come yet."""

    NO_FRAME = "not here"
    INCOMPLETE = "unknown"


class Rf219FrameParser:
    """Finds frames in a byte stream and returns their payloads; keeps at most the bytes of two frames."""

    def __init__(self) -> None:
        self._partial = b""
        self._garbled = 0

    def push_bytes(self, data: bytes, *, is_final: bool = False) -> list[bytes]:
        """Return the payloads that ``data`` completes; ``is_final``: an incomplete frame will get no more bytes."""
        payloads = []
        data = self._partial + data
        at = 0
        while at < len(data):
            frame = _frame_size(data, at)
            inner = _inner_frame(data, at, frame)
            is_incomplete = frame is FrameStatus.INCOMPLETE if inner is None else inner is FrameStatus.INCOMPLETE
            if isinstance(inner, int):
                self._garbled += inner - at
                at = inner
            elif is_incomplete and not is_final:
                break
            elif isinstance(frame, int):
                payloads.append(data[at + _HEADER_BYTES : at + frame - _CHECKSUM_BYTES])
                at += frame
            else:
                self._garbled += 1
                at += 1
        self._partial = data[at:]
        return payloads

    def reset(self) -> None:
        """Forget all bytes."""
        self._partial = b""
        self._garbled = 0

    def pop_garbled_count(self) -> int:
        """Return how many bytes belonged to no frame since the last call."""
        count, self._garbled = self._garbled, 0
        return count


def encode_frame(header: bytes, payload: bytes) -> bytes:
    """Return the frame of a payload; ``header`` tells its direction."""
    return header + bytes([len(payload)]) + payload + bytes([xor_checksum(payload)])


def _frame_size(data: bytes, at: int) -> int | FrameStatus:
    head = data[at : at + _HEADER_BYTES]
    if not HEADER.startswith(head[: len(HEADER)]):
        return FrameStatus.NO_FRAME
    if len(head) < _HEADER_BYTES:
        return FrameStatus.INCOMPLETE
    if not 1 <= head[-1] <= MAX_PAYLOAD_BYTES:
        return FrameStatus.NO_FRAME
    frame = _HEADER_BYTES + head[-1] + _CHECKSUM_BYTES
    if len(data) < at + frame:
        return FrameStatus.INCOMPLETE
    return FrameStatus.NO_FRAME if xor_checksum(data[at + _HEADER_BYTES : at + frame]) else frame


def _inner_frame(data: bytes, at: int, frame: int | FrameStatus) -> int | FrameStatus | None:
    """Return where a valid frame begins inside the one at ``at``; INCOMPLETE if one may; None if none does."""
    if frame is FrameStatus.NO_FRAME:
        return None
    end = at + frame if isinstance(frame, int) else len(data)
    status: FrameStatus | None = None
    start = data.find(HEADER, at + 1, end + 1)
    while start >= 0:
        inner_size = _frame_size(data, start)
        if isinstance(inner_size, int):
            return start
        status = FrameStatus.INCOMPLETE if inner_size is FrameStatus.INCOMPLETE else status
        start = data.find(HEADER, start + 1, end + 1)
    return status
