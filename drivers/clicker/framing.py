"""What the framing of a family of bases promises: bytes in, events out, commands to bytes, and no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.samples import AskQuestion, AssignNumber, ReceiverCapabilities, ReceiverCommand, ReceiverEvent

LETTERS = "ABCDEFGHIJ"
MAX_KEYPADS = 511


@dataclass(frozen=True, slots=True)
class CommandPacket:
    """Bytes that are written at once, and how long the base is left alone afterwards."""

    data: bytes
    pause_ms: int = 0


@dataclass(frozen=True, slots=True)
class Handshake:
    """A packet of the opening, and the code of the reply that it must be answered with."""

    packet: CommandPacket
    reply: int


@dataclass(frozen=True, slots=True)
class CommandReply:
    """The base answered the command ``code``; ``accepted`` is false where it refuses it."""

    code: int
    accepted: bool = True


Decoded = ReceiverEvent | CommandReply


class Framing(Protocol):
    """One end of a base's language; holds no more bytes than one message has."""

    format: ReceiverCapabilities

    def handshake(self) -> Sequence[Handshake]:
        """A new connection begins: forget what was half heard; what has to be said first, step by step."""

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """A command that ``check_command`` lets pass, as packets in their order, about to be written.

        Answers are read as answers to the last question that was encoded.
        """

    def push_bytes(self, data: bytes, at_ns: int) -> Sequence[Decoded]:
        """What these bytes complete, stamped ``at_ns``; any bytes will do, in any pieces."""

    def flush(self, at_ns: int) -> Sequence[Decoded]:
        """The line went quiet: what was half heard will not be completed any more."""


def xor_checksum(data: bytes) -> int:
    """All bytes, exclusive-or."""
    result = 0
    for byte in data:
        result ^= byte
    return result


def check_command(command: ReceiverCommand, capabilities: ReceiverCapabilities) -> None:
    """ValueError, in words for a technician, for what a base of this form cannot do."""
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
    """The letters whose bits are set, A the lowest."""
    return "".join(letter for bit, letter in enumerate(LETTERS) if mask >> bit & 1)
