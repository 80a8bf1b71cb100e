"""A camera and a sound card are pulled out in mid-lesson and put back: nobody else notices, the receipt tells."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from pipelines.journal.entries import Cause
from tests.hil.classroom import CAMERAS, CEILING, LAPEL, ROLES, Classroom, config
from tests.hil.machine import EMULATED
from tests.hil.outages import Outage, holes
from tests.hil.playing import assert_plays
from tests.system import media

AWAY_S = 5.0
VOICE_HZ = 440
BACK_S = 3.0 * EMULATED
VIVID = "/sys/bus/platform/drivers/vivid"
ALOOP = "/sys/bus/platform/drivers/snd_aloop"


@dataclass(frozen=True)
class Gone:
    """The lesson in which that happened."""

    folder: Path
    outages: tuple[Outage, ...]
    verdict: str


@pytest.fixture(scope="module")
def lesson(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Gone:
    """A lesson; first the camera is out for a while, then one of the two sound cards."""
    # Two microphones are the most that an emulated machine can do: fewer pictures, and no pages beside them.
    cameras = CAMERAS.replace("fps = 10", "fps = 5")
    classroom.write_config(config(devices=cameras + CEILING, more=LAPEL + "[web]\nenabled = false\n"))
    classroom.restart()
    # The controller has taken away what starts the pages.
    classroom.machine.sh("systemctl stop classroom-web.service classroom-web.socket", 60)
    classroom.wait_until_ready(ROLES | {"lapel"})
    name = classroom.begin_lesson()
    time.sleep(4.0)
    outages = (
        _pull(classroom, "teacher", VIVID, "vivid.0"),
        _pull(classroom, "lapel", ALOOP, "snd_aloop.1"),
    )
    time.sleep(4.0)
    verdict = classroom.end_lesson()["recording"]
    return Gone(classroom.fetch(tmp_path_factory.mktemp("spool"), name) / name, outages, verdict)


def _pull(classroom: Classroom, role: str, driver: str, device: str) -> Outage:
    """Take a device from its driver and give it back, as pulling its plug and putting it in again does."""
    guest = classroom.machine
    out_ns = guest.now_ns()
    # A sound card goes when the last program has let go of it.
    guest.sh(f"echo {device} > {driver}/unbind", 30)
    guest.wait(lambda: classroom.status()["devices"][role]["state"] == "missing", 15, f"{role} missing")
    assert classroom.lit("recording"), "the lesson goes on"
    time.sleep(AWAY_S)
    in_ns = guest.now_ns()
    guest.sh(f"echo {device} > {driver}/bind", 30)
    guest.wait(lambda: role in classroom.running(), 60, f"{role} running again")
    return Outage(role, out_ns, in_ns)


def test_it_is_back_in_its_role_at_once(classroom: Classroom, lesson: Gone, scoreboard: Scoreboard) -> None:
    (span,) = media.spans(lesson.folder)
    for outage in lesson.outages:
        (hole,) = holes(lesson.folder, outage.track)
        assert hole.cause is Cause.DEVICE
        out_s, in_s = span.lesson_s(outage.out_ns), span.lesson_s(outage.in_ns)
        print(f"{outage.track}: back {hole.to_ns / 1e9 - in_s:.2f} s after it was put in")
        assert out_s - 1.0 < hole.from_ns / 1e9 < in_s
        back_s = hole.to_ns / 1e9 - in_s
        assert back_s < classroom.machine.scaled(BACK_S)
        beyond_ms = (hole.to_ns - hole.from_ns - outage.in_ns + outage.out_ns) / 1e6
        if outage.track == "teacher":
            scoreboard.record("hil-camera-unplugged", picture_ms=beyond_ms, back_s=back_s)
        else:
            scoreboard.record("hil-microphone-unplugged", sound_ms=beyond_ms, back_s=back_s)


def test_the_other_camera_lost_no_picture(lesson: Gone) -> None:
    frames = [shown.reading.frame for shown in media.pictures(lesson.folder / "students.m3u8") if shown.reading]
    assert frames == list(range(frames[0], frames[-1] + 1))
    assert holes(lesson.folder, "students") == []


def test_the_other_sound_card_lost_nothing(lesson: Gone) -> None:
    assert holes(lesson.folder, "ceiling") == []
    _, samples = media.sound(lesson.folder / "ceiling.m3u8")
    assert media.tone_hz(samples[len(samples) // 4 : -len(samples) // 4]) == pytest.approx(VOICE_HZ, rel=0.002)
    levels = media.levels(samples, 0.1)[3:-3]
    assert levels.min() > levels.max() / 2, "the voice never stops"


def test_the_receipt_tells_and_the_lesson_plays(lesson: Gone) -> None:
    assert lesson.verdict == "bad"
    assert_plays(lesson.folder)
