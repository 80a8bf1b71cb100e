"""The clicker framings: published messages, and any other bytes."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.clicker.framing import CommandReply, Framing, check_command
from drivers.clicker.iclicker_framing import IClickerFraming
from drivers.clicker.rf21x_receiver import FRAMINGS
from drivers.clicker.rf219_frames import HEADER
from drivers.clicker.simulation.protocols import BaseProtocol, IClickerProtocol, Rf217Rf218Protocol, Rf219Protocol
from drivers.clicker.simulation.simulated_class import SimulatedPress, answer_form
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    AssignNumber,
    ClickerAnswer,
    GarbledBytes,
    KeypadKey,
    LostAnswers,
    NumberAssigned,
    QuestionKind,
    ReceiverCommand,
    StopAsking,
    TeacherKey,
)

SINGLE, MULTIPLE, NUMBER, RUSH = QuestionKind


def from_hex(text: str) -> bytes:
    return bytes.fromhex(text)


def make_framing(model: str) -> Framing:
    return IClickerFraming("AA") if model == "iclicker" else FRAMINGS[model][0](60)


def asking(model: str, kind: QuestionKind) -> Framing:
    framing = make_framing(model)
    framing.handshake()
    framing.encode(AskQuestion(kind))
    return framing


def keys(device: str, text: str, **more: int) -> ClickerAnswer:
    return ClickerAnswer(7, device, AnswerForm.KEYS, text, **more)


@pytest.mark.parametrize(
    ("model", "command", "packets"),
    [
        ("rf217", AskQuestion(SINGLE), ["5a 80 da"]),
        ("rf217", StopAsking(), ["5b 80 db"]),
        ("rf218", AskQuestion(MULTIPLE), ["5a 81 db"]),
        ("rf218", AskQuestion(NUMBER), ["5a 82 d8"]),
        ("rf218", AssignNumber("37"), ["65 82 e7"]),
        ("rf219", AskQuestion(SINGLE, 4), ["35 96 03 15 00 04 11"]),
        ("rf219", AskQuestion(RUSH), ["35 96 03 15 1f 01 0b"]),
        ("rf219", StopAsking(), ["35 96 01 16 16"]),
        ("rf219", AssignNumber("37"), ["35 96 03 17 05 04 16"]),
        ("iclicker", AskQuestion(SINGLE), ["01 17 03", "01 17 05", "01 19 66 0a 01", "01 11"]),
        ("iclicker", StopAsking(), ["01 12", "01 16", "01 17 01", "01 17 03", "01 17 04"]),
    ],
)
def test_commands_are_what_the_sources_say(model: str, command: ReceiverCommand, packets: list[str]) -> None:
    size = 64 if model == "iclicker" else 0
    draw_answers = [packet.data for packet in make_framing(model).encode(command)]
    assert draw_answers == [from_hex(packet).ljust(size, b"\0") for packet in packets]


def test_an_iclicker_base_is_given_its_pauses() -> None:
    assert {packet.pause_ms for packet in make_framing("iclicker").encode(AskQuestion(SINGLE))} == {200}


@pytest.mark.parametrize(
    ("model", "packets", "replies"),
    [
        ("rf217", ["7c 83 ff"], ["78 80 f8"]),
        ("rf218", ["7c 83 ff"], ["78 80 f8 80 80"]),
        (
            "rf219",
            ["35 96 02 10 00 10", "35 96 05 14 01 00 04 07 16", "35 96 02 12 00 12"],
            ["27 a5 02 10 00 10", "27 a5 01 14 14", "27 a5 02 12 01 13"],
        ),
        ("iclicker", ["01 10 21 41", "01 16"], ["01 10 aa", "01 16 aa"]),
    ],
)
def test_the_handshake_is_performed_step_by_step(model: str, packets: list[str], replies: list[str]) -> None:
    framing = make_framing(model)
    size = 64 if model == "iclicker" else 0
    steps = framing.handshake()
    assert [step.packet.data for step in steps] == [from_hex(packet).ljust(size, b"\0") for packet in packets]
    for step, answer in zip(steps, replies, strict=True):
        assert framing.push_bytes(from_hex(answer).ljust(size, b"\0"), 7) == [CommandReply(step.reply)]


def test_an_rf219_base_that_cannot_open_its_radio_says_so() -> None:
    assert make_framing("rf219").push_bytes(from_hex("27 a5 02 12 00 12"), 7) == [CommandReply(0x12, accepted=False)]


def test_each_rf219_question_has_the_next_flag_and_keeps_it_over_a_reconnect() -> None:
    framing = make_framing("rf219")
    flags = []
    for _ in range(5):
        for _ in range(2):
            framing.handshake()
            (start,) = framing.encode(AskQuestion(SINGLE))
            flags.append(start.data[4])
        framing.encode(StopAsking())
    assert flags == [0, 0, 0x20, 0x20, 0x40, 0x40, 0x60, 0x60, 0, 0]


@pytest.mark.parametrize(
    ("model", "kind", "message", "event"),
    [
        ("rf217", SINGLE, "21 97 b6", keys("23", "B")),
        ("rf217", RUSH, "3f ff c0", ClickerAnswer(7, "511", AnswerForm.RUSH, "")),
        ("rf217", SINGLE, "00 85 85", KeypadKey(7, TeacherKey.START_PAUSE)),
        ("rf217", SINGLE, "42 85 c7", NumberAssigned(7, "37")),
        ("rf218", SINGLE, "02 85 83 85 81", keys("37", "B", question=5)),
        ("rf218", SINGLE, "02 85 85 85 87", ClickerAnswer(7, "37", AnswerForm.RUSH, "", question=5)),
        ("rf218", MULTIPLE, "02 85 8f 85 8d", keys("37", "ACD", question=5)),
        ("rf218", NUMBER, "02 85 e6 85 e4", ClickerAnswer(7, "37", AnswerForm.NUMBER, "100", question=5)),
        ("rf218", SINGLE, "00 80 86 80 86", KeypadKey(7, TeacherKey.STOP)),
        ("rf218", SINGLE, "42 85 c7 80 80", NumberAssigned(7, "37")),
        ("rf219", SINGLE, "27 a5 07 32 05 04 02 01 02 03 31", keys("37", "B", ticks=0x010203)),
        ("rf219", MULTIPLE, "27 a5 04 32 05 04 0d 3e", keys("37", "ACD")),
        ("rf219", NUMBER, "27 a5 09 32 05 04 04 0d 13 0e 15 f4 c6", ClickerAnswer(7, "37", AnswerForm.NUMBER, "-3.5")),
        ("rf219", RUSH, "27 a5 07 32 05 04 01 00 00 09 3b", ClickerAnswer(7, "37", AnswerForm.RUSH, "", ticks=9)),
        ("rf219", SINGLE, "27 a5 02 34 00 34", KeypadKey(7, TeacherKey.UP)),
        ("rf219", SINGLE, "27 a5 02 17 00 17", NumberAssigned(7, None, accepted=False)),
        ("iclicker", SINGLE, "02 13 82 c4 64 72 09", keys("C46472D2", "B", sequence=9)),
        ("iclicker", SINGLE, "02 13 05 c4 64 72 ff", keys("C46472D2", "E", sequence=255)),
    ],
)
def test_messages_are_understood(model: str, kind: QuestionKind, message: str, event: object) -> None:
    size = 64 if model == "iclicker" else 0
    assert asking(model, kind).push_bytes(from_hex(message).ljust(size, b"\0"), 7) == [event]


@pytest.mark.parametrize(
    ("model", "command", "reason"),
    [
        ("rf217", AskQuestion(NUMBER), "can ask for rush, single"),
        ("rf218", AskQuestion(SINGLE, 7), "1 to 6 letters"),
        ("rf219", AssignNumber("512"), "from 1 to 511"),
        ("rf219", AssignNumber("七"), "digits"),
        ("iclicker", AssignNumber("3"), "factory"),
    ],
)
def test_what_a_base_cannot_do_is_refused(model: str, command: ReceiverCommand, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_command(command, make_framing(model).format)


@dataclass(frozen=True)
class Family:
    model: str
    kind: QuestionKind
    protocol: Callable[[], BaseProtocol]
    texts: st.SearchStrategy[str]


FAMILIES = [
    Family("rf217", SINGLE, lambda: Rf217Rf218Protocol(3), st.sampled_from("ABCDEF")),
    Family("rf218", NUMBER, lambda: Rf217Rf218Protocol(5), st.integers(0, 100).map(str)),
    Family("rf219", SINGLE, Rf219Protocol, st.sampled_from("ABCDEFGH")),
    Family("rf219", NUMBER, Rf219Protocol, st.from_regex(r"-?\d{1,4}(\.\d)?", fullmatch=True, alphabet="-.0123456789")),
]
some = settings(max_examples=25)
each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"{family.model}-{family.kind}")


def pieces(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    """The bytes cut into pieces of these sizes, and the rest."""
    cut, at = [], 0
    for size in sizes:
        cut.append(data[at : at + size])
        at += size
    return [*cut, data[at:]]


def decode_in_pieces(framing: Framing, data: bytes, sizes: Sequence[int]) -> list[object]:
    events = [event for piece in pieces(data, sizes) for event in framing.push_bytes(piece, 7)]
    return [*events, *framing.flush(7)]


def draw_answers(family: Family, data: st.DataObject, most: int = 6) -> tuple[list[tuple[str, str]], list[bytes]]:
    """Some answers, as device and text and as messages."""
    protocol = family.protocol()
    answers = data.draw(st.lists(st.tuples(st.integers(1, 250).map(str), family.texts), min_size=1, max_size=most))
    ticks = st.integers(0, 1 << 24).filter(lambda one: HEADER not in one.to_bytes(4, "big"))
    messages = [
        protocol.encode_answer(SimulatedPress(1, 0, device, answer_form(text), text), family.kind, 1, data.draw(ticks))
        for device, text in answers
    ]
    return answers, messages


def answers_in(events: Sequence[object]) -> list[tuple[str, str]]:
    return [(event.device, event.text) for event in events if isinstance(event, ClickerAnswer)]


def subsequence(part: Sequence[object], whole: Sequence[object]) -> bool:
    rest = iter(whole)
    return all(one in rest for one in part)


garbage = st.one_of(
    st.binary(max_size=80),
    st.lists(st.sampled_from([b"\x27", b"\xa5", b"\x27\xa5", b"\x27\xa5\x07\x32", b"\x20", b"\x78", b"\x80"])).map(
        b"".join
    ),
)
sizes = st.lists(st.integers(0, 12), max_size=40)


@each_family
@some
@given(data=st.data(), sizes=sizes)
def test_answers_come_out_as_they_went_in_however_they_are_cut(
    family: Family, data: st.DataObject, sizes: list[int]
) -> None:
    answers, messages = draw_answers(family, data)
    events = decode_in_pieces(asking(family.model, family.kind), b"".join(messages), sizes)
    assert answers_in(events) == answers
    assert len(events) == len(answers)


@each_family
@some
@given(data=st.data(), before=garbage, sizes=sizes)
def test_after_garbage_it_is_in_step_with_the_first_message(
    family: Family, data: st.DataObject, before: bytes, sizes: list[int]
) -> None:
    answers, messages = draw_answers(family, data)
    got = answers_in(decode_in_pieces(asking(family.model, family.kind), before + b"".join(messages), sizes))
    assert got[-len(answers) :] == answers


@each_family
@some
@given(data=st.data(), damage=st.integers(0, 2**32), sizes=sizes)
def test_messages_that_arrive_whole_come_out_whatever_happened_to_the_others(
    family: Family, data: st.DataObject, damage: int, sizes: list[int]
) -> None:
    answers, messages = draw_answers(family, data, most=20)
    rng = random.Random(damage)
    sent = [family.protocol().corrupt(message, 0.05, rng) for message in messages]
    whole = [answer for answer, was, now in zip(answers, messages, sent, strict=True) if was == now]
    assert subsequence(whole, answers_in(decode_in_pieces(asking(family.model, family.kind), b"".join(sent), sizes)))


@pytest.mark.parametrize("model", ["rf217", "rf218", "rf219", "iclicker"])
@some
@given(
    data=st.binary(max_size=400),
    sizes=st.lists(st.integers(0, 80), max_size=20),
    kind=st.sampled_from(QuestionKind),
)
def test_any_bytes_are_borne_and_little_of_them_kept(
    model: str, data: bytes, sizes: list[int], kind: QuestionKind
) -> None:
    framing = asking(model, kind)
    empty = len(pickle.dumps(framing))
    garbled = 0
    for piece in pieces(data, sizes):
        garbled += sum(event.octets for event in framing.push_bytes(piece, 7) if isinstance(event, GarbledBytes))
        assert len(pickle.dumps(framing)) - empty < 120
    garbled += sum(event.octets for event in framing.flush(7) if isinstance(event, GarbledBytes))
    assert garbled <= len(data)


@pytest.mark.parametrize(
    ("model", "lone"), [("rf217", "ff 20 81 80 05"), ("rf218", "05 80 80 80 81 99"), ("rf219", "27 a5 07 00")]
)
def test_every_byte_of_garbage_is_counted(model: str, lone: str) -> None:
    events = decode_in_pieces(asking(model, SINGLE), from_hex(lone), [2])
    assert sum(event.octets for event in events if isinstance(event, GarbledBytes)) == len(from_hex(lone))


def test_a_report_of_an_iclicker_that_is_no_report_costs_nothing_else() -> None:
    framing = asking("iclicker", SINGLE)
    vote = from_hex("02 13 81 c4 64 72 01").ljust(32, b"\0")
    assert framing.push_bytes(vote, 7) == [GarbledBytes(7, 32)]
    assert framing.push_bytes(b"\xff" * 32 + vote, 7) == [GarbledBytes(7, 32), keys("C46472D2", "A", sequence=1)]


@some
@given(start=st.integers(1, 255), kept=st.lists(st.booleans(), max_size=600), twice=st.sets(st.integers(0, 600)))
def test_an_iclicker_base_counts_what_was_lost(start: int, kept: list[bool], twice: set[int]) -> None:
    protocol = IClickerProtocol()
    press = SimulatedPress(1, 0, "C46472D2", AnswerForm.KEYS, "A")
    reports = [protocol.encode_answer(press, SINGLE, 1, 0) for _ in range(start + len(kept))][start:]
    framing = asking("iclicker", SINGLE)
    events = []
    for at, (report, arrives) in enumerate(zip(reports, kept, strict=True)):
        for _ in range(arrives * (2 if at in twice else 1)):
            events += framing.push_bytes(report, 7)
    arrived = [at for at, arrives in enumerate(kept) if arrives]
    gaps = [after - before - 1 for before, after in pairwise(arrived)]
    if max(gaps, default=0) < 127:
        assert sum(event.answers for event in events if isinstance(event, LostAnswers)) == sum(gaps)
    assert sum(isinstance(event, ClickerAnswer) for event in events) == len(arrived) + len(twice & set(arrived))
