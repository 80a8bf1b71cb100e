"""The ledger as a part: opened as soon as it can be, opened anew, and told afterwards of what it missed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from ledgers import begin_lesson
from waiting import until_async

from edge.classroom.lesson_events import LessonRejected, LessonStarted
from edge.classroom.lesson_ids import LessonIdMaker
from edge.controller import ledger_service
from edge.controller.fault_registry import LEDGER, FaultRegistry
from edge.controller.ledger_service import LedgerService
from edge.ledger.database import Database
from edge.ledger.ledger import Ledger, open_ledger
from pipelines.files import disk

FIRST, SECOND = "r1-0000-000001-0123abcd", "r1-0000-000002-0123abcd"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if (refused := subprocess.run(mount, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"a small disk cannot be mounted here: {refused.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_service, "_RETRY_S", 0.02)


class LedgerRoom:
    """A ledger with its service."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(Database(folder / "ledger.db"))
        self.ids = LessonIdMaker("r1")
        self.faults = FaultRegistry()
        self.service = LedgerService(self.ledger, folder / "ledger.db", folder / "spool", self.ids, self.faults)

    def lessons(self) -> list[str]:
        return [lesson.id for lesson in self.ledger.lessons.all()]


@asynccontextmanager
async def ledger_room(folder: Path) -> AsyncIterator[LedgerRoom]:
    made = LedgerRoom(folder)
    task = asyncio.create_task(made.service.run())
    try:
        yield made
        assert not task.done(), "nothing may end it"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        made.ledger.close()


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@pytest.mark.parametrize("old", [False, True], ids=["a new ledger", "one that was there"])
async def test_a_full_disk_is_waited_for_and_what_began_meanwhile_is_entered(small: Path, *, old: bool) -> None:
    known = []
    if old:
        before = open_ledger(small / "ledger.db", small / "spool")
        known = [begin_lesson(before, "r1")]
        before.close()
    fill(small / "full")
    async with ledger_room(small) as room:
        await until_async(lambda: room.faults.codes() == [disk.FULL])
        for lesson in (FIRST, SECOND):
            room.service.on_event(LessonStarted(lesson, 1))
        room.service.on_event(LessonRejected(SECOND, 2, "no"))
        assert [name for name in os.listdir(small) if "damaged" in name] == []
        (small / "full").unlink()
        await until_async(lambda: room.ledger.is_open and not room.faults.codes())
        assert room.lessons() == [*known, FIRST]
        epoch = room.ledger.lessons.epoch()
        assert room.ids.next_id().startswith(f"r1-{epoch}-00000{2 if old else 1}")


async def test_a_folder_in_its_place_is_told_of_until_it_is_gone(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    async with ledger_room(tmp_path) as room:
        await until_async(lambda: room.faults.codes() == [LEDGER])
        (tmp_path / "ledger.db").rmdir()
        await until_async(lambda: room.ledger.is_open and not room.faults.codes())
        assert room.lessons() == []


async def test_one_whose_disk_came_back_as_another_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with ledger_room(tmp_path) as room:
        room.service.on_event(LessonStarted(FIRST, 1))
        await until_async(lambda: room.ledger.is_open and room.lessons() == [FIRST])
        shutil.copy(path, tmp_path / "another")
        (tmp_path / "another").rename(path)
        room.ledger._database.mark_damaged(" is another file by now")
        await until_async(lambda: room.ledger.is_open)
        room.service.on_event(LessonStarted(SECOND, 1))
        await until_async(lambda: room.lessons()[-1:] == [SECOND])
