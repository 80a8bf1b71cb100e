"""The lesson's disk fills up, crawls, turns read-only and is pulled out: a clear fault, no hang, nothing harmed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from seaweed import BUCKET, Seaweed

from tests.hil.classroom import Classroom, bucket, config
from tests.hil.conftest import DATA
from tests.hil.machine import EMULATED
from tests.system import media

MOUNTED = "/mnt/lessons"
SPOOL = f"{MOUNTED}/spool"
DEVICE = f"/dev/disk/by-id/virtio-{DATA}"
DARK_S = 6.0 * EMULATED
BACK_S = 3.0 * EMULATED
PATHS = f'[paths]\nspool = "{SPOOL}"\n\n[storage]\nreserve_mb = 16\nlesson_min = 1\n'


@pytest.fixture(scope="module", autouse=True)
def own_disk(classroom: Classroom, store: Seaweed) -> Iterator[None]:
    """The spool lies on a small real disk of its own."""
    classroom.machine.sh(
        f"mkfs.ext4 -q -E nodiscard {DEVICE} && mkdir -p {MOUNTED} && mount -o errors=remount-ro {DEVICE} {MOUNTED}"
        f" && install -d -o classroom-edge -g classroom-edge {SPOOL}"
    )
    access = bucket(BUCKET, store.admin.access_key_id, store.admin.secret_access_key)
    classroom.write_config(config(access, more=PATHS))
    classroom.spool = SPOOL
    classroom.restart()
    classroom.wait_until_ready()
    yield
    classroom.machine.monitor(f"block_set_io_throttle {DATA.lower()} 0 0 0 0 0 0")


def test_a_disk_that_is_full_for_a_while(classroom: Classroom, tmp_path: Path) -> None:
    guest = classroom.machine
    lesson = classroom.begin_lesson()
    time.sleep(4.0)
    guest.run(f"dd if=/dev/zero of={MOUNTED}/full bs=1M")
    guest.wait(lambda: not classroom.lit("recording"), DARK_S, "the lamp dark, since nothing is written")
    assert "disk-full" in classroom.status()["faults"]
    guest.sh(f"rm {MOUNTED}/full")
    guest.wait(lambda: classroom.lit("recording"), BACK_S, "the lamp lit again")
    time.sleep(3.0)
    assert classroom.end_lesson()["recording"] == "good", "what was captured meanwhile waited in memory"
    _plays(classroom, lesson, tmp_path)


def test_a_disk_that_crawls(classroom: Classroom, tmp_path: Path) -> None:
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


def test_a_file_system_that_turns_read_only(classroom: Classroom) -> None:
    guest = classroom.machine
    before = classroom.main_pid("recorder")
    classroom.begin_lesson()
    time.sleep(4.0)
    # What the kernel does itself when it finds the file system damaged.
    guest.sh(f"echo 1 > /sys/fs/ext4/$(basename $(readlink -f {DEVICE}))/trigger_fs_error")
    guest.wait(lambda: "disk-read-only" in _disk_faults(classroom), DARK_S, "the fault")
    guest.wait(lambda: not classroom.lit("recording"), DARK_S, "the lamp dark")
    assert classroom.main_pid("recorder") == before, "a disk is no reason to start again"
    assert classroom.status(), "and the controller answers"


def test_a_disk_that_is_pulled_out(classroom: Classroom) -> None:
    guest = classroom.machine
    before = classroom.main_pid("recorder")
    guest.monitor(f"device_del {DATA.lower()}-disk")
    guest.wait(lambda: guest.run(f"test -e {DEVICE}").code, 20, "the disk gone")
    time.sleep(20.0)
    assert classroom.main_pid("recorder") == before, "a disk is no reason to start again"
    assert not classroom.lit("recording")
    assert _disk_faults(classroom)


def _disk_faults(classroom: Classroom) -> list[str]:
    return [fault for fault in classroom.status().get("faults", []) if fault.startswith("disk")]


def _plays(classroom: Classroom, lesson: str, folder: Path) -> None:
    """What the disk holds of a lesson can be read from beginning to end."""
    copy = classroom.fetch(folder, lesson) / lesson
    for name in ("main", "teacher", "students", "ceiling", "lapel"):
        assert media.ffmpeg_complaints(copy / f"{name}.m3u8") == "", name
