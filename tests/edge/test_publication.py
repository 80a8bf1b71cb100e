"""The part that publishes: what of the lessons is found in the store, and when nothing is."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from stored_lessons import PREFIX, manifest, metadata
from waiting import stays_async, until_async

from edge.classroom.lesson_events import LessonStored
from edge.classroom.lesson_ids import LessonIdMaker
from edge.config.export_settings import PublicationConfig, StoreConfig
from edge.config.load import load
from edge.config.model import RoomConfig
from edge.config.warnings import config_warnings
from edge.controller.fault_registry import FaultRegistry
from edge.controller.publication import publication
from edge.controller.publication.publication import BEHIND, Publication
from edge.ledger.ledger import Ledger, open_ledger
from edge.player.site import site_files
from pipelines.delivery.interfaces import KnownStore
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.receipt.receipt import RecordingVerdict

QUICK = RetryPolicy(refused_again_s=(0.05, 0.1), backoff_s=dict.fromkeys(RetryPolicy().backoff_s, (0.05, 0.1)))


class Box:
    """A box whose uploads know the store, a folder, and which has stored lessons there."""

    def __init__(self, folder: Path) -> None:
        self.spool = folder / "spool"
        self.spool.mkdir()
        self.ledger: Ledger = open_ledger(folder / "ledger.db", self.spool)
        self.room = folder / "store" / PREFIX
        self.room.mkdir(parents=True)
        self.config = StoreConfig(url=(folder / "store").as_uri())
        self.faults = FaultRegistry()
        self.skipped_s = 0.0
        self._ids = LessonIdMaker("r1")
        self._ids.on_ledger_opened(self.ledger.lessons.epoch(), 0)
        self._mark("m1")
        self.ledger.outbox.use_store(KnownStore("m1"))

    @property
    def site(self) -> Path:
        return self.room / "lessons"

    def _mark(self, mark: str) -> None:
        (self.room / "store-mark.json").write_text(json.dumps({"format": 1, "id": mark}))

    def is_another_store(self) -> None:
        self._mark("m2")

    def store_lesson(self, number: int) -> str:
        """Record, check and copy a lesson; its id."""
        lesson = self._ids.next_id()
        for folder in (self.spool / lesson, self.room / lesson):
            folder.mkdir()
            (folder / "claim").write_text(f'{{"token": "{number:032x}"}}')
            (folder / "lesson.json").write_bytes(metadata(number, lesson))
            (folder / "player.json").write_bytes(manifest())
        self.ledger.lessons.begin(lesson, None)
        self.ledger.lessons.end(lesson, 1, "teacher", None)
        self.ledger.lessons.set_recording(lesson, RecordingVerdict.GOOD)
        self.ledger.lessons.set_stored(lesson)
        return lesson

    @asynccontextmanager
    async def running(self, access: str = "public", look_s: float = 60.0) -> AsyncIterator[Publication]:
        part = Publication(
            PublicationConfig.model_validate({"access": access}),
            self.config,
            self.spool,
            RoomConfig(school="hill", room="r1"),
            ZoneInfo("Asia/Shanghai"),
            self.ledger,
            site_files,
            self.faults,
            QUICK,
            look_s,
            lambda: self.skipped_s + time.monotonic(),
        )
        task = asyncio.create_task(part.run())
        try:
            yield part
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def listed(self) -> set[str]:
        """The lessons that a browser finds."""
        try:
            index = json.loads((self.site / "index.json").read_text())
        except FileNotFoundError:
            return set()
        months = [json.loads((self.site / f"{one['month']}.json").read_text()) for one in index["months"]]
        return {lesson["id"] for month in months for lesson in month["lessons"]}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    box.ledger.close()


async def test_lessons_are_listed_as_they_are_stored_and_erased(box: Box) -> None:
    before = box.store_lesson(1)
    async with box.running() as part:
        await until_async(lambda: box.listed() == {before}, 5)
        for name, data in site_files().items():
            assert (box.site / name).read_bytes() == data
        later = box.store_lesson(2)
        part.on_event(LessonStored(later, 0))
        await until_async(lambda: box.listed() == {before, later}, 5)
        async with part.withdrawn(before):
            assert box.listed() == {later}, "before anything of it is gone"
            (box.room / before / "lesson.json").unlink()
        assert box.listed() == {later}
    assert box.faults.codes() == []


async def test_what_is_private_is_not_published_and_no_longer_there(box: Box) -> None:
    lesson = box.store_lesson(1)
    async with box.running():
        await until_async(lambda: box.listed() == {lesson}, 5)
    (box.site / "readme.txt").write_text("somebody's own")
    async with box.running("private") as part:
        await until_async(lambda: not (box.site / "index.json").exists(), 5)
        left = [path.name for path in box.site.rglob("*") if path.is_file()]
        assert left == ["readme.txt"]
        part.on_event(LessonStored(box.store_lesson(2), 0))
        async with part.withdrawn(lesson):
            pass
        await stays_async(lambda: not box.listed(), 0.2)


async def test_nothing_is_written_into_another_store(box: Box) -> None:
    lesson = box.store_lesson(1)
    box.is_another_store()
    async with box.running(look_s=0.02):
        await stays_async(lambda: not box.site.exists(), 0.3)
        box._mark("m1")
        await until_async(lambda: box.listed() == {lesson}, 5)


async def test_a_store_that_is_away_costs_nothing_but_time(box: Box) -> None:
    lesson = box.store_lesson(1)
    away = box.room.with_name("away")
    async with box.running(look_s=0.02) as part:
        await until_async(lambda: box.listed() == {lesson}, 5)
        box.room.rename(away)
        box.room.write_text("not a folder")
        later = _stored_elsewhere(box, away)
        part.on_event(LessonStored(later, 0))
        await until_async(lambda: part._behind_since is not None, 5)
        assert box.faults.codes() == [], "a network that is away for a while is nothing to mend"
        box.skipped_s += publication._BEHIND_S + 1
        await until_async(lambda: box.faults.codes() == [BEHIND], 5)
        assert not box.faults.concern_recordings
        box.room.unlink()
        away.rename(box.room)
        await until_async(lambda: box.listed() == {lesson, later}, 5)
        await until_async(lambda: box.faults.codes() == [], 5)


def _stored_elsewhere(box: Box, room: Path) -> str:
    there, box.room = box.room, room
    try:
        return box.store_lesson(2)
    finally:
        box.room = there


async def test_what_became_of_a_lesson_later_and_what_was_lost_is_found_at_the_next_look(box: Box) -> None:
    lessons = [box.store_lesson(number) for number in range(3)]
    async with box.running(look_s=0.02):
        await until_async(lambda: box.listed() == set(lessons), 5)
        for folder in (box.spool, box.room):
            (folder / lessons[0] / "player.json").write_bytes(manifest("poster.jpg"))
        (box.site / "2021-09.json").write_text("{")
        box.skipped_s += publication._AUDIT_AGAIN_S + 1
        await until_async(lambda: '"poster":"poster.jpg"' in (box.site / "2021-09.json").read_text(), 5)
        await until_async(lambda: box.listed() == set(lessons), 5)


def test_names_of_students_stay_here_where_lessons_are_public(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[room]\nschool = "s"\nroom = "r1"\n[cameras.teacher]\ndriver = "simulated"\n'
        '[publication]\naccess = "public"\n[roster]\nshare_names = true\n'
    )
    paths = [one.path for one in config_warnings(load(path))]
    assert paths == ["publication.access", "store.url", "roster.share_names"]
