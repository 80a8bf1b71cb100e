"""The simulated clicker base and class: scripts, link faults and the control socket."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from drivers.clicker import iclicker_framing
from drivers.clicker.simulation.simulated_base import SimulatedBase
from drivers.clicker.simulation.simulated_receiver import SOCKET, SimulatedReceiver, SimulatedReceiverOptions
from drivers.clicker.transport_receiver import TransportReceiver
from drivers.errors import DeviceLost, DeviceMisconfigured, DeviceMissing
from drivers.samples import (
    AnswerForm,
    AskQuestion,
    ClickerAnswer,
    KeypadKey,
    LostAnswers,
    QuestionKind,
    StopAsking,
    TeacherKey,
)

PATIENCE_S = 10.0
Make = Callable[..., SimulatedReceiver]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setattr(iclicker_framing, "PAUSE_MS", 10)
    made: list[SimulatedReceiver] = []

    def made_with(**options: Any) -> SimulatedReceiver:
        fixed = {"run": str(tmp_path), "log": tmp_path / "truth", "seed": 3, "answer_within_s": 0.05}
        made.append(SimulatedReceiver("clickers", SimulatedReceiverOptions(**{**fixed, **options})))
        return made[-1]

    yield made_with
    for receiver in made:
        receiver.close()


@pytest.mark.parametrize("base", ["rf218", "iclicker"])
@pytest.mark.parametrize("part", [SimulatedBase, TransportReceiver], ids=["base", "driver"])
def test_what_is_closed_while_it_opens_leaves_nothing(
    base: str, part: type[SimulatedBase | TransportReceiver], make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that closes comes between the steps of ``open``, and the one that opened closes in the end."""
    receiver = make(base=base)
    name = "start" if part is SimulatedBase else "open"
    begin = getattr(part, name)

    def begin_late(one: Any) -> Any:
        closer = threading.Thread(target=receiver.close)
        closer.start()
        closer.join()
        return begin(one)

    monkeypatch.setattr(part, name, begin_late)
    with suppress(DeviceMissing):
        receiver.open()
    receiver.close()


def read(receiver: SimulatedReceiver, count: int) -> list[Any]:
    events: list[Any] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(events) < count:
        assert time.monotonic() < deadline, f"only {events} came"
        events += receiver.read(0.2)
    return events


class Client:
    """Somebody at the socket."""

    def __init__(self, folder: Path) -> None:
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.settimeout(PATIENCE_S)
        self._connection.connect(str(folder / SOCKET))
        self._lines = self._connection.makefile("r")

    def say(self, line: str) -> None:
        self._connection.sendall(f"{line}\n".encode())

    def line(self) -> str:
        return self._lines.readline().rstrip("\n")

    def close(self) -> None:
        self._lines.close()
        self._connection.close()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Callable[[], Client]]:
    made: list[Client] = []

    def connect() -> Client:
        made.append(Client(tmp_path))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def test_a_scripted_question_goes_by_its_script_and_the_next_one_by_chance(make: Make, tmp_path: Path) -> None:
    lines = [
        {"question": 1, "device": "9", "after_ms": 20, "press": "C"},
        {"question": 1, "device": "2", "after_ms": 0, "press": ""},
        {"question": 1, "device": "9", "after_ms": 40, "press": "D"},
    ]
    (tmp_path / "script").write_text("".join(json.dumps(line) + "\n" for line in lines))
    receiver = make(students=4, second_thoughts=0.0, script=tmp_path / "script")
    receiver.open()
    receiver.send(AskQuestion(QuestionKind.SINGLE))
    assert [(one.device, one.form, one.text) for one in read(receiver, 3)] == [
        ("2", AnswerForm.RUSH, ""),
        ("9", AnswerForm.KEYS, "C"),
        ("9", AnswerForm.KEYS, "D"),
    ]
    receiver.send(AskQuestion(QuestionKind.NUMBER))
    assert {one.device for one in read(receiver, 4)} == {"1", "2", "3", "4"}


def test_the_same_seed_gives_the_same_class(make: Make) -> None:
    told = []
    for _ in range(2):
        receiver = make(base="iclicker", students=6)
        receiver.open()
        receiver.send(AskQuestion(QuestionKind.SINGLE))
        told.append({(one.device, one.text) for one in read(receiver, 6)})
        receiver.close()
    assert told[0] == told[1]


