"""The core of the controller while the ledger cannot be opened, or a store hangs: button, lesson and lamp as ever."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from controller_room import BOUNCE_S, CONFIG, running, until, until_status
from fake_recorder import FakeRecorder
from ledgers import begin_lesson
from spools import SpooledLesson

from edge.classroom.lesson_ids import UNKNOWN_EPOCH, parse_lesson_id
from edge.classroom.recorder_messages import Activity
from edge.controller.fault_registry import LEDGER
from edge.controller.maintenance import disk_cleanup
from edge.ledger import ledger as ledger_module
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.lessons import LessonRecord
from edge.ledger.read_only import NoLedger, read_lessons
from edge.service import part_supervisor
from pipelines.delivery.folder_store import FolderStore
from pipelines.delivery.interfaces import StoredFile
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.files import disk
from pipelines.receipt.receipt import RecordingVerdict

pytestmark = pytest.mark.long


@pytest.fixture
def run() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="core-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_supervisor, "LOOK_S", 0.05)


async def test_a_controller_restarted_without_its_ledger_pauses_and_ends_the_lesson_that_runs(
    tmp_path: Path, run: Path
) -> None:
    recorder = FakeRecorder(run)
    async with running(tmp_path, run, recorder) as room:
        assert (await room.ask("start"))["ok"]
        lesson = recorder.lesson
    (tmp_path / "ledger.db").rename(tmp_path / "away.db")
    (tmp_path / "ledger.db").mkdir()
    async with running(tmp_path, run, recorder) as room:
        status = await until_status(room, lambda status: LEDGER in status.faults and status.state == "recording")
        assert (status.lesson, status.refusal, status.status_lamp) == (lesson, "", "amber-blink")
        async with room.finger_on("pause"):
            await until(lambda: recorder.activities[-1] is Activity.PAUSED)
        assert (await room.ask("resume"))["ok"]
        assert (await room.ask("stop"))["ok"]
        async with room.finger_on("lesson"):
            await until(lambda: recorder.activities[-1] is Activity.RECORDING)
        following = recorder.lesson
        assert following not in (None, lesson)
        async with room.finger_on("lesson"):
            await until(lambda: recorder.activities[-1] is Activity.IDLE)
        await asyncio.sleep(BOUNCE_S)
        (tmp_path / "ledger.db").rmdir()
        await until_status(room, lambda status: status.faults == [])
    known = [one.id for one in known_lessons(tmp_path)]
    assert known == [lesson, following], "it learned of both afterwards"


HANGING = """
import faulthandler, signal, sys, time
faulthandler.register(signal.SIGUSR1)
from edge.cli.main import main
from pipelines.delivery.uploader import Uploader
Uploader._list_spool = lambda self, known: time.sleep(1000)
sys.exit(main(sys.argv[1:]))
"""


def test_a_call_that_hangs_does_not_hold_up_the_end_of_the_process(tmp_path: Path, run: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(folder=tmp_path, run=run))
    command = [sys.executable, "-c", HANGING, "--config", str(file), "controller"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True) as controller:
        deadline_s = time.monotonic() + 20
        while not (run / "controller.sock").exists():
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        time.sleep(0.5)
        controller.terminate()
        try:
            _, said = controller.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            controller.send_signal(signal.SIGUSR1)
            time.sleep(1)
            controller.kill()
            raise AssertionError(controller.communicate()[1]) from None
    assert controller.returncode == 0, said
    assert "uploads: a call does not come back" in said


async def test_ids_go_on_from_the_spool_while_the_ledger_cannot_be_opened(tmp_path: Path, run: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    (tmp_path / "spool" / "r1-7f3a-000041").mkdir(parents=True)
    async with running(tmp_path, run) as room:
        await until_status(room, lambda status: LEDGER in status.faults)
        assert (await room.ask("start"))["ok"]
        parts = parse_lesson_id(room.recorder.lesson or "")
        assert parts is not None
        assert (parts.room, parts.epoch, parts.number) == ("r1", "7f3a", 42)
    assert UNKNOWN_EPOCH != "7f3a"


async def test_a_store_that_hangs_while_the_disk_is_short_costs_the_uploads_alone(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = threading.Event()

    async def is_apart_from(_store: FolderStore, _folder: Path) -> bool:
        return not await asyncio.to_thread(hung.wait)

    monkeypatch.setattr(FolderStore, "is_apart_from", is_apart_from)
    monkeypatch.setattr(disk_cleanup, "_LONGEST_LOOK_S", 0.05)
    monkeypatch.setattr(disk_cleanup, "_ASK_AGAIN_S", 0.0)
    monkeypatch.setattr(disk_cleanup, "_CHECK_AGAIN_S", 0.02)
    monkeypatch.setattr(disk, "read_space", lambda _folder: disk.DiskSpace(10**12, 10**9))
    ledger = open_ledger(tmp_path / "ledger.db", tmp_path / "spool")
    for _ in range(3):
        lesson = begin_lesson(ledger, "r1")
        folder = tmp_path / "spool" / lesson
        folder.mkdir(parents=True)
        (folder / "lesson.json").write_text("{}")
        (folder / "journal.jsonl").touch()
        ledger.lessons.end(lesson, 1, "teacher", 1)
        ledger.lessons.set_recording(lesson, RecordingVerdict.GOOD)
        for path, state in scan_lesson_folder(folder).items():
            ledger.outbox.mark_stored(lesson, path, state, StoredFile("0", state.size))
        ledger.lessons.set_stored(lesson)
    ledger.close()
    try:
        async with running(tmp_path, run, more="[storage]\nreserve_mb = 900\nlesson_min = 45\n") as room:
            await until_status(room, lambda status: "uploads-hung" in status.faults)
            await asyncio.sleep(1.0)
            assert sum(thread.name.startswith(("uploads", "cleanup")) for thread in threading.enumerate()) <= 12
            async with room.finger_on("lesson"):
                await until(lambda: room.recorder.activities == [Activity.RECORDING])
            status = await until_status(room, lambda status: status.state == "recording")
            assert status.refusal == ""
            async with room.finger_on("lesson"):
                await until(lambda: room.recorder.activities[-1] is Activity.IDLE)
            hung.set()
            await until_status(room, lambda status: "uploads-hung" not in status.faults)
    finally:
        hung.set()


async def test_a_ledger_that_takes_its_time_to_open_holds_up_nobody(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_open = threading.Event()

    def open_slowly(path: Path, spool: Path) -> Ledger:
        assert may_open.wait(60)
        return open_ledger(path, spool)

    monkeypatch.setattr(ledger_module, "open_ledger", open_slowly)
    recorder = FakeRecorder(run)
    async with running(tmp_path, run, recorder) as room:
        async with room.finger_on("lesson"):
            await until(lambda: recorder.activities == [Activity.RECORDING])
        assert not (tmp_path / "ledger.db").exists()
        may_open.set()
        await until(lambda: [one.id for one in known_lessons(tmp_path)] == [recorder.lesson])


def known_lessons(folder: Path) -> list[LessonRecord]:
    try:
        return read_lessons(folder / "ledger.db")
    except NoLedger:
        return []


@pytest.fixture
def disk_folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount_disk(folder)
    yield folder
    if folder.is_mount():
        unmount_disk(folder)


def unmount_disk(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=True)


def mount_disk(folder: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=64g", "tmpfs", str(folder)]
    if (refused := subprocess.run(mount, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"a disk cannot be mounted here: {refused.stderr.strip()}")


async def test_a_disk_that_comes_back_as_another_device_is_gone_on_with_and_the_button_works_all_the_time(
    tmp_path: Path, run: Path, disk_folder: Path
) -> None:
    recorder = FakeRecorder(run)
    async with running(disk_folder, run, recorder) as room:
        await until(lambda: (disk_folder / "ledger.db").exists())
        assert (await room.ask("start"))["ok"]
        first = recorder.lesson
        SpooledLesson(disk_folder / "spool", str(first)).grow_all()
        await until(lambda: first in [one.id for one in known_lessons(disk_folder)])
        shutil.copytree(disk_folder, tmp_path / "copy")
        unmount_disk(disk_folder)
        async with room.finger_on("pause"):
            await until(lambda: recorder.activities[-1] is Activity.PAUSED)
        async with room.finger_on("lesson"):
            await asyncio.sleep(BOUNCE_S)
        await until(lambda: recorder.activities[-1] is Activity.RECORDING)
        assert os.listdir(disk_folder) == [], "nothing is written where the disk was"
        mount_disk(disk_folder)
        shutil.copytree(tmp_path / "copy", disk_folder, dirs_exist_ok=True)
        async with room.finger_on("lesson"):
            await until(lambda: recorder.activities[-1] is Activity.IDLE)
        assert (await room.ask("start"))["ok"]
        await until(lambda: {first, recorder.lesson} <= {one.id for one in known_lessons(disk_folder)})
        await until_status(room, lambda status: not status.faults)
