"""The product as a technician brings it: one file on a stick, installed into the guest without a network."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

from tests.hil.cache import Say, cached, digest, files
from tests.hil.disks import layer, stick
from tests.hil.images import fresh_box
from tests.hil.machine import Machine
from tests.hil.qemu import Wiring

_SOURCE = Path(__file__).resolve().parents[2]
_CODE = ("drivers", "pipelines", "edge")
_FILES = ("setup.py", "pyproject.toml", "calibrate.py", "LICENSE", "NOTICE", "docs/operations.md")
_LOCKS = ("requirements/build.txt", "requirements/product.txt")
INSTALL_S = 900.0
"""How long an emulated box may take to install a release, and to go back to the one before it."""
STICK = "STICK"
DISK = "root.qcow2"
_MADE_OF = "made-of"

# Emulated, a new Python environment takes two minutes; for the day's tests the old one gets the day's code.
_TO_TODAY = """
set -e
mkdir /run/today
tail -n +$(awk '/^@END@$/ {print NR + 1; exit}' /media/stick/classroom-edge.run) /media/stick/classroom-edge.run |
	tar -C /run/today -x --wildcards --no-wildcards-match-slash --exclude='./debs' './wheels/classroom_edge-*' './*.*'
cd /run/today
export PYTHONPATH=$(echo /usr/share/python-wheels/pip-*.whl)
/opt/classroom-edge/current/bin/python -m pip install --quiet --no-index --no-deps --force-reinstall \
	wheels/classroom_edge-*
cp *.service *.socket *.path *.target *.slice /etc/systemd/system
"""


def bundle(say: Say) -> Path:
    """The file that ``make bundle`` makes of the source as it is now."""

    def build(folder: Path) -> None:
        folder.mkdir()
        make = ["nice", "-n", "10", "sh", "systemd/bundle.sh", "file", str(folder)]
        subprocess.run(make, cwd=_SOURCE, check=True)

    (file,) = cached("bundle", _source_digest(), build, say).glob("*.run")
    return file


def installed_box(say: Say) -> Path:
    """The disk of a box on which the bundle was installed, some day since what it brings besides code changed."""
    box = fresh_box(say)

    def build(folder: Path) -> None:
        folder.mkdir()
        with _with_stick(layer(box / "rootfs.qcow2", folder / DISK), folder, say) as machine:
            say(f"installed in {install(machine):.0f} s")
            machine.sh("systemctl stop classroom-edge.target", 90)
            machine.power_off()
        (folder / _MADE_OF).write_text(_source_digest())

    names = ["setup.py", *_LOCKS, *(f"systemd/{path.name}" for path in sorted((_SOURCE / "systemd").iterdir()))]
    kept = [
        name
        for name in names
        if name.endswith((".py", ".txt", ".sh", ".rules", ".conf", "debian-packages", "processes"))
    ]
    parts = [(name, (_SOURCE / name).read_bytes()) for name in kept]
    return cached("installed", digest([*parts, ("box", box.name.encode())]), build, say)


def todays_box(say: Say) -> Path:
    """The disk of that box with the code as it is now."""
    before = installed_box(say)
    if (before / _MADE_OF).read_text() == _source_digest():
        return before

    def build(folder: Path) -> None:
        folder.mkdir()
        with _with_stick(layer(before / DISK, folder / DISK), folder, say) as machine:
            machine.sh(_TO_TODAY, 240)
            machine.sh("systemctl stop classroom-edge.target", 90)
            machine.power_off()

    return cached(
        "today", digest([("source", _source_digest().encode()), ("before", before.name.encode())]), build, say
    )


def product_stick(folder: Path, disk: Path, say: Say, *, with_unready: bool = False) -> Path:
    """A stick with the bundle, and the unready release if asked for; ``folder`` is for putting it together."""
    content = folder / "stick"
    content.mkdir()
    shutil.copy(bundle(say), content / "classroom-edge.run")
    if with_unready:
        _unpack_unready(bundle(say), content / "unready")
    return stick(content, disk)


def _unpack_unready(bundle: Path, folder: Path) -> None:
    """The bundle's content without Debian packages, made a later release whose recorder never becomes ready.

    Its ledger has a table more, so that the controller migrates the one that is there.
    """
    payload = bundle.read_bytes().split(b"\n@END@\n", 1)[1]
    with tarfile.open(fileobj=io.BytesIO(payload)) as archive:
        wanted = [member for member in archive if not member.name.startswith("./debs/")]
        archive.extractall(folder, wanted, filter="data")
    (wheel,) = folder.glob("wheels/classroom_edge-*.whl")
    _append(wheel, "ledger/schema.py", b'\nMIGRATIONS += ("CREATE TABLE later (number INTEGER) STRICT;",)\n')
    requirements = folder / "requirements.txt"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    own_line = r"(?<=^classroom-edge==).*"
    text = requirements.read_text()
    version = wheel.name.split("-")[1]
    requirements.write_text(re.sub(own_line, f"{version} --hash=sha256:{digest}", text, flags=re.MULTILINE))
    recorder = folder / "classroom-recorder.service"
    recorder.write_text(re.sub("(?m)^ExecStart=.*", "ExecStart=/usr/bin/sleep infinity", recorder.read_text()))


def _append(wheel: Path, name_end: str, more: bytes) -> None:
    """Append bytes to the one file of the wheel whose name ends so."""
    with ZipFile(wheel) as old:
        content = {name: old.read(name) for name in old.namelist()}
    (name,) = (name for name in content if name.endswith(name_end))
    content[name] += more
    with ZipFile(wheel, "w") as new:
        for name, data in content.items():
            new.writestr(name, data)


def mount_stick(machine: Machine) -> None:
    """Put the stick in."""
    machine.sh(f"mkdir -p /media/stick && mount -o ro /dev/disk/by-id/virtio-{STICK} /media/stick")


def install(machine: Machine, arguments: str = "") -> float:
    """Run the bundle from the stick; how many seconds it took."""
    began_s = time.monotonic()
    machine.sh(f"sh /media/stick/classroom-edge.run {arguments}", INSTALL_S)
    return time.monotonic() - began_s


@contextmanager
def _with_stick(disk: Path, folder: Path, say: Say) -> Iterator[Machine]:
    """A guest with the stick in it."""
    with tempfile.TemporaryDirectory() as work:
        wiring = Wiring(disk, fresh_box(say), {STICK: product_stick(Path(work), Path(work) / "stick.raw", say)})
        with Machine(wiring, folder) as machine:
            machine.start()
            say(f"the guest is up after {machine.seconds_on:.0f} s")
            mount_stick(machine)
            yield machine


def _source_digest() -> str:
    parts = [(name, (_SOURCE / name).read_bytes()) for name in (*_FILES, *_LOCKS)]
    for folder in (*_CODE, "systemd"):
        parts += [(f"{folder}/{name}", content) for name, content in files(_SOURCE / folder) if ".pyc " not in name]
    return digest(parts)
