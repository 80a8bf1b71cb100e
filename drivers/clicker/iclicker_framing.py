"""iClicker bases: HID reports of 64 bytes, two messages of 32 in each that comes.

Source: public programs that drive the base (USB 1881:0150), for its commands and their pauses, acknowledgements and
votes; nothing was tried on hardware. Only letters are asked for: how numbers come is not known. Messages have no
checksum, since USB has its own; a report arrives whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.clicker.framing import LETTERS, CommandPacket, CommandReply, Handshake, Heard, xor
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    ClickerAnswer,
    GarbledBytes,
    LostAnswers,
    QuestionKind,
    ReceiverCommand,
    ReceiverFormat,
    SetDevice,
    StopAsking,
)

USB_IDS = (0x1881, 0x0150)
REPORT, HALF = 64, 32
KEYS = 5
REST_MS = 200
COMMAND, FROM_BASE = 0x01, 0x02
CHANNEL, CLEAR, VOTE, TAKEN = 0x10, 0x16, 0x13, 0xAA
ASK = (b"\x01\x17\x03", b"\x01\x17\x05", b"\x01\x19\x66\x0a\x01", b"\x01\x11")
STOP = (b"\x01\x12", b"\x01\x16", b"\x01\x17\x01", b"\x01\x17\x03", b"\x01\x17\x04")
FIRST_KEYS = (0x81, 0x01)
"""What A is called by clickers of the second and of the first generation."""
COUNTS = 255
_LATE = COUNTS // 2


class IClickerFraming:
    """Single choice and rush, A to E; answers are counted by the base, so a lost one is noticed."""

    def __init__(self, channel: str) -> None:
        """``channel``: two letters from A to D, as students key them in."""
        kinds = frozenset({QuestionKind.SINGLE, QuestionKind.RUSH})
        self.format = ReceiverFormat("iclicker", kinds, KEYS, False)
        self._channel = bytes([0x21 + LETTERS.index(channel[0]), 0x41 + LETTERS.index(channel[1])])
        self._last: int | None = None

    def greet(self) -> Sequence[Handshake]:
        """See ``Framing``: the radio channel; the base repeats what it took."""
        self._last = None
        channel = bytes([COMMAND, CHANNEL]) + self._channel
        return [Handshake(_packet(channel), CHANNEL), Handshake(_packet(bytes([COMMAND, CLEAR])), CLEAR)]

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """See ``Framing``."""
        match command:
            case AskQuestion():
                return [_packet(said) for said in ASK]
            case StopAsking():
                return [_packet(said) for said in STOP]
            case SetDevice():
                return []

    def feed(self, data: bytes, at_ns: int) -> Sequence[Heard]:
        """See ``Framing``; ``data`` is one report."""
        if len(data) != REPORT:
            return [GarbledBytes(at_ns, len(data))] if data else []
        return [*self._half(data[:HALF], at_ns), *self._half(data[HALF:], at_ns)]

    def settle(self, at_ns: int) -> Sequence[Heard]:
        """See ``Framing``: nothing is ever half heard."""
        return []

    def _half(self, half: bytes, at_ns: int) -> Sequence[Heard]:
        if not any(half):
            return []
        if half[0] == COMMAND:
            return [CommandReply(half[1])] if half[2] == TAKEN else []
        if half[0] != FROM_BASE:
            return [GarbledBytes(at_ns, HALF)]
        return self._vote(half, at_ns) if half[1] == VOTE else []

    def _vote(self, half: bytes, at_ns: int) -> Sequence[Heard]:
        key = next((half[2] - first for first in FIRST_KEYS if 0 <= half[2] - first < KEYS), None)
        if key is None:
            return [GarbledBytes(at_ns, HALF)]
        printed = half[3:6] + bytes([xor(half[3:6])])
        count = half[6] or None
        answer = ClickerAnswer(at_ns, printed.hex().upper(), AnswerForm.KEYS, LETTERS[key], sequence=count)
        missing = self._missing(count) if count else 0
        return [LostAnswers(at_ns, missing), answer] if missing else [answer]

    def _missing(self, count: int) -> int:
        """How many answers were skipped before this one; none where it is one of the last, told again."""
        ahead = 1 if self._last is None else (count - self._last) % COUNTS
        if ahead == 0 or ahead > _LATE:
            return 0
        self._last = count
        return ahead - 1


def _packet(said: bytes) -> CommandPacket:
    return CommandPacket(said.ljust(REPORT, b"\0"), REST_MS)
