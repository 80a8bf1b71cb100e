"""VISCA messages: commands to bytes, bytes to replies; no I/O.

A packet is ``80 | sender << 4 | receiver``, a body, and FF: at most 16 bytes. The controller has address 0, heads have
1 to 7, and 8 is broadcast. There is no checksum: a corrupted byte shows only where the packet makes no sense any more.
Source: the command lists that makers of VISCA cameras publish.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

MAX_PACKET_BYTES = 16
END = b"\xff"
MIN_REPLY_BYTES = 3
BROADCAST = 8
MAX_HEADS = 7
SOCKETS = 2
MAX_PRESET = 15

PAN_SPEEDS = 0x18
TILT_SPEEDS = 0x17
ZOOM_SPEEDS = 7

ADDRESS_SET = bytes.fromhex("88 30 01 FF")
CLEAR_ALL = bytes.fromhex("88 01 00 01 FF")

VERSION = bytes.fromhex("09 00 02")
PAN_TILT_STOP = bytes.fromhex("01 06 01 01 01 03 03")
ZOOM_STOP = bytes.fromhex("01 04 07 00")
_DIRECTION_STOP = 3


class ErrorCode(IntEnum):
    """The error code of an error message."""

    LENGTH = 0x01
    SYNTAX = 0x02
    BUFFER_FULL = 0x03
    CANCELLED = 0x04
    NO_SUCH_SOCKET = 0x05
    NOT_EXECUTABLE = 0x41


@dataclass(frozen=True, slots=True)
class Ack:
    """The command was accepted and runs in ``socket``."""

    sender: int
    socket: int


@dataclass(frozen=True, slots=True)
class Completion:
    """The command in ``socket`` is complete: a recalled head has arrived."""

    sender: int
    socket: int


@dataclass(frozen=True, slots=True)
class CommandError:
    """The command is not carried out; ``socket`` is 0 where it had none."""

    sender: int
    socket: int
    error_code: ErrorCode


@dataclass(frozen=True, slots=True)
class InquiryReply:
    """The answer to an inquiry."""

    sender: int
    data: bytes


@dataclass(frozen=True, slots=True)
class AddressSetReply:
    """The reply to the AddressSet broadcast: how many heads the chain has."""

    head_count: int


Reply = Ack | Completion | CommandError | InquiryReply | AddressSetReply


def encode_packet(address: int, body: bytes) -> bytes:
    """Return the packet with this body for the head at ``address``."""
    return bytes([0x80 | address]) + body + END


def is_inquiry(sent: bytes) -> bool:
    """Return whether a packet is an inquiry, which is answered without a socket."""
    return sent[1:2] == b"\x09"


def recall(preset: int) -> bytes:
    """Return the body of Memory Recall for a preset, 0 to 15."""
    return bytes([0x01, 0x04, 0x3F, 0x02, preset])


def store(preset: int) -> bytes:
    """Return the body of Memory Set for a preset, 0 to 15."""
    return bytes([0x01, 0x04, 0x3F, 0x01, preset])


def pan_tilt(pan: float, tilt: float) -> bytes:
    """Return the body of Pan-tiltDrive: 1 is right or up at full speed, -1 left or down, 0 stop."""
    return bytes(
        [
            *(0x01, 0x06, 0x01),
            _encode_speed(pan, PAN_SPEEDS),
            _encode_speed(tilt, TILT_SPEEDS),
            _encode_direction(pan, negative=1, positive=2),
            _encode_direction(tilt, negative=2, positive=1),
        ]
    )


def zoom(speed: float) -> bytes:
    """Return the body of Zoom (variable): 1 is tele at full speed, -1 wide, 0 stop."""
    if speed == 0:
        return ZOOM_STOP
    return bytes([0x01, 0x04, 0x07, (0x20 if speed > 0 else 0x30) | round(abs(speed) * ZOOM_SPEEDS)])


def cancel(socket: int) -> bytes:
    """Return the body of Command Cancel for a socket."""
    return bytes([0x20 | socket])


def parse_reply(received: bytes) -> Reply | None:
    """Return the reply in a packet from a head; None where it is none.

    Only the bytes directly before FF count: a reply is found behind garbage that had no FF of its own.
    """
    for start in reversed(range(len(received) - MIN_REPLY_BYTES + 1)):
        if (reply := _parse_exact(received[start:])) is not None:
            return reply
    return None


class ViscaFramer:
    """Splits a byte stream into packets; of more than 16 bytes without an FF it keeps the last ones."""

    def __init__(self) -> None:
        self._partial = b""

    def push_bytes(self, data: bytes) -> list[bytes]:
        """Return the packets that ``data`` completes, each with its FF and at most 16 bytes long."""
        *whole, partial = (self._partial + data).split(END)
        self._partial = partial[1 - MAX_PACKET_BYTES :]
        return [packet[1 - MAX_PACKET_BYTES :] + END for packet in whole if packet]


def _parse_exact(received: bytes) -> Reply | None:
    first, second, size = received[0], received[1], len(received)
    if first == 0x80 | BROADCAST:
        is_valid = size == 4 and second == 0x30 and 2 <= received[2] <= MAX_HEADS + 1
        return AddressSetReply(received[2] - 1) if is_valid else None
    sender, kind, socket = (first >> 4) - 8, second >> 4, second & 0x0F
    if first & 0x0F or sender < 1:
        return None
    if size == MIN_REPLY_BYTES and kind in (4, 5):
        return Ack(sender, socket) if kind == 4 else Completion(sender, socket)
    if size == 4 and kind == 6 and received[2] in ErrorCode.__members__.values():
        return CommandError(sender, socket, ErrorCode(received[2]))
    return InquiryReply(sender, received[2:-1]) if size > MIN_REPLY_BYTES and second == 0x50 else None


def _encode_speed(speed: float, max_speed: int) -> int:
    return max(1, round(abs(speed) * max_speed))


def _encode_direction(speed: float, *, negative: int, positive: int) -> int:
    if speed == 0:
        return _DIRECTION_STOP
    return positive if speed > 0 else negative
