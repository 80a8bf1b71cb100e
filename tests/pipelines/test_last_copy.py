"""Fuzzed: stores that lie, forget, lag, lose answers and come back, ledgers restored, cards cloned, one store for two.

After whatever happened the last copy of a lesson is still there, and no place in the store has files of two lessons.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lying_store import LyingStore
from spools import PREFIX, SpooledLesson

from edge.controller.maintenance import lesson_deletion
from edge.ledger.ledger import Ledger, open_ledger
from pipelines.delivery.errors import StoreError
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.delivery.uploader import Uploader

QUICK = RetryPolicy(
    playlists_every_s=0.0,
    scan_every_s=0.005,
    refused_again_s=(0.002, 0.002),
    backoff_s=dict.fromkeys(StoreError.__subclasses__(), (0.002, 0.002)),
)
AT_WORK_S, WHEN_WELL_S = 0.15, 5.0


class Box:
    """A room's box: a spool and a ledger of its own, an uploader, and the cleanup's way of deleting a lesson."""

    def __init__(self, folder: Path, server: LyingStore) -> None:
        self.folder = folder
        self.spool = folder / "spool"
        self.spool.mkdir(parents=True, exist_ok=True)
        self.server = server

    @contextlib.contextmanager
    def ledger(self) -> Iterator[Ledger]:
        ledger = open_ledger(self.folder / "ledger.db", self.spool)
        try:
            yield ledger
        finally:
            ledger.close()

    def record(self, number: int) -> dict[str, bytes]:
        """A lesson is recorded; its files."""
        lesson = SpooledLesson(self.spool, f"r204-7f3a-{number:06d}", tracks=("teacher",))
        lesson.grow("teacher")
        lesson.finish()
        return files_of(lesson.folder)

    async def work(self, *, removes: bool) -> None:
        """Upload for a while, or else remove what may go."""
        with self.ledger() as ledger:

            async def on_stored(lesson: str) -> None:
                ledger.lessons.set_stored(lesson)

            uploader = Uploader(self.spool, self.server.store(), ledger.outbox, PREFIX, on_stored, QUICK)
            if removes:
                await self._remove(ledger, uploader)
                return
            for folder in self.spool.glob("r204-*"):
                uploader.lesson_ended(folder.name)
            task = asyncio.create_task(uploader.run())
            # No asyncio.timeout: one that expires as it is left cancels the wait for the task's end instead.
            until_s = time.monotonic() + (AT_WORK_S if self.server.is_ill else WHEN_WELL_S)
            while time.monotonic() < until_s and not self._is_stored(ledger):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _is_stored(self, ledger: Ledger) -> bool:
        return all(ledger.outbox.is_stored(folder.name) for folder in self.spool.glob("r204-*"))

    async def _remove(self, ledger: Ledger, uploader: Uploader) -> None:
        for folder in sorted(self.spool.glob("r204-*")):
            if not lesson_deletion.verify_stored(self.spool, ledger, folder.name):
                continue
            with contextlib.suppress(StoreError):
                missing = await uploader.missing_from_copy(folder.name)
                if missing == []:
                    lesson_deletion.delete_lesson(self.spool, self.folder / "tables", ledger, folder.name)
                elif missing:
                    states = scan_lesson_folder(folder)
                    ledger.lessons.set_lost(folder.name)
                    ledger.outbox.mark_pending(folder.name, {path: states[path] for path in missing})


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def copies(server: LyingStore) -> list[dict[str, bytes]]:
    """What stands in each place of the store."""
    places: dict[str, dict[str, bytes]] = {}
    for key, body in server.objects.items():
        place, _, path = key.removeprefix(f"{PREFIX}/").partition("/")
        places.setdefault(place, {})[path] = body
    return list(places.values())


def is_somewhere(lesson: dict[str, bytes], boxes: list[Box], server: LyingStore) -> bool:
    here = [files_of(folder) for box in boxes for folder in box.spool.glob("r204-*")]
    return any(lesson.items() <= copy.items() for copy in [*here, *copies(server)])


FAULTS = ["lies", "ignores sha256", "other etag", "loses answers", "refuses some", "away", "well", "well"]
ROUNDS = st.lists(
    st.tuples(
        st.booleans(), st.sampled_from(FAULTS), st.booleans(), st.sampled_from(["", "", "back up", "restored", "lost"])
    ),
    min_size=1,
    max_size=4,
)


def inflict(server: LyingStore, fault: str, draw: random.Random) -> None:
    """Make the store ill, or well again; what it forgets it forgets once, while lessons are still here or not."""
    server.refusals, server.loses_answer, server.kept = [], lambda *_: False, lambda _key, body: body
    server.head_etag, server.tells_sha256, server.is_ill = None, True, fault not in ("well", "other etag")
    match fault:
        case "lies":
            server.checks_sha256, server.kept = False, lambda _key, body: draw.choice((body, body[:-1] + b"?", None))
        case "ignores sha256":
            server.checks_sha256 = server.tells_sha256 = False
        case "other etag":
            server.head_etag, server.tells_sha256 = draw.choice(("", '"x"')), False
        case "loses answers":
            server.loses_answer = lambda *_: draw.random() < 0.2
        case "refuses some":
            server.refusals = [lambda *_: draw.choice(((500, ""), (403, ""), None, None, None))]
        case "away":
            server.refusals = [lambda *_: (503, "")]


def forget(server: LyingStore, box: Box, lessons: list[dict[str, bytes]], draw: random.Random) -> None:
    """Some objects are gone, of lessons that are still on the box: what is nowhere else no box could keep."""
    here = [files_of(folder) for folder in box.spool.glob("r204-*")]
    kept_here = [lesson for lesson in lessons if any(lesson.items() <= one.items() for one in here)]
    bodies = {body for lesson in kept_here for body in lesson.values()}
    only_there = {body for lesson in lessons if lesson not in kept_here for body in lesson.values()}
    for key, body in list(server.objects.items()):
        if body in bodies - only_there and draw.random() < 0.3:
            del server.objects[key]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=ROUNDS, seed=st.integers(0, 2**32))
def test_the_last_copy_is_never_deleted(
    rounds: list[tuple[bool, str, bool, str]], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_never_deleted(rounds, random.Random(seed), tmp_path_factory.mktemp("box")))


async def _never_deleted(rounds: list[tuple[bool, str, bool, str]], draw: random.Random, folder: Path) -> None:
    async with LyingStore().listening() as server:
        box = Box(folder / "a", server)
        lessons = [box.record(1)]
        for is_new, fault, forgets, ledger in rounds:
            if is_new:
                lessons.append(box.record(len(lessons) + 1))
            inflict(server, fault, draw)
            await box.work(removes=False)
            if forgets:
                inflict(server, "well", draw)
                forget(server, box, lessons, draw)
            _change_ledger(box, ledger)
            await box.work(removes=True)
            for number, lesson in enumerate(lessons, start=1):
                assert is_somewhere(lesson, [box], server), f"lesson {number} is lost"
        inflict(server, "well", draw)
        async with asyncio.timeout(30):
            while any(box.spool.glob("r204-*")):
                await _work_in_turn([box], draw, removes=True)


def _change_ledger(box: Box, how: str) -> None:
    ledger, backup = box.folder / "ledger.db", box.folder / "backup.db"
    if how == "back up":
        shutil.copy(ledger, backup)
    if how == "lost" or (how == "restored" and backup.exists()):
        for file in box.folder.glob("ledger.db*"):
            file.unlink()
        if how == "restored":
            shutil.copy(backup, ledger)


EVENTS = st.lists(st.sampled_from(["a", "b", "a b", "clone", "loses answers"]), min_size=1, max_size=6)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, seed=st.integers(0, 2**32))
def test_two_boxes_that_are_the_same_room_overwrite_nothing_and_neither_is_refused(
    events: list[str], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_nothing_overwritten(events, random.Random(seed), tmp_path_factory.mktemp("boxes")))


async def _nothing_overwritten(events: list[str], draw: random.Random, folder: Path) -> None:
    async with LyingStore(condition=draw.choice(("kept", "unknown", "ignored"))).listening() as server:
        boxes = {name: Box(folder / name, server) for name in "ab"}
        numbers = dict.fromkeys("ab", 0)
        lessons: list[dict[str, bytes]] = []
        for event in events:
            if event == "clone":
                # What was only on the card that is written over is gone by that alone.
                lessons = [lesson for lesson in lessons if is_somewhere(lesson, [boxes["a"]], server)]
                shutil.rmtree(boxes["b"].folder)
                shutil.copytree(boxes["a"].folder, boxes["b"].folder)
                numbers["b"] = numbers["a"]
            elif event == "loses answers":
                inflict(server, event, draw)
            else:
                for name in event.split():
                    numbers[name] += 1
                    lessons.append(boxes[name].record(numbers[name]))
            await _work_in_turn([*boxes.values()], draw, removes=draw.random() < 0.3)
        inflict(server, "well", draw)
        async with asyncio.timeout(30):
            while any(any(box.spool.glob("r204-*")) for box in boxes.values()):
                await _work_in_turn([*boxes.values()], draw, removes=True)
        for lesson in lessons:
            assert any(lesson.items() <= copy.items() for copy in copies(server)), "overwritten"


async def _work_in_turn(boxes: list[Box], draw: random.Random, *, removes: bool) -> None:
    for box in draw.sample(boxes, len(boxes)):
        await box.work(removes=False)
        if removes:
            await box.work(removes=True)
