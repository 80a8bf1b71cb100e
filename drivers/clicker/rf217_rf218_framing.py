"""RF217 and RF218 bases: short messages whose first byte alone has its highest bit clear.

Source: the public librf21x SDK of EnjoyARS (RF217, RF218 over a serial port at 115200 baud); nothing was tried
on hardware. Its commands set bit 7 of every byte but the first, and its reader masks that bit away in all but the
first: this framing counts on it, and so finds a message whatever came before it.

To the base: command, ``80|argument``, XOR of both. From it: three bytes (RF217) or five (RF218), whose XOR is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.clicker.framing import LETTERS, CommandPacket, CommandReply, Handshake, Heard, letters_of, xor
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    ClickerAnswer,
    ClickerBound,
    GarbledBytes,
    KeypadKey,
    QuestionKind,
    ReceiverCommand,
    ReceiverEvent,
    ReceiverFormat,
    SetDevice,
    StopAsking,
    TeacherKey,
)

BAUD = 115_200
CONNECTED = 0x78
START, STOP, SET_NUMBER, CONNECT = 0x5A, 0x5B, 0x60, 0x70
MARK = 0x80
KEYS = 6
STOP_REST_MS = 100
REST_MS = 10
TYPES = {QuestionKind.SINGLE: 0, QuestionKind.RUSH: 0, QuestionKind.MULTIPLE: 1, QuestionKind.NUMBER: 2}
TEACHER_KEYS = tuple(TeacherKey)


Meaning = Callable[[bytes, QuestionKind, int], ReceiverEvent | None]


class Rf217Rf218Framing:
    """The framing of both; ``meaning`` tells what a whole message of ``size`` bytes says, if anything."""

    def __init__(self, form: ReceiverFormat, size: int, meaning: Meaning, keypads: int) -> None:
        self.format = form
        self._size = size
        self._meaning = meaning
        self._keypads = keypads
        self._kind = QuestionKind.SINGLE
        self._held = bytearray()
        self._reply_left = 0

    def greet(self) -> Sequence[Handshake]:
        """See ``Framing``: the highest number of a keypad, answered with 78."""
        self._drop()
        return [Handshake(_packet(CONNECT | self._keypads % 16, self._keypads // 16), CONNECTED)]

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """See ``Framing``."""
        match command:
            case AskQuestion(kind):
                self._kind = kind
                return [_packet(START, TYPES[kind])]
            case StopAsking():
                return [_packet(STOP, 0, STOP_REST_MS)]
            case SetDevice(device):
                return [_packet(SET_NUMBER | int(device) % 16, int(device) // 16)]

    def feed(self, data: bytes, at_ns: int) -> Sequence[Heard]:
        """See ``Framing``."""
        heard: list[Heard] = []
        garbled = 0
        for byte in data:
            if byte == CONNECTED:
                garbled += self._drop()
                self._reply_left = self._size - 1
                heard.append(CommandReply(CONNECTED))
            elif byte < MARK:
                garbled += self._drop()
                self._held.append(byte)
            elif self._held:
                self._held.append(byte)
            elif self._reply_left:
                self._reply_left -= 1
            else:
                garbled += 1
            if len(self._held) == self._size:
                message = bytes(self._held)
                meaning = None if xor(message) else self._meaning(message, self._kind, at_ns)
                heard += [meaning] if meaning is not None else []
                garbled += self._drop() if meaning is None else 0
                self._held.clear()
        return heard + _garbled(garbled, at_ns)

    def settle(self, at_ns: int) -> Sequence[Heard]:
        """See ``Framing``."""
        return _garbled(self._drop(), at_ns)

    def _drop(self) -> int:
        """Give up a message that is not whole; how many bytes it had."""
        count = len(self._held)
        self._held.clear()
        self._reply_left = 0
        return count


def rf217(keypads: int) -> Rf217Rf218Framing:
    """Single choice and rush; an answer is three bytes."""
    kinds = frozenset({QuestionKind.SINGLE, QuestionKind.RUSH})
    return Rf217Rf218Framing(ReceiverFormat("rf217", kinds, KEYS, True), 3, _rf217, keypads)


def rf218(keypads: int) -> Rf217Rf218Framing:
    """Single and multiple choice, numbers from 0 to 100 and rush; an answer is five bytes."""
    return Rf217Rf218Framing(ReceiverFormat("rf218", frozenset(QuestionKind), KEYS, True), 5, _rf218, keypads)


def _packet(command: int, argument: int, rest_ms: int = REST_MS) -> CommandPacket:
    said = bytes([command, MARK | argument])
    return CommandPacket(said + bytes([xor(said)]), rest_ms)


def _garbled(octets: int, at_ns: int) -> list[Heard]:
    return [GarbledBytes(at_ns, octets)] if octets else []


def _number(message: bytes) -> str:
    return str((message[0] & 0x1F) * 16 + (message[1] & 0x0F))


def _teacher(code: int, at_ns: int) -> KeypadKey | None:
    return KeypadKey(at_ns, TEACHER_KEYS[code]) if code < len(TEACHER_KEYS) else None


def _rf217(message: bytes, kind: QuestionKind, at_ns: int) -> ReceiverEvent | None:
    sort, key = message[0] >> 5, message[1] >> 4 & 7
    if sort == 0 and message[0] == 0:
        return _teacher(message[1] & 0x7F, at_ns)
    if sort == 1 and key < KEYS:
        return ClickerAnswer(at_ns, _number(message), AnswerForm.KEYS, LETTERS[key])
    if sort == 1:
        return ClickerAnswer(at_ns, _number(message), AnswerForm.RUSH, "")
    if sort == 2 and key == 0:
        return ClickerBound(at_ns, _number(message))
    return None


def _rf218(message: bytes, kind: QuestionKind, at_ns: int) -> ReceiverEvent | None:
    sort, number, value = message[0] >> 5, _number(message), message[4] & 0x7F
    if sort == 0 and number == "0":
        return _teacher(value, at_ns)
    if sort == 0 and (pressed := _pressed(value, kind)) is not None:
        return ClickerAnswer(at_ns, number, *pressed, question=message[3] & 0x7F)
    if sort == 2:
        return ClickerBound(at_ns, number)
    return None


def _pressed(value: int, kind: QuestionKind) -> tuple[AnswerForm, str] | None:
    """What a value means depends on what was asked; None where it means nothing."""
    rush = {QuestionKind.MULTIPLE: 0, QuestionKind.NUMBER: 127}.get(kind, 7)
    if value == rush:
        return AnswerForm.RUSH, ""
    if kind is QuestionKind.NUMBER:
        return (AnswerForm.NUMBER, str(value)) if value <= 100 else None
    if kind is QuestionKind.MULTIPLE:
        return (AnswerForm.KEYS, letters_of(value)) if value < 1 << KEYS else None
    return (AnswerForm.KEYS, LETTERS[value]) if value < KEYS else None
