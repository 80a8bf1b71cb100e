"""The disk is full in mid-lesson: nothing written is harmed, nobody is told a lie, and the lesson goes on."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scoreboard import Scoreboard

from pipelines.journal.entries import End, Gap
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system import media
from tests.system.room import Room
from tests.waiting import pass_time

pytestmark = pytest.mark.realtime

SPOOL_MB = 32
STORAGE = "[storage]\nreserve_mb = 8\nlesson_min = 1\n"
# The lamp goes out when nothing has been written for 3 s.
DARK_S = 6.0
BACK_S = 3.0
# Who looks at the disk while it is full looks again after so long.
LOOKED_AT_AGAIN_S = 5.0


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A small disk for the spool; the file that it gives back may be made to fill it."""
    spool = tmp_path / "spool"
    spool.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SPOOL_MB}m", "tmpfs", str(spool)]
    if (refused := subprocess.run(mount, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"a small disk cannot be mounted here: {refused.stderr.strip()}")
    yield spool / "full"
    subprocess.run(["umount", str(spool)], check=True)


def test_a_disk_that_is_full_for_a_while(full: Path, room: Room, scoreboard: Scoreboard) -> None:
    room.more += STORAGE
    room.start()
    lesson = room.begin_lesson()
    room.wait(lambda: (lesson / "main.m3u8").exists(), 10)
    room.teach(0.5)
    written = _media(lesson)
    _fill(full)
    full_s = time.monotonic()
    room.wait(lambda: room.eyes("recorder")["recording"] == "off", DARK_S)
    dark_s = time.monotonic() - full_s
    assert "disk-full" in room.status()["faults"]
    assert "the disk is full" in room.cli("status").stdout
    room.wait(lambda: room.eyes("controller")["status"] == "amber-blink", 2)
    full.unlink()
    freed_s = time.monotonic()
    assert room.recorder_pins is not None
    back_s = room.recorder_pins.wait_for("recording", "on", freed_s, 10) - freed_s
    assert back_s < BACK_S
    room.wait(lambda: room.eyes("controller")["status"] == "green", LOOKED_AT_AGAIN_S + 3)
    room.teach(2.0)
    room.end_lesson()
    assert room.status()["check"]["recording"] == "good", "the lesson waited in memory"
    scoreboard.record("disk-full", pictures=_is_whole(lesson), told_s=dark_s, back_s=back_s)
    kept = _media(lesson)
    assert all(kept[name].startswith(data) for name, data in written.items()), "what was written is still there"


def test_a_lesson_that_ends_on_a_full_disk_where_the_ledger_lies_too(
    full: Path, room: Room, scoreboard: Scoreboard
) -> None:
    room.more += STORAGE
    room.ledger = room.spool / "ledger.db"
    room.start()
    lesson = room.begin_lesson()
    room.teach(2.0)
    _fill(full)
    pass_time(1.0)
    room.press("lesson", 1.8)
    room.wait(lambda: room.eyes("controller")["status"] == "amber-fast-blink", 15)
    assert {"disk-full", "disk-no-room"} & set(room.status()["faults"])
    full.unlink()
    freed_s = time.monotonic()
    room.wait(lambda: (lesson / "receipt.json").exists(), 60)
    back_s = time.monotonic() - freed_s
    room.wait(lambda: room.status()["faults"] == [], 10)
    scoreboard.record("disk-full-at-end", pictures=_is_whole(lesson), back_s=back_s)
    assert room.processes["recorder"].poll() is None
    assert room.processes["controller"].poll() is None


def test_a_recorder_that_is_killed_on_a_full_disk(full: Path, room: Room, scoreboard: Scoreboard) -> None:
    room.more += STORAGE
    room.start()
    lesson = room.begin_lesson()
    room.wait(lambda: (lesson / "main.m3u8").exists(), 10)
    _fill(full)
    room.wait(lambda: room.eyes("recorder")["recording"] == "off", DARK_S)
    room.kill("recorder")
    killed_s = time.monotonic()
    room.launch("recorder")
    room.wait(lambda: room.eyes("recorder") == {"recording": "off"}, 10)
    room.wait(lambda: "disk" in " ".join(room.status()["faults"]), 10)
    full.unlink()
    freed_s = time.monotonic()
    assert room.recorder_pins is not None
    back_s = room.recorder_pins.wait_for("recording", "on", freed_s, 10) - freed_s
    assert back_s < BACK_S
    room.teach(1.0)
    room.end_lesson()
    assert room.lessons() == [lesson], "it is the same lesson"
    _plays_to_its_end(lesson)
    holes = [hole for hole in filter_kinds(read_journal(lesson).entries, Gap) if hole.track == "teacher"]
    missing_s = sum(hole.to_ns - hole.from_ns for hole in holes) / 1e9
    scoreboard.record("disk-full-recorder-killed", picture_ms=(missing_s - (freed_s - killed_s)) * 1e3, back_s=back_s)


def _fill(path: Path) -> None:
    """Write until nothing goes in any more."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def _media(lesson: Path) -> dict[str, bytes]:
    """What is in the lesson's media files, by their final names."""
    return {str(path).removesuffix(".part"): path.read_bytes() for path in lesson.glob("*/*.m*")}


def _is_whole(lesson: Path) -> int:
    """The lesson plays, and not one picture is missing; how many are."""
    _plays_to_its_end(lesson)
    missing = 0
    for track in ("teacher", "students"):
        shown = media.pictures(lesson / f"{track}.m3u8")
        frames = [one.reading.frame for one in shown if one.reading]
        assert frames == list(range(frames[0], frames[-1] + 1))
        missing += frames[-1] - frames[0] + 1 - len(frames)
    return missing


def _plays_to_its_end(lesson: Path) -> None:
    """The lesson plays without a gap up to the end that its journal tells."""
    (end,) = filter_kinds(read_journal(lesson).entries, End)
    assert media.ffmpeg_complaints(lesson / "main.m3u8") == ""
    for name in ("teacher", "students", "sound"):
        assert media.length(lesson / f"{name}.m3u8") == pytest.approx(end.lesson_ns / 1e9, abs=0.1)
        assert media.fragments_adjoin(lesson / name)
