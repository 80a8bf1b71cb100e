"""The power fails in the middle of a lesson, ten times: each lesson is kept up to its last second or so."""

from __future__ import annotations

import random
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from pipelines.journal.entries import Cause, End, Gap
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.hil.classroom import SPOOL, Classroom
from tests.hil.playing import assert_plays

CUTS = 10
# What is not yet a fragment, and the second in which a track's file is forced to the disk once.
LOST_S = 1.0 + 1.0


@dataclass(frozen=True)
class Cut:
    """A lesson that a power cut ended, the last lesson time that the guest told before it, and the time to be ready."""

    lesson: str
    told_s: float
    ready_s: float


@pytest.fixture(scope="module")
def dice() -> random.Random:
    """Chance for the moments of the cuts; it tells its seed."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"the dice were thrown with {seed}")
    return random.Random(seed)


@pytest.fixture(scope="module")
def cuts(classroom: Classroom, dice: random.Random) -> list[Cut]:
    """Each boot after a cut records the lesson that the next cut ends."""
    return [_cut(classroom, dice.uniform(2.0, 6.0)) for _ in range(CUTS)]


@pytest.fixture(scope="module")
def spool(classroom: Classroom, cuts: list[Cut], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guest's lessons after the last cut."""
    return classroom.fetch(tmp_path_factory.mktemp("spool"), *(cut.lesson for cut in cuts))


def _cut(classroom: Classroom, after_s: float) -> Cut:
    guest = classroom.machine
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(guest.serial))
        lesson = classroom.begin_lesson()
        guest.sh(f"systemd-run --quiet --slice=hil.slice python3 /opt/hil/inside/teller.py {SPOOL}")
        line.settimeout(20)
        heard = line.recv(4096)
        cut_s = time.monotonic() + after_s
        # What nobody reads at once holds up the teller.
        while (left_s := cut_s - time.monotonic()) > 0:
            line.settimeout(left_s)
            with suppress(TimeoutError):
                heard += line.recv(4096)
        guest.cut_power()
        line.settimeout(None)
        while part := line.recv(4096):
            heard += part
    *_, last, _ = heard.decode(errors="replace").split("\n")
    said, told_ns = last.split()
    assert said == lesson
    began_s = time.monotonic()
    guest.start()
    classroom.wait_until_ready()
    cut = Cut(lesson, int(told_ns) / 1e9, time.monotonic() - began_s)
    print(f"{lesson}: cut at {cut.told_s:.2f} s; ready again after {cut.ready_s:.0f} s")
    return cut


def test_no_lesson_is_lost_and_each_is_known_to_be_cut(cuts: list[Cut], spool: Path, classroom: Classroom) -> None:
    assert {path.name for path in spool.iterdir()} == {cut.lesson for cut in cuts}
    assert len(cuts) == CUTS
    for cut in cuts:
        *_, end = filter_kinds(read_journal(spool / cut.lesson).entries, End)
        assert end.cause is Cause.POWER
    known = classroom.machine.sh("classroom-edge lessons --json", 60)
    assert all(cut.lesson in known for cut in cuts)


def test_little_is_lost(classroom: Classroom, cuts: list[Cut], spool: Path, scoreboard: Scoreboard) -> None:
    each = {cut: cut.told_s - _kept_s(spool / cut.lesson) for cut in cuts}
    for cut, lost_s in each.items():
        scoreboard.record("hil-power-cut", picture_ms=1e3 * lost_s, sound_ms=1e3 * lost_s, back_s=cut.ready_s)
    lost = sorted(each.values())
    print("lost:", " ".join(f"{seconds:.2f}" for seconds in lost), "s")
    print(f"median {lost[len(lost) // 2]:.2f} s, worst {lost[-1]:.2f} s")
    assert lost[-1] < classroom.machine.scaled(LOST_S)


def test_every_file_can_be_read(cuts: list[Cut], spool: Path) -> None:
    assert not list(spool.rglob("*.part"))
    for cut in cuts:
        assert_plays(spool / cut.lesson)


def _kept_s(lesson: Path) -> float:
    """Up to where every track holds the truth: the lesson's end, or the hole that a track ends with."""
    entries = read_journal(lesson).entries
    *_, end = filter_kinds(entries, End)
    last_holes = [hole.from_ns for hole in filter_kinds(entries, Gap) if hole.to_ns >= end.lesson_ns]
    return min([end.lesson_ns, *last_holes]) / 1e9
