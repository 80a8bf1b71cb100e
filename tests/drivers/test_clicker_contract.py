"""The contract of every clicker receiver, each family connected to its simulated base.

With EDGE_TEST_ICLICKER an iClicker base under the kernel is held to the same, as far as nobody has to pull it out; five
students answer each question of it at once.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from waiting import stays

from drivers.clicker import iclicker_framing
from drivers.clicker import transport_receiver as receivers
from drivers.clicker.iclicker_receiver import IClickerOptions, IClickerReceiver
from drivers.clicker.rf21x_receiver import FRAMINGS
from drivers.clicker.serial_transport import SerialTransport
from drivers.clicker.simulation.simulated_receiver import PORT, SimulatedReceiver, SimulatedReceiverOptions
from drivers.clicker.simulation.transports import PtyTransport
from drivers.clicker.transport_receiver import TransportReceiver
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.protocols import ClickerReceiver
from drivers.samples import (
    AskQuestion,
    AssignNumber,
    ClickerAnswer,
    NumberAssigned,
    QuestionKind,
    ReceiverEvent,
    StopAsking,
)

PATIENCE_S = 10.0
BASES = [("rf217", False), ("rf218", False), ("rf219", False), ("iclicker", False), ("rf219", True)]
OF_THE_KERNEL = [("kernel's iclicker", False)] if "EDGE_TEST_ICLICKER" in os.environ else []


class Room:
    """A receiver with its simulated class, and what really happened."""

    def __init__(self, base: str, bridge: bool, run: Path) -> None:
        self.base = base
        self.run = run
        self._fixed = {"base": base, "bridge": bridge, "run": str(run), "log": run / "truth", "seed": 1}
        self._receivers: list[SimulatedReceiver] = []

    def receiver(self, **options: Any) -> SimulatedReceiver:
        wanted = {"students": 5, "answer_within_s": 0.1, "second_thoughts": 0.0} | options
        self._receivers.append(SimulatedReceiver("clickers", SimulatedReceiverOptions(**self._fixed, **wanted)))
        return self._receivers[-1]

    def truth(self, event: str = "answer") -> list[dict[str, Any]]:
        lines = map(json.loads, (self.run / "truth").read_text().splitlines())
        return [line for line in lines if line["event"] == event]

    def close(self) -> None:
        for receiver in self._receivers:
            receiver.close()


class KernelRoom:
    """A base under the kernel; nobody here knows what its class really pressed."""

    base = "iclicker"

    def __init__(self) -> None:
        self._receivers: list[IClickerReceiver] = []

    def receiver(self, **_options: Any) -> IClickerReceiver:
        self._receivers.append(IClickerReceiver("clickers", IClickerOptions()))
        return self._receivers[-1]

    def close(self) -> None:
        for receiver in self._receivers:
            # Its class goes on with an open question when it is asked again, and has answered that.
            with suppress(DeviceLost):
                receiver.send(StopAsking())
                receiver.read(1.0)
            receiver.close()


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A simulated iClicker base needs no pauses."""
    monkeypatch.setattr(iclicker_framing, "PAUSE_MS", 10)


@pytest.fixture(
    params=[*BASES, *OF_THE_KERNEL], ids=lambda base: base if isinstance(base, str) else base[0] + "-bridge" * base[1]
)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room | KernelRoom]:
    threads, descriptors = set(threading.enumerate()), len(os.listdir("/proc/self/fd"))
    room = KernelRoom() if request.param in OF_THE_KERNEL else Room(*request.param, tmp_path)
    yield room
    room.close()
    assert set(threading.enumerate()) == threads
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert not [path for path in tmp_path.iterdir() if path.is_symlink() or path.is_socket()]


def read_until(receiver: ClickerReceiver, enough: Callable[[list[ReceiverEvent]], bool]) -> list[ReceiverEvent]:
    events: list[ReceiverEvent] = []
    deadline = time.monotonic() + PATIENCE_S
    while not enough(events):
        assert time.monotonic() < deadline, f"only {events} came"
        events += receiver.read(0.5)
    return events


def read_until_lost(receiver: ClickerReceiver) -> list[ReceiverEvent]:
    events: list[ReceiverEvent] = []
    try:
        while True:
            events += receiver.read(2.0)
    except DeviceLost:
        return events


def answers(events: list[ReceiverEvent]) -> list[ClickerAnswer]:
    return [event for event in events if isinstance(event, ClickerAnswer)]


