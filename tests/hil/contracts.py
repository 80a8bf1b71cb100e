"""The contract suites of the repository, brought into a guest on a stick and run there on the kernel's devices."""

from __future__ import annotations

import shutil
from importlib.metadata import distribution
from pathlib import Path

from tests.hil.classroom import PYTHON, Classroom
from tests.hil.disks import stick

_REPOSITORY = Path(__file__).resolve().parents[2]
# Pure Python, so that those of this environment run in the guest, too.
_PYTEST = ("pytest", "pluggy", "iniconfig", "packaging", "pytest-asyncio", "pytest-timeout")
_BROUGHT = "/media/contracts"
_SUITE_S = 240


def bring(classroom: Classroom, content: Path) -> None:
    """Plug the stick into the running guest and free its devices; ``content`` is an empty folder."""
    shutil.copytree(_REPOSITORY / "tests/drivers", content / "tests/drivers")
    shutil.copy(_REPOSITORY / "pyproject.toml", content)
    for helper in (_REPOSITORY / "tests").glob("*.py"):
        if helper.name != "conftest.py":  # that is about the host
            shutil.copy(helper, content / "tests")
    for name in _PYTEST:
        _copy_distribution(name, content / "pytest")
    guest = classroom.machine
    guest.plug_in("CONTRACTS", stick(content, content.with_suffix(".raw")))
    guest.sh(f"mkdir -p {_BROUGHT} && mount -o ro /dev/disk/by-id/virtio-CONTRACTS {_BROUGHT}")
    guest.sh("systemctl stop classroom-edge.target", 60)


def assert_passes(classroom: Classroom, suite: str, words: str, environment: str) -> None:
    """Run the tests of a suite that ``words`` choose; ``environment`` names the devices."""
    done = classroom.machine.run(
        f"cd {_BROUGHT} && env {environment} PYTHONPATH={_BROUGHT}/pytest PYTHONDONTWRITEBYTECODE=1"
        f" {PYTHON} -m pytest -q -p no:cacheprovider --basetemp=/run/hil/pytest -k '{words}' tests/drivers/{suite}",
        _SUITE_S,
    )
    print(done.out[-1500:])
    assert done.code == 0, done.out[-4000:] + done.err[-1000:]


def _copy_distribution(name: str, folder: Path) -> None:
    for file in distribution(name).files or ():
        source = Path(str(file.locate()))
        if ".." not in file.parts and source.suffix != ".pyc":
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / file)
