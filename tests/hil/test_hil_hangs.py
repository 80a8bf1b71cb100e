"""The whole box hangs in mid-lesson and its hardware watchdog resets it: the lesson goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from pipelines.journal.entries import Cause, Gap, Resumed
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.hil.classroom import Classroom
from tests.hil.playing import assert_plays

# systemd promises the watchdog a sign of life within 14 s.
NOTICED_S = 30.0
CHECKED_S = 2.0
# From the last fragment before to the first after, and from one look at the lamp to the next.
AROUND_S = 10.0


@dataclass(frozen=True)
class Reset:
    """The lesson that it happened to, and how long nothing was recorded (s, by the host's clock)."""

    folder: Path
    out_s: float


@pytest.fixture(scope="module")
def reset(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Reset:
    """Nobody presses anything from the lesson's beginning to its end."""
    guest = classroom.machine
    guest.synchronise()
    lesson = classroom.begin_lesson()
    time.sleep(5.0)
    guest.sh("kill -SEGV 1")
    hung_s = time.monotonic()
    guest.wait_for_event("WATCHDOG", NOTICED_S)
    reset_s = time.monotonic()
    print(f"reset {reset_s - hung_s:.1f} s after systemd hung, until when the lesson was recorded")
    guest.wait_for_boot()
    guest.set_clock()
    classroom.wait_for_panel()
    time.sleep(CHECKED_S)
    assert not classroom.lit("recording"), "as long as nobody knows the time the lesson is in doubt"
    guest.synchronise()
    guest.wait(lambda: classroom.lit("recording"), 120, "the recording lamp lit again")
    out_s = time.monotonic() - reset_s
    classroom.wait_until_ready()
    time.sleep(3.0)
    classroom.end_lesson()
    assert classroom.lessons() == [lesson]
    return Reset(classroom.fetch(tmp_path_factory.mktemp("spool"), lesson) / lesson, out_s)


def test_the_lesson_goes_on_and_says_how_long_it_stood_still(
    classroom: Classroom, reset: Reset, scoreboard: Scoreboard
) -> None:
    entries = read_journal(reset.folder).entries
    (goes,) = filter_kinds(entries, Resumed)
    assert goes.cause is Cause.REBOOT
    lasted_s = {hole.track: hole.wall_ns / 1e9 for hole in filter_kinds(entries, Gap) if hole.wall_ns is not None}
    print(f"out for {reset.out_s:.1f} s by the host's clock, and by the journal {lasted_s}")
    around = pytest.approx(reset.out_s, abs=classroom.machine.scaled(AROUND_S))
    assert lasted_s == dict.fromkeys(["teacher", "students", "sound"], around)
    scoreboard.record("hil-box-hangs", back_s=reset.out_s)


def test_it_is_one_lesson_and_it_plays(reset: Reset) -> None:
    assert_plays(reset.folder)
