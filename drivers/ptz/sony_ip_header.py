"""The eight bytes that Sony's VISCA over IP puts before each packet; no socket, no time.

Type, length and sequence number, big-endian; a datagram holds one packet. A command that is sent again keeps its
number, so that a head which had it does not carry it out twice.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from drivers.ptz.visca_messages import MAX_PACKET_BYTES, is_inquiry

_HEADER = struct.Struct(">HHI")
_NUMBERS = 1 << 32


class PayloadKind(IntEnum):
    """What follows the header."""

    COMMAND = 0x0100
    INQUIRY = 0x0110
    REPLY = 0x0111
    CONTROL = 0x0200
    CONTROL_REPLY = 0x0201


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram; a reply has the number of what it replies to."""

    kind: PayloadKind
    sequence: int
    payload: bytes

    def encode(self) -> bytes:
        """As it goes over the network; numbers begin again after 2³² - 1."""
        return _HEADER.pack(self.kind, len(self.payload), self.sequence % _NUMBERS) + self.payload


RESET = Datagram(PayloadKind.CONTROL, 1, b"\x01")
RESET_ACK = b"\x01"


def datagram_for(packet: bytes, sequence: int) -> Datagram:
    """The datagram that carries a packet to a head."""
    return Datagram(PayloadKind.INQUIRY if is_inquiry(packet) else PayloadKind.COMMAND, sequence, packet)


def decode(data: bytes) -> Datagram | None:
    """The datagram; None where it is none of this kind or not whole."""
    if not _HEADER.size < len(data) <= _HEADER.size + MAX_PACKET_BYTES:
        return None
    kind, length, sequence = _HEADER.unpack_from(data)
    payload = data[_HEADER.size :]
    if kind not in PayloadKind.__members__.values() or length != len(payload):
        return None
    return Datagram(PayloadKind(kind), sequence, payload)
