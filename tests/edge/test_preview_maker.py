"""Previews after lessons: a lesson that begins ends their making for a while, and a child that dies is tried again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from ledgers import begin_lesson
from sample_lessons import make_lesson
from waiting import stays_async, until_async

from edge.classroom.lesson_events import (
    LessonDescribed,
    LessonEvent,
    LessonFinalised,
    LessonPreviewed,
    LessonStarted,
)
from edge.config.model import RoomConfig
from edge.config.preview_settings import PreviewsConfig
from edge.controller import previews
from edge.controller.fault_registry import FaultRegistry
from edge.controller.finalisation import Finaliser
from edge.controller.lesson_metadata import LessonMetadata
from edge.controller.previews import PreviewMaker, PreviewPace
from edge.ledger.ledger import Ledger, open_ledger
from pipelines.files.lesson_layout import LESSON_JSON, PREVIEW_WORK, THUMBNAILS_VTT, thumbnail_sheet
from pipelines.previews import preview_state

ALL = PreviewsConfig()
QUICK = PreviewPace(niceness=0, look_s=0.02, retry_s=(0.02, 0.02))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_lesson(tmp_path_factory.mktemp("recorded") / "lesson", 4).folder


@pytest.fixture
def spool(recorded: Path, tmp_path: Path) -> Path:
    """A spool with one lesson that has ended and was described."""
    shutil.copytree(recorded, tmp_path / "spool" / "r1-0000-000001")
    (tmp_path / "spool" / "r1-0000-000001" / LESSON_JSON).write_text("{}")
    return tmp_path / "spool"


class Room:
    """The part, and what it is told."""

    def __init__(
        self, spool: Path, config: PreviewsConfig = ALL, memory_mb: int = 4096, pace: PreviewPace = QUICK
    ) -> None:
        self.events: list[LessonEvent] = []
        self.faults = FaultRegistry()
        self.is_free = True
        self.maker = PreviewMaker(
            spool, config, lambda: self.is_free, self.publish, self.faults, pace, lambda: memory_mb << 20
        )

    def publish(self, event: LessonEvent) -> None:
        self.events.append(event)

    def begin_lesson(self) -> None:
        self.is_free = False
        self.maker.on_event(LessonStarted("r1-0000-000002", 1))

    @property
    def child(self) -> int | None:
        return self.maker._child.pid if self.maker._child is not None else None

    async def until_child(self) -> int:
        await until_async(lambda: self.child is not None)
        assert self.child is not None
        return self.child

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.maker.run())
        try:
            yield
            assert not task.done(), "nothing may end it"
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _read(path: str) -> str:
    return Path(path).read_text("ascii").strip()


def is_running(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    return False


async def test_a_lesson_that_begins_ends_the_child_at_once_and_the_work_goes_on_after_it(spool: Path) -> None:
    room = Room(spool)
    lesson = spool / "r1-0000-000001"
    async with room.running():
        pid = await room.until_child()
        began_s = time.thread_time()
        room.begin_lesson()
        assert time.thread_time() - began_s < 0.005, "a lesson does not wait for it"
        await until_async(lambda: not is_running(pid), 1.0)
        await until_async(lambda: room.child is None)
        await stays_async(lambda: room.child is None, 0.2)
        assert not (lesson / THUMBNAILS_VTT).exists()
        room.is_free = True
        await until_async(lambda: room.events)
        assert (lesson / thumbnail_sheet(1)).exists()
        assert room.faults.codes() == []


async def test_the_child_steps_back_and_goes_first_where_memory_is_short(spool: Path) -> None:
    room = Room(spool, pace=replace(QUICK, niceness=7))
    async with room.running():
        pid = await room.until_child()
        await until_async(lambda: _read(f"/proc/{pid}/oom_score_adj") == "1000")
        assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 7)
        limits = _read(f"/proc/{pid}/limits")
        assert re.search(r"Max address space +1073741824 ", limits)
        assert re.search(r"Max cpu time +900 ", limits)
        room.begin_lesson()


async def test_a_child_that_dies_is_a_fault_without_a_lamp_and_tried_again(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(spool)
    monkeypatch.setattr(previews, "CHILD", "pipelines.previews.no_such_child")
    async with room.running():
        await until_async(lambda: room.faults.codes() == [previews.INCOMPLETE])
        assert not room.faults.concern_recordings
        assert room.maker.progress.waiting == 1
        monkeypatch.setattr(previews, "CHILD", preview_state.CHILD)
        await until_async(lambda: room.events)
        assert room.faults.codes() == []


@pytest.mark.parametrize("why", [previews.NOT_INSTALLED, previews.NO_MEMORY, "not wanted"])
async def test_a_box_that_cannot_read_says_so_and_makes_the_rest(
    spool: Path, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = spool / "r1-0000-000001"
    shutil.copy(lesson / "teacher.m3u8", lesson / "screen.m3u8")
    monkeypatch.setattr(previews, "can_read_text", lambda: why != previews.NOT_INSTALLED)
    config = PreviewsConfig(screen_text=why != "not wanted")
    room = Room(spool, config, memory_mb=500 if why == previews.NO_MEMORY else 4096)
    async with room.running():
        await until_async((lesson / THUMBNAILS_VTT).exists)
        await until_async(lambda: room.events)
        assert room.maker.progress.text == ("" if why == "not wanted" else why)
        (lesson / PREVIEW_WORK).rename(spool / "listed")
        room.maker.on_event(LessonDescribed(lesson.name, 1))
        await until_async(lambda: room.maker.progress.waiting == (why == previews.NO_MEMORY))
        assert room.child is None
        assert room.faults.codes() == []


async def test_where_none_are_wanted_no_lesson_waits(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "can_read_text", lambda: False)
    room = Room(spool, PreviewsConfig(pictures=False))
    room.maker.on_event(LessonDescribed("r1-0000-000001", 1))
    await room.maker.run()
    room.maker.on_event(LessonDescribed("r1-0000-000001", 1))
    assert room.maker.progress.waiting == 0


async def test_what_was_made_is_listed_and_handed_to_the_uploads(recorded: Path, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    ledger: Ledger = open_ledger(tmp_path / "ledger.db", spool)
    lesson = begin_lesson(ledger, "r1")
    shutil.copytree(recorded, spool / lesson)
    room = Room(spool)
    finaliser = Finaliser(
        spool, RoomConfig(school="s", room="r1"), ledger, room.publish, lambda: frozenset(), FaultRegistry()
    )
    work = asyncio.create_task(finaliser._work())
    try:
        finaliser.on_event(LessonFinalised(lesson, 1))
        await until_async(lambda: LessonDescribed in map(type, room.events))
        room.events.clear()
        async with room.running():
            await until_async(lambda: LessonPreviewed in map(type, room.events))
        finaliser.on_event(LessonPreviewed(lesson, 1))
        await until_async(lambda: LessonDescribed in map(type, room.events))
        listed = LessonMetadata.model_validate_json((spool / lesson / LESSON_JSON).read_bytes()).papers
        assert {THUMBNAILS_VTT, thumbnail_sheet(1)} <= listed.keys()
        assert not (spool / lesson / PREVIEW_WORK).exists()
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        ledger.close()
