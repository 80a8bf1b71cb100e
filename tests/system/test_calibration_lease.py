"""The calibration borrows the room's devices: a lesson, a death or a hang of either side gives them back in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from scoreboard import Scoreboard

from drivers.samples import Pattern
from edge.calibration.borrowed_devices import BorrowedDevices
from edge.calibration.interruptions import LoanUnavailable, TakenBack
from edge.calibration.lease import Lease
from edge.config.load import load
from tests.system.room import REPOSITORY, Room
from tests.waiting import pass_time, until

pytestmark = pytest.mark.realtime

READY_S = 5.0
LETS_GO_S = 1.0

# A calibration that borrows the devices, says so, and then does nothing at all, not even listen.
_BORROWER = """
import signal, sys, time
from pathlib import Path
from edge.calibration.lease import Lease
lease = Lease(Path(sys.argv[1]), lambda: time.sleep(60))
lease.borrow("calibrate")
print("lent", flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def lease(room: Room) -> Iterator[Lease]:
    room.start()
    devices = BorrowedDevices(load(room.file))
    with Lease(room.run, devices.close) as made:
        yield made
    devices.close()


def _states(room: Room) -> set[str]:
    return {device["state"] for device in room.status().get("devices", {}).values()}


def _after(act: Callable[[], None]) -> NoReturn:
    """Do something, and then nothing for ever: what comes interrupts it."""
    act()
    while True:
        pass_time(0.05)


def _borrower(room: Room) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _BORROWER, str(room.run)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "lent\n"
    return child


def test_borrowed_devices_are_lent_and_come_back_by_themselves(room: Room, lease: Lease) -> None:
    lease.borrow("calibrate")
    assert _states(room) == {"lent"}
    assert room.status()["calibration"] == ""
    assert room.eyes("recorder") == {"recording": "short-blink"}, "whoever is in the room sees that cameras are used"
    devices = BorrowedDevices(load(room.file))
    pictures: list[int] = []
    with devices.watch("teacher", lambda _form, picture: pictures.append(picture.captured_ns)):
        until(lambda: len(pictures) > 5, READY_S, lambda: str(len(pictures)))
    devices.close()
    lease.close()
    room.wait(lambda: _states(room) == {"running"}, READY_S)
    assert room.status().get("calibration") is None


def test_a_press_takes_them_back_and_the_lesson_has_them(room: Room, lease: Lease, scoreboard: Scoreboard) -> None:
    lease.borrow("calibrate")
    begun_s = time.monotonic()
    with pytest.raises(TakenBack) as caught:
        _after(lambda: room.press("lesson"))
    let_go_s = time.monotonic() - begun_s
    assert caught.value.reason == "lesson"
    lease.close()
    room.wait(lambda: room.eyes("recorder").get("recording") == "on", READY_S)
    scoreboard.record("calibration-lesson-pressed", back_s=time.monotonic() - begun_s)
    assert let_go_s < LETS_GO_S + 0.5
    room.wait(lambda: _states(room) == {"running"}, READY_S)
    room.end_lesson()


def test_a_calibration_that_does_not_let_go_is_killed(room: Room) -> None:
    room.start()
    child = _borrower(room)
    room.press("lesson")
    assert child.wait(LETS_GO_S + 4.0) == -signal.SIGKILL
    room.wait(lambda: _states(room) == {"running"}, READY_S)
    assert child.stdout is not None
    child.stdout.close()


def test_the_room_is_ready_again_after_a_calibration_is_killed(room: Room, scoreboard: Scoreboard) -> None:
    room.start()
    child = _borrower(room)
    child.kill()
    killed_s = time.monotonic()
    child.communicate()
    room.wait(lambda: _states(room) == {"running"}, READY_S)
    scoreboard.record("calibration-killed", back_s=time.monotonic() - killed_s)


def test_the_recorder_takes_them_back_when_the_controller_is_killed(room: Room, lease: Lease) -> None:
    lease.borrow("calibrate")
    killed_s = time.monotonic()
    with pytest.raises(TakenBack) as caught:
        _after(lambda: room.kill("controller"))
    assert caught.value.reason == "no-controller"
    room.processes["controller"].wait()
    room.launch("controller")
    room.wait(lambda: _states(room) == {"running"}, READY_S + 2.0)
    print(f"running again after {time.monotonic() - killed_s:.1f} s")


def test_nothing_is_lent_while_a_lesson_runs_or_to_a_second_one(room: Room, lease: Lease) -> None:
    lease.borrow("calibrate")
    with pytest.raises(LoanUnavailable, match="borrowed-already"), Lease(room.run, lambda: None) as second:
        second.borrow("check")
    assert _states(room) == {"lent"}
    lease.close()
    room.begin_lesson()
    with pytest.raises(LoanUnavailable, match="lesson-running"), Lease(room.run, lambda: None) as third:
        third.borrow("check")
    room.end_lesson()


def test_a_tried_button_begins_no_lesson_and_lamps_show_what_is_asked(room: Room, lease: Lease) -> None:
    lease.borrow("calibrate")
    with lease.panel_trial(20.0):
        lease.show_lamp("recording", Pattern.ON)
        lease.show_lamp("status", Pattern.AMBER)
        room.wait(lambda: room.eyes("recorder").get("recording") == "on", READY_S)
        room.wait(lambda: room.eyes("controller").get("status") == "amber", READY_S)
        pass_time(0.2)
        room.press("lesson")
        edges = [lease.next_button(2.0), lease.next_button(2.0)]
        assert [(edge.name, edge.pressed) for edge in edges if edge] == [("lesson", True), ("lesson", False)]
        assert room.status()["state"] == "idle"
    room.wait(lambda: room.eyes("recorder").get("recording") == "short-blink", READY_S)
    assert room.lessons() == []


def test_settings_are_taken_up_when_the_calibration_ends(room: Room, lease: Lease) -> None:
    lease.borrow("calibrate")
    room.file.with_name("room.toml").write_text("[cameras.teacher]\nlatency_ms = 40\n[room]\nname = 'Two'\n")
    lease.take_up_settings()
    lease.close()
    for process in ("recorder", "controller"):
        assert room.processes[process].wait(10) == 0, "systemd starts it again, with the new config"
        room.launch(process)
    room.wait(lambda: _states(room) == {"running"}, 30)
