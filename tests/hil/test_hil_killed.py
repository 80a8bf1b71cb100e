"""Processes that hang or die in mid-lesson under systemd, and the red lamp that tells the truth meanwhile."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from pipelines.journal.entries import Cause, Resumed
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.hil.classroom import LAMPS, Classroom
from tests.hil.machine import EMULATED
from tests.hil.playing import assert_plays

# systemd's patience with a recorder that says nothing, and with one that does not obey.
NOTICED_S = 15.0
# From the new process to the lit lamp: 0.8 s on the machine that emulates, which does Python ten times as slowly.
BACK_S = 5.0 * EMULATED


@pytest.fixture(scope="module")
def lesson(classroom: Classroom) -> str:
    """One lesson that lives through all of it."""
    name = classroom.begin_lesson()
    time.sleep(3.0)
    return name


def test_the_controller_dies_and_the_lamp_stays_lit(classroom: Classroom, lesson: str, scoreboard: Scoreboard) -> None:
    before = classroom.main_pid("controller")
    seen: list[str] = []
    with _watched(classroom, seen):
        classroom.machine.sh(f"kill -KILL {before}")
        back_s = classroom.machine.wait(
            lambda: classroom.status().get("lesson") == lesson, 60, "the lesson found again"
        )
    scoreboard.record("hil-controller-killed", back_s=back_s)
    assert set(seen) == {"1"}, "the lamp belongs to the recorder"
    assert classroom.main_pid("controller") != before


def test_the_recorder_dies_and_goes_on_with_the_lesson(
    classroom: Classroom, lesson: str, scoreboard: Scoreboard
) -> None:
    scoreboard.record("hil-recorder-killed", back_s=_recorder_ends(classroom, lesson, "KILL", noticed_s=2.0))


def test_the_recorder_hangs_and_is_restarted(classroom: Classroom, lesson: str, scoreboard: Scoreboard) -> None:
    scoreboard.record("hil-recorder-hangs", back_s=_recorder_ends(classroom, lesson, "STOP", noticed_s=NOTICED_S))


def test_it_is_one_lesson_and_it_plays(classroom: Classroom, lesson: str, tmp_path: Path) -> None:
    time.sleep(3.0)
    classroom.end_lesson()
    assert classroom.lessons() == [lesson]
    folder = classroom.fetch(tmp_path, lesson) / lesson
    causes = [entry.cause for entry in filter_kinds(read_journal(folder).entries, Resumed)]
    assert causes == [Cause.RESTART, Cause.RESTART]
    assert_plays(folder)
    receipt = json.loads((folder / "receipt.json").read_text())
    assert {finding["code"] for finding in receipt["findings"]} >= {"resumed-after"}


def _recorder_ends(classroom: Classroom, lesson: str, signal: str, noticed_s: float) -> float:
    """End it by a signal: another takes its place in time, goes on with the lesson, and lights the lamp.

    How many seconds after the signal that was.
    """
    guest = classroom.machine
    before = classroom.main_pid("recorder")
    guest.sh(f"kill -{signal} {before}")
    began_s = time.monotonic()
    guest.wait(lambda: classroom.main_pid("recorder") not in (0, before), 60, "another recorder")
    replaced_s = time.monotonic() - began_s
    assert not classroom.lit("recording"), "nothing is recorded while it starts"
    back_s = guest.wait(lambda: classroom.lit("recording"), 60, "the recording lamp lit again")
    print(f"SIG{signal}: another recorder after {replaced_s:.1f} s, the lamp lit {back_s:.1f} s later")
    assert replaced_s < guest.scaled(noticed_s)
    assert back_s < guest.scaled(BACK_S)
    assert classroom.status()["lesson"] == lesson
    classroom.wait_until_ready()
    time.sleep(2.0)
    return replaced_s + back_s


@contextmanager
def _watched(classroom: Classroom, seen: list[str]) -> Iterator[None]:
    """What an eye on the recording lamp sees meanwhile, fifty times a second."""
    pin = f"/run/hil/gpio/sim_gpio{LAMPS['recording']}/value"
    look = f"while read -r lit <{pin}; do echo $lit; sleep 0.02; done >/run/hil/seen"
    classroom.machine.sh(f"systemd-run --quiet --unit=eye bash -c '{look}'")
    yield
    classroom.machine.sh("systemctl stop eye")
    seen += classroom.machine.sh("cat /run/hil/seen").split()
