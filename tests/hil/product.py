"""The product as a technician brings it: one file on a stick, installed into the guest without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.hil.cache import Say, cached, digest, files
from tests.hil.disks import layer, stick
from tests.hil.images import fresh_box
from tests.hil.machine import Machine
from tests.hil.qemu import Wiring

_SOURCE = Path(__file__).resolve().parents[2]
_CODE = ("drivers", "pipelines", "edge")
_FILES = ("setup.py", "pyproject.toml", "calibrate.py", "LICENSE", "NOTICE", "docs/operations.md")
_INSTALL_S = 600.0
STICK = "STICK"
DISK = "root.qcow2"
FACTS = "facts.json"

# What somebody at the school wrote and recorded before the upgrade.
_KEPT = """
set -e
sed -i 's/^room = .*/room = "r204"/' /etc/classroom-edge/config.toml
mkdir -p /var/lib/classroom-edge/spool/r204-0000-000001
echo kept > /var/lib/classroom-edge/spool/r204-0000-000001/precious
chown -R classroom-edge: /var/lib/classroom-edge/spool
"""
# What an upgrade must not touch.
LOOK = """
cd /
sha256sum /etc/classroom-edge/config.toml
find /var/lib/classroom-edge/spool/r204-0000-000001 -type f -exec sha256sum {} +
stat -c '%a %U %G %n' /etc/classroom-edge/config.toml /var/lib/classroom-edge
"""


def bundle(say: Say) -> Path:
    """The file that ``make bundle`` makes of the source as it is now."""

    def build(folder: Path) -> None:
        folder.mkdir()
        make = ["nice", "-n", "10", "sh", "systemd/bundle.sh", "file", str(folder)]
        subprocess.run(make, cwd=_SOURCE, check=True)

    (file,) = cached("bundle", _source_digest(), build, say).glob("*.run")
    return file


def box_before(say: Say) -> Path:
    """The disk of a box on which an older version runs: the bundle of the day the dependencies last changed."""
    box = fresh_box(say)

    def build(folder: Path) -> None:
        folder.mkdir()
        _install(layer(box / "rootfs.qcow2", folder / DISK), box, folder, say)

    dependencies = [(name, (_SOURCE / name).read_bytes()) for name in ("setup.py", "systemd/debian-packages")]
    return cached("installed", digest([*dependencies, ("box", box.name.encode())]), build, say)


def box_today(say: Say) -> Path:
    """The disk of a box that was upgraded to the source as it is now, and what the upgrade did to it."""
    box, before = fresh_box(say), box_before(say)

    def build(folder: Path) -> None:
        folder.mkdir()
        facts = _install(layer(before / DISK, folder / DISK), box, folder, say)
        (folder / FACTS).write_text(json.dumps(facts, indent=1))

    parts = [("source", _source_digest().encode()), ("before", before.name.encode())]
    return cached("today", digest(parts), build, say)


def product_stick(folder: Path, disk: Path, say: Say) -> Path:
    """A stick with the bundle; ``folder`` is for putting it together."""
    content = folder / "stick"
    content.mkdir()
    shutil.copy(bundle(say), content / "classroom-edge.run")
    return stick(content, disk)


def mount_stick(machine: Machine) -> None:
    """Put the stick in."""
    machine.sh(f"mkdir -p /media/stick && mount -o ro /dev/disk/by-id/virtio-{STICK} /media/stick")


def install(machine: Machine, arguments: str = "") -> float:
    """Run the bundle from the stick; how many seconds it took."""
    began_s = time.monotonic()
    machine.sh(f"sh /media/stick/classroom-edge.run {arguments}", _INSTALL_S)
    return time.monotonic() - began_s


def _install(disk: Path, box: Path, folder: Path, say: Say) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as work:
        wiring = Wiring(disk, box, {STICK: product_stick(Path(work), Path(work) / "stick.raw", say)})
        with Machine(wiring, folder) as machine:
            machine.start()
            say(f"the guest is up after {machine.seconds_on:.0f} s; installing")
            mount_stick(machine)
            if machine.run("test -d /etc/classroom-edge").code == 0:
                machine.sh(_KEPT)
            before = machine.run(LOOK).out
            seconds = install(machine)
            say(f"installed in {seconds:.0f} s")
            after = machine.run(LOOK).out
            machine.sh("systemctl stop classroom-edge.target; sync", 90)
            machine.power_off()
    return {"before": before, "after": after, "seconds": seconds}


def _source_digest() -> str:
    parts = [(name, (_SOURCE / name).read_bytes()) for name in _FILES]
    for folder in (*_CODE, "systemd"):
        parts += [(f"{folder}/{name}", content) for name, content in files(_SOURCE / folder) if ".pyc " not in name]
    return digest(parts)
