"""The calibration on a real kernel: its lease, the gain of a USB microphone, and which device is which."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import pytest
from scoreboard import Scoreboard

from tests.hil.classroom import READY_S, ROLES, config
from tests.hil.conftest import UsbClassroom
from tests.hil.usb.room import DEVICES, MICROPHONE, camera

# SciPy alone takes an emulated machine ten seconds to import.
STEP_S = 240.0
BACK_S = 5.0
_ANSWERS = """
[gain]
speech-ceiling = true
"""


@pytest.fixture(scope="module")
def room(usb_classroom: UsbClassroom) -> UsbClassroom:
    """Everything is plugged in, and nothing is recorded."""
    classroom = usb_classroom.classroom
    usb_classroom.room.plug_in("teacher", "students", "ceiling")
    classroom.write_config(config(devices=DEVICES, more="[web]\nenabled = false\n"))
    classroom.restart()
    classroom.wait_until_ready(ROLES)
    return usb_classroom


def _states(room: UsbClassroom) -> set[str]:
    return {device["state"] for device in room.classroom.status()["devices"].values()}


def test_a_check_finds_the_devices_by_their_serial_numbers_and_gives_them_back(room: UsbClassroom) -> None:
    guest = room.classroom.machine
    done = guest.run("classroom-edge calibrate --check roles storage --json", guest.scaled(STEP_S))
    report = json.loads(done.out)
    print(done.code, done.err[-2000:])
    assert done.code in (0, 1), done
    assert report["skipped"] == ""
    devices = {device["role"]: device for device in report["results"]["steps"]["roles"]["devices"]}
    assert {role: devices[role]["serial"] for role in ("teacher", "students", "ceiling")} == {
        "teacher": "CAM-0001",
        "students": "CAM-0002",
        "ceiling": "MIC-0001",
    }
    guest.wait(lambda: _states(room) == {"running"}, BACK_S, "every device running again")


@dataclass(frozen=True)
class Gain:
    """What the gain was set to, and what the card had then and when it was put back with another gain; dB."""

    written_db: float
    set_db: float
    put_back_db: float


@pytest.fixture(scope="module")
def gain(room: UsbClassroom) -> Gain:
    """The gain is calibrated; then the microphone is pulled out and put back with another gain."""
    guest, microphone = room.classroom.machine, room.room.functions.ceiling
    guest.write("/tmp/answers.toml", _ANSWERS)
    done = guest.run("classroom-edge calibrate gain --answers /tmp/answers.toml", guest.scaled(STEP_S))
    print(done.out[-3000:], done.err[-1000:])
    assert done.code in (0, 1)
    written = guest.sh("cat /etc/classroom-edge/room.toml").partition("capture_gain_db = ")[2].split()
    set_db = microphone.volume_db
    # The services start again with it.
    room.classroom.wait_until_ready(ROLES)
    room.room.pull_out("ceiling")
    microphone.volume_db = -20.0
    guest.wait(lambda: "ceiling" not in room.classroom.running(), BACK_S, "the microphone is missing")
    room.room.plug_in("ceiling")
    room.classroom.wait_until_ready(ROLES)
    return Gain(float(written[0]), set_db, microphone.volume_db)


def test_the_gain_of_the_card_is_set_kept_in_room_toml_and_set_again(gain: Gain) -> None:
    assert gain.set_db == pytest.approx(gain.written_db, abs=0.3)
    assert gain.put_back_db == pytest.approx(gain.written_db, abs=0.3)


def test_a_camera_set_for_another_mains_frequency_is_told_the_right_one(room: UsbClassroom) -> None:
    classroom, guest, controls = room.classroom, room.classroom.machine, room.room.functions.teacher.controls
    abroad = camera("teacher", 'serial = "CAM-0001"\npower_line_hz = 60') + camera("students", 'serial = "CAM-0002"')
    classroom.write_config(config(devices=abroad + MICROPHONE, more="[web]\nenabled = false\n"))
    classroom.restart()
    classroom.wait_until_ready(ROLES)
    assert controls.power_line_hz == 60
    guest.write("/tmp/answers.toml", "")
    done = guest.run("classroom-edge calibrate picture --answers /tmp/answers.toml", guest.scaled(STEP_S))
    print(done.out[-3000:], done.err[-1000:])
    assert done.code in (0, 1)
    assert "power_line_hz = 50" in guest.sh("cat /etc/classroom-edge/room.toml")
    # When the recorder has started again.
    guest.wait(lambda: controls.power_line_hz == 50, READY_S, "the camera is told")
    classroom.wait_until_ready(ROLES)


def test_the_room_is_ready_after_the_calibration_is_killed(room: UsbClassroom, scoreboard: Scoreboard) -> None:
    guest = room.classroom.machine
    guest.sh("systemd-run --unit=trial --collect classroom-edge calibrate --check picture")
    guest.wait(lambda: _states(room) == {"lent"}, STEP_S, "the devices are lent")
    guest.sh("systemctl kill --signal=KILL trial")
    killed_s = time.monotonic()
    guest.wait(lambda: _states(room) == {"running"}, 2 * BACK_S, "every device running again")
    scoreboard.record("hil-calibration-killed", back_s=time.monotonic() - killed_s)


def test_a_press_begins_the_lesson_and_ends_the_calibration(room: UsbClassroom, scoreboard: Scoreboard) -> None:
    classroom, guest = room.classroom, room.classroom.machine
    guest.sh("systemd-run --unit=trial --collect classroom-edge calibrate --check picture")
    guest.wait(lambda: _states(room) == {"lent"}, STEP_S, "the devices are lent")
    pressed_s = time.monotonic()
    classroom.press("lesson")
    guest.wait(lambda: classroom.lit("recording"), 2 * BACK_S, "the recording lamp lit")
    scoreboard.record("hil-calibration-pressed", back_s=time.monotonic() - pressed_s)
    guest.wait(lambda: guest.run("systemctl is-active trial").code != 0, 2 * BACK_S, "the calibration has ended")
    guest.wait(lambda: _states(room) == {"running"}, 2 * BACK_S, "every device in the lesson")
    classroom.end_lesson()
