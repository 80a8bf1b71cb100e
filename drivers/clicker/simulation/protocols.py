"""The far side of each family's language: what a simulated base hears, and how it says answers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drivers.clicker import iclicker_framing, rf219_messages
from drivers.clicker.framing import LETTERS, MOST_KEYPADS, xor
from drivers.clicker.rf217_rf218_framing import CONNECT, CONNECTED, MARK, SET_NUMBER, START, STOP, TYPES
from drivers.clicker.rf219_framing import HEADER, wrapped
from drivers.clicker.simulation.simulated_class import SimulatedPress
from drivers.samples import AnswerForm, AskQuestion, QuestionKind, TeacherKey


@dataclass(frozen=True, slots=True)
class BaseCommand:
    """Something the base was told, and its reply; ``asks`` where a question is opened, ``stops`` where one ends."""

    reply: bytes = b""
    asks: AskQuestion | None = None
    stops: bool = False


class BaseProtocol(Protocol):
    """A base's end of the wire."""

    def devices(self, count: int, dice: random.Random) -> list[str]:
        """The names of a class's clickers."""

    def knows(self, device: str) -> bool:
        """Whether a clicker can have this name."""

    def hear(self, data: bytes) -> Sequence[BaseCommand]:
        """What a piece of the host's speech, with no damage, completes."""

    def answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        """An answer as one message. ValueError for what these clickers cannot press."""

    def key(self, key: TeacherKey) -> bytes:
        """A key of the teacher's keypad. ValueError where there is no such keypad."""

    def damaged(self, message: bytes, share: float, dice: random.Random) -> bytes:
        """A message of which each byte is damaged with the probability ``share``."""


class _Numbered:
    """Clickers with numbers from 1 on, and bytes that can be damaged one by one."""

    def devices(self, count: int, dice: random.Random) -> list[str]:
        """See ``BaseProtocol``."""
        return [str(number) for number in range(1, count + 1)]

    def knows(self, device: str) -> bool:
        """See ``BaseProtocol``."""
        return device.isascii() and device.isdecimal() and 1 <= int(device) <= MOST_KEYPADS

    def damaged(self, message: bytes, share: float, dice: random.Random) -> bytes:
        """See ``BaseProtocol``."""
        return bytes(byte ^ dice.randint(1, 255) if dice.random() < share else byte for byte in message)


