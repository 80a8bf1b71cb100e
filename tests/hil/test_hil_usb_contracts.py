"""What every camera, microphone and clicker base promises, asked of USB devices under the kernel's own drivers."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from drivers.clicker.simulation.link_faults import MessageFaults
from drivers.clicker.simulation.protocols import IClickerProtocol
from drivers.clicker.simulation.simulated_base import SimulatedBase
from drivers.clicker.simulation.simulated_class import SimulatedClass
from drivers.truth_log import TruthLog
from tests.hil.cables import BaseCable
from tests.hil.conftest import UsbClassroom
from tests.hil.contracts import assert_passes, bring

STUDENTS = 5
WITHIN_MS = 100.0


@pytest.fixture(scope="module", autouse=True)
def brought(usb_classroom: UsbClassroom, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The suites are there, everything is plugged in, and nobody uses it."""
    usb_classroom.room.plug_in("teacher", "students", "ceiling", "clickers", "left", "right")
    bring(usb_classroom.classroom, tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def students(usb_classroom: UsbClassroom) -> Iterator[None]:
    """Five students who answer at once."""
    dice, speech = random.Random(1), IClickerProtocol()
    base = SimulatedBase(
        BaseCable(usb_classroom.room.functions.clickers.base, "base"),
        speech,
        SimulatedClass(speech.device_ids(STUDENTS, dice), dice, WITHIN_MS, second_thoughts=0.0),
        MessageFaults(dice, loss=0.0, duplicates=0.0, corruption=0.0),
        TruthLog(None),
        is_unplugged=lambda: False,
        is_silent=lambda: False,
        on_question=lambda _: None,
    )
    base.start()
    yield
    base.close()


def test_cameras_with_and_without_a_serial_number(usb_classroom: UsbClassroom) -> None:
    links = usb_classroom.classroom.machine.sh("cd /dev/v4l && ls -d by-*/*usb*index0").split()
    by_id = [link for link in links if link.startswith("by-id") and "CAM-000" in link]
    by_path = [link for link in links if link.endswith(("-usb-0:5:1.0-video-index0", "-usb-0:6:1.0-video-index0"))]
    assert (len(by_id), len(by_path)) == (2, 2), links
    cameras = ",".join([*by_id, *by_path])
    assert_passes(usb_classroom.classroom, "test_camera_contract.py", "v4l2", f"EDGE_TEST_CAMERAS={cameras}")


def test_a_microphone_with_a_clock_of_its_own(usb_classroom: UsbClassroom) -> None:
    card = usb_classroom.classroom.machine.sh("cd /dev/snd/by-id && ls -d *MIC-0001*")
    assert_passes(usb_classroom.classroom, "test_microphone_contract.py", "card", f"EDGE_TEST_CARDS=by-id/{card}")


def test_the_gain_of_a_microphone(usb_classroom: UsbClassroom) -> None:
    card = usb_classroom.classroom.machine.sh("cd /dev/snd/by-id && ls -d *MIC-0001*")
    assert_passes(usb_classroom.classroom, "test_microphone_gain_contract.py", "card", f"EDGE_TEST_CARDS=by-id/{card}")


@pytest.mark.usefixtures("students")
def test_a_clicker_base(usb_classroom: UsbClassroom) -> None:
    assert_passes(usb_classroom.classroom, "test_clicker_contract.py", "kernel", "EDGE_TEST_ICLICKER=1")
