"""The index of a room's lessons in the store: it lists what is there, whoever else writes it, and after crashes."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lying_store import LyingStore
from stored_lessons import PREFIX, lesson_id, manifest, metadata, put_lesson

from edge.config.model import RoomConfig
from edge.controller.publication.index_file import IndexFile, latest_first
from edge.controller.publication.lesson_entry import LessonEntry, NotListed, make_entry
from edge.controller.publication.lesson_index import LessonIndex
from edge.controller.publication.month_file import MonthFile
from pipelines.delivery.errors import StoreError
from pipelines.delivery.interfaces import Store, VersionedBytes
from pipelines.delivery.open_store import open_store

ROOM = RoomConfig(school="hill", room="r1", name="九年级一班")
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(params=["folder", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """A folder, or an S3 server that keeps conditions; SeaweedFS does the same in tests/e2e."""
    if request.param == "folder":
        yield open_store(tmp_path.as_uri())
        return
    async with LyingStore().listening() as server:
        found = server.store()
        async with found.connected():
            yield found


def box(store: Store) -> LessonIndex:
    """A box's own view of the index, as a process that has just started has it."""
    return LessonIndex(store, PREFIX, ROOM, ZONE)


async def listed(store: Store) -> dict[str, list[str]]:
    """What whoever reads the store finds: the folders of each month."""
    index = await read(store, "index.json")
    months = {one["month"]: await read(store, f"{one['month']}.json") for one in index["months"]}
    for one in index["months"]:
        assert one["lessons"] == len(months[one["month"]]["lessons"])
    assert index["lessons"] == sum(len(month["lessons"]) for month in months.values())
    return {name: [lesson.get("folder", lesson["id"]) for lesson in month["lessons"]] for name, month in months.items()}


async def read(store: Store, name: str) -> dict[str, Any]:
    text = await store.read(f"{PREFIX}/lessons/{name}", 1 << 24)
    assert text is not None, name
    found: dict[str, Any] = json.loads(text)
    return found


async def test_lessons_are_listed_as_they_come_and_go(store: Store) -> None:
    index = box(store)
    assert await index.audit() == {}
    for number in (3, 1, 250):
        assert await index.refresh([await put_lesson(store, number)]) == []
    assert await listed(store) == {"2021-09": [lesson_id(3), lesson_id(1)], "2021-10": [lesson_id(250)]}
    newest = (await read(store, "index.json"))["newest"]
    assert [one["id"] for one in newest] == [lesson_id(250), lesson_id(3), lesson_id(1)]
    first = newest[0]
    assert (first["title"], first["subject"], first["teacher"]) == ("九年级（3）班 语文", "语文", "李强")
    assert (first["playable"], first["chapters"], "screen_text" in first) == (True, True, False)
    # A process that starts anew knows it again, and what is gone from the store is listed no more.
    again = box(store)
    assert set(await again.audit()) == {lesson_id(3), lesson_id(1), lesson_id(250)}
    await store.delete(f"{PREFIX}/{lesson_id(250)}/lesson.json")
    assert await again.refresh([lesson_id(250)]) == [lesson_id(250)]
    assert await listed(store) == {"2021-09": [lesson_id(3), lesson_id(1)]}
    assert (await read(store, "index.json"))["subjects"] == ["数学", "科学"], "nor is what was taught in it"


async def test_a_lesson_that_gets_its_date_later_is_in_its_month_alone(store: Store) -> None:
    index = box(store)
    await index.audit()
    await index.refresh([await put_lesson(store, 5, began=None)])
    assert await listed(store) == {"undated-0": [lesson_id(5)]}
    await put_lesson(store, 5)
    await index.refresh([lesson_id(5)])
    assert await listed(store) == {"2021-09": [lesson_id(5)]}


async def test_two_boxes_write_one_index_and_none_loses_the_others_lessons(store: Store) -> None:
    boxes = [box(store), box(store), box(store)]
    for one in boxes:
        await one.audit()
    folders = [await put_lesson(store, number) for number in range(24)]
    shares = [folders[place::3] for place in range(3)]

    async def work(one: LessonIndex, share: list[str]) -> None:
        for folder in share:
            await one.refresh([folder])

    await asyncio.gather(*(work(one, share) for one, share in zip(boxes, shares, strict=True)))
    assert await listed(store) == {"2021-09": sorted(folders, reverse=True)}
    # A box that was replaced, or has an older ledger, knows none of them and takes none away.
    replaced = box(store)
    await replaced.audit()
    await replaced.refresh([await put_lesson(store, 30)])
    assert len((await listed(store))["2021-09"]) == 25


