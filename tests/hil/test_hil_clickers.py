"""Clickers on a serial port and a head on USB serial, driven from the host; both pulled out in mid-poll."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from seaweed import BUCKET, Seaweed

from drivers.clicker.simulation.link_faults import MessageFate, MessageFaults
from drivers.clicker.simulation.protocols import Rf217Rf218Protocol
from drivers.clicker.simulation.simulated_base import SimulatedBase
from drivers.clicker.simulation.simulated_class import SimulatedClass
from drivers.ptz.simulation.device import HeadFault, ViscaDevice
from drivers.ptz.simulation.lossy_link import LinkFaults, LossyLink
from drivers.ptz.simulation.motion import HeadMotion
from drivers.ptz.simulation.transports import PlainCodec
from drivers.truth_log import TruthLog
from edge.school.poll_results import PollResults
from tests.hil.cables import BaseCable, HeadCable, connected
from tests.hil.classroom import Classroom, bucket, config
from tests.hil.machine import EMULATED

STUDENTS = 30
WITHIN_S = 12.0
BACK_S = 3.0 * EMULATED
HEAD = "HIL-PTZ"
PODIUM, BOARD = 1, 2
# Five-byte messages, as an RF218 says them.
RF218 = 5
SERIAL_DRIVER = "/sys/bus/pnp/drivers/serial"
DEVICES = f"""
[roster]
share_names = true

[clickers]
driver = "rf21x"
model = "rf218"
device = "/dev/ttyS1"
keypads = {STUDENTS}

[ptz.teacher]
driver = "visca-serial"
serial_port = "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_{HEAD}-if00-port0"
presets = {{ podium = {PODIUM}, board = {BOARD} }}
"""


class Class:
    """The base with its students at the host's end of ttyS1; it outlives its port's unplugging."""

    def __init__(self, cable: BaseCable, log: Path) -> None:
        self.unheard = threading.Event()
        self._log = log
        dice = random.Random(1)
        speech = Rf217Rf218Protocol(RF218)
        students = SimulatedClass(speech.device_ids(STUDENTS, dice), dice, WITHIN_S * 1e3, second_thoughts=0.2)
        noise = MessageFaults(dice, loss=0.0, duplicates=0.1, corruption=0.01)
        self.base = SimulatedBase(
            cable,
            speech,
            students,
            noise,
            TruthLog(log),
            is_unplugged=lambda: False,
            is_silent=self.unheard.is_set,
            on_question=lambda _: None,
        )

    def presses(self) -> list[Mapping[str, Any]]:
        """Every copy of an answer, and its fate."""
        lines = map(json.loads, self._log.read_text().splitlines())
        return [line for line in lines if line["event"] == "answer"]


class Head:
    """The head at the host's end of the USB serial adapter; it keeps its place when that is pulled out."""

    def __init__(self, socket: Path) -> None:
        self.arrived: list[int] = []
        self._socket = socket
        self._head = ViscaDevice(1, HeadMotion(travel_s=1.0), self._log)
        self._line: LossyLink | None = None

    def plug_in(self) -> None:
        """Plug the adapter in."""
        cable = HeadCable(connected(self._socket), HEAD)
        self._line = LossyLink(self._head, cable, PlainCodec(), LinkFaults(), random.Random(1), lambda: HeadFault.NONE)

    def pull_out(self) -> None:
        """Pull it out; again: nothing."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _log(self, at_ns: int, what: str, more: Mapping[str, Any]) -> None:
        if what == "arrived":
            self.arrived.append(more["preset"])


@dataclass(frozen=True)
class Polled:
    """What came of the poll: the box's book, every press and its fate, where the head went, who was back when."""

    book: PollResults
    presses: list[Mapping[str, Any]]
    arrived: list[int]
    lamp: bool
    back_s: dict[str, float]


