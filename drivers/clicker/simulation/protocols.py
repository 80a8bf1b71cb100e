"""The base's side of each receiver protocol: decodes the driver's commands, encodes answers and keys."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.clicker import iclicker_framing, rf219_framing
from drivers.clicker.framing import LETTERS, MAX_KEYPADS, xor_checksum
from drivers.clicker.rf217_rf218_framing import CONNECT, CONNECTED, HIGH_BIT, QUESTION_TYPES, SET_NUMBER, START, STOP
from drivers.clicker.rf219_frames import HEADER, encode_frame
from drivers.clicker.simulation.simulated_class import SimulatedPress
from drivers.samples import AnswerForm, AskQuestion, QuestionKind, TeacherKey


@dataclass(frozen=True, slots=True)
class BaseCommand:
    """A command that the base received, and its reply.

    ``question`` is set where it starts a question; ``stops_question`` is true where it ends one.
    """

    reply: bytes = b""
    question: AskQuestion | None = None
    stops_question: bool = False


class BaseProtocol(Protocol):
    """The protocol of one base."""

    def device_ids(self, count: int, rng: random.Random) -> list[str]:
        """Return the ids of a class's clickers."""

    def is_valid_device(self, device: str) -> bool:
        """Return whether a clicker can have this id."""

    def decode(self, data: bytes) -> Sequence[BaseCommand]:
        """Return the commands that these uncorrupted bytes complete."""

    def encode_answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        """Return an answer as one message; ValueError for what these clickers cannot press."""

    def encode_key(self, key: TeacherKey) -> bytes:
        """Return a key of the teacher's keypad as one message; ValueError where there is no such keypad."""

    def corrupt(self, message: bytes, probability: float, rng: random.Random) -> bytes:
        """Return a message of which each byte is corrupted with this probability."""


class _NumberedClickers:
    """Clickers with numbers from 1 on, and messages whose bytes can be corrupted one by one."""

    def device_ids(self, count: int, rng: random.Random) -> list[str]:
        return [str(number) for number in range(1, count + 1)]

    def is_valid_device(self, device: str) -> bool:
        return device.isascii() and device.isdecimal() and 1 <= int(device) <= MAX_KEYPADS

    def corrupt(self, message: bytes, probability: float, rng: random.Random) -> bytes:
        return bytes(byte ^ rng.randint(1, 255) if rng.random() < probability else byte for byte in message)


