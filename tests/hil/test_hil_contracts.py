"""What every camera, microphone and panel promises, asked of the kernel's devices inside the guest."""

from __future__ import annotations

import shutil
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.hil.classroom import PYTHON, Classroom
from tests.hil.disks import stick

_REPOSITORY = Path(__file__).resolve().parents[2]
# Pure Python, so that those of this environment run in the guest, too.
_PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pytest-asyncio", "pytest-timeout")
BROUGHT = "/media/contracts"
CAMERAS = "by-path/platform-vivid.0-video-index0,by-id/usb-HIL_Webcam_0001-video-index0"


@pytest.fixture(scope="module", autouse=True)
def brought(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The suites on a stick, plugged into the running guest; its devices are free."""
    content = tmp_path_factory.mktemp("contracts")
    shutil.copytree(_REPOSITORY / "tests/drivers", content / "tests/drivers")
    shutil.copy(_REPOSITORY / "pyproject.toml", content)
    for helper in (_REPOSITORY / "tests").glob("*.py"):
        if helper.name != "conftest.py":  # that is about the host
            shutil.copy(helper, content / "tests")
    for name in _PYTEST:
        _copy_distribution(name, content / "pytest")
    guest = classroom.machine
    guest.plug_in("CONTRACTS", stick(content, content.with_suffix(".raw")))
    guest.sh(f"mkdir -p {BROUGHT} && mount -o ro /dev/disk/by-id/virtio-CONTRACTS {BROUGHT}")
    guest.sh("systemctl stop classroom-edge.target", 60)


def _copy_distribution(name: str, folder: Path) -> None:
    for file in distribution(name).files or ():
        source = Path(str(file.locate()))
        if ".." not in file.parts and source.suffix != ".pyc":
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / file)


def _passes(classroom: Classroom, suite: str, words: str, environment: str) -> None:
    done = classroom.machine.run(
        f"cd {BROUGHT} && env {environment} PYTHONPATH={BROUGHT}/pytest PYTHONDONTWRITEBYTECODE=1"
        f" {PYTHON} -m pytest -q -p no:cacheprovider --basetemp=/run/hil/pytest -k '{words}' tests/drivers/{suite}",
        240,
    )
    print(done.out[-1500:])
    assert done.code == 0, done.out[-4000:] + done.err[-1000:]


def test_cameras_of_the_kernel(classroom: Classroom) -> None:
    _passes(classroom, "test_camera_contract.py", "v4l2", f"EDGE_TEST_CAMERAS={CAMERAS}")


def test_a_sound_card_of_the_kernel(classroom: Classroom) -> None:
    _passes(classroom, "test_microphone_contract.py", "card", "EDGE_TEST_CARDS=Ceiling,Lapel")


def test_the_pins_of_the_kernel(classroom: Classroom) -> None:
    _passes(classroom, "test_panel_pins.py", "Kernel", "EDGE_TEST_PINS=/run/hil/gpio")