@pytest.fixture(scope="module")
def school_class(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Thirty students with clickers."""
    cable = BaseCable(connected(classroom.machine.serial), "base")
    there = Class(cable, tmp_path_factory.mktemp("class") / "truth.jsonl")
    there.base.start()
    yield there
    there.base.close()
    cable.close()


@pytest.fixture(scope="module")
def head(classroom: Classroom) -> Iterator[Head]:
    """The teacher's camera turns."""
    there = Head(classroom.machine.add_usb_serial(HEAD))
    there.plug_in()
    yield there
    there.pull_out()


@pytest.fixture(scope="module")
def polled(classroom: Classroom, store: Seaweed, school_class: Class, head: Head, tmp_path_factory: Any) -> Polled:
    """A lesson with one poll, in the middle of which both are gone for a while."""
    guest = classroom.machine
    access = bucket(BUCKET, store.admin.access_key_id, store.admin.secret_access_key)
    classroom.write_config(config(access, more=DEVICES))
    guest.sh("systemctl restart classroom-controller", 60)
    guest.wait(lambda: _running(classroom) == {"clickers", "teacher"}, 60, "clickers and head running")
    lesson = classroom.begin_lesson()
    classroom.request("ptz-recall", role="teacher", preset="podium")
    classroom.request("poll-open", poll={"kind": "single", "choices": 4})
    guest.wait(lambda: len(school_class.presses()) >= STUDENTS // 3, 30, "a third of the class")

    with _unheard(school_class), _unbound(classroom, "ttyS1"):
        head.pull_out()
        guest.wait(lambda: not _running(classroom), 20, "clickers and head missing")
        lamp = classroom.lit("recording")
        time.sleep(1.0)
        back_ns = {"teacher": time.monotonic_ns()}
        head.plug_in()
    back_ns["clickers"] = time.monotonic_ns()
    back_s: dict[str, float] = {}
    while len(back_s) < len(back_ns):
        assert time.monotonic_ns() < back_ns["clickers"] + guest.scaled(60) * 1e9, f"only {set(back_s)} came back"
        for role in _running(classroom) - set(back_s):
            back_s[role] = (time.monotonic_ns() - back_ns[role]) / 1e9
    classroom.request("ptz-recall", role="teacher", preset="board")
    guest.wait(lambda: len({press["device"] for press in school_class.presses()}) == STUDENTS, 30, "everybody")
    time.sleep(1.0)
    classroom.request("poll-close")
    classroom.end_lesson()
    folder = classroom.fetch(tmp_path_factory.mktemp("spool"), lesson) / lesson
    book = PollResults.model_validate_json((folder / "polls.json").read_text())
    return Polled(book, school_class.presses(), head.arrived, lamp, back_s)


def test_both_are_back_at_once_and_the_lesson_did_not_notice(classroom: Classroom, polled: Polled) -> None:
    print("back after", {role: f"{seconds:.1f} s" for role, seconds in polled.back_s.items()})
    assert polled.lamp
    assert max(polled.back_s.values()) < classroom.machine.scaled(BACK_S)


def test_every_answer_that_reached_the_wire_intact_is_in_the_ledger_once(polled: Polled) -> None:
    (poll,) = polled.book.polls
    devices = {one.id: one.device for one in polled.book.participants}
    intact = [(press["device"], press["text"]) for press in polled.presses if press["fate"] == MessageFate.INTACT]
    fates = [press["fate"] for press in polled.presses]
    print(f"{len(intact)} answers came intact, of {dict(Counter(fates))}")
    assert MessageFate.LOST in fates[fates.index(MessageFate.INTACT) : -1], "it was pulled out in mid-poll"
    assert Counter((devices[one.participant], one.text) for one in poll.responses) == Counter(intact)
    assert {devices[one.participant]: one.text for one in poll.responses if one.counts} == dict(intact)


def test_the_head_went_where_it_was_sent_before_and_after(polled: Polled) -> None:
    assert polled.arrived == [PODIUM, BOARD]


def _running(classroom: Classroom) -> set[str]:
    """Which of the two run, by their names in ``status``."""
    status = classroom.status()
    parts = {"clickers": status.get("clickers") or {}, **status.get("ptz", {})}
    return {name for name, part in parts.items() if part.get("state") == "running"}


@contextmanager
def _unheard(school_class: Class) -> Iterator[None]:
    """What is pressed now is lost, and known to be."""
    school_class.unheard.set()
    time.sleep(1.0)  # what was on its way is read
    yield
    school_class.unheard.clear()


@contextmanager
def _unbound(classroom: Classroom, port: str) -> Iterator[None]:
    """The port is taken from its driver, as if it had been pulled out, and given back."""
    guest = classroom.machine
    device = guest.sh(f"basename $(readlink -f /sys/class/tty/{port}/device)")
    guest.sh(f"echo {device} > {SERIAL_DRIVER}/unbind")
    yield
    guest.sh(f"echo {device} > {SERIAL_DRIVER}/bind")
