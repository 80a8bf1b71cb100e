"""The clock is years wrong in mid-lesson and at boot, and the box is switched off: only annotations change."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from edge.classroom.lesson_ids import parse_lesson_id
from pipelines.journal.entries import Begin, Cause, ClockReading, End, Gap
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.hil.classroom import Classroom
from tests.hil.playing import assert_plays
from tests.hil.verdicts import assert_good
from tests.system import media

DAY_S = 24 * 3600
NOTICED_NS = 500_000_000


@pytest.fixture(scope="module")
def stepped(classroom: Classroom) -> str:
    """A lesson in which the clock is set five years on, and then to 1970; wrong it stays."""
    name = classroom.begin_lesson()
    for wrong in (f"@{time.time() + 5 * 365 * DAY_S:.0f}", "1970-01-02"):
        time.sleep(3.0)
        classroom.machine.sh(f"date --set={wrong}")
        assert classroom.lit("recording")
    time.sleep(3.0)
    classroom.end_lesson()
    return name


def test_a_clock_that_is_set_costs_no_picture(
    classroom: Classroom, stepped: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = classroom.fetch(tmp_path_factory.mktemp("spool"), stepped) / stepped
    assert_good(folder, classroom.machine.speed)
    entries = read_journal(folder).entries
    frames = [shown.reading.frame for shown in media.pictures(folder / "students.m3u8") if shown.reading]
    assert frames == sorted(frames)
    if classroom.machine.speed.keeps_up:
        holes = [hole for hole in filter_kinds(entries, Gap) if hole.from_ns and hole.to_ns - hole.from_ns > NOTICED_NS]
        assert holes == []
        assert frames == list(range(frames[0], frames[-1] + 1))
    assert media.length(folder / "sound.m3u8") < 30, "lesson time knows nothing of years"
    assert not any(anchor.synchronised for anchor in filter_kinds(entries, ClockReading))


def test_copies_wait_for_the_clock_and_then_go_on(classroom: Classroom, stepped: str) -> None:
    upload = classroom.status()["upload"]
    assert (upload["fault"], upload["pending"] > 0) == ("clock", True), upload
    classroom.machine.set_clock()
    classroom.machine.wait(lambda: classroom.status()["check"]["stored"] == "yes", 150, "the lesson stored")


def test_holding_the_pause_button_ends_the_lesson_and_switches_the_box_off(classroom: Classroom, stepped: str) -> None:
    guest = classroom.machine
    # So that at the next start nothing tells the box what it knew at the end of this one.
    guest.sh("systemctl mask --now systemd-timesyncd")
    classroom.begin_lesson()
    time.sleep(3.0)
    classroom.press("pause", 5.3)
    guest.wait_for_power_off()


@pytest.fixture(scope="module")
def in_the_past(classroom: Classroom) -> None:
    """The box, which was switched off, is switched on with its hardware clock in 1970."""
    guest = classroom.machine
    guest.wiring = replace(guest.wiring, rtc="1970-01-02T00:00:00")
    guest.start()
    classroom.wait_until_ready()


def test_a_box_that_wakes_up_in_the_past_records(
    classroom: Classroom, stepped: str, in_the_past: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    guest = classroom.machine
    believed = int(guest.sh("date +%s"))
    print(f"the guest believes it is {guest.sh('date')}")
    assert believed < time.time() - DAY_S, "systemd sets it to the day on which it was built, at least"
    switched_off, name = classroom.lessons()[-1], classroom.begin_lesson()
    time.sleep(3.0)
    classroom.end_lesson()
    spool = classroom.fetch(tmp_path_factory.mktemp("spool"), switched_off, name)
    first, second, third = map(_number, (stepped, switched_off, name))
    assert (second, third) == (first + 1, first + 2), "ids do not depend on the date"
    (begin,) = filter_kinds(read_journal(spool / name).entries, Begin)
    assert begin.at_ns < 3600 * 1e9, "what counts is the clock that began with the boot"
    *_, end = filter_kinds(read_journal(spool / switched_off).entries, End)
    assert end.cause is Cause.TEACHER
    assert_good(spool / switched_off, guest.speed)
    for lesson in (switched_off, name):
        assert_plays(spool / lesson)


def _number(lesson: str) -> int:
    parts = parse_lesson_id(lesson)
    assert parts is not None, lesson
    return parts.number
