"""A lesson that somebody wants gone: from the store first, then from this box, whole, and nothing of another's."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from ledgers import begin_lesson
from waiting import until_async

from edge.classroom.lesson_events import LessonEvent, LessonRemoved
from edge.controller.maintenance import lesson_deletion
from edge.controller.maintenance.lesson_erasure import LessonErasure
from edge.ledger.ledger import open_ledger
from edge.ledger.lessons import UnknownLesson
from edge.school.students_csv import named_table_path
from pipelines.delivery.folder_store import FolderStore
from pipelines.delivery.uploader import Uploader
from pipelines.receipt.receipt import RecordingVerdict


class Box:
    """A box with a store, and its erasure; ``busy`` are lessons that are worked on."""

    def __init__(self, folder: Path) -> None:
        self.spool = folder / "spool"
        self.tables = folder / "tables"
        self.store = folder / "store"
        for made in (self.spool, self.tables, self.store):
            made.mkdir()
        self.ledger = open_ledger(folder / "ledger.db", self.spool)
        self.busy: set[str] | None = set()
        self.uploader = Uploader(self.spool, FolderStore(self.store), self.ledger.outbox, "s/r1", self._stored)
        self.stored: set[str] = set()
        self.events: list[LessonEvent] = []
        self.erasure = LessonErasure(
            self.spool,
            self.tables,
            self.ledger,
            lambda: self.busy,
            self.uploader.erase_copy,
            asyncio.Lock(),
            self.events.append,
        )

    async def _stored(self, lesson: str) -> None:
        self.ledger.lessons.set_stored(lesson)
        self.stored.add(lesson)

    def lesson(self) -> str:
        """A lesson that was checked, as the controller leaves one."""
        begun = begin_lesson(self.ledger, "r1")
        folder = self.spool / begun
        (folder / "teacher").mkdir(parents=True)
        (folder / "journal.jsonl").write_text('{"kind": "begin"}\n')
        (folder / "teacher" / "000001.m4s").write_bytes(b"pictures")
        (folder / "lesson.json").write_text(json.dumps({"lesson": begun}))
        named_table_path(self.tables, begun).write_text("names")
        self.ledger.lessons.end(begun, 10**9, "teacher", None)
        self.ledger.lessons.set_recording(begun, RecordingVerdict.GOOD)
        return begun

    @contextlib.asynccontextmanager
    async def uploading(self) -> AsyncIterator[None]:
        """Uploads and erasure run."""
        tasks = [asyncio.create_task(self.uploader.run()), asyncio.create_task(self.erasure.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def stored_lesson(self) -> str:
        lesson = self.lesson()
        self.uploader.lesson_ended(lesson)
        await until_async(lambda: lesson in self.stored)
        return lesson

    def left(self, lesson: str) -> list[str]:
        """The files that still tell of a lesson, anywhere."""
        return [str(path) for path in self.spool.parent.rglob(f"*{lesson}*") if not path.is_dir()] + [
            str(path) for path in self.spool.parent.rglob(f"*{lesson}*/**/*") if path.is_file()
        ]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    box.ledger.close()


async def test_it_is_gone_from_store_and_box_and_the_others_stay(box: Box) -> None:
    async with box.uploading():
        gone, other = await box.stored_lesson(), await box.stored_lesson()
        kept = box.left(other)
        assert len(box.left(gone)) > 6
        assert await box.erasure.erase(gone) == ""
        assert box.left(gone) == []
        assert [(type(one), one.lesson) for one in box.events] == [(LessonRemoved, gone)]
        assert box.left(other) == kept
        with pytest.raises(UnknownLesson):
            box.ledger.lessons.get(gone)
        assert await box.erasure.erase(gone) == "no-such-lesson"
        assert await box.stored_lesson() > other


async def test_what_is_worked_on_or_not_stored_yet_stays(box: Box) -> None:
    async with box.uploading():
        lesson = await box.stored_lesson()
        kept = box.left(lesson)
        for busy, reason in (({lesson}, "lesson-in-use"), (None, "lesson-in-use")):
            box.busy = busy
            assert await box.erasure.erase(lesson) == reason
        box.busy = set()
        assert await box.erasure.erase("../ledger.db") == "no-such-lesson"
        box.ledger.lessons.set_lost(lesson)
        assert await box.erasure.erase(lesson) == "not-stored-yet"
        assert box.left(lesson) == kept


async def test_it_stays_while_the_store_is_away_and_what_is_another_box_s_is_left_alone(box: Box) -> None:
    async with box.uploading():
        lesson = await box.stored_lesson()
        copy = box.store / "s" / "r1" / lesson
        (copy / "claim").write_text('{"token": "another"}\n')
        away = box.store.rename(box.store.with_name("away"))
        assert await box.erasure.erase(lesson) != ""
        assert (box.spool / lesson / "lesson.json").exists()
        shutil.rmtree(box.store, ignore_errors=True)
        away.rename(box.store)
        assert await box.erasure.erase(lesson) == ""
        assert not (box.spool / lesson).exists()
        assert (copy / "lesson.json").exists()


@pytest.mark.parametrize("step", ["unlink", "rmtree"])
def test_a_crash_leaves_no_half_of_it(box: Box, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    lesson = box.lesson()

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path if step == "unlink" else lesson_deletion.shutil, step, crash)  # type: ignore[attr-defined]
        with pytest.raises(KeyboardInterrupt):
            lesson_deletion.erase_lesson(box.spool, box.tables, box.ledger, lesson)
    assert not (box.spool / lesson).exists()
    assert lesson_deletion.finish_interrupted(box.spool, box.tables, box.ledger) == {}
    assert box.left(lesson) == []
    assert box.ledger.lessons.all() == []
