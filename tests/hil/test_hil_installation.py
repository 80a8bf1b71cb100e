"""The technician's day, without a network: an upgrade, one that fails and goes back, and the product taken away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hil.classroom import PROCESSES, Classroom, unit
from tests.hil.disks import layer
from tests.hil.images import fresh_box
from tests.hil.machine import Machine
from tests.hil.prepare import say
from tests.hil.product import DISK, INSTALL_S, STICK, install, mount_stick, product_stick, todays_box
from tests.hil.qemu import Wiring

LEFT = ("/opt/classroom-edge", "/usr/local/bin/classroom-edge", "/etc/udev/rules.d/60-classroom-edge.rules")

# Prints the kind (EtherType) of every frame to one other machine; by mDNS the box tells its name to all of them.
UNICAST = """
systemd-run --quiet --unit=unicast python3 -uc '
import socket
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("eth0", 0))
print("listening")
while True:
    frame, (_, _, kind, *_) = wire.recvfrom(4096)
    if kind == socket.PACKET_OUTGOING and not frame[0] & 1:
        print(frame[12:14].hex())'
"""
HEARD = "journalctl --output=cat --identifier=python3 --unit=unicast"

# What somebody at the school wrote and recorded before the upgrade.
KEPT = """
set -e
sed -i 's/^room = .*/room = "r204"/' /etc/classroom-edge/config.toml
mkdir -p /var/lib/classroom-edge/spool/r204-0000-000001
echo kept > /var/lib/classroom-edge/spool/r204-0000-000001/precious
chown -R classroom-edge: /var/lib/classroom-edge/spool
"""
# What neither an upgrade nor an uninstallation may touch.
LOOK = """
cd /
sha256sum /etc/classroom-edge/config.toml
sha256sum /var/lib/classroom-edge/spool/r204-0000-000001/precious
stat -c '%a %U %G %n' /etc/classroom-edge/config.toml /var/lib/classroom-edge
"""

# The ledger's schema version, and the lessons in it.
LEDGER = """
python3 -c '
import sqlite3
ledger = sqlite3.connect("file:/var/lib/classroom-edge/ledger.db?mode=ro", uri=True)
print(*ledger.execute("PRAGMA user_version"), *ledger.execute("SELECT id FROM lessons"))'
"""
# What the pages answer before there is a password: the page for it, anything else, and that without TLS.
PAGES = """
python3 -c '
import http.client, ssl
def ask(connection, path):
    connection.request("GET", path)
    return connection.getresponse().status
trusting = ssl._create_unverified_context()
print(
    ask(http.client.HTTPSConnection("localhost", context=trusting), "/first-use"),
    ask(http.client.HTTPSConnection("localhost", context=trusting), "/account"),
    ask(http.client.HTTPConnection("localhost"), "/login"),
)'
"""
CONNECT = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
RELEASE = "readlink /opt/classroom-edge/current"
# Emulated, the processes take half a minute to start.
UNREADY = "CLASSROOM_EDGE_LANG=en CLASSROOM_EDGE_READY_S=120 sh /media/stick/unready/install.sh install"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    """A box with the stick in it, and with no network: nothing of the host can be reached."""
    folder = tmp_path_factory.mktemp("technician")
    stick = product_stick(folder, folder / "stick.raw", say, with_unready=True)
    wiring = Wiring(layer(todays_box(say) / DISK, folder / DISK), fresh_box(say), {STICK: stick})
    with Machine(wiring, folder) as machine:
        machine.start()
        mount_stick(machine)
        yield Classroom(machine)


def test_an_upgrade_keeps_config_and_lessons(classroom: Classroom) -> None:
    guest = classroom.machine
    guest.sh(KEPT)
    before = guest.sh(LOOK)
    guest.sh(UNICAST)
    guest.wait(lambda: guest.sh(HEARD) == "listening", 30, "somebody who listens")
    print(f"upgraded in {install(guest):.0f} s, emulated and without a network")
    assert guest.sh(HEARD) == "listening", "nobody even asked the network for anything"
    assert guest.sh(LOOK) == before
    for process in PROCESSES:
        assert guest.sh(f"systemctl is-active {unit(process)}") == "active"


def test_the_pages_answer_and_their_user_sees_the_lessons_and_nothing_else(classroom: Classroom) -> None:
    guest = classroom.machine
    assert guest.sh(PAGES) == "200 503 302"
    as_web = "runuser -u classroom-web -- "
    assert guest.sh(f"{as_web}cat /var/lib/classroom-edge/spool/r204-0000-000001/precious") == "kept"
    for path in ("/var/lib/classroom-edge/ledger.db", "/etc/classroom-edge/config.toml"):
        assert guest.run(f"{as_web}cat {path}").code, path
    for socket, code in (("pages/pages.sock", 0), ("controller.sock", 1), ("recorder.sock", 1)):
        assert guest.run(f"{as_web}python3 -c '{CONNECT}' /run/classroom-edge/{socket}").code == code, socket


def test_an_upgrade_keeps_the_release_before(classroom: Classroom) -> None:
    releases = classroom.machine.sh("ls -d /opt/classroom-edge/releases/*").split()
    in_use = classroom.machine.sh(RELEASE)
    replaced = classroom.machine.read("/opt/classroom-edge/replaced/release")
    assert in_use != replaced
    assert releases == sorted(f"/opt/classroom-edge/{release}" for release in (in_use, replaced))


def test_a_release_that_is_not_ready_gives_way_to_the_one_before(classroom: Classroom) -> None:
    guest = classroom.machine
    before = [guest.sh(what) for what in (LOOK, LEDGER, RELEASE)]
    done = guest.run(UNREADY, INSTALL_S)
    print(done.out, done.err)
    assert done.code == 1
    assert "the new version has started and is not ready" in done.err
    assert "The ledger is the copy from before the upgrade again" in done.out, "the controller had migrated it"
    assert "the version before is back" in done.out
    assert "is not ready yet either" not in done.out
    assert [guest.sh(what) for what in (LOOK, LEDGER, RELEASE)] == before
    for process in PROCESSES:
        assert guest.sh(f"systemctl is-active {unit(process)}") == "active"
    guest.sh("classroom-edge status")
    assert guest.sh("ls -d /opt/classroom-edge/releases/*") == f"/opt/classroom-edge/{before[2]}"


def test_uninstalling_leaves_config_and_lessons_and_nothing_else(classroom: Classroom) -> None:
    guest = classroom.machine
    before = guest.sh(LOOK)
    guest.sh("sh /media/stick/classroom-edge.run uninstall", 120)
    assert guest.sh(LOOK) == before
    for path in LEFT:
        assert guest.run(f"test -e {path}").code, path
    for process in PROCESSES:
        assert guest.run(f"systemctl cat {unit(process)}").code
    assert guest.run("pgrep -u classroom-edge").code, "nothing of it runs any more"
    guest.sh("sh /media/stick/classroom-edge.run uninstall", 120)
