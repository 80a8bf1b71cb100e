"""Framing of iClicker bases: HID reports of 64 bytes, two messages of 32 bytes in each input report.

Source: public programs that drive the base (USB 1881:0150), for its commands, pauses, acknowledgements and votes; not
tried on hardware. Only letters are asked for: the form of numbers is not known. Messages have no checksum, since USB
has its own; a report arrives whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.clicker.framing import LETTERS, CommandPacket, CommandReply, Decoded, Handshake, xor_checksum
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    AssignNumber,
    ClickerAnswer,
    GarbledBytes,
    LostAnswers,
    QuestionKind,
    ReceiverCapabilities,
    ReceiverCommand,
    StopAsking,
)

USB_IDS = (0x1881, 0x0150)
REPORT_BYTES, MESSAGE_BYTES = 64, 32
KEY_COUNT = 5
PAUSE_MS = 200
COMMAND_MESSAGE, BASE_MESSAGE = 0x01, 0x02
CHANNEL, CLEAR, VOTE, ACKNOWLEDGED = 0x10, 0x16, 0x13, 0xAA
START_COMMANDS = (b"\x01\x17\x03", b"\x01\x17\x05", b"\x01\x19\x66\x0a\x01", b"\x01\x11")
STOP_COMMANDS = (b"\x01\x12", b"\x01\x16", b"\x01\x17\x01", b"\x01\x17\x03", b"\x01\x17\x04")
KEY_A_CODES = (0x81, 0x01)
"""The code of key A on clickers of the second and of the first generation."""
MAX_SEQUENCE = 255
_MAX_SKIPPED = MAX_SEQUENCE // 2


class IClickerFraming:
    """See ``Framing``: single choice and rush, A to E. The base counts answers, so a lost one is noticed."""

    def __init__(self, channel: str) -> None:
        """``channel``: two letters from A to D, as students key them in."""
        kinds = frozenset({QuestionKind.SINGLE, QuestionKind.RUSH})
        self.format = ReceiverCapabilities("iclicker", kinds, KEY_COUNT, False)
        self._channel = bytes([0x21 + LETTERS.index(channel[0]), 0x41 + LETTERS.index(channel[1])])
        self._last_sequence: int | None = None

    def handshake(self) -> Sequence[Handshake]:
        """Set the radio channel; the base repeats each command that it accepts."""
        self._last_sequence = None
        channel = bytes([COMMAND_MESSAGE, CHANNEL]) + self._channel
        return [Handshake(_packet(channel), CHANNEL), Handshake(_packet(bytes([COMMAND_MESSAGE, CLEAR])), CLEAR)]

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        match command:
            case AskQuestion():
                return [_packet(command) for command in START_COMMANDS]
            case StopAsking():
                return [_packet(command) for command in STOP_COMMANDS]
            case AssignNumber():
                return []

    def push_bytes(self, data: bytes, at_ns: int) -> Sequence[Decoded]:
        """See ``Framing``; ``data`` is one report."""
        if len(data) != REPORT_BYTES:
            return [GarbledBytes(at_ns, len(data))] if data else []
        return [*self._decode_message(data[:MESSAGE_BYTES], at_ns), *self._decode_message(data[MESSAGE_BYTES:], at_ns)]

    def flush(self, at_ns: int) -> Sequence[Decoded]:
        return []

    def _decode_message(self, message: bytes, at_ns: int) -> Sequence[Decoded]:
        if not any(message):
            return []
        if message[0] == COMMAND_MESSAGE:
            return [CommandReply(message[1])] if message[2] == ACKNOWLEDGED else []
        if message[0] != BASE_MESSAGE:
            return [GarbledBytes(at_ns, MESSAGE_BYTES)]
        return self._decode_vote(message, at_ns) if message[1] == VOTE else []

    def _decode_vote(self, message: bytes, at_ns: int) -> Sequence[Decoded]:
        key = next((message[2] - first for first in KEY_A_CODES if 0 <= message[2] - first < KEY_COUNT), None)
        if key is None:
            return [GarbledBytes(at_ns, MESSAGE_BYTES)]
        device_id = message[3:6] + bytes([xor_checksum(message[3:6])])
        sequence = message[6] or None
        answer = ClickerAnswer(at_ns, device_id.hex().upper(), AnswerForm.KEYS, LETTERS[key], sequence=sequence)
        missing = self._count_missing(sequence) if sequence else 0
        return [LostAnswers(at_ns, missing), answer] if missing else [answer]

    def _count_missing(self, sequence: int) -> int:
        """Return how many answers were skipped before this one; 0 for one of the last ones sent again."""
        ahead = 1 if self._last_sequence is None else (sequence - self._last_sequence) % MAX_SEQUENCE
        if ahead == 0 or ahead > _MAX_SKIPPED:
            return 0
        self._last_sequence = sequence
        return ahead - 1


def _packet(command: bytes) -> CommandPacket:
    return CommandPacket(command.ljust(REPORT_BYTES, b"\0"), PAUSE_MS)
