"""Framing of RF219 bases: commands and answers in frames with header, length and checksum.

Source: the public librf21x SDK of EnjoyARS (RF219 over a serial port at 256000 baud, newer bases at 750000); not tried
on hardware. To the base: ``35 96 LEN command XOR``; from it: ``27 A5 LEN payload XOR``. The base replies to a command
with its code and, for most, whether it was accepted.
"""

from __future__ import annotations

from collections.abc import Sequence

from drivers.clicker.framing import LETTERS, CommandPacket, CommandReply, Decoded, Handshake, letters_from_mask
from drivers.clicker.rf219_frames import HEADER, Rf219FrameParser, encode_frame
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
    StopAsking,
    TeacherKey,
)

BAUD = 256_000
TO_BASE = b"\x35\x96"
CONNECT, OPEN, NUMBER_RANGE, START, STOP = 0x10, 0x12, 0x14, 0x15, 0x16
SET_NUMBER, NUMBER_SET, ANSWER, TEACHER_KEY = 0x17, 0x24, 0x32, 0x34
REPLY_CODES = frozenset({CONNECT, OPEN, NUMBER_RANGE, START, STOP})
FLAG_STEP, FLAG_COUNT = 0x20, 4
RUSH, MULTIPLE, NUMBER = 0x1F, 4, 8
STOP_PAUSE_MS = 100
PAUSE_MS = 10
_TEACHER_KEYS = tuple(TeacherKey)
_END_OF_TEXT = 0xF4


class Rf219Framing:
    """See ``Framing``: single and multiple choice, numbers as keyed, and rush."""

    def __init__(self, keypads: int) -> None:
        self.format = ReceiverCapabilities("rf219", frozenset(QuestionKind), 8, True)
        self._keypads = keypads
        self._kind = QuestionKind.SINGLE
        self._question_count = 0
        self._parser = Rf219FrameParser()

    def handshake(self) -> Sequence[Handshake]:
        """Connect, set the range of clicker numbers, and switch the radio on."""
        self._parser.reset()
        numbers = bytes([NUMBER_RANGE, 1, 0, self._keypads % 8, self._keypads // 8])
        return [
            Handshake(encode_packet(bytes([CONNECT, 0])), CONNECT),
            Handshake(encode_packet(numbers), NUMBER_RANGE),
            Handshake(encode_packet(bytes([OPEN, 0])), OPEN),
        ]

    def encode(self, command: ReceiverCommand) -> Sequence[CommandPacket]:
        """See ``Framing``; a question keeps its flag until it ends, also over a reconnect."""
        match command:
            case AskQuestion():
                self._kind = command.kind
                return [encode_packet(bytes([START, *self._start_arguments(command)]))]
            case StopAsking():
                self._question_count += 1
                return [encode_packet(bytes([STOP]), STOP_PAUSE_MS)]
            case AssignNumber(device):
                return [encode_packet(bytes([SET_NUMBER, int(device) % 8, int(device) // 8]))]

    def push_bytes(self, data: bytes, at_ns: int) -> Sequence[Decoded]:
        return self._decode(self._parser.push_bytes(data), at_ns)

    def flush(self, at_ns: int) -> Sequence[Decoded]:
        return self._decode(self._parser.push_bytes(b"", is_final=True), at_ns)

    def _start_arguments(self, ask: AskQuestion) -> tuple[int, int]:
        flag = self._question_count % FLAG_COUNT * FLAG_STEP
        match ask.kind:
            case QuestionKind.SINGLE:
                return flag, ask.choices
            case QuestionKind.MULTIPLE:
                return MULTIPLE | flag, ask.choices
            case QuestionKind.NUMBER:
                return NUMBER | flag, 1
            case QuestionKind.RUSH:
                return RUSH | flag, 1

    def _decode(self, payloads: Sequence[bytes], at_ns: int) -> list[Decoded]:
        decoded: list[Decoded] = []
        garbled = self._parser.pop_garbled_count()
        for payload in payloads:
            events = self._decode_payload(payload, at_ns)
            decoded += events or ()
            garbled += len(encode_frame(HEADER, payload)) if events is None else 0
        return [*decoded, GarbledBytes(at_ns, garbled)] if garbled else decoded

    def _decode_payload(self, payload: bytes, at_ns: int) -> Sequence[Decoded] | None:
        """Return the events in a payload, which may be none of interest; None where it makes no sense."""
        code = payload[0]
        if code in REPLY_CODES:
            return [CommandReply(code, accepted=payload[1:2] != b"\x00" or code == CONNECT)]
        if code == ANSWER:
            answer = self._decode_answer(payload, at_ns)
            return None if answer is None else [answer]
        if code == TEACHER_KEY:
            key = payload[1] & 0x7F if len(payload) == 2 else len(_TEACHER_KEYS)
            return [KeypadKey(at_ns, _TEACHER_KEYS[key])] if key < len(_TEACHER_KEYS) else None
        if code in (SET_NUMBER, NUMBER_SET) and len(payload) == 2:
            return [NumberAssigned(at_ns, None, accepted=payload[1] != 0)]
        return []

    def _decode_answer(self, payload: bytes, at_ns: int) -> ClickerAnswer | None:
        if len(payload) < 4:
            return None
        device, value = str((payload[1] & 0x7F) + 8 * payload[2]), payload[3]
        ticks = int.from_bytes(payload[4:7], "big") if len(payload) == 7 else None
        match self._kind:
            case QuestionKind.SINGLE if 1 <= value <= self.format.max_choices:
                return ClickerAnswer(at_ns, device, AnswerForm.KEYS, LETTERS[value - 1], ticks=ticks)
            case QuestionKind.MULTIPLE if value:
                return ClickerAnswer(at_ns, device, AnswerForm.KEYS, letters_from_mask(value))
            case QuestionKind.NUMBER if (text := _decode_number(payload[4:])) is not None:
                return ClickerAnswer(at_ns, device, AnswerForm.NUMBER, text)
            case QuestionKind.RUSH:
                return ClickerAnswer(at_ns, device, AnswerForm.RUSH, "", ticks=ticks)
        return None


def encode_packet(command: bytes, pause_ms: int = PAUSE_MS) -> CommandPacket:
    return CommandPacket(encode_frame(TO_BASE, command), pause_ms)


def _decode_number(coded: bytes) -> str | None:
    """Return a number as it was keyed; None where it holds anything but digits, a sign or a point."""
    end = next((at for at, byte in enumerate(coded) if byte >= _END_OF_TEXT), len(coded))
    text = "".join(chr(byte + 0x20) for byte in coded[:end]).strip()
    return text if text and all(sign in "0123456789.-+" for sign in text) else None
