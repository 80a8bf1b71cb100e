"""An HDMI grabber whose cable is pulled out is told from one that breaks, and each comes back by itself."""

from __future__ import annotations

import pytest

from tests.hil.classroom import Classroom
from tests.hil.machine import EMULATED

NODE = "/dev/video0"
# The camera's second input is a grabber's; a picture that is small, so that the emulated machine keeps up.
GRABBER = f"v4l2-ctl -d {NODE} --set-input 1 --set-dv-bt-timings index=0"
SIGNAL, NO_SIGNAL = 0, 1
NOTICED_S = 5.0 * EMULATED
BACK_S = 3.0 * EMULATED


@pytest.fixture(scope="module", autouse=True)
def grabber(classroom: Classroom) -> None:
    """The teacher's camera is a grabber now."""
    guest = classroom.machine
    guest.sh("systemctl stop classroom-recorder", 60)
    guest.sh(GRABBER)
    guest.sh("systemctl start classroom-recorder", 60)
    classroom.wait_until_ready()


def test_no_signal_is_told_and_a_signal_is_taken_up_at_once(classroom: Classroom) -> None:
    guest = classroom.machine
    _set(classroom, "dv_timings_signal_mode", NO_SIGNAL)
    guest.wait(lambda: "no signal" in _teacher(classroom)["reason"], NOTICED_S, "no signal noticed")
    assert _teacher(classroom)["state"] == "missing"
    assert "no signal" in guest.run("classroom-edge devices", 90).out
    _set(classroom, "dv_timings_signal_mode", SIGNAL)
    back_s = guest.wait(lambda: _teacher(classroom)["state"] == "running", 60, "the grabber running")
    print(f"running {back_s:.1f} s after the signal was back")
    assert back_s < guest.scaled(BACK_S)


def test_a_grabber_that_breaks_is_opened_again(classroom: Classroom) -> None:
    guest = classroom.machine
    guest.sh("journalctl --rotate && journalctl --vacuum-time=1s")
    _set(classroom, "inject_fatal_streaming_error", 1)
    guest.wait(lambda: "teacher: missing" in _log(classroom), NOTICED_S, "the fault noticed")
    told = next(line for line in _log(classroom).splitlines() if "teacher: missing" in line)
    print(told)
    assert "no signal" not in told
    guest.wait(lambda: _teacher(classroom)["state"] == "running", 60, "the grabber running")


def _set(classroom: Classroom, control: str, value: int) -> None:
    classroom.machine.sh(f"v4l2-ctl -d {NODE} --set-ctrl {control}={value}")


def _teacher(classroom: Classroom) -> dict[str, str]:
    device: dict[str, str] = classroom.status()["devices"]["teacher"]
    return device


def _log(classroom: Classroom) -> str:
    return classroom.machine.sh("journalctl --unit classroom-recorder --output cat --no-pager")