class SlowReader:
    """A store whose index.json arrives late, once ``is_slow``; ``reads`` is set while somebody waits for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_slow = False
        self.reads, self.arrives = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def read_version(self, key: str, at_most: int) -> VersionedBytes | None:
        if self.is_slow and key.endswith("/index.json"):
            self.reads.set()
            await self.arrives.wait()
        return await self._store.read_version(key, at_most)


async def test_a_box_that_is_slow_undoes_nothing_of_what_a_quick_one_wrote(store: Store) -> None:
    slowly = SlowReader(store)
    slow, quick = box(cast(Store, slowly)), box(store)
    for one in (slow, quick):
        await one.audit()
    folders = [await put_lesson(store, number) for number in range(2)]
    slowly.is_slow = True
    writing = asyncio.create_task(slow.refresh([folders[0]]))
    await slowly.reads.wait()
    await quick.refresh([folders[1]])
    slowly.arrives.set()
    await writing
    assert await listed(store) == {"2021-09": [folders[1], folders[0]]}


async def test_an_index_is_made_anew_of_what_the_store_has(store: Store) -> None:
    folders = [await put_lesson(store, number) for number in range(5)]
    folders.append(await put_lesson(store, 6, folder=f"{lesson_id(1)}~0a1b2c3d"))
    await store.put(f"{PREFIX}/calibration/0001.json", b"{}")
    await store.put(f"{PREFIX}/{lesson_id(9)}/claim", b"one that is not complete")
    told: list[tuple[int, int]] = []
    assert await box(store).rebuild(lambda done, of: told.append((done, of))) == 6
    assert sorted((await listed(store))["2021-09"]) == sorted(folders)
    assert told == [(7, 7)]
    # What is damaged is noticed, and an entry whose lesson is gone is not kept.
    await store.put(f"{PREFIX}/lessons/2021-09.json", b'{"lessons": [{}, 5]')
    await store.delete(f"{PREFIX}/{folders[0]}/lesson.json")
    index = box(store)
    await index.audit()
    assert index.is_damaged
    assert await index.rebuild() == 5
    assert sorted((await listed(store))["2021-09"]) == sorted(folders[1:])
    await index.withdraw()
    assert await store.read(f"{PREFIX}/lessons/index.json", 1) is None
    assert await store.read(f"{PREFIX}/lessons/2021-09.json", 1) is None


async def test_a_crash_between_a_month_and_the_index_is_mended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    index = box(store)
    await index.audit()
    await index.refresh([await put_lesson(store, 0, began=None)])
    await put_lesson(store, 0)
    with monkeypatch.context() as patched:
        patched.setattr(index, "_update_index", _dies)
        patched.setattr(LessonIndex, "_update_month", _only_coming(LessonIndex._update_month))
        with pytest.raises(KeyboardInterrupt):
            await index.refresh([lesson_id(0)])
    again = box(store)
    entries = await again.audit({"2021-09"})
    misplaced = [entry.folder for entry in entries.values() if again.is_misplaced(entry)]
    assert misplaced == [lesson_id(0)]
    await again.refresh(misplaced)
    assert await listed(store) == {"2021-09": [lesson_id(0)]}


async def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def _only_coming(update: Any) -> Any:
    async def dying(index: LessonIndex, month: str, changes: Any) -> MonthFile:
        if month == "undated-0":
            raise KeyboardInterrupt
        found: MonthFile = await update(index, month, changes)
        return found

    return dying


def test_ten_thousand_lessons_cost_no_more_a_change_than_a_few() -> None:
    entries = [make_entry(lesson_id(n), metadata(n), manifest()) for n in range(10_000)]
    by_month: dict[str, dict[str, LessonEntry]] = {}
    for entry in entries:
        by_month.setdefault(entry.month(ZONE), {})[entry.folder] = entry
    index = IndexFile(ROOM, ZONE).changed(MonthFile(name, lessons) for name, lessons in by_month.items())
    assert max(len(MonthFile(name, lessons).text()) for name, lessons in by_month.items()) < 120_000
    text = index.text()
    assert len(text) < 16_000
    began_s = time.process_time()
    month = MonthFile.parse("2024-02", MonthFile("2024-02", by_month["2024-02"]).text())
    changed = IndexFile.parse(ROOM, ZONE, text).changed([month.changed({entries[0].folder: None})])
    assert changed.text()
    assert time.process_time() - began_s < 0.5
    assert IndexFile.parse(ROOM, ZONE, text).text() == text
    assert latest_first(["undated-0", "2021-09", "undated-12", "2026-01"]) == [
        "2026-01",
        "2021-09",
        "undated-12",
        "undated-0",
    ]


def test_an_entry_says_nothing_of_students_and_is_made_of_its_own_lesson_alone() -> None:
    entry = make_entry(lesson_id(1), metadata(1, students=["周小明"]), manifest("../../x.jpg"))
    assert "周小明" not in entry.model_dump_json()
    assert entry.poster is None, "a path that leads elsewhere is none"
    for damaged in (b"{", metadata(2), b"[]"):
        with pytest.raises(NotListed):
            make_entry(lesson_id(1), damaged, None)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "date", "erase", "restart", "rebuild"]),
        st.sampled_from(["a", "b", "both"]),
        st.sampled_from(["well", "well", "loses answers", "refuses", "lies", "other etags"]),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=6, deadline=None)
@given(steps=STEPS, condition=st.sampled_from(["kept", "kept", "unknown"]), seed=st.integers(0, 2**32))
def test_whatever_happens_the_index_is_true_in_the_end(
    steps: list[tuple[str, str, str]], condition: str, seed: int
) -> None:
    asyncio.run(_true_in_the_end(steps, condition, random.Random(seed)))


async def _true_in_the_end(steps: list[tuple[str, str, str]], condition: str, draw: random.Random) -> None:
    async with LyingStore(condition=condition).listening() as server:
        store = server.store()
        async with store.connected():
            await store.prepare('{"is_hosted": false, "checks_sha256": true}', PREFIX)
            boxes = {"a": box(store), "b": box(store)}
            stored: set[int] = set()
            for step, who, fault in steps:
                if step == "add":
                    stored.add(number := len(stored) + 1)
                    await put_lesson(store, number, **({"began": None} if draw.random() < 0.3 else {}))
                _inflict(server, fault, draw)
                number = draw.choice(sorted(stored)) if stored else 0
                work = [_step(step, name, boxes, server, number) for name in ("a", "b") if who in (name, "both")]
                await asyncio.gather(*work)
                _inflict(server, "well", draw)
            for name in ("a", "b"):
                boxes[name] = box(store)
                await boxes[name].audit()
                # As the controller does: what its ledger has is looked up, and what was announced is tried again.
                await boxes[name].refresh(map(lesson_id, stored))
            await boxes["a"].rebuild()
            there = {key.split("/")[2] for key in server.objects if key.endswith("/lesson.json")}
            assert {one for month in (await listed(store)).values() for one in month} == there
            assert sum(map(len, (await listed(store)).values())) == len(there)


async def _step(step: str, name: str, boxes: dict[str, LessonIndex], server: LyingStore, number: int) -> None:
    index = boxes[name]
    try:
        match step:
            case "add" | "date":
                if step == "date" and f"{PREFIX}/{lesson_id(number)}/lesson.json" in server.objects:
                    server.objects[f"{PREFIX}/{lesson_id(number)}/lesson.json"] = metadata(number)
                await index.refresh([lesson_id(number)])
            case "erase":
                await index.remove(lesson_id(number), ["2021-09", "undated-0"])
                server.objects.pop(f"{PREFIX}/{lesson_id(number)}/lesson.json", None)
                await index.remove(lesson_id(number), ["2021-09", "undated-0"])
            case "restart":
                boxes[name] = box(server.store())
                await boxes[name].audit()
            case "rebuild":
                await index.rebuild()
    except StoreError:
        pass


def _inflict(server: LyingStore, fault: str, draw: random.Random) -> None:
    server.refusals, server.loses_answer, server.kept = [], lambda *_: False, lambda _key, body: body
    server.head_etag, server.checks_sha256 = None, True
    match fault:
        case "loses answers":
            server.loses_answer = lambda *_: draw.random() < 0.2
        case "refuses":
            server.refusals = [lambda *_: draw.choice(((500, ""), (403, "AccessDenied"), None, None))]
        case "lies":
            server.checks_sha256 = False
            server.kept = lambda key, body: draw.choice((body, body[:-2] + b"?", None)) if "/lessons/" in key else body
        case "other etags":
            server.head_etag = ""