def test_a_question_is_answered_by_everybody_once_and_stamped_on_arrival(room: Room | KernelRoom) -> None:
    receiver = room.receiver()
    capabilities = receiver.open()
    assert capabilities.model == room.base
    assert QuestionKind.SINGLE in capabilities.kinds
    receiver.send(AskQuestion(QuestionKind.SINGLE))
    came = answers(read_until(receiver, lambda events: len(answers(events)) >= 5))
    now_ns = time.monotonic_ns()
    assert receiver.read(0.05) == []
    assert len({one.device for one in came}) == 5
    assert all(one.captured_ns <= now_ns for one in came)
    if isinstance(room, Room):
        sent = room.truth()
        assert [(one.device, one.text) for one in came] == [(line["device"], line["text"]) for line in sent]
        assert all(line["sent_ns"] <= one.captured_ns for one, line in zip(came, sent, strict=True))


def test_the_next_question_ends_the_one_before_it(room: Room | KernelRoom) -> None:
    receiver = room.receiver(answer_within_s=0.01)
    receiver.open()
    for question in (1, 2):
        receiver.send(AskQuestion(QuestionKind.SINGLE))
        assert len(answers(read_until(receiver, lambda events: len(answers(events)) >= 5))) == 5
        if isinstance(room, Room):
            assert {line["question"] for line in room.truth()} == set(range(1, question + 1))
    receiver.send(StopAsking())
    deadline = time.monotonic() + PATIENCE_S
    while isinstance(room, Room) and len(room.truth("stopped")) < 2:
        assert receiver.read(0.05) == []
        assert time.monotonic() < deadline


def test_what_it_cannot_do_is_refused_at_once(room: Room | KernelRoom) -> None:
    receiver = room.receiver()
    capabilities = receiver.open()
    with pytest.raises(DeviceMisconfigured, match="letters"):
        receiver.send(AskQuestion(QuestionKind.SINGLE, capabilities.max_choices + 1))
    for kind in set(QuestionKind) - capabilities.kinds:
        with pytest.raises(DeviceMisconfigured, match="cannot ask"):
            receiver.send(AskQuestion(kind))
    if capabilities.assigns_numbers:
        receiver.send(AssignNumber("17"))
        (assigned,) = read_until(receiver, bool)
        assert isinstance(assigned, NumberAssigned)
        assert assigned.device in ("17", None)


def test_close_ends_a_read_in_progress_and_may_come_twice(room: Room | KernelRoom) -> None:
    receiver = room.receiver(students=0)
    receiver.open()
    reader = threading.Thread(target=read_until_lost, args=[receiver], name="reader")
    reader.start()
    stays(reader.is_alive, 0.05)
    receiver.close()
    reader.join(1.5)
    assert not reader.is_alive()
    receiver.close()
    with pytest.raises(DeviceLost):
        receiver.read(0.1)
    with pytest.raises(DeviceLost):
        receiver.send(StopAsking())


def test_a_base_that_is_pulled_out_is_lost_then_missing_and_then_asked_again(
    room: Room | KernelRoom, tmp_path: Path
) -> None:
    if not isinstance(room, Room):
        pytest.skip("nobody here pulls it out")
    fault = tmp_path / "fault"
    receiver = room.receiver(fault_file=fault, students=20, answer_within_s=0.3)
    receiver.open()
    receiver.send(AskQuestion(QuestionKind.SINGLE))
    events = read_until(receiver, lambda events: bool(answers(events)))
    fault.write_text("lost")
    events += read_until_lost(receiver)
    receiver.close()
    with pytest.raises(DeviceMissing):
        receiver.open()
    fault.unlink()
    receiver.open()
    receiver.send(AskQuestion(QuestionKind.SINGLE))
    events += read_until(receiver, lambda later: len(answers(events + later)) >= 20)
    assert receiver.read(0.05) == []
    assert Counter(one.device for one in answers(events)).most_common(1)[0][1] == 1
    assert {line["fate"] for line in room.truth()} == {"intact"}
    assert len(room.truth("plugged")) == 2


@pytest.mark.parametrize("model", sorted(FRAMINGS))
def test_a_port_without_a_base_is_missing(model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "REPLY_TIMEOUT_S", 0.1)
    transport = PtyTransport(tmp_path / PORT)
    make_framing, baud = FRAMINGS[model]
    receiver = TransportReceiver("clickers", SerialTransport("clickers", str(tmp_path / PORT), baud), make_framing(60))
    with pytest.raises(DeviceMissing, match="no base of this type"):
        receiver.open()
    assert len(transport.receive()) > 2
    receiver.close()
    transport.close()
    with pytest.raises(DeviceMissing, match="cannot be opened"):
        receiver.open()
