"""The interface of a receiver family's message framing: bytes to events, commands to bytes; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.samples import AskQuestion, AssignNumber, ReceiverCapabilities, ReceiverCommand, ReceiverEvent

LETTERS = "ABCDEFGHIJ"
MAX_KEYPADS = 511


@dataclass(frozen=True, slots=True)
class CommandPacket:
    """Bytes to write at once, and the pause before the next packet."""

    data: bytes
    pause_ms: int = 0


@dataclass(frozen=True, slots=True)
class Handshake:
    """One step of the handshake: a packet, and the code of the reply that must follow."""

    packet: CommandPacket
    reply: int


@dataclass(frozen=True, slots=True)
class CommandReply:
    """The base's reply to the command ``code``; ``accepted`` is false where it refuses it."""

    code: int
    accepted: bool = True


Decoded = ReceiverEvent | CommandReply


class Framing(Protocol):
    """Encodes commands to one base and decodes what it sends; keeps at most the bytes of one message."""

    format: ReceiverCapabilities

    def handshake(self) -> Sequence[Handshake]:
        """Reset for a new connection; return the steps to perform first."""

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """Return the packets of a command that ``check_command`` accepts; they are about to be written.

        Answers are decoded as answers to the last question that was encoded.
        """

    def push_bytes(self, data: bytes, at_ns: int) -> Sequence[Decoded]:
        """Return what these bytes complete, stamped ``at_ns``; accepts any bytes in any pieces."""

    def flush(self, at_ns: int) -> Sequence[Decoded]:
        """Return what remains of an incomplete message: the line has fallen quiet."""


def xor_checksum(data: bytes) -> int:
    """Return the exclusive-or of all bytes."""
    result = 0
    for byte in data:
        result ^= byte
    return result


def check_command(command: ReceiverCommand, capabilities: ReceiverCapabilities) -> None:
    """Check that a base with these capabilities can carry out a command.

    Raises:
        ValueError: It cannot; the message is for a technician.
    """
    match command:
        case AskQuestion(kind) if kind not in capabilities.kinds:
            known = ", ".join(sorted(capabilities.kinds))
            raise ValueError(f"a base of type {capabilities.model} cannot ask for {kind}; it can ask for {known}")
        case AskQuestion(choices=choices) if not 1 <= choices <= capabilities.max_choices:
            raise ValueError(
                f"a base of type {capabilities.model} has from 1 to {capabilities.max_choices} letters, not {choices}"
            )
        case AssignNumber() if not capabilities.assigns_numbers:
            raise ValueError(
                f"clickers of type {capabilities.model} have a number from the factory, which cannot be set"
            )
        case AssignNumber(device) if not device.isascii() or not device.isdecimal():
            raise ValueError(f"a clicker's number has digits only, not {device!r}")
        case AssignNumber(device) if not 1 <= int(device) <= MAX_KEYPADS:
            raise ValueError(f"a clicker's number is from 1 to {MAX_KEYPADS}, not {device}")


def letters_from_mask(mask: int) -> str:
    """Return the letters whose bits are set, A the lowest."""
    return "".join(letter for bit, letter in enumerate(LETTERS) if mask >> bit & 1)
