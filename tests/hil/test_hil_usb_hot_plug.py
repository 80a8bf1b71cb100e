"""USB cameras and a microphone are pulled out of the kernel's hands in mid-lesson and put back, one after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from drivers.camera.simulation.barcode import role_id
from pipelines.journal.entries import Cause
from tests.hil.classroom import ROLES, config
from tests.hil.conftest import UsbClassroom
from tests.hil.machine import EMULATED
from tests.hil.outages import Outage, assert_told, holes
from tests.hil.playing import assert_plays
from tests.hil.usb.room import DEVICES, MICROPHONE, UsbRoom, camera
from tests.system import media

AWAY_S = 3.0
LESSON_S = 8.0
BACK_S = 3.0 * EMULATED
# At half the rate, for as long as nobody pulled anything.
PICTURES = 20
TWINS = {"teacher": "left", "students": "right"}
PORTS = {str(port): name for name, port in UsbRoom.PORTS.items()}
CAMERAS = ("teacher", "students")
# The only microphone has no track of its own.
TRACKS = {"ceiling": "sound"}
ORDER = (*CAMERAS, "ceiling")


@dataclass(frozen=True)
class Gone:
    """The lesson in which that happened; ``outages`` in the order of ``ORDER``."""

    folder: Path
    outages: dict[str, Outage]


@pytest.fixture(scope="module")
def lesson(usb_classroom: UsbClassroom, tmp_path_factory: pytest.TempPathFactory) -> Gone:
    """Each is out for a while."""
    classroom, room = usb_classroom.classroom, usb_classroom.room
    room.plug_in(*ORDER)
    classroom.write_config(config(devices=DEVICES))
    classroom.machine.sh("systemctl restart classroom-recorder", 60)
    classroom.wait_until_ready(ROLES)
    name = classroom.begin_lesson()
    time.sleep(4.0)
    outages = {role: _pull(usb_classroom, role) for role in ORDER}
    time.sleep(4.0)
    classroom.end_lesson()
    return Gone(classroom.fetch(tmp_path_factory.mktemp("spool"), name) / name, outages)


def _pull(usb_classroom: UsbClassroom, role: str) -> Outage:
    classroom, room = usb_classroom.classroom, usb_classroom.room
    guest = classroom.machine
    out_ns = guest.now_ns()
    room.pull_out(role)
    guest.wait(lambda: classroom.status()["devices"][role]["state"] == "missing", 15, f"{role} missing")
    assert classroom.lit("recording"), "the lesson goes on"
    time.sleep(AWAY_S)
    in_ns = guest.now_ns()
    room.plug_in(role)
    guest.wait(lambda: role in classroom.running(), 60, f"{role} running again")
    time.sleep(2.0)
    return Outage(role, out_ns, in_ns)


@pytest.mark.parametrize("role", ORDER)
def test_it_is_back_in_its_role_at_once(
    usb_classroom: UsbClassroom, lesson: Gone, role: str, scoreboard: Scoreboard
) -> None:
    (span,) = media.spans(lesson.folder)
    out_s, in_s = (span.lesson_s(at_ns) for at_ns in (lesson.outages[role].out_ns, lesson.outages[role].in_ns))
    longest_s = usb_classroom.classroom.machine.scaled(BACK_S)
    lost_ms, back_s = assert_told(lesson.folder, TRACKS.get(role, role), out_s, in_s, longest_s)
    if role in CAMERAS:
        scoreboard.record("hil-usb-camera-unplugged", picture_ms=lost_ms, back_s=back_s)
    else:
        scoreboard.record("hil-usb-microphone-unplugged", sound_ms=lost_ms, back_s=back_s)


def test_what_is_shown_is_in_its_order_on_either_side(lesson: Gone) -> None:
    for role in CAMERAS:
        frames = [shown.reading.frame for shown in media.pictures(lesson.folder / f"{role}.m3u8") if shown.reading]
        print(f"{role}: {len(set(frames))} pictures of {frames[-1] - frames[0] + 1}")
        assert frames == sorted(frames), "while the camera is away its last one may be repeated"
        assert len(set(frames)) > PICTURES


@pytest.fixture(scope="module")
def twins(usb_classroom: UsbClassroom, lesson: Gone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson of two cameras that have no serial numbers, pulled out in its middle and put back in the other order."""
    classroom, room = usb_classroom.classroom, usb_classroom.room
    guest = classroom.machine
    room.pull_out(*CAMERAS)
    room.plug_in("right", "left")
    guest.wait(lambda: len(guest.sh("ls /dev/v4l/by-path").split()) > 2, 30, "the cameras' links")
    places = guest.sh("cd /dev/v4l && ls by-path/*usb*index0").split()
    by_port = {PORTS[place.split(":")[-2]]: place for place in places}
    cameras = "".join(camera(role, f'device = "{by_port[TWINS[role]]}"') for role in CAMERAS)
    classroom.write_config(config(devices=cameras + MICROPHONE))
    guest.sh("systemctl restart classroom-recorder", 60)
    classroom.wait_until_ready(ROLES)
    name = classroom.begin_lesson()
    time.sleep(LESSON_S)
    room.pull_out("left", "right")
    guest.wait(lambda: not classroom.running() & set(CAMERAS), 15, "both missing")
    room.plug_in("left", "right")
    guest.wait(lambda: classroom.running() >= ROLES, 60, "both running again")
    time.sleep(LESSON_S)
    classroom.end_lesson()
    return classroom.fetch(tmp_path_factory.mktemp("twins"), name) / name


def test_cameras_without_serial_numbers_are_told_apart_by_their_ports(twins: Path) -> None:
    for role in CAMERAS:
        shown = media.pictures(twins / f"{role}.m3u8")
        assert {one.reading.role_id for one in shown if one.reading} == {role_id(TWINS[role])}, role
        assert any(hole.cause is Cause.DEVICE for hole in holes(twins, role)), role


def test_the_lesson_plays(lesson: Gone) -> None:
    assert_plays(lesson.folder)
