"""A class answers by an iClicker base under usbhid, a head turns behind cdc-acm; both are pulled out in mid-poll."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from drivers.clicker.simulation.protocols import IClickerProtocol
from tests.hil.cables import BaseCable, HeadCable
from tests.hil.classroom import config
from tests.hil.conftest import UsbClassroom
from tests.hil.polled_class import (
    BACK_S,
    BOARD,
    PODIUM,
    Head,
    Polled,
    SchoolClass,
    end_poll,
    running,
    seconds_until_back,
)
from tests.hil.usb.room import DEVICES

STUDENTS = 20
# An iClicker base is not told how many there are, so nobody presses one that is none.
CHOICES = 5
WITHIN_S = 20.0
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


@pytest.fixture(scope="module")
def school_class(usb_classroom: UsbClassroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SchoolClass]:
    """Twenty students with clickers."""
    cable = BaseCable(usb_classroom.room.functions.clickers.base, "base")
    log = tmp_path_factory.mktemp("class") / "truth.jsonl"
    within_s = usb_classroom.classroom.machine.scaled(WITHIN_S)
    there = SchoolClass(cable, IClickerProtocol(), STUDENTS, within_s, log)
    there.base.start()
    yield there
    there.base.close()


@pytest.fixture(scope="module")
def head(usb_classroom: UsbClassroom) -> Iterator[Head]:
    """The head behind the adapter; it has power of its own."""
    there = Head()
    link = there.connected_by(HeadCable(usb_classroom.room.functions.head.line, "head"))
    yield there
    link.close()


@pytest.fixture(scope="module")
def polled(usb_classroom: UsbClassroom, school_class: SchoolClass, head: Head, tmp_path_factory: Any) -> Polled:
    """A lesson with one poll, in the middle of which both are gone for a while."""
    classroom, room = usb_classroom.classroom, usb_classroom.room
    guest = classroom.machine
    room.plug_in("teacher", "students", "ceiling", "clickers", "head")
    classroom.write_config(config(devices=DEVICES, more=MORE))
    classroom.restart()
    classroom.wait_until_ready()
    guest.wait(lambda: running(classroom) == {"clickers", "teacher"}, 60, "clickers and head running")
    lesson = classroom.begin_lesson()
    classroom.request("ptz-recall", role="teacher", preset="podium")
    classroom.request("poll-open", poll={"kind": "single", "choices": CHOICES})
    guest.wait(lambda: len(school_class.presses()) >= STUDENTS // 3, 30, "a third of the class")

    school_class.stop_hearing()
    room.pull_out("clickers", "head")
    guest.wait(lambda: not running(classroom), 20, "clickers and head missing")
    lamp = classroom.lit("recording")
    time.sleep(1.0)
    room.plug_in("clickers", "head")
    back_s = seconds_until_back(classroom, dict.fromkeys(("clickers", "teacher"), time.monotonic_ns()))
    school_class.unheard.clear()
    classroom.request("ptz-recall", role="teacher", preset="board")
    guest.wait(lambda: len({press["device"] for press in school_class.presses()}) == STUDENTS, 60, "everybody")
    time.sleep(2.0)
    book = end_poll(classroom, lesson, tmp_path_factory.mktemp("spool"))
    return Polled(book, school_class.presses(), head.arrived, lamp, back_s)


def test_both_are_back_at_once_and_the_lesson_did_not_notice(usb_classroom: UsbClassroom, polled: Polled) -> None:
    print("back after", {role: f"{seconds:.1f} s" for role, seconds in polled.back_s.items()})
    assert polled.lamp
    assert max(polled.back_s.values()) < usb_classroom.classroom.machine.scaled(BACK_S)


def test_every_answer_that_reached_the_wire_is_in_the_ledger_once(polled: Polled) -> None:
    polled.assert_answers_in_ledger()


def test_the_head_went_where_it_was_sent_before_and_after(usb_classroom: UsbClassroom, polled: Polled) -> None:
    assert polled.arrived == [PODIUM, BOARD]
    assert usb_classroom.room.functions.head.baud == 9600


def test_the_command_line_finds_them(usb_classroom: UsbClassroom, polled: Polled) -> None:
    told = usb_classroom.classroom.machine.sh("classroom-edge devices", 120)
    print(told)
    assert "S-0001" in told
