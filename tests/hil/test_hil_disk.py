"""The lesson's disk is full, slow, hung, read-only, pulled out: a clear fault, no hang, and nothing harmed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from scoreboard import Scoreboard
from seaweed import BUCKET, Seaweed

from tests.hil.classroom import PROCESSES, Classroom, bucket, config
from tests.hil.conftest import DATA
from tests.hil.machine import EMULATED
from tests.hil.playing import assert_plays
from tests.hil.verdicts import assert_good
from tests.system import media

MOUNTED = "/mnt/lessons"
SPOOL = f"{MOUNTED}/spool"
DEVICE = f"/dev/disk/by-id/virtio-{DATA}"
AGAIN = "AGAIN"
# Longer than the recorder's watchdog waits for a sign of life.
HANGS_S = 12.0
DARK_S = 6.0 * EMULATED
BACK_S = 3.0 * EMULATED
# More than the reserve, less than that and a lesson of a minute at half the bit rate.
TOO_LITTLE_MB = 17
STORAGE = "[storage]\nreserve_mb = 16\nlesson_min = 1\n"
PATHS = f'[paths]\nspool = "{SPOOL}"\nledger = "{MOUNTED}/ledger/ledger.db"\n'


@pytest.fixture(scope="module", autouse=True)
def own_disk(classroom: Classroom, store: Seaweed) -> None:
    """Spool and ledger lie on a small real disk of their own, as on a box with one disk for everything."""
    classroom.machine.sh(
        f"mkfs.ext4 -q -E nodiscard {DEVICE} && mkdir -p {MOUNTED} && mount -o errors=remount-ro {DEVICE} {MOUNTED}"
        f" && install -d -o classroom-edge -g classroom-edge {SPOOL} {MOUNTED}/ledger"
    )
    classroom.spool = SPOOL
    access = bucket(BUCKET, store.admin.access_key_id, store.admin.secret_access_key)
    classroom.write_config(config(access, more=f"{PATHS}\n{STORAGE}"))
    classroom.restart()
    classroom.wait_until_ready()


@pytest.fixture
def same_processes(classroom: Classroom) -> Iterator[None]:
    """A disk is no reason to start again, and never keeps the controller from answering."""
    before = [classroom.main_pid(process) for process in PROCESSES]
    yield
    assert [classroom.main_pid(process) for process in PROCESSES] == before
    assert classroom.status()


def test_no_lesson_begins_without_room(classroom: Classroom, same_processes: None) -> None:
    guest = classroom.machine
    hours = classroom.status()["disk"]["hours_left"]
    assert 0 < hours < 1
    guest.sh(f"fallocate -l $(($(df -B1 --output=avail {MOUNTED} | tail -1) - ({TOO_LITTLE_MB} << 20))) {MOUNTED}/full")
    classroom.press("lesson")
    guest.wait(lambda: classroom.status()["refusal"], DARK_S, "a refusal")
    status = classroom.status()
    print(f"{hours:.2f} hours were left; refused: {status['refusal']}")
    assert (status["state"], status["status_lamp"]) == ("idle", "amber-fast-blink")
    assert not classroom.lit("recording")
    assert classroom.lessons() == []
    guest.sh(f"rm {MOUNTED}/full")
    guest.wait(lambda: not _disk_faults(classroom), DARK_S, "room")


def test_a_disk_that_is_full_for_a_while(
    classroom: Classroom, same_processes: None, tmp_path: Path, scoreboard: Scoreboard
) -> None:
    guest = classroom.machine
    lesson = classroom.begin_lesson()
    time.sleep(4.0)
    guest.run(f"dd if=/dev/zero of={MOUNTED}/full bs=1M")
    told_s = guest.wait(lambda: not classroom.lit("recording"), DARK_S, "the lamp dark, since nothing is written")
    assert "disk-full" in classroom.status()["faults"]
    guest.sh(f"rm {MOUNTED}/full")
    back_s = guest.wait(lambda: classroom.lit("recording"), BACK_S, "the lamp lit again")
    time.sleep(3.0)
    classroom.end_lesson()
    scoreboard.record("hil-disk-full", files=0, told_s=told_s, back_s=back_s)
    guest.wait(lambda: classroom.status()["check"]["stored"] == "yes", 60, "the lesson stored")
    _lost_nothing(classroom, lesson, tmp_path)


def test_a_disk_that_crawls(classroom: Classroom, same_processes: None, tmp_path: Path) -> None:
    guest = classroom.machine
    lesson = classroom.begin_lesson()
    time.sleep(3.0)
    guest.monitor(f"block_set_io_throttle {DATA.lower()} 0 0 8192 0 0 0")
    guest.wait(lambda: _disk_faults(classroom), 60, "a fault of the disk")
    print(f"crawling: {_disk_faults(classroom)}")
    guest.monitor(f"block_set_io_throttle {DATA.lower()} 0 0 0 0 0 0")
    guest.wait(lambda: not _disk_faults(classroom), 60, "no fault any more")
    time.sleep(3.0)
    classroom.end_lesson()
    _plays(classroom, lesson, tmp_path)


def test_a_disk_that_stands_still(classroom: Classroom, same_processes: None, tmp_path: Path) -> None:
    guest = classroom.machine
    lesson = classroom.begin_lesson()
    time.sleep(3.0)
    guest.sh(f"fsfreeze --freeze {MOUNTED}")
    began_s = time.monotonic()
    guest.wait(lambda: not classroom.lit("recording"), DARK_S, "the lamp dark")
    guest.wait(lambda: _disk_faults(classroom), DARK_S, "a fault of the disk")
    print(f"standing still: {_disk_faults(classroom)}")
    time.sleep(max(0.0, began_s + HANGS_S - time.monotonic()))
    guest.sh(f"fsfreeze --unfreeze {MOUNTED}")
    guest.wait(lambda: not _disk_faults(classroom), BACK_S, "no fault any more")
    guest.wait(lambda: classroom.lit("recording"), BACK_S, "the lamp lit again")
    time.sleep(3.0)
    classroom.end_lesson()
    _lost_nothing(classroom, lesson, tmp_path)


def test_a_disk_that_is_pulled_out_and_comes_back_as_another(
    classroom: Classroom, same_processes: None, tmp_path: Path
) -> None:
    guest = classroom.machine
    lesson = classroom.begin_lesson()
    time.sleep(4.0)
    guest.monitor(f"device_del {DATA.lower()}-disk")
    guest.wait(lambda: guest.run(f"test -e {DEVICE}").code, 20, "the disk gone")
    guest.wait(lambda: not classroom.lit("recording"), DARK_S, "the lamp dark")
    guest.wait(lambda: _disk_faults(classroom), DARK_S, "the fault")
    guest.plug_in(AGAIN, guest.wiring.sticks[DATA])
    guest.sh(
        f"(umount --lazy {MOUNTED} || true) && mount -o errors=remount-ro /dev/disk/by-id/virtio-{AGAIN} {MOUNTED}"
    )
    guest.wait(lambda: classroom.lit("recording"), DARK_S, "the lamp lit again")
    guest.wait(lambda: classroom.status().get("lesson") == lesson, 60, "the lesson known")
    time.sleep(3.0)
    classroom.end_lesson()
    assert not _disk_faults(classroom)
    _plays(classroom, lesson, tmp_path)


def test_a_file_system_that_turns_read_only(classroom: Classroom, same_processes: None, tmp_path: Path) -> None:
    guest = classroom.machine
    lesson = classroom.begin_lesson()
    time.sleep(4.0)
    # What the kernel does itself when it finds the file system damaged.
    node = guest.sh(f"basename $(findmnt --noheadings --output SOURCE {MOUNTED})")
    guest.sh(f"echo 1 > /sys/fs/ext4/{node}/trigger_fs_error")
    guest.wait(lambda: "disk-read-only" in _disk_faults(classroom), DARK_S, "the fault")
    guest.wait(lambda: not classroom.lit("recording"), DARK_S, "the lamp dark")
    copy = classroom.fetch(tmp_path, lesson) / lesson
    for playlist in copy.glob("*.m3u8"):
        with playlist.open("a") as lines:
            lines.write("#EXT-X-ENDLIST\n")  # else a player waits for more
    assert_plays(copy)
    assert media.length(copy / "students.m3u8") > 0


def _disk_faults(classroom: Classroom) -> list[str]:
    return [fault for fault in classroom.status().get("faults", []) if fault.startswith("disk")]


def _plays(classroom: Classroom, lesson: str, folder: Path) -> Path:
    """What the disk holds of a lesson can be read from beginning to end; its copy on the host."""
    copy = classroom.fetch(folder, lesson) / lesson
    assert_plays(copy)
    return copy


def _lost_nothing(classroom: Classroom, lesson: str, folder: Path) -> None:
    """What was captured while the disk took nothing waited in memory."""
    assert_good(_plays(classroom, lesson, folder), classroom.machine.speed)
