"""A class answers by an iClicker base under usbhid, a head turns behind cdc-acm; both are pulled out in mid-poll."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.clicker.simulation.link_faults import MessageFate, MessageFaults
from drivers.clicker.simulation.protocols import IClickerProtocol
from drivers.clicker.simulation.simulated_base import SimulatedBase
from drivers.clicker.simulation.simulated_class import SimulatedClass
from drivers.ptz.simulation.device import HeadFault, ViscaDevice
from drivers.ptz.simulation.lossy_link import LinkFaults, LossyLink
from drivers.ptz.simulation.motion import HeadMotion
from drivers.ptz.simulation.transports import PlainCodec
from drivers.truth_log import TruthLog
from edge.school.poll_results import PollResults
from tests.hil.cables import BaseCable, HeadCable
from tests.hil.classroom import Classroom, config
from tests.hil.conftest import UsbClassroom
from tests.hil.machine import EMULATED
from tests.hil.usb.room import DEVICES

STUDENTS = 20
# An iClicker base is not told how many there are, so nobody presses one that is none.
CHOICES = 5
WITHIN_S = 20.0
BACK_S = 3.0 * EMULATED
PODIUM, BOARD = 1, 2
MORE = f"""
[roster]
share_names = true

[clickers]
driver = "iclicker"

[ptz.teacher]
driver = "visca-serial"
serial_port = "/dev/serial/by-id/usb-QinHeng_USB_Single_Serial_S-0001-if00"
presets = {{ podium = {PODIUM}, board = {BOARD} }}
"""


@dataclass(frozen=True)
class Polled:
    """What came of the poll: the box's book, every press and its fate, where the head went, who was back when."""

    book: PollResults
    presses: list[Mapping[str, Any]]
    arrived: list[int]
    lamp: bool
    back_s: dict[str, float]


class Class:
    """Students behind the base, which keeps nothing but them when it is pulled out."""

    def __init__(self, cable: BaseCable, log: Path, within_s: float) -> None:
        self.unheard = threading.Event()
        self._log = log
        dice = random.Random(1)
        speech = IClickerProtocol()
        students = SimulatedClass(speech.device_ids(STUDENTS, dice), dice, within_s * 1e3, second_thoughts=0.2)
        self.base = SimulatedBase(
            cable,
            speech,
            students,
            MessageFaults(dice, loss=0.0, duplicates=0.0, corruption=0.0),
            TruthLog(log),
            is_unplugged=lambda: False,
            is_silent=self.unheard.is_set,
            on_question=lambda _: None,
        )

    def presses(self) -> list[Mapping[str, Any]]:
        """Every answer, and its fate."""
        lines = map(json.loads, self._log.read_text().splitlines())
        return [line for line in lines if line["event"] == "answer"]


