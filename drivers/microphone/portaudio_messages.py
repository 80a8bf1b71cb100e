"""What a sound card's process says to the one that listens: messages to bytes and back."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum

# kind (one letter), length of the payload.
_HEAD = struct.Struct("<cI")
_STARTED = struct.Struct("<IB")
_CAPTURED = struct.Struct("<q")
LONGEST = 1 << 24


class EndReason(StrEnum):
    """Why a sound card's process stopped: one word for each error of ``drivers.errors``."""

    MISSING = "missing"
    UNFIT = "unfit"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The device is open and gives this."""

    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Interleaved int16 samples, little-endian; the first was taken at ``captured_ns``."""

    captured_ns: int
    samples: bytes


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The last message, with a sentence a technician can act on."""

    end: EndReason
    reason: str


Message = StreamStarted | SampleBlock | StreamEnded


class GarbledMessage(ValueError):
    """These bytes are not what the other end would write."""


def encode(message: Message) -> bytes:
    """A message as bytes."""
    match message:
        case StreamStarted(rate_hz, channels):
            kind, payload = b"S", _STARTED.pack(rate_hz, channels)
        case SampleBlock(captured_ns, samples):
            kind, payload = b"B", _CAPTURED.pack(captured_ns) + samples
        case StreamEnded(end, reason):
            kind, payload = b"E", f"{end}\n{reason}".encode()
    return _HEAD.pack(kind, len(payload)) + payload


class Decoder:
    """Bytes in whatever pieces in, whole messages out."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """The messages that these bytes complete. Garbled, after which the decoder is of no more use."""
        self._held += data
        messages: list[Message] = []
        start = 0
        while len(self._held) - start >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._held, start)
            if length > LONGEST:
                raise GarbledMessage(f"a message of {length} bytes")
            end = start + _HEAD.size + length
            if end > len(self._held):
                break
            messages.append(_decode(kind, bytes(self._held[start + _HEAD.size : end])))
            start = end
        del self._held[:start]
        return messages


def _decode(kind: bytes, payload: bytes) -> Message:
    try:
        match kind:
            case b"S":
                return StreamStarted(*_STARTED.unpack(payload))
            case b"B":
                (captured_ns,) = _CAPTURED.unpack_from(payload)
                return SampleBlock(captured_ns, payload[_CAPTURED.size :])
            case b"E":
                end, _, reason = payload.decode().partition("\n")
                return StreamEnded(EndReason(end), reason)
    except (struct.error, ValueError) as error:
        raise GarbledMessage(f"a message of kind {kind!r}: {error}") from error
    raise GarbledMessage(f"a message of unknown kind {kind!r}")
