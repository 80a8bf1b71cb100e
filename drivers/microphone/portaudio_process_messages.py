"""Messages from a sound card's process to the driver: encoder and decoder."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import StrEnum

from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DriverError

# kind (one letter), length of the payload.
_HEADER = struct.Struct("<cI")
_STARTED = struct.Struct("<IB")
_CAPTURED = struct.Struct("<q")
MAX_PAYLOAD_BYTES = 1 << 24


class EndReason(StrEnum):
    """Why a sound card's process stopped: one word for each error of ``drivers.errors``."""

    MISSING = "missing"
    MISCONFIGURED = "unfit"
    LOST = "lost"


ERRORS: dict[EndReason, type[DeviceError]] = {
    EndReason.MISSING: DeviceMissing,
    EndReason.MISCONFIGURED: DeviceMisconfigured,
    EndReason.LOST: DeviceLost,
}


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The device of this name is open with this format; ``source`` is the sound server's source, if it has one."""

    rate_hz: int
    channels: int
    device: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Interleaved little-endian int16 samples; the first was captured at ``captured_ns``."""

    captured_ns: int
    samples: bytes


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The last message, with a sentence that a technician can act on."""

    cause: EndReason
    reason: str


StreamMessage = StreamStarted | SampleBlock | StreamEnded


class GarbledMessage(DriverError, ValueError):
    """These bytes are no message."""


def encode(message: StreamMessage) -> bytes:
    match message:
        case StreamStarted(rate_hz, channels, device, source):
            kind, payload = b"S", _STARTED.pack(rate_hz, channels) + f"{device}\n{source}".encode()
        case SampleBlock(captured_ns, samples):
            kind, payload = b"B", _CAPTURED.pack(captured_ns) + samples
        case StreamEnded(cause, reason):
            kind, payload = b"E", f"{cause}\n{reason}".encode()
    return _HEADER.pack(kind, len(payload)) + payload


class MessageDecoder:
    """Decodes a byte stream into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def push_bytes(self, data: bytes) -> list[StreamMessage]:
        """Return the messages that these bytes complete.

        Raises:
            GarbledMessage: The stream is corrupted; the decoder is of no more use.
        """
        self._buffer += data
        messages: list[StreamMessage] = []
        start = 0
        while len(self._buffer) - start >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._buffer, start)
            if length > MAX_PAYLOAD_BYTES:
                raise GarbledMessage(f"a message of {length} bytes")
            end = start + _HEADER.size + length
            if end > len(self._buffer):
                break
            messages.append(_decode(kind, bytes(self._buffer[start + _HEADER.size : end])))
            start = end
        del self._buffer[:start]
        return messages


def _decode(kind: bytes, payload: bytes) -> StreamMessage:
    try:
        match kind:
            case b"S":
                rate_hz, channels = _STARTED.unpack_from(payload)
                device, _, source = payload[_STARTED.size :].decode().partition("\n")
                return StreamStarted(rate_hz, channels, device, source)
            case b"B":
                (captured_ns,) = _CAPTURED.unpack_from(payload)
                return SampleBlock(captured_ns, payload[_CAPTURED.size :])
            case b"E":
                cause, _, reason = payload.decode().partition("\n")
                return StreamEnded(EndReason(cause), reason)
    except (struct.error, ValueError) as error:
        raise GarbledMessage(f"a message of kind {kind!r}: {error}") from error
    raise GarbledMessage(f"a message of unknown kind {kind!r}")