@pytest.fixture(scope="module")
def school_class(usb_classroom: UsbClassroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Twenty students with clickers."""
    cable = BaseCable(usb_classroom.room.functions.clickers.base, "base")
    log = tmp_path_factory.mktemp("class") / "truth.jsonl"
    there = Class(cable, log, usb_classroom.classroom.machine.scaled(WITHIN_S))
    there.base.start()
    yield there
    there.base.close()


@pytest.fixture(scope="module")
def arrived(usb_classroom: UsbClassroom) -> Iterator[list[int]]:
    """The presets that the head behind the adapter has reached; the head has power of its own."""
    reached: list[int] = []

    def note(_at_ns: int, what: str, more: Mapping[str, Any]) -> None:
        if what == "arrived":
            reached.append(more["preset"])

    head = ViscaDevice(1, HeadMotion(travel_s=1.0), note)
    cable = HeadCable(usb_classroom.room.functions.head.line, "head")
    link = LossyLink(head, cable, PlainCodec(), LinkFaults(), random.Random(1), lambda: HeadFault.NONE)
    yield reached
    link.close()


@pytest.fixture(scope="module")
def polled(usb_classroom: UsbClassroom, school_class: Class, arrived: list[int], tmp_path_factory: Any) -> Polled:
    """A lesson with one poll, in the middle of which both are gone for a while."""
    classroom, room = usb_classroom.classroom, usb_classroom.room
    guest = classroom.machine
    room.plug_in("teacher", "students", "ceiling", "clickers", "head")
    classroom.write_config(config(devices=DEVICES, more=MORE))
    classroom.restart()
    classroom.wait_until_ready()
    guest.wait(lambda: _running(classroom) == {"clickers", "teacher"}, 60, "clickers and head running")
    lesson = classroom.begin_lesson()
    classroom.request("ptz-recall", role="teacher", preset="podium")
    classroom.request("poll-open", poll={"kind": "single", "choices": CHOICES})
    guest.wait(lambda: len(school_class.presses()) >= STUDENTS // 3, 30, "a third of the class")

    school_class.unheard.set()
    time.sleep(1.0)  # what was on its way is read
    room.pull_out("clickers", "head")
    guest.wait(lambda: not _running(classroom), 20, "clickers and head missing")
    lamp = classroom.lit("recording")
    time.sleep(1.0)
    room.plug_in("clickers", "head")
    back_ns = time.monotonic_ns()
    back_s: dict[str, float] = {}
    while len(back_s) < 2:
        assert time.monotonic_ns() < back_ns + guest.scaled(60) * 1e9, f"only {set(back_s)} came back"
        for role in _running(classroom) - set(back_s):
            back_s[role] = (time.monotonic_ns() - back_ns) / 1e9
    school_class.unheard.clear()
    classroom.request("ptz-recall", role="teacher", preset="board")
    guest.wait(lambda: len({press["device"] for press in school_class.presses()}) == STUDENTS, 60, "everybody")
    time.sleep(2.0)
    classroom.request("poll-close")
    classroom.end_lesson()
    folder = classroom.fetch(tmp_path_factory.mktemp("spool"), lesson) / lesson
    book = PollResults.model_validate_json((folder / "polls.json").read_text())
    return Polled(book, school_class.presses(), arrived, lamp, back_s)


def test_both_are_back_at_once_and_the_lesson_did_not_notice(usb_classroom: UsbClassroom, polled: Polled) -> None:
    print("back after", {role: f"{seconds:.1f} s" for role, seconds in polled.back_s.items()})
    assert polled.lamp
    assert max(polled.back_s.values()) < usb_classroom.classroom.machine.scaled(BACK_S)


def test_every_answer_that_reached_the_wire_is_in_the_ledger_once(polled: Polled) -> None:
    (poll,) = polled.book.polls
    devices = {one.id: one.device for one in polled.book.participants}
    intact = [(press["device"], press["text"]) for press in polled.presses if press["fate"] == MessageFate.INTACT]
    fates = [press["fate"] for press in polled.presses]
    print(f"answers: {dict(Counter(fates))}")
    assert MessageFate.LOST in fates[fates.index(MessageFate.INTACT) : -1], "it was pulled out in mid-poll"
    assert fates[-1] == MessageFate.INTACT, "and put back"
    assert {devices[one.participant]: one.text for one in poll.responses if one.counts} == dict(intact)


def test_the_head_went_where_it_was_sent_before_and_after(usb_classroom: UsbClassroom, polled: Polled) -> None:
    assert polled.arrived == [PODIUM, BOARD]
    assert usb_classroom.room.functions.head.baud == 9600


def test_the_command_line_finds_them(usb_classroom: UsbClassroom, polled: Polled) -> None:
    told = usb_classroom.classroom.machine.sh("classroom-edge devices", 120)
    print(told)
    assert "S-0001" in told


def _running(classroom: Classroom) -> set[str]:
    """Which of the two run, by their names in ``status``."""
    status = classroom.status()
    parts = {"clickers": status.get("clickers") or {}, **status.get("ptz", {})}
    return {name for name, part in parts.items() if part.get("state") == "running"}
