"""The technician's day: a box is upgraded from a stick without a network, and the product is taken away again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.hil.classroom import Classroom, unit
from tests.hil.disks import layer
from tests.hil.images import fresh_box
from tests.hil.machine import Machine
from tests.hil.prepare import say
from tests.hil.product import DISK, FACTS, LOOK, STICK, box_today, mount_stick, product_stick
from tests.hil.qemu import Wiring

LEFT = ("/opt/classroom-edge", "/usr/local/bin/classroom-edge", "/etc/udev/rules.d/60-classroom-edge.rules")


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    """A box with the stick in it, and with no network: nothing of the host can be reached."""
    folder = tmp_path_factory.mktemp("technician")
    stick = product_stick(folder, folder / "stick.raw", say)
    wiring = Wiring(layer(box_today(say) / DISK, folder / DISK), fresh_box(say), {STICK: stick})
    with Machine(wiring, folder) as machine:
        machine.start()
        mount_stick(machine)
        yield Classroom(machine)


def test_an_upgrade_keeps_config_and_lessons() -> None:
    facts = json.loads((box_today(say) / FACTS).read_text())
    print(f"upgraded in {facts['seconds']:.0f} s, emulated and without a network")
    assert facts["before"] == facts["after"]
    assert "precious" in facts["after"]


def test_one_release_is_left_after_the_upgrade(classroom: Classroom) -> None:
    (release,) = classroom.machine.sh("ls /opt/classroom-edge/releases").split()
    assert classroom.machine.sh("readlink /opt/classroom-edge/current") == f"releases/{release}"


def test_uninstalling_leaves_config_and_lessons_and_nothing_else(classroom: Classroom) -> None:
    guest = classroom.machine
    before = guest.sh(LOOK)
    guest.sh("sh /media/stick/classroom-edge.run uninstall", 120)
    assert guest.sh(LOOK) == before
    for path in LEFT:
        assert guest.run(f"test -e {path}").code, path
    for process in ("recorder", "controller"):
        assert guest.run(f"systemctl cat {unit(process)}").code
    assert guest.run("pgrep -u classroom-edge").code, "nothing of it runs any more"
    guest.sh("sh /media/stick/classroom-edge.run uninstall", 120)