def test_lost_and_doubled_messages_are_in_the_log_and_on_the_wire(make: Make, tmp_path: Path) -> None:
    receiver = make(base="iclicker", students=60, second_thoughts=0.0, loss=0.2, duplicates=0.3)
    receiver.open()
    receiver.send(AskQuestion(QuestionKind.SINGLE))
    events: list[Any] = []
    deadline = time.monotonic() + PATIENCE_S

    def truth() -> list[dict[str, Any]]:
        lines = map(json.loads, (tmp_path / "truth").read_text().splitlines())
        return [line for line in lines if line["event"] == "answer"]

    while len({line["press"] for line in truth()}) < 60:
        assert time.monotonic() < deadline
        events += receiver.read(0.1)
    while more := receiver.read(0.5):  # what comes twice comes later
        events += more
    fates = [line["fate"] for line in truth()]
    assert 3 < fates.count("lost") < 30
    assert len(fates) > 62
    assert sum(isinstance(one, ClickerAnswer) for one in events) == fates.count("intact")
    ends = next(at for at, fate in enumerate(reversed(fates)) if fate != "lost")
    begins = next(at for at, fate in enumerate(fates) if fate != "lost")
    inside = fates[begins : len(fates) - ends].count("lost")
    assert sum(one.answers for one in events if isinstance(one, LostAnswers)) == inside


def test_a_silent_base_accepts_commands_and_sends_nothing(make: Make, tmp_path: Path) -> None:
    (tmp_path / "fault").write_text("silent")
    receiver = make(fault_file=tmp_path / "fault", students=3, second_thoughts=0.0)
    receiver.open()
    receiver.send(AskQuestion(QuestionKind.SINGLE))
    assert receiver.read(0.2) == []
    (tmp_path / "fault").write_text("slient")
    with pytest.raises(DeviceLost):
        read(receiver, 1)
    with pytest.raises(DeviceMisconfigured, match="'slient'; it may say lost, silent"):
        receiver.open()


def test_somebody_at_the_socket_presses_clickers_and_the_teachers_keypad(
    make: Make, client: Callable[[], Client]
) -> None:
    receiver = make(base="rf219", students=0)
    receiver.open()
    one = client()
    assert one.line() == "stopped"
    receiver.send(AskQuestion(QuestionKind.NUMBER))
    assert receiver.read(0.1) == []
    assert one.line() == "asked number"
    assert client().line() == "asked number"
    one.say("press 77 -3.5\nkey start-pause\npress 78 12")
    first, key, second = read(receiver, 3)
    assert (first.device, first.form, first.text) == ("77", AnswerForm.NUMBER, "-3.5")
    assert isinstance(key, KeypadKey)
    assert key.key is TeacherKey.START_PAUSE
    assert second.device == "78"
    receiver.send(StopAsking())
    assert receiver.read(0.1) == []
    assert one.line() == "stopped"
    one.say("press 77 4")
    assert [late.text for late in read(receiver, 1)] == ["4"]
    for wrong in ("press x A", "key home", "shout"):
        one.say(wrong)
        assert one.line().startswith("error")


def test_somebody_at_the_socket_pulls_the_base_out(make: Make, client: Callable[[], Client]) -> None:
    receiver = make(students=0)
    receiver.open()
    client().say("unplug 60")
    with pytest.raises(DeviceLost):
        read(receiver, 1)
    with pytest.raises(DeviceMissing):
        receiver.open()


@pytest.mark.parametrize("script", ['{"question": 1}', "[1, 2]", "no json"])
def test_files_that_cannot_be_used_are_reported(make: Make, tmp_path: Path, script: str) -> None:
    (tmp_path / "script").write_text(script)
    with pytest.raises(DeviceMisconfigured, match="cannot run"):
        make(script=tmp_path / "script").open()
    with pytest.raises(DeviceMisconfigured, match="cannot be written"):
        make(log=tmp_path / "no folder" / "truth").open()


@pytest.mark.parametrize(
    "options",
    [
        {"loss": 1.5},
        {"corruption": -0.1},
        {"students": 251},
        {"answer_within_s": -1},
        {"base": "iclicker", "bridge": True},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|has no"):
        SimulatedReceiverOptions(**options)
