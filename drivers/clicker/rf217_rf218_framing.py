"""Framing of RF217 and RF218 bases: short messages in which only the first byte has its high bit clear.

Source: the public librf21x SDK of EnjoyARS (RF217, RF218 over a serial port at 115200 baud); not tried on hardware. Its
commands set bit 7 of every byte but the first, and its reader masks that bit in all but the first: this framing relies
on it, and so finds a message whatever came before it.

To the base: command, ``80|argument``, XOR of both. From it: three bytes (RF217) or five (RF218), whose XOR is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.clicker.framing import (
    LETTERS,
    CommandPacket,
    CommandReply,
    Decoded,
    Handshake,
    letters_from_mask,
    xor_checksum,
)
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    AssignNumber,
    ClickerAnswer,
    GarbledBytes,
    KeypadKey,
    NumberAssigned,
    QuestionKind,
    ReceiverCapabilities,
    ReceiverCommand,
    ReceiverEvent,
    StopAsking,
    TeacherKey,
)

BAUD = 115_200
CONNECTED = 0x78
START, STOP, SET_NUMBER, CONNECT = 0x5A, 0x5B, 0x60, 0x70
HIGH_BIT = 0x80
KEY_COUNT = 6
STOP_PAUSE_MS = 100
PAUSE_MS = 10
QUESTION_TYPES = {QuestionKind.SINGLE: 0, QuestionKind.RUSH: 0, QuestionKind.MULTIPLE: 1, QuestionKind.NUMBER: 2}
TEACHER_KEYS = tuple(TeacherKey)


DecodeMessage = Callable[[bytes, QuestionKind, int], ReceiverEvent | None]


class Rf217Rf218Framing:
    """See ``Framing``: RF217 and RF218 bases, whose messages have ``message_bytes`` bytes, 3 and 5.

    ``decode_message`` returns the event in a whole message with a good checksum, or None where it has no meaning.
    """

    def __init__(
        self, capabilities: ReceiverCapabilities, message_bytes: int, decode_message: DecodeMessage, keypads: int
    ) -> None:
        self.format = capabilities
        self._message_bytes = message_bytes
        self._decode_message = decode_message
        self._keypads = keypads
        self._kind = QuestionKind.SINGLE
        self._partial = bytearray()
        self._reply_bytes_left = 0

    def handshake(self) -> Sequence[Handshake]:
        """Send the highest clicker number; the reply is 78."""
        self._discard_partial()
        return [Handshake(_packet(CONNECT | self._keypads % 16, self._keypads // 16), CONNECTED)]

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        match command:
            case AskQuestion(kind):
                self._kind = kind
                return [_packet(START, QUESTION_TYPES[kind])]
            case StopAsking():
                return [_packet(STOP, 0, STOP_PAUSE_MS)]
            case AssignNumber(device):
                return [_packet(SET_NUMBER | int(device) % 16, int(device) // 16)]

    def push_bytes(self, data: bytes, at_ns: int) -> Sequence[Decoded]:
        decoded: list[Decoded] = []
        garbled = 0
        for byte in data:
            if byte == CONNECTED:
                garbled += self._discard_partial()
                self._reply_bytes_left = self._message_bytes - 1
                decoded.append(CommandReply(CONNECTED))
            elif byte < HIGH_BIT:
                garbled += self._discard_partial()
                self._partial.append(byte)
            elif self._partial:
                self._partial.append(byte)
            elif self._reply_bytes_left:
                self._reply_bytes_left -= 1
            else:
                garbled += 1
            if len(self._partial) == self._message_bytes:
                message = bytes(self._partial)
                decode_message = None if xor_checksum(message) else self._decode_message(message, self._kind, at_ns)
                decoded += [decode_message] if decode_message is not None else []
                garbled += self._discard_partial() if decode_message is None else 0
                self._partial.clear()
        return decoded + _garbled_event(garbled, at_ns)

    def flush(self, at_ns: int) -> Sequence[Decoded]:
        return _garbled_event(self._discard_partial(), at_ns)

    def _discard_partial(self) -> int:
        """Discard an incomplete message; return how many bytes it had."""
        count = len(self._partial)
        self._partial.clear()
        self._reply_bytes_left = 0
        return count


def rf217(keypads: int) -> Rf217Rf218Framing:
    """Return the framing of an RF217 base: single choice and rush, answers of three bytes."""
    kinds = frozenset({QuestionKind.SINGLE, QuestionKind.RUSH})
    return Rf217Rf218Framing(ReceiverCapabilities("rf217", kinds, KEY_COUNT, True), 3, _rf217, keypads)


def rf218(keypads: int) -> Rf217Rf218Framing:
    """Return the framing of an RF218 base: all kinds, numbers from 0 to 100, answers of five bytes."""
    return Rf217Rf218Framing(
        ReceiverCapabilities("rf218", frozenset(QuestionKind), KEY_COUNT, True), 5, _rf218, keypads
    )


def _packet(command: int, argument: int, pause_ms: int = PAUSE_MS) -> CommandPacket:
    body = bytes([command, HIGH_BIT | argument])
    return CommandPacket(body + bytes([xor_checksum(body)]), pause_ms)


def _garbled_event(octets: int, at_ns: int) -> list[Decoded]:
    return [GarbledBytes(at_ns, octets)] if octets else []


def _clicker_number(message: bytes) -> str:
    return str((message[0] & 0x1F) * 16 + (message[1] & 0x0F))


def _teacher_key(code: int, at_ns: int) -> KeypadKey | None:
    return KeypadKey(at_ns, TEACHER_KEYS[code]) if code < len(TEACHER_KEYS) else None


def _rf217(message: bytes, kind: QuestionKind, at_ns: int) -> ReceiverEvent | None:
    message_class, key = message[0] >> 5, message[1] >> 4 & 7
    if message_class == 0 and message[0] == 0:
        return _teacher_key(message[1] & 0x7F, at_ns)
    if message_class == 1 and key < KEY_COUNT:
        return ClickerAnswer(at_ns, _clicker_number(message), AnswerForm.KEYS, LETTERS[key])
    if message_class == 1:
        return ClickerAnswer(at_ns, _clicker_number(message), AnswerForm.RUSH, "")
    if message_class == 2 and key == 0:
        return NumberAssigned(at_ns, _clicker_number(message))
    return None


def _rf218(message: bytes, kind: QuestionKind, at_ns: int) -> ReceiverEvent | None:
    message_class, number, value = message[0] >> 5, _clicker_number(message), message[4] & 0x7F
    if message_class == 0 and number == "0":
        return _teacher_key(value, at_ns)
    if message_class == 0 and (form_and_text := _decode_value(value, kind)) is not None:
        return ClickerAnswer(at_ns, number, *form_and_text, question=message[3] & 0x7F)
    if message_class == 2:
        return NumberAssigned(at_ns, number)
    return None


def _decode_value(value: int, kind: QuestionKind) -> tuple[AnswerForm, str] | None:
    """Return form and text of a value, which depend on the kind of question; None for a value without meaning."""
    rush = {QuestionKind.MULTIPLE: 0, QuestionKind.NUMBER: 127}.get(kind, 7)
    if value == rush:
        return AnswerForm.RUSH, ""
    if kind is QuestionKind.NUMBER:
        return (AnswerForm.NUMBER, str(value)) if value <= 100 else None
    if kind is QuestionKind.MULTIPLE:
        return (AnswerForm.KEYS, letters_from_mask(value)) if value < 1 << KEY_COUNT else None
    return (AnswerForm.KEYS, LETTERS[value]) if value < KEY_COUNT else None