class Rf217Rf218Protocol(_NumberedClickers):
    """The protocol of RF217, whose messages have three bytes, and RF218, whose messages have five."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._partial = bytearray()

    def decode(self, data: bytes) -> Sequence[BaseCommand]:
        self._partial += data
        commands = []
        while len(self._partial) >= 3:
            command, argument = self._partial[0], self._partial[1] & ~HIGH_BIT
            del self._partial[:3]
            commands.append(self._decode_command(command, argument))
        return commands

    def encode_answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        number = int(press.device)
        if self._size == 3:
            encode_key = 7 if press.form is AnswerForm.RUSH else LETTERS.index(press.text)
            return self._encode_message(0x20 | number >> 4, encode_key << 4 | number & 15)
        return self._encode_message(number >> 4, number & 15, question % HIGH_BIT, _encode_rf218_value(press, kind))

    def encode_key(self, key: TeacherKey) -> bytes:
        code = tuple(TeacherKey).index(key)
        return self._encode_message(0, code) if self._size == 3 else self._encode_message(0, 0, 0, code)

    def _decode_command(self, command: int, argument: int) -> BaseCommand:
        if command == START:
            kinds = {code: kind for kind, code in QUESTION_TYPES.items() if kind is not QuestionKind.RUSH}
            return BaseCommand(question=AskQuestion(kinds[argument]))
        if command == STOP:
            return BaseCommand(stops_question=True)
        if command & 0xF0 == CONNECT:
            return BaseCommand(self._encode_message(CONNECTED, 0))
        if command & 0xF0 == SET_NUMBER:
            return BaseCommand(self._encode_message(0x40 | argument, command & 15))
        return BaseCommand()

    def _encode_message(self, first: int, second: int, third: int = 0, fourth: int = 0) -> bytes:
        marked = [HIGH_BIT | byte for byte in (second, third, fourth)]
        payload = bytes([first, marked[0], *(marked[1:] if self._size == 5 else [])])
        return payload[:2] + bytes([xor_checksum(payload)]) + payload[2:]


class Rf219Protocol(_NumberedClickers):
    """The protocol of RF219."""

    def __init__(self) -> None:
        self._partial = b""

    def decode(self, data: bytes) -> Sequence[BaseCommand]:
        self._partial += data
        commands = []
        while len(self._partial) > 2 and len(self._partial) >= 4 + self._partial[2]:
            end = 4 + self._partial[2]
            commands.append(self._decode_command(self._partial[3 : end - 1]))
            self._partial = self._partial[end:]
        return commands

    def encode_answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        number = int(press.device)
        ticks = (since_ms % (1 << 24)).to_bytes(3, "big")
        match kind:
            case QuestionKind.SINGLE:
                payload = bytes([LETTERS.index(press.text) + 1]) + ticks
            case QuestionKind.MULTIPLE:
                payload = bytes([_letter_mask(press.text)])
            case QuestionKind.NUMBER:
                payload = bytes([len(press.text), *(ord(sign) - 0x20 for sign in press.text), 0xF4])
            case QuestionKind.RUSH:
                payload = b"\x01" + ticks
        return encode_frame(HEADER, bytes([rf219_framing.ANSWER, number % 8, number // 8]) + payload)

    def encode_key(self, key: TeacherKey) -> bytes:
        return encode_frame(HEADER, bytes([rf219_framing.TEACHER_KEY, tuple(TeacherKey).index(key)]))

    def _decode_command(self, command: bytes) -> BaseCommand:
        code = command[0]
        acknowledgement = encode_frame(HEADER, bytes([code, 1]))
        if code == rf219_framing.START:
            kinds = {
                0: QuestionKind.SINGLE,
                rf219_framing.NUMBER: QuestionKind.NUMBER,
                rf219_framing.RUSH: QuestionKind.RUSH,
            }
            question_type = command[1] & 0x1F
            return BaseCommand(
                acknowledgement, question=AskQuestion(kinds.get(question_type, QuestionKind.MULTIPLE), command[2])
            )
        if code in (rf219_framing.STOP, rf219_framing.NUMBER_RANGE):
            return BaseCommand(encode_frame(HEADER, bytes([code])), stops_question=code == rf219_framing.STOP)
        return BaseCommand(acknowledgement)


class IClickerProtocol:
    """The protocol of iClicker; answers alternate between the two halves of a report."""

    def __init__(self) -> None:
        self._sequence = 0

    def device_ids(self, count: int, rng: random.Random) -> list[str]:
        ids = [number.to_bytes(3, "big") for number in rng.sample(range(1, 1 << 24), count)]
        return [(number + bytes([xor_checksum(number)])).hex().upper() for number in ids]

    def is_valid_device(self, device: str) -> bool:
        try:
            id_bytes = bytes.fromhex(device)
        except ValueError:
            return False
        return len(id_bytes) == 4 and xor_checksum(id_bytes) == 0

    def decode(self, data: bytes) -> Sequence[BaseCommand]:
        acknowledgement = (data[:2] + bytes([iclicker_framing.ACKNOWLEDGED])).ljust(
            iclicker_framing.REPORT_BYTES, b"\0"
        )
        question = (
            AskQuestion(QuestionKind.SINGLE, iclicker_framing.KEY_COUNT)
            if data.startswith(iclicker_framing.START_COMMANDS[-1])
            else None
        )
        return [
            BaseCommand(acknowledgement, question, stops_question=data.startswith(iclicker_framing.STOP_COMMANDS[0]))
        ]

    def encode_answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        if len(press.text) != 1 or press.text not in LETTERS[: iclicker_framing.KEY_COUNT]:
            raise ValueError(f"an iClicker has the keys A to E, not {press.text!r}")
        self._sequence = self._sequence % iclicker_framing.MAX_SEQUENCE + 1
        key = iclicker_framing.KEY_A_CODES[0] + LETTERS.index(press.text)
        vote = (
            bytes([iclicker_framing.BASE_MESSAGE, iclicker_framing.VOTE, key])
            + bytes.fromhex(press.device)[:3]
            + bytes([self._sequence])
        )
        half = vote.ljust(iclicker_framing.MESSAGE_BYTES, b"\0")
        nothing = bytes(iclicker_framing.MESSAGE_BYTES)
        return nothing + half if self._sequence % 2 else half + nothing

    def encode_key(self, key: TeacherKey) -> bytes:
        raise ValueError("an iClicker base has no keypad for the teacher")

    def corrupt(self, message: bytes, probability: float, rng: random.Random) -> bytes:
        """Corrupt the byte that names the message: there is no checksum by which other damage could be noticed."""
        at = next(at for at, byte in enumerate(message) if byte)
        hit = any(rng.random() < probability for _ in range(7))
        return message[:at] + b"\xff" + message[at + 1 :] if hit else message


def _letter_mask(letters: str) -> int:
    return sum(1 << LETTERS.index(letter) for letter in letters)


def _encode_rf218_value(press: SimulatedPress, kind: QuestionKind) -> int:
    match kind:
        case QuestionKind.MULTIPLE:
            return _letter_mask(press.text)
        case QuestionKind.NUMBER:
            return int(press.text) if press.text else 127
        case QuestionKind.SINGLE | QuestionKind.RUSH:
            return LETTERS.index(press.text) if press.text else 7
