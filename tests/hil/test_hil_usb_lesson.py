"""A lesson from USB devices under the kernel's drivers: two UVC cameras, and a microphone with a clock of its own."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from drivers.camera.simulation.barcode import role_id
from pipelines.journal.entries import Gap
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.hil.classroom import ROLES, config
from tests.hil.conftest import UsbClassroom
from tests.hil.playing import assert_plays
from tests.hil.usb.room import DEVICES, FPS, TONE_HZ
from tests.hil.verdicts import assert_good
from tests.system import media

LESSON_S = 12.0
WINDOW_S = 0.1
CAMERAS = ("teacher", "students")


@pytest.fixture(scope="module")
def lesson(usb_classroom: UsbClassroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything is plugged in, and a lesson is recorded."""
    classroom, room = usb_classroom.classroom, usb_classroom.room
    room.plug_in("teacher", "students", "ceiling")
    classroom.write_config(config(devices=DEVICES))
    classroom.machine.sh("systemctl restart classroom-recorder", 60)
    classroom.wait_until_ready(ROLES)
    name = classroom.begin_lesson()
    time.sleep(LESSON_S)
    classroom.end_lesson()
    return classroom.fetch(tmp_path_factory.mktemp("spool"), name) / name


def test_the_kernels_drivers_took_them(usb_classroom: UsbClassroom, lesson: Path) -> None:
    guest = usb_classroom.classroom.machine
    drivers = guest.sh("cd /sys/bus/usb/drivers && ls -d */[0-9]*:*")
    print(drivers)
    assert drivers.count("uvcvideo/") == 4, "each has an interface for control and one for pictures"
    assert drivers.count("snd-usb-audio/") == 2


def test_the_receipt_is_good(usb_classroom: UsbClassroom, lesson: Path) -> None:
    assert_good(lesson, usb_classroom.classroom.machine.speed)


def test_the_pictures_are_those_of_the_cameras_in_their_order(lesson: Path) -> None:
    for role in CAMERAS:
        readings = [shown.reading for shown in media.pictures(lesson / f"{role}.m3u8") if shown.reading]
        assert {reading.role_id for reading in readings} == {role_id(role)}
        frames = [reading.frame for reading in readings]
        print(f"{role}: {len(set(frames))} pictures of {frames[-1] - frames[0] + 1}")
        assert frames == sorted(frames)
        assert len(set(frames)) > LESSON_S * FPS / 2


def test_the_tone_is_right_although_the_microphones_clock_is_not(lesson: Path) -> None:
    _, samples = media.sound(lesson / "sound.m3u8")
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    assert media.tone_hz(middle) == pytest.approx(TONE_HZ, rel=0.001)
    levels = media.levels(middle, WINDOW_S)
    silent_s = float((levels < levels.max() / 2).sum()) * WINDOW_S
    gaps = [gap for gap in filter_kinds(read_journal(lesson).entries, Gap) if gap.track == "sound"]
    told_s = sum(gap.to_ns - gap.from_ns for gap in gaps) / 1e9
    print(f"silent for {silent_s:.1f} s, of which the journal tells {told_s:.1f} s in {len(gaps)} holes")
    assert silent_s <= told_s + 2 * WINDOW_S * len(gaps), "it stops only where the journal says so"


def test_the_lesson_plays(lesson: Path) -> None:
    assert_plays(lesson)
