"""What goes wrong on a USB cable, one after the other in one lesson: it goes on, and its papers say what happened."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scoreboard import Scoreboard

from pipelines.receipt.findings import FindingCode
from tests.hil.classroom import ROLES, config
from tests.hil.conftest import UsbClassroom
from tests.hil.machine import EMULATED
from tests.hil.outages import assert_told
from tests.hil.playing import assert_plays
from tests.hil.usb.room import DEVICES, FPS
from tests.system import media

FAULT_S = 5.0
# A picture that stands still is one after ten seconds only.
FROZEN_S = 14.0
# A reader is told of a fault when nothing has come for two seconds, and opens the device again.
BACK_S = 3.0 * EMULATED
NO_PICTURES = ("halted", "broken", "silent", "bad_header", "error_bit")
PICTURES = ("short", "frozen", "bursts")
TOLD = {"short": FindingCode.DAMAGED_PICTURES, "frozen": FindingCode.FROZEN}
NO_SOUND = ("empty", "broken")


@dataclass(frozen=True)
class Fault:
    """A fault from one moment to the other, both on the guest's CLOCK_MONOTONIC; ``back_s`` later all was well."""

    from_ns: int
    until_ns: int
    back_s: float


@dataclass(frozen=True)
class Gone:
    """The lesson in which all that happened, by the names of faults."""

    folder: Path
    receipt: dict[str, Any]
    camera: dict[str, Fault]
    microphone: dict[str, Fault]


@pytest.fixture(scope="module")
def lesson(usb_classroom: UsbClassroom, tmp_path_factory: pytest.TempPathFactory) -> Gone:
    """One fault after the other, each for a while."""
    classroom, room = usb_classroom.classroom, usb_classroom.room
    room.plug_in("teacher", "students", "ceiling")
    classroom.write_config(config(devices=DEVICES))
    classroom.machine.sh("systemctl restart classroom-recorder", 60)
    classroom.wait_until_ready(ROLES)
    name = classroom.begin_lesson()
    time.sleep(3.0)
    camera = {fault: _suffered(usb_classroom, "teacher", fault) for fault in (*NO_PICTURES, *PICTURES)}
    microphone = {fault: _suffered(usb_classroom, "ceiling", fault) for fault in NO_SOUND}
    time.sleep(3.0)
    classroom.end_lesson()
    folder = classroom.fetch(tmp_path_factory.mktemp("spool"), name) / name
    return Gone(folder, json.loads((folder / "receipt.json").read_text()), camera, microphone)


def _suffered(usb_classroom: UsbClassroom, role: str, fault: str) -> Fault:
    classroom = usb_classroom.classroom
    guest = classroom.machine
    faults = getattr(usb_classroom.room.functions, role).faults
    from_ns, began_s = guest.now_ns(), time.monotonic()
    setattr(faults, fault, True)
    time.sleep(FROZEN_S if fault == "frozen" else FAULT_S)
    assert classroom.lit("recording"), "the lesson goes on"
    setattr(faults, fault, False)
    # A guest that is busy with USB takes seconds to say what time it is, which would count as part of the fault.
    until_ns = from_ns + round((time.monotonic() - began_s) * 1e9)
    back_s = guest.wait(lambda: role in classroom.running(), 60, f"{role} running after {fault}")
    print(f"{role}, {fault}: running {back_s:.1f} s after it was over")
    time.sleep(2.0)
    return Fault(from_ns, until_ns, back_s)


@pytest.mark.parametrize("fault", NO_PICTURES)
def test_a_camera_that_gives_no_pictures_leaves_a_hole_and_comes_back(
    usb_classroom: UsbClassroom, lesson: Gone, fault: str, scoreboard: Scoreboard
) -> None:
    lost_ms, back_s = _assert_told(usb_classroom, lesson, "teacher", lesson.camera[fault])
    scoreboard.record("hil-usb-camera-faults", picture_ms=lost_ms, back_s=back_s)


@pytest.mark.parametrize("fault", NO_SOUND)
def test_a_microphone_that_gives_no_sound_leaves_a_hole_and_comes_back(
    usb_classroom: UsbClassroom, lesson: Gone, fault: str, scoreboard: Scoreboard
) -> None:
    lost_ms, back_s = _assert_told(usb_classroom, lesson, "sound", lesson.microphone[fault])
    scoreboard.record("hil-usb-microphone-faults", sound_ms=lost_ms, back_s=back_s)


def test_time_never_goes_back_in_whatever_order_pictures_come(lesson: Gone) -> None:
    shown = [one for one in media.pictures(lesson.folder / "teacher.m3u8") if one.reading]
    assert all(before.seconds < after.seconds for before, after in itertools.pairwise(shown))
    frames = [one.reading.frame for one in shown if one.reading]
    backwards = [(before, after) for before, after in itertools.pairwise(frames) if after < before]
    print(f"{len(frames)} pictures, backwards: {backwards}")


def test_the_other_camera_goes_on_all_the_time(lesson: Gone) -> None:
    (span,) = media.spans(lesson.folder)
    shown = media.pictures(lesson.folder / "students.m3u8")
    for name, fault in [*lesson.camera.items(), *lesson.microphone.items()]:
        from_s, until_s = span.lesson_s(fault.from_ns), span.lesson_s(fault.until_ns)
        frames = {one.reading.frame for one in shown if one.reading and from_s < one.seconds < until_s}
        print(f"{name}: {len(frames)} pictures of the other camera in {until_s - from_s:.1f} s")
        assert len(frames) > (until_s - from_s) * FPS / 3, name


def test_the_lesson_plays(lesson: Gone) -> None:
    assert_plays(lesson.folder)


@pytest.mark.parametrize(("fault", "code"), TOLD.items())
def test_pictures_that_come_and_are_wrong_are_in_the_receipt(lesson: Gone, fault: str, code: FindingCode) -> None:
    assert lesson.receipt["recording"] == "bad"
    found = [one for one in lesson.receipt["findings"] if (one["code"], one["track"]) == (code, "teacher")]
    (span,) = media.spans(lesson.folder)
    from_s, until_s = (span.lesson_s(at_ns) for at_ns in (lesson.camera[fault].from_ns, lesson.camera[fault].until_ns))
    print(f"{fault} from {from_s:.1f} to {until_s:.1f} s:", found)
    assert any(one["from_ns"] / 1e9 < until_s and one["to_ns"] / 1e9 > from_s for one in found), lesson.receipt


def _assert_told(usb_classroom: UsbClassroom, lesson: Gone, track: str, fault: Fault) -> tuple[float, float]:
    (span,) = media.spans(lesson.folder)
    longest_s = usb_classroom.classroom.machine.scaled(BACK_S)
    return assert_told(lesson.folder, track, span.lesson_s(fault.from_ns), span.lesson_s(fault.until_ns), longest_s)
