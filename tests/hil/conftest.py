"""Fixtures of the virtual classroom: a store on the host, and a guest in which the product is ready."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from resources import adopt_orphans
from seaweed import BUCKET, Seaweed

from tests.hil.classroom import SPOOL, Classroom, bucket, config
from tests.hil.disks import blank, layer
from tests.hil.images import fresh_box
from tests.hil.machine import Machine
from tests.hil.prepare import say
from tests.hil.product import DISK, todays_box
from tests.hil.qemu import Wiring
from tests.hil.usb.bus import Bus
from tests.hil.usb.room import UsbRoom

TIMEOUT_S = 2400
READY = "ready"
BOARD_S = 120
DATA = "DATA"
DATA_MB = 96
ROOM_UNITS = "hil-webcam hil-voice-ceiling hil-voice-lapel"
_INSIDE = Path(__file__).with_name("inside")
_CLASSROOM = pytest.StashKey[Classroom]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An emulated machine takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed says whether the box was slow or the product wrong, and shows what the guest said last."""
    report = yield
    module = item.getparent(pytest.Module)
    classroom = module.stash.get(_CLASSROOM, None) if module is not None else None
    if report.failed and classroom is not None:
        report.sections.append(("the guest's last words", classroom.machine.last_words()))
        report.sections.append(("slow or wrong?", classroom.machine.verdict()))
    return report


@pytest.fixture(scope="session", autouse=True)
def orphans_of_the_machine() -> Iterator[None]:
    """QEMU leaves the process of each connection to the store to whoever adopts orphans; not to this process."""
    adopt_orphans(False)
    yield
    adopt_orphans()


@dataclass(frozen=True)
class ColdBoot:
    """The first start of the day: ``wiring`` of the machine, photographed when all devices delivered.

    Seconds count from the power switch: until the guest answered, until it was ready to record, and until the class
    board's page came. ``board`` is that page, ``logged_in`` is who was logged in, ``slowness`` that of the machine, see
    ``tests.hil.speed``.
    """

    wiring: Wiring
    answered_s: float
    ready_s: float
    board_s: float
    board: str
    logged_in: str
    slowness: float


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """A real S3 server on the host."""
    server = Seaweed(tmp_path_factory.mktemp("seaweed"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def cold_boot(store: Seaweed, tmp_path_factory: pytest.TempPathFactory) -> ColdBoot:
    """The installed box gets its config, is switched off, and then starts by itself."""
    folder = tmp_path_factory.mktemp("cold-boot")
    root = layer(todays_box(say) / DISK, folder / DISK)
    wiring = Wiring(root, fresh_box(say), {DATA: blank(folder / "data.qcow2", DATA_MB)}, store.port)
    with Machine(wiring, folder) as machine:
        machine.start()
        machine.sh("systemctl stop classroom-edge.target", 90)
        classroom = Classroom(machine)
        _bring_to_life(machine)
        machine.sh(f"rm -rf {SPOOL}/*")
        classroom.write_config(config(bucket(BUCKET, store.admin.access_key_id, store.admin.secret_access_key)))
        machine.power_off()
        machine.start()
        answered_s = machine.seconds_on
        classroom.wait_until_ready()
        ready_s = machine.seconds_on
        machine.wait(classroom.board_page, BOARD_S, "the class board's page")
        board_s, board = machine.seconds_on, classroom.board_page()
        logged_in = machine.sh("loginctl list-sessions --no-legend; who")
        machine.photograph(READY)
        slowness = machine.speed.slowness
    return ColdBoot(wiring, answered_s, ready_s, board_s, board, logged_in, slowness)


@pytest.fixture(scope="module")
def classroom(
    request: pytest.FixtureRequest, cold_boot: ColdBoot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Classroom]:
    """A guest of its own for each file, which goes on from the photograph: ready, and with nothing recorded."""
    folder = tmp_path_factory.mktemp("guest")
    with Machine(_copied(cold_boot.wiring, folder), folder) as machine:
        machine.start(READY)
        request.node.stash[_CLASSROOM] = Classroom(machine)
        yield request.node.stash[_CLASSROOM]
        del request.node.stash[_CLASSROOM]


@dataclass(frozen=True)
class UsbClassroom:
    """A guest as of ``classroom``, and the USB devices that can be plugged into it."""

    classroom: Classroom
    room: UsbRoom


@pytest.fixture(scope="module")
def usb_classroom(
    request: pytest.FixtureRequest, cold_boot: ColdBoot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[UsbClassroom]:
    """Its other cameras and sound cards have nothing to do."""
    folder = tmp_path_factory.mktemp("guest")
    with Bus() as bus, closing(UsbRoom(bus)) as room:
        wiring = replace(_copied(cold_boot.wiring, folder), usbip_port=room.usbip_port)
        with Machine(wiring, folder) as machine:
            machine.start(READY)
            request.node.stash[_CLASSROOM] = Classroom(machine)
            machine.sh(f"systemctl stop {ROOM_UNITS}", 60)
            room.wire(machine)
            yield UsbClassroom(request.node.stash[_CLASSROOM], room)
            del request.node.stash[_CLASSROOM]


def _bring_to_life(machine: Machine) -> None:
    """What writes the camera's pictures and speaks into the microphones, from now on at every boot."""
    for file in (path for path in _INSIDE.rglob("*.*") if path.suffix in (".py", ".service", ".slice")):
        machine.write(f"/opt/hil/inside/{file.relative_to(_INSIDE)}", file.read_text())
    units = "/opt/hil/inside/units"
    machine.sh(f"cd {units} && cp * /etc/systemd/system && systemctl daemon-reload && systemctl enable *.service")


def _copied(wiring: Wiring, folder: Path) -> Wiring:
    sticks = {name: _copy(disk, folder) for name, disk in wiring.sticks.items()}
    return replace(wiring, root=_copy(wiring.root, folder), sticks=sticks)


def _copy(disk: Path, folder: Path) -> Path:
    return Path(shutil.copy(disk, folder))