class Rf217Rf218Protocol(_Numbered):
    """RF217, whose messages have three bytes, and RF218, whose have five."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heard = bytearray()

    def hear(self, data: bytes) -> Sequence[BaseCommand]:
        """See ``BaseProtocol``."""
        self._heard += data
        orders = []
        while len(self._heard) >= 3:
            command, argument = self._heard[0], self._heard[1] & ~MARK
            del self._heard[:3]
            orders.append(self._order(command, argument))
        return orders

    def answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        """See ``BaseProtocol``."""
        number = int(press.device)
        if self._size == 3:
            key = 7 if press.form is AnswerForm.RUSH else LETTERS.index(press.text)
            return self._message(0x20 | number >> 4, key << 4 | number & 15)
        return self._message(number >> 4, number & 15, question % MARK, _rf218_value(press, kind))

    def key(self, key: TeacherKey) -> bytes:
        """See ``BaseProtocol``."""
        code = tuple(TeacherKey).index(key)
        return self._message(0, code) if self._size == 3 else self._message(0, 0, 0, code)

    def _order(self, command: int, argument: int) -> BaseCommand:
        if command == START:
            kinds = {code: kind for kind, code in TYPES.items() if kind is not QuestionKind.RUSH}
            return BaseCommand(asks=AskQuestion(kinds[argument]))
        if command == STOP:
            return BaseCommand(stops=True)
        if command & 0xF0 == CONNECT:
            return BaseCommand(self._message(CONNECTED, 0))
        if command & 0xF0 == SET_NUMBER:
            return BaseCommand(self._message(0x40 | argument, command & 15))
        return BaseCommand()

    def _message(self, first: int, second: int, third: int = 0, fourth: int = 0) -> bytes:
        marked = [MARK | byte for byte in (second, third, fourth)]
        said = bytes([first, marked[0], *(marked[1:] if self._size == 5 else [])])
        return said[:2] + bytes([xor(said)]) + said[2:]


class Rf219Protocol(_Numbered):
    """RF219."""

    def __init__(self) -> None:
        self._heard = b""

    def hear(self, data: bytes) -> Sequence[BaseCommand]:
        """See ``BaseProtocol``."""
        self._heard += data
        orders = []
        while len(self._heard) > 2 and len(self._heard) >= 4 + self._heard[2]:
            end = 4 + self._heard[2]
            orders.append(self._order(self._heard[3 : end - 1]))
            self._heard = self._heard[end:]
        return orders

    def answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        """See ``BaseProtocol``."""
        number = int(press.device)
        ticks = (since_ms % (1 << 24)).to_bytes(3, "big")
        match kind:
            case QuestionKind.SINGLE:
                said = bytes([LETTERS.index(press.text) + 1]) + ticks
            case QuestionKind.MULTIPLE:
                said = bytes([_mask(press.text)])
            case QuestionKind.NUMBER:
                said = bytes([len(press.text), *(ord(sign) - 0x20 for sign in press.text), 0xF4])
            case QuestionKind.RUSH:
                said = b"\x01" + ticks
        return wrapped(HEADER, bytes([rf219_messages.ANSWER, number % 8, number // 8]) + said)

    def key(self, key: TeacherKey) -> bytes:
        """See ``BaseProtocol``."""
        return wrapped(HEADER, bytes([rf219_messages.TEACHER, tuple(TeacherKey).index(key)]))

    def _order(self, command: bytes) -> BaseCommand:
        code = command[0]
        taken = wrapped(HEADER, bytes([code, 1]))
        if code == rf219_messages.START:
            kinds = {
                0: QuestionKind.SINGLE,
                rf219_messages.NUMBER: QuestionKind.NUMBER,
                rf219_messages.RUSH: QuestionKind.RUSH,
            }
            sort = command[1] & 0x1F
            return BaseCommand(taken, asks=AskQuestion(kinds.get(sort, QuestionKind.MULTIPLE), command[2]))
        if code in (rf219_messages.STOP, rf219_messages.NUMBERS):
            return BaseCommand(wrapped(HEADER, bytes([code])), stops=code == rf219_messages.STOP)
        return BaseCommand(taken)


class IClickerProtocol:
    """iClicker: answers alternate between the two halves of a report."""

    def __init__(self) -> None:
        self._count = 0

    def devices(self, count: int, dice: random.Random) -> list[str]:
        """See ``BaseProtocol``."""
        numbers = [number.to_bytes(3, "big") for number in dice.sample(range(1, 1 << 24), count)]
        return [(number + bytes([xor(number)])).hex().upper() for number in numbers]

    def knows(self, device: str) -> bool:
        """See ``BaseProtocol``."""
        try:
            printed = bytes.fromhex(device)
        except ValueError:
            return False
        return len(printed) == 4 and xor(printed) == 0

    def hear(self, data: bytes) -> Sequence[BaseCommand]:
        """See ``BaseProtocol``."""
        taken = (data[:2] + bytes([iclicker_framing.TAKEN])).ljust(iclicker_framing.REPORT, b"\0")
        asks = (
            AskQuestion(QuestionKind.SINGLE, iclicker_framing.KEYS)
            if data.startswith(iclicker_framing.ASK[-1])
            else None
        )
        return [BaseCommand(taken, asks, stops=data.startswith(iclicker_framing.STOP[0]))]

    def answer(self, press: SimulatedPress, kind: QuestionKind, question: int, since_ms: int) -> bytes:
        """See ``BaseProtocol``."""
        if len(press.text) != 1 or press.text not in LETTERS[: iclicker_framing.KEYS]:
            raise ValueError(f"an iClicker has the keys A to E, not {press.text!r}")
        self._count = self._count % iclicker_framing.COUNTS + 1
        key = iclicker_framing.FIRST_KEYS[0] + LETTERS.index(press.text)
        vote = (
            bytes([iclicker_framing.FROM_BASE, iclicker_framing.VOTE, key])
            + bytes.fromhex(press.device)[:3]
            + bytes([self._count])
        )
        half = vote.ljust(iclicker_framing.HALF, b"\0")
        nothing = bytes(iclicker_framing.HALF)
        return nothing + half if self._count % 2 else half + nothing

    def key(self, key: TeacherKey) -> bytes:
        """See ``BaseProtocol``."""
        raise ValueError("an iClicker base has no keypad for the teacher")

    def damaged(self, message: bytes, share: float, dice: random.Random) -> bytes:
        """See ``BaseProtocol``. No checksum could tell, so damage always shows in the byte that names the message."""
        at = next(at for at, byte in enumerate(message) if byte)
        hit = any(dice.random() < share for _ in range(7))
        return message[:at] + b"\xff" + message[at + 1 :] if hit else message


def _mask(letters: str) -> int:
    return sum(1 << LETTERS.index(letter) for letter in letters)


def _rf218_value(press: SimulatedPress, kind: QuestionKind) -> int:
    match kind:
        case QuestionKind.MULTIPLE:
            return _mask(press.text)
        case QuestionKind.NUMBER:
            return int(press.text) if press.text else 127
        case QuestionKind.SINGLE | QuestionKind.RUSH:
            return LETTERS.index(press.text) if press.text else 7
