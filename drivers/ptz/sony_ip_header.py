"""The header of Sony's VISCA over IP: payload type, length and sequence number; no I/O.

Eight bytes, big-endian, before each packet; a datagram holds one packet. A command that is sent again keeps its
sequence number, so that a head which already had it does not carry it out twice.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from drivers.ptz.visca_messages import MAX_PACKET_BYTES, is_inquiry

_HEADER = struct.Struct(">HHI")
_NUMBERS = 1 << 32


class PayloadKind(IntEnum):
    """The payload type."""

    COMMAND = 0x0100
    INQUIRY = 0x0110
    REPLY = 0x0111
    CONTROL = 0x0200
    CONTROL_REPLY = 0x0201


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram; a reply has the sequence number of what it replies to."""

    kind: PayloadKind
    sequence: int
    payload: bytes

    def encode(self) -> bytes:
        """Return header and payload; sequence numbers wrap after 2³² - 1."""
        return _HEADER.pack(self.kind, len(self.payload), self.sequence % _NUMBERS) + self.payload


RESET = Datagram(PayloadKind.CONTROL, 1, b"\x01")
RESET_ACK = b"\x01"


def datagram_for(packet: bytes, sequence: int) -> Datagram:
    """Return the datagram that carries a packet to a head."""
    return Datagram(PayloadKind.INQUIRY if is_inquiry(packet) else PayloadKind.COMMAND, sequence, packet)


def decode(data: bytes) -> Datagram | None:
    """Return the datagram in ``data``; None where it is incomplete or of another kind."""
    if not _HEADER.size < len(data) <= _HEADER.size + MAX_PACKET_BYTES:
        return None
    kind, length, sequence = _HEADER.unpack_from(data)
    payload = data[_HEADER.size :]
    if kind not in PayloadKind.__members__.values() or length != len(payload):
        return None
    return Datagram(PayloadKind(kind), sequence, payload)
