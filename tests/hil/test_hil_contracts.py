"""What every camera, microphone and panel promises, asked of the kernel's devices inside the guest."""

from __future__ import annotations

import pytest

from tests.hil.classroom import Classroom
from tests.hil.contracts import assert_passes, bring

CAMERAS = "by-path/platform-vivid.0-video-index0,by-id/usb-HIL_Webcam_0001-video-index0"


@pytest.fixture(scope="module", autouse=True)
def brought(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The suites are there, and the devices free."""
    bring(classroom, tmp_path_factory.mktemp("contracts"))


def test_cameras_of_the_kernel(classroom: Classroom) -> None:
    assert_passes(classroom, "test_camera_contract.py", "v4l2", f"EDGE_TEST_CAMERAS={CAMERAS}")


def test_a_sound_card_of_the_kernel(classroom: Classroom) -> None:
    assert_passes(classroom, "test_microphone_contract.py", "card", "EDGE_TEST_CARDS=Ceiling,Lapel")


def test_the_pins_of_the_kernel(classroom: Classroom) -> None:
    assert_passes(classroom, "test_panel_pins.py", "Kernel", "EDGE_TEST_PINS=/run/hil/gpio")
