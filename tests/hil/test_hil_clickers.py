"""Clickers on a serial port and a head on USB serial, driven from the host; both pulled out in mid-poll."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from seaweed import BUCKET, Seaweed

from drivers.clicker.simulation.link_faults import MessageFate
from drivers.clicker.simulation.protocols import Rf217Rf218Protocol
from drivers.ptz.simulation.lossy_link import LossyLink
from tests.hil.cables import BaseCable, HeadCable, connected
from tests.hil.classroom import Classroom, bucket, config
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

STUDENTS = 30
WITHIN_S = 12.0
HEAD = "HIL-PTZ"
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


class Adapter:
    """The USB serial adapter with the head behind it."""

    def __init__(self, socket: Path) -> None:
        self.head = Head()
        self._socket = socket
        self._link: LossyLink | None = None

    def plug_in(self) -> None:
        """Plug it in."""
        self._link = self.head.connected_by(HeadCable(connected(self._socket), HEAD))

    def pull_out(self) -> None:
        """Pull it out; again: nothing."""
        link, self._link = self._link, None
        if link is not None:
            link.close()


@pytest.fixture(scope="module")
def school_class(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SchoolClass]:
    """Thirty students with clickers, at the host's end of ttyS1."""
    cable = BaseCable(connected(classroom.machine.serial), "base")
    log = tmp_path_factory.mktemp("class") / "truth.jsonl"
    there = SchoolClass(cable, Rf217Rf218Protocol(RF218), STUDENTS, WITHIN_S, log, duplicates=0.1, corruption=0.01)
    there.base.start()
    yield there
    there.base.close()
    cable.close()


@pytest.fixture(scope="module")
def adapter(classroom: Classroom) -> Iterator[Adapter]:
    """The teacher's camera turns."""
    there = Adapter(classroom.machine.add_usb_serial(HEAD))
    there.plug_in()
    yield there
    there.pull_out()


@pytest.fixture(scope="module")
def polled(
    classroom: Classroom, store: Seaweed, school_class: SchoolClass, adapter: Adapter, tmp_path_factory: Any
) -> Polled:
    """A lesson with one poll, in the middle of which both are gone for a while."""
    guest = classroom.machine
    access = bucket(BUCKET, store.admin.access_key_id, store.admin.secret_access_key)
    classroom.write_config(config(access, more=DEVICES))
    guest.sh("systemctl restart classroom-controller", 60)
    guest.wait(lambda: running(classroom) == {"clickers", "teacher"}, 60, "clickers and head running")
    lesson = classroom.begin_lesson()
    classroom.request("ptz-recall", role="teacher", preset="podium")
    classroom.request("poll-open", poll={"kind": "single", "choices": 4})
    guest.wait(lambda: len(school_class.presses()) >= STUDENTS // 3, 30, "a third of the class")

    school_class.stop_hearing()
    with _unbound(classroom, "ttyS1"):
        adapter.pull_out()
        guest.wait(lambda: not running(classroom), 20, "clickers and head missing")
        lamp = classroom.lit("recording")
        time.sleep(1.0)
        head_ns = time.monotonic_ns()
        adapter.plug_in()
    school_class.unheard.clear()
    back_s = seconds_until_back(classroom, {"teacher": head_ns, "clickers": time.monotonic_ns()})
    classroom.request("ptz-recall", role="teacher", preset="board")
    guest.wait(lambda: len({press["device"] for press in school_class.presses()}) == STUDENTS, 30, "everybody")
    time.sleep(1.0)
    book = end_poll(classroom, lesson, tmp_path_factory.mktemp("spool"))
    return Polled(book, school_class.presses(), adapter.head.arrived, lamp, back_s)


def test_both_are_back_at_once_and_the_lesson_did_not_notice(classroom: Classroom, polled: Polled) -> None:
    print("back after", {role: f"{seconds:.1f} s" for role, seconds in polled.back_s.items()})
    assert polled.lamp
    assert max(polled.back_s.values()) < classroom.machine.scaled(BACK_S)


def test_every_answer_that_reached_the_wire_intact_is_in_the_ledger_once(polled: Polled) -> None:
    polled.assert_answers_in_ledger()
    (poll,) = polled.book.polls
    devices = {one.id: one.device for one in polled.book.participants}
    intact = [(press["device"], press["text"]) for press in polled.presses if press["fate"] == MessageFate.INTACT]
    assert Counter((devices[one.participant], one.text) for one in poll.responses) == Counter(intact)


def test_the_head_went_where_it_was_sent_before_and_after(polled: Polled) -> None:
    assert polled.arrived == [PODIUM, BOARD]


@contextmanager
def _unbound(classroom: Classroom, port: str) -> Iterator[None]:
    """The port is taken from its driver, as if it had been pulled out, and given back."""
    guest = classroom.machine
    device = guest.sh(f"basename $(readlink -f /sys/class/tty/{port}/device)")
    guest.sh(f"echo {device} > {SERIAL_DRIVER}/unbind")
    yield
    guest.sh(f"echo {device} > {SERIAL_DRIVER}/bind")
