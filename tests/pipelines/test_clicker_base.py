"""Sixty students answer within two seconds over a bad wire, and the base is pulled out meanwhile."""

from __future__ import annotations

import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from drivers.clicker.simulation.simulated_receiver import SimulatedReceiver, SimulatedReceiverOptions
from drivers.errors import DeviceLost, DeviceMisconfigured
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    ClickerAnswer,
    GarbledBytes,
    NumberAssigned,
    QuestionKind,
    ReceiverCapabilities,
    ReceiverCommand,
    ReceiverEvent,
)
from pipelines.devices.clicker_base import ClickerBase
from pipelines.devices.device_state import DeviceCondition, DeviceState

STUDENTS = 60
MODELS = ("rf217", "rf218", "rf219", "iclicker")


class Room:
    """A clicker base on its simulated hardware, and everything it said."""

    def __init__(self, run: Path, **options: Any) -> None:
        self.fault = run / "fault"
        self.events: list[tuple[int, ReceiverEvent]] = []
        self.conditions: list[DeviceState] = []
        self._truth = run / "truth"
        wanted = SimulatedReceiverOptions(run=str(run), log=self._truth, fault_file=self.fault, seed=7, **options)
        device = SimulatedReceiver("clickers", wanted)
        self.base = ClickerBase("clickers", lambda: device, self._listen, self._changed)

    def _listen(self, events: Sequence[ReceiverEvent]) -> None:
        now_ns = time.monotonic_ns()
        self.events += [(now_ns, event) for event in events]

    def _changed(self, role: str, condition: DeviceCondition[ReceiverCapabilities]) -> None:
        self.conditions.append(condition.state)

    def truth(self, event: str = "answer") -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self._truth.read_text().splitlines()]
        return [line for line in lines if line["event"] == event]

    def of(self, kind: type) -> list[Any]:
        return [event for _, event in list(self.events) if isinstance(event, kind)]

    def answers(self) -> Counter[tuple[str, str]]:
        return Counter((one.device, one.text) for one in self.of(ClickerAnswer))


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Callable[..., Room]]:
    made: list[Room] = []

    def make(**options: Any) -> Room:
        run = tmp_path / str(len(made))
        run.mkdir()
        made.append(Room(run, **options))
        made[-1].base.start()
        return made[-1]

    yield make
    for room in made:
        room.base.close()


def test_every_answer_that_arrived_whole_comes_out(rooms: Callable[..., Room]) -> None:
    bad = {"answer_within_s": 1.8, "corruption": 0.05, "duplicates": 0.1}
    each = {model: rooms(base=model, students=STUDENTS, **bad) for model in MODELS}
    for room in each.values():
        room.base.ask(AskQuestion(QuestionKind.SINGLE, 4))
    for room in each.values():
        until(lambda room=room: len(room.of(ClickerAnswer)) >= STUDENTS // 4)
        room.fault.write_text("lost")
    for room in each.values():
        until(lambda room=room: room.conditions[-1] is DeviceState.MISSING)
        room.fault.unlink()
        room.base.retry_now()
    for model, room in each.items():
        until(lambda room=room: len({line["device"] for line in room.truth()}) == STUDENTS)
        room.base.stop_asking()
        until(lambda room=room: room.truth("stopped") != [])
        whole = Counter((line["device"], line["text"]) for line in room.truth() if line["fate"] == "intact")
        until(lambda room=room, whole=whole: not whole - room.answers())
        made_up = room.answers() - whole
        assert made_up.total() <= 2, "what the checksum cannot see is rare"
        assert Counter(room.conditions)[DeviceState.RUNNING] == 2
        report(model, room)


def test_what_is_asked_while_the_base_is_away_is_asked_when_it_comes(rooms: Callable[..., Room]) -> None:
    room = rooms(base="rf218", students=3, answer_within_s=0.05, second_thoughts=0.0)
    until(lambda: room.conditions == [DeviceState.RUNNING])
    room.fault.write_text("lost")
    until(lambda: room.conditions[-1] is DeviceState.MISSING)
    with pytest.raises(DeviceLost):
        room.base.assign_number("4")
    room.base.ask(AskQuestion(QuestionKind.MULTIPLE))
    room.fault.unlink()
    room.base.retry_now()
    until(lambda: len(room.of(ClickerAnswer)) == 3)


def test_a_question_that_has_ended_is_not_asked_again(rooms: Callable[..., Room]) -> None:
    room = rooms(base="rf218", students=3, answer_within_s=0.05, second_thoughts=0.0)
    until(lambda: room.conditions == [DeviceState.RUNNING])
    with pytest.raises(DeviceMisconfigured, match="1 to 6 letters"):
        room.base.ask(AskQuestion(QuestionKind.SINGLE, 7))
    room.base.ask(AskQuestion(QuestionKind.SINGLE))
    until(lambda: len(room.of(ClickerAnswer)) == 3)
    room.base.stop_asking()
    room.base.assign_number("4")
    until(lambda: room.of(NumberAssigned) != [])
    room.fault.write_text("lost")
    until(lambda: room.conditions[-1] is DeviceState.MISSING)
    room.fault.unlink()
    room.base.retry_now()
    until(lambda: room.conditions[-1] is DeviceState.RUNNING)
    room.base.assign_number("5")
    until(lambda: len(room.of(NumberAssigned)) == 2)
    assert len(room.of(ClickerAnswer)) == 3


class Polled:
    """A base that has to be asked for its queue, which it shortens by what was taken; its cable is loose."""

    def __init__(self, answers: int) -> None:
        self.queue = deque(range(answers))
        self._offered = 0
        self._reads = 0

    def open(self) -> ReceiverCapabilities:
        self._offered = 0
        return ReceiverCapabilities("polled", frozenset(QuestionKind), 6, False)

    def read(self, timeout_s: float) -> Sequence[ReceiverEvent]:
        self._reads += 1
        if self._reads % 3 == 0:
            raise DeviceLost("clickers", "the cable is loose")
        for _ in range(self._offered):
            self.queue.popleft()
        offered = list(self.queue)[:2]
        self._offered = len(offered)
        return [ClickerAnswer(1, str(device), AnswerForm.KEYS, "A") for device in offered]

    def send(self, command: ReceiverCommand) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_polled_base_fits_it_says_things_twice_and_loses_none() -> None:
    polled, heard = Polled(6), []
    base = ClickerBase("clickers", lambda: polled, heard.extend, lambda role, condition: base.retry_now())
    base.start()
    until(lambda: not polled.queue)
    base.close()
    assert list(dict.fromkeys(one.device for one in heard)) == ["0", "1", "2", "3", "4", "5"]
    assert len(heard) > 6


def report(model: str, room: Room) -> None:
    """Print what was sent and what came, and how long it took from the byte to the listener."""
    fates = Counter(line["fate"] for line in room.truth())
    sent = sorted(line["sent_ns"] for line in room.truth() if line["fate"] == "intact")
    came = sorted(now_ns for now_ns, event in room.events if isinstance(event, ClickerAnswer))
    took_ms = sorted((after - before) / 1e6 for before, after in zip(sent, came, strict=False))
    garbled = sum(one.octets for one in room.of(GarbledBytes))
    p99 = took_ms[int(len(took_ms) * 0.99)]
    print(f"{model}: {dict(fates)}, {len(came)} answers out, {garbled} bytes garbled, byte to event p99 {p99:.1f} ms")
