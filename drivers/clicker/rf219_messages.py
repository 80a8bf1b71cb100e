"""RF219 bases: messages with a header, a length and a checksum.

Source: the public librf21x SDK of EnjoyARS (RF219 over a serial port at 256000 baud, newer bases at 750000);
nothing was tried on hardware. To the base: ``35 96 LEN command XOR``; from it: ``27 A5 LEN payload XOR``. The base
answers a command with its code and, for most, whether it was taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.clicker.framing import LETTERS, CommandPacket, CommandReply, Handshake, Heard, letters_of
from drivers.clicker.rf219_framing import HEADER, Rf219Framing, wrapped
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    ClickerAnswer,
    ClickerBound,
    GarbledBytes,
    KeypadKey,
    QuestionKind,
    ReceiverCommand,
    ReceiverFormat,
    SetDevice,
    StopAsking,
    TeacherKey,
)

BAUD = 256_000
TO_BASE = b"\x35\x96"
CONNECT, OPEN, NUMBERS, START, STOP = 0x10, 0x12, 0x14, 0x15, 0x16
SET_NUMBER, NUMBER_SET, ANSWER, TEACHER = 0x17, 0x24, 0x32, 0x34
REPLIES = frozenset({CONNECT, OPEN, NUMBERS, START, STOP})
FLAG_STEP, FLAGS = 0x20, 4
RUSH, MULTIPLE, NUMBER = 0x1F, 4, 8
STOP_REST_MS = 100
REST_MS = 10
_TEACHER_KEYS = tuple(TeacherKey)
_END_OF_TEXT = 0xF4


class Rf219Messages:
    """Single and multiple choice, numbers as keyed and rush."""

    def __init__(self, keypads: int) -> None:
        self.format = ReceiverFormat("rf219", frozenset(QuestionKind), 8, True)
        self._keypads = keypads
        self._kind = QuestionKind.SINGLE
        self._asked = 0
        self._envelope = Rf219Framing()

    def greet(self) -> Sequence[Handshake]:
        """See ``Framing``: hello, the range of keypads, and the radio on."""
        self._envelope.forget()
        numbers = bytes([NUMBERS, 1, 0, self._keypads % 8, self._keypads // 8])
        return [
            Handshake(packet(bytes([CONNECT, 0])), CONNECT),
            Handshake(packet(numbers), NUMBERS),
            Handshake(packet(bytes([OPEN, 0])), OPEN),
        ]

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """See ``Framing``. A question keeps its flag until it ends, also over a reconnect."""
        match command:
            case AskQuestion():
                self._kind = command.kind
                return [packet(bytes([START, *self._start(command)]))]
            case StopAsking():
                self._asked += 1
                return [packet(bytes([STOP]), STOP_REST_MS)]
            case SetDevice(device):
                return [packet(bytes([SET_NUMBER, int(device) % 8, int(device) // 8]))]

    def feed(self, data: bytes, at_ns: int) -> Sequence[Heard]:
        """See ``Framing``."""
        return self._heard(self._envelope.feed(data), at_ns)

    def settle(self, at_ns: int) -> Sequence[Heard]:
        """See ``Framing``."""
        return self._heard(self._envelope.feed(b"", quiet=True), at_ns)

    def _start(self, ask: AskQuestion) -> tuple[int, int]:
        flag = self._asked % FLAGS * FLAG_STEP
        match ask.kind:
            case QuestionKind.SINGLE:
                return flag, ask.choices
            case QuestionKind.MULTIPLE:
                return MULTIPLE | flag, ask.choices
            case QuestionKind.NUMBER:
                return NUMBER | flag, 1
            case QuestionKind.RUSH:
                return RUSH | flag, 1

    def _heard(self, payloads: Sequence[bytes], at_ns: int) -> list[Heard]:
        heard: list[Heard] = []
        garbled = self._envelope.garbled()
        for payload in payloads:
            meaning = self._meaning(payload, at_ns)
            heard += meaning or ()
            garbled += len(wrapped(HEADER, payload)) if meaning is None else 0
        return [*heard, GarbledBytes(at_ns, garbled)] if garbled else heard

    def _meaning(self, payload: bytes, at_ns: int) -> Sequence[Heard] | None:
        """What a whole message says, which may be nothing of interest; None where it makes no sense."""
        code = payload[0]
        if code in REPLIES:
            return [CommandReply(code, good=payload[1:2] != b"\x00" or code == CONNECT)]
        if code == ANSWER:
            answer = self._answer(payload, at_ns)
            return None if answer is None else [answer]
        if code == TEACHER:
            key = payload[1] & 0x7F if len(payload) == 2 else len(_TEACHER_KEYS)
            return [KeypadKey(at_ns, _TEACHER_KEYS[key])] if key < len(_TEACHER_KEYS) else None
        if code in (SET_NUMBER, NUMBER_SET) and len(payload) == 2:
            return [ClickerBound(at_ns, None, taken=payload[1] != 0)]
        return []

    def _answer(self, payload: bytes, at_ns: int) -> ClickerAnswer | None:
        if len(payload) < 4:
            return None
        device, value = str((payload[1] & 0x7F) + 8 * payload[2]), payload[3]
        ticks = int.from_bytes(payload[4:7], "big") if len(payload) == 7 else None
        match self._kind:
            case QuestionKind.SINGLE if 1 <= value <= self.format.most_choices:
                return ClickerAnswer(at_ns, device, AnswerForm.KEYS, LETTERS[value - 1], ticks=ticks)
            case QuestionKind.MULTIPLE if value:
                return ClickerAnswer(at_ns, device, AnswerForm.KEYS, letters_of(value))
            case QuestionKind.NUMBER if (text := _text(payload[4:])) is not None:
                return ClickerAnswer(at_ns, device, AnswerForm.NUMBER, text)
            case QuestionKind.RUSH:
                return ClickerAnswer(at_ns, device, AnswerForm.RUSH, "", ticks=ticks)
        return None


def packet(command: bytes, rest_ms: int = REST_MS) -> CommandPacket:
    """A command as the base wants it."""
    return CommandPacket(wrapped(TO_BASE, command), rest_ms)


def _text(coded: bytes) -> str | None:
    """A number as it was keyed; None where it holds anything but digits, a sign or a point."""
    end = next((at for at, byte in enumerate(coded) if byte >= _END_OF_TEXT), len(coded))
    text = "".join(chr(byte + 0x20) for byte in coded[:end]).strip()
    return text if text and all(sign in "0123456789.-+" for sign in text) else None
