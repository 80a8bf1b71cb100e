"""The uploader with a real folder and a real S3 server, through every fault that can happen on the way."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cut_lessons import write_cut_lesson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lying_store import LyingStore
from scoreboard import Scoreboard
from seaweed import Seaweed
from spools import PREFIX, SpooledLesson
from waiting import pass_time, stays_async, until_async

from edge.controller.maintenance.lesson_deletion import verify_stored
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.upload_outbox import UploadOutbox
from pipelines.delivery import uploader as uploader_module
from pipelines.delivery.compare_copies import compare_copies
from pipelines.delivery.copy_check import missing_from_copy
from pipelines.delivery.errors import (
    StoreError,
    StoreNotThere,
    StoreUnreachable,
)
from pipelines.delivery.folder_store import FolderStore
from pipelines.delivery.interfaces import OutboxItem, Store, StoredFile
from pipelines.delivery.retry_policy import RetryPolicy
from pipelines.delivery.store_mark import write_mark
from pipelines.delivery.truncate_playlist import named_files
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.delivery.uploader import Uploader, UploadStatus
from pipelines.receipt.receipt import StoredVerdict
from pipelines.recovery.recover_lesson import recover_lesson
from pipelines.recovery.rewrite_playlists import end_interrupted_lesson

ALL_FAULTS = StoreError.__subclasses__()


def policy(wait_s: float = 0.01, scan_every_s: float = 3600.0) -> RetryPolicy:
    backoff_s = dict.fromkeys(ALL_FAULTS, (wait_s, wait_s))
    return RetryPolicy(
        playlists_every_s=0.0, scan_every_s=scan_every_s, backoff_s=backoff_s, refused_again_s=(wait_s, wait_s)
    )


@dataclass
class Watched:
    """A real folder store that notes what it is sent, fails when told to, and after every PUT is found in order."""

    root: Path
    puts: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    works_for: int = 0
    unreadable: str | None = None
    hang_at: int | None = None
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.root.mkdir()
        self.store = FolderStore(self.root)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def put(self, key: str, source: Path | bytes) -> StoredFile:
        if self.works_for > 0:
            self.works_for -= 1
        elif self.failures:
            raise self.failures.pop()
        if self.unreadable is not None and key.endswith(self.unreadable):
            raise OSError(errno.EIO, "Input/output error")
        if self.hang_at is not None and len(self.puts) >= self.hang_at:
            self.hanging.set()
            await asyncio.Event().wait()
        kept = await self.store.put(key, source)
        self.puts.append(key.removeprefix(f"{PREFIX}/"))
        assert_in_order(self.root)
        return kept

    def once(self) -> list[str]:
        """What was sent and has no reason to be sent twice: everything but playlists."""
        return [key for key in self.puts if not key.endswith(".m3u8")]


def assert_in_order(root: Path) -> None:
    """No playlist names a file that is not there; lesson.json stands only beside everything else."""
    for playlist in root.rglob("*.m3u8"):
        for name in named_files(playlist.read_text()):
            assert (playlist.parent / name).exists(), f"{playlist.name} names {name}"
    assert not list(root.rglob("*.part"))


@dataclass
class Delivered:
    """An uploader at work, and the lessons it has called stored."""

    uploader: Uploader
    stored: list[str]
    task: asyncio.Task[None]

    def follow(self, lesson: SpooledLesson) -> None:
        """Announce the lesson's files to the uploader, as the recorder does."""
        lesson.on_file = partial(self.uploader.file_finished, lesson.name)

    async def until(self, condition: Callable[[], bool]) -> None:
        def reached() -> bool:
            assert not self.task.done(), "the uploader gave up"
            return condition()

        await until_async(reached, 30)


@asynccontextmanager
async def delivering(
    spool: Path, store: Store, ledger: Ledger, at: RetryPolicy | None = None, ended: Iterable[str] = ()
) -> AsyncIterator[Delivered]:
    stored: list[str] = []

    async def on_stored(lesson: str) -> None:
        stored.append(lesson)

    uploader = Uploader(spool, store, ledger.outbox, PREFIX, on_stored, at or policy())
    for lesson in ended:
        uploader.lesson_ended(lesson)
    async with store.connected():
        task = asyncio.create_task(uploader.run())
        try:
            yield Delivered(uploader, stored, task)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def ledger(tmp_path: Path, spool: Path) -> Ledger:
    made = open_ledger(tmp_path / "ledger.db", spool)
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "store")


async def test_a_running_lesson_goes_as_it_grows(spool: Path, ledger: Ledger, store: Watched) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all(2)
    (lesson.folder / "teacher/000003.m4s.part").write_bytes(b"unfinished")
    copy = store.root / PREFIX / lesson.name
    async with delivering(spool, store, ledger) as delivered:
        await delivered.until(lambda: (copy / "main.m3u8").exists())
        assert (copy / "programme.m3u8").read_text() == (lesson.folder / "programme.m3u8").read_text()
        delivered.follow(lesson)
        latest = lesson.grow("teacher")
        await delivered.until(lambda: latest in (copy / "programme.m3u8").read_text())
        assert delivered.uploader.status().pending == 0
        assert delivered.stored == []
    assert not (copy / "journal.jsonl").exists()
    assert not (copy / "teacher/000003.m4s.part").exists()


async def test_a_growing_lesson_is_uploaded_by_path_without_walking_its_folder(
    spool: Path, ledger: Ledger, store: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Walks and reads of the outbox are counted: at the start, at the end, and whether anything changed meanwhile."""
    walked: list[str] = []
    walk, items = os.walk, UploadOutbox.items

    def counting_walk(folder: Path, **more: Any) -> Iterator[tuple[str, list[str], list[str]]]:
        # Whether a lesson holds anything is seen by its first file.
        walked.extend([] if more else ["walk"])
        return walk(folder, **more)

    def counting_items(outbox: UploadOutbox, lesson: str) -> dict[str, OutboxItem]:
        walked.append("items")
        return items(outbox, lesson)

    monkeypatch.setattr(os, "walk", counting_walk)
    monkeypatch.setattr(UploadOutbox, "items", counting_items)
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    copy = store.root / PREFIX / lesson.name
    async with delivering(spool, store, ledger) as delivered:
        delivered.follow(lesson)
        lesson.grow_all()
        await delivered.until((copy / "main.m3u8").exists)
        assert sorted(walked) == ["items", "items", "walk", "walk"], "counted, and then planned"
        walked.clear()
        for _ in range(30):
            latest = lesson.grow("teacher")
            await delivered.until(lambda latest=latest: latest in (copy / "programme.m3u8").read_text())  # type: ignore[misc]
        assert walked == []
        lesson.finish()
        delivered.uploader.lesson_ended(lesson.name)
        await delivered.until(lambda: bool(delivered.stored))
        assert walked == ["walk", "items", "walk"]
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_a_segment_that_was_never_announced_is_found_by_the_playlist_that_names_it(
    spool: Path, ledger: Ledger, store: Watched
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    copy = store.root / PREFIX / lesson.name
    async with delivering(spool, store, ledger) as delivered:
        await delivered.until((copy / "main.m3u8").exists)
        unannounced = lesson.grow("teacher")
        delivered.follow(lesson)
        latest = lesson.grow("teacher")
        await delivered.until(lambda: latest in (copy / "programme.m3u8").read_text())
        assert (copy / unannounced).exists()


async def test_a_programme_of_cuts_goes_as_it_grows_and_no_media_goes_twice(
    spool: Path, ledger: Ledger, store: Watched
) -> None:
    lesson = write_cut_lesson(spool / "r204-7f3a-000001", 10, [(2, "students"), (5, "screen")], is_ended=False)
    copy = store.root / PREFIX / lesson.name
    async with delivering(spool, store, ledger) as delivered:
        await delivered.until((copy / "main.m3u8").exists)
        growing = (copy / "programme.m3u8").read_text()
        assert growing == (lesson / "programme.m3u8").read_text()
        assert "EXT-X-BYTERANGE" in growing
        recovered = recover_lesson(lesson)
        end_interrupted_lesson(recovered, 10_000_000_000, 4)
        (lesson / "lesson.json").write_text("{}")
        delivered.uploader.lesson_ended(lesson.name)
        await delivered.until(lambda: bool(delivered.stored))
    ended = (copy / "programme.m3u8").read_text()
    assert ended.replace("TYPE:VOD", "TYPE:EVENT").startswith(growing), "what was published stays"
    assert ended == (lesson / "programme.m3u8").read_text()
    assert [one for one in set(store.once()) if store.once().count(one) > 1] == []


async def test_at_the_end_everything_is_there_and_lesson_json_came_last(
    spool: Path, ledger: Ledger, store: Watched
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all(40)
    lesson.finish()
    (lesson.folder / "lesson.json.tmp").write_text("half")
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
        assert delivered.uploader.status().pending == 0
    assert await compare_copies(lesson.folder, store, PREFIX) == []
    assert store.puts[-1] == f"{lesson.name}/lesson.json"
    assert len(store.once()) == len(set(store.once())) == 2 * 41 + 3


def _put(folder: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(folder), name)))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"somebody put this here")


@pytest.mark.parametrize("name", [b"\xb5\xda\xd2\xbb\xbf\xce.txt", b"a\tb.txt", b"a\nb.txt", b"\xff/000001.m4s"])
async def test_a_file_under_a_name_that_no_store_takes_is_left_out_and_named(
    spool: Path, ledger: Ledger, store: Watched, caplog: pytest.LogCaptureFixture, name: bytes
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all(3)
    lesson.finish()
    _put(lesson.folder, name)
    (spool / "\udcff").mkdir()
    ledger.rebuild(spool)
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    assert ascii(os.fsdecode(name)) in caplog.text
    assert caplog.text.count("no store takes") == 1
    copy = store.root / PREFIX / lesson.name
    in_store = {one.relative_to(copy) for one in copy.rglob("*") if one.is_file()}
    assert in_store == {Path(one) for one in scan_lesson_folder(lesson.folder)}
    assert verify_stored(spool, ledger, lesson.name) is False, "what is nowhere else stays on this box"


async def test_a_lesson_that_never_came_to_be_recorded_goes_to_no_store(
    spool: Path, store: Watched, ledger: Ledger
) -> None:
    ghost = spool / "r204-7f3a-000009" / "teacher"
    ghost.mkdir(parents=True)
    (ghost / "init.mp4").write_bytes(b"ftyp")
    (ghost / "000001.m4s.part").touch()
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: delivered.stored == [lesson.name])
    assert not [key for key in store.puts if "000009" in key]
    assert not list(store.root.rglob("*000009*"))


async def test_the_running_lesson_goes_before_older_ones(spool: Path, ledger: Ledger, store: Watched) -> None:
    older = SpooledLesson(spool, "r204-7f3a-000001")
    older.grow_all(3)
    older.finish()
    running = SpooledLesson(spool, "r204-7f3a-000002")
    running.grow_all(3)
    async with delivering(spool, store, ledger, ended=[older.name]) as delivered:
        await delivered.until(lambda: delivered.stored == [older.name])
    first_of_older = next(at for at, key in enumerate(store.puts) if key.startswith(older.name))
    assert f"{running.name}/teacher/000003.m4s" in store.puts[:first_of_older]


async def test_a_file_rewritten_by_recovery_goes_again(spool: Path, ledger: Ledger, store: Watched) -> None:
    lesson = SpooledLesson(spool)
    path = lesson.grow("teacher")
    async with delivering(spool, store, ledger) as delivered:
        await delivered.until(lambda: f"{lesson.name}/main.m3u8" in store.puts or len(store.puts) >= 4)
        (lesson.folder / path).write_bytes(b"trimmed")
        lesson.finish()
        delivered.uploader.lesson_ended(lesson.name)
        await delivered.until(lambda: bool(delivered.stored))
    assert store.puts.count(f"{lesson.name}/{path}") == 2
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_a_copy_that_rots_before_the_proof_goes_again(spool: Path, ledger: Ledger, store: Watched) -> None:
    lesson = SpooledLesson(spool)
    path = lesson.grow("teacher")
    copy = store.root / PREFIX / lesson.name / path
    async with delivering(spool, store, ledger) as delivered:
        await delivered.until(copy.exists)
        await delivered.until(lambda: delivered.uploader.status().pending == 0)
        copy.write_bytes(b"rotten")
        lesson.finish()
        delivered.uploader.lesson_ended(lesson.name)
        await delivered.until(lambda: bool(delivered.stored))
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_an_end_taken_back_opens_the_copy_again(spool: Path, ledger: Ledger, store: Watched) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    paper = store.root / PREFIX / lesson.name / "lesson.json"
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: len(delivered.stored) == 1)
        delivered.uploader.lesson_reopened(lesson.name)
        delivered.follow(lesson)
        lesson.grow_all()
        await delivered.until(lambda: not paper.exists() and f"{lesson.name}/sound/000002.m4s" in store.puts)
        lesson.finish()
        delivered.uploader.lesson_ended(lesson.name)
        await delivered.until(lambda: len(delivered.stored) == 2)
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_lesson_json_gone_from_the_spool_is_withdrawn_after_a_restart(
    spool: Path, ledger: Ledger, store: Watched
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    (lesson.folder / "lesson.json").unlink()
    paper = store.root / PREFIX / lesson.name / "lesson.json"
    async with delivering(spool, store, ledger) as delivered:
        await delivered.until(lambda: not paper.exists())


async def test_a_lesson_stored_before_is_left_alone(spool: Path, ledger: Ledger, store: Watched) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    ledger.rebuild(spool)
    ledger.lessons.set_stored(lesson.name)
    other = SpooledLesson(spool, "r204-7f3a-000002")
    other.grow_all()
    async with delivering(spool, store, ledger) as delivered:
        await delivered.until(lambda: f"{other.name}/main.m3u8" in store.puts)
    assert not [key for key in store.puts if key.startswith(lesson.name)]


@pytest.mark.parametrize("kind", ALL_FAULTS)
async def test_a_fault_is_shown_waited_out_and_forgotten(
    kind: type[StoreError], spool: Path, ledger: Ledger, store: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    store.failures = [kind("no")] * 5
    caplog.set_level("INFO")
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: delivered.uploader.status().fault is not None)
        status = delivered.uploader.status()
        assert (status.fault, status.reason) == (kind.code, "no")
        assert status.pending > 0
        await delivered.until(lambda: bool(delivered.stored))
        assert delivered.uploader.status().fault is None
    assert [record.levelname for record in caplog.records if record.name.endswith("uploader")].count("WARNING") == 1
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_a_store_that_comes_and_goes_is_waited_for_longer_each_time(
    spool: Path, ledger: Ledger, store: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all(6)
    lesson.finish()
    waits: list[float] = []

    async def wait(event: asyncio.Event, longest_s: float) -> None:
        waits.append(longest_s)
        store.failures = [StoreUnreachable("no")] * 2
        store.works_for = 3
        await asyncio.sleep(0.3 if longest_s == at.scan_every_s else 0)

    monkeypatch.setattr(uploader_module, "_wait", wait)
    at = dataclasses.replace(policy(), backoff_s=dict.fromkeys(ALL_FAULTS, (1.0, 60.0)))
    store.failures = [StoreUnreachable("no")]
    async with delivering(spool, store, ledger, at, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    held_up = [seconds for seconds in waits if seconds != at.scan_every_s]
    assert held_up[0] < 2
    assert held_up[4] > 10, "a few files that got through do not begin it anew"


async def test_news_do_not_cut_a_wait_short_but_asking_does(spool: Path, ledger: Ledger, store: Watched) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    store.failures = [StoreUnreachable("no")] * 2
    async with delivering(spool, store, ledger, policy(wait_s=3600)) as delivered:
        await delivered.until(lambda: delivered.uploader.status().next_try_s is not None)
        delivered.follow(lesson)
        lesson.grow_all()
        await stays_async(lambda: (delivered.uploader.status().next_try_s or 0) > 1000, 0.05)
        delivered.uploader.retry_now()
        await delivered.until(lambda: f"{lesson.name}/main.m3u8" in store.puts)


async def test_an_unreadable_file_holds_up_only_its_own_lesson(spool: Path, ledger: Ledger, store: Watched) -> None:
    first = SpooledLesson(spool, "r204-7f3a-000001")
    first.finish()
    second = SpooledLesson(spool, "r204-7f3a-000002")
    second.grow_all()
    second.finish()
    store.unreadable = f"{first.name}/sound/init.mp4"
    at = policy(scan_every_s=0.2)
    async with delivering(spool, store, ledger, at, ended=[first.name, second.name]) as delivered:
        await delivered.until(lambda: delivered.stored == [second.name])
        status = delivered.uploader.status()
        assert status.fault == "spool"
        assert first.name in status.reason
        store.unreadable = None
        await delivered.until(lambda: delivered.stored == [second.name, first.name])
        assert delivered.uploader.status().fault is None


@pytest.mark.parametrize("puts_before", [0, 1, 3, 6, 9])
async def test_stopped_anywhere_only_the_unfinished_puts_are_repeated(
    puts_before: int, tmp_path: Path, spool: Path, store: Watched
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all(2)
    lesson.finish()
    store.hang_at = puts_before
    ledger = open_ledger(tmp_path / "ledger.db", spool)
    async with delivering(spool, store, ledger, ended=[lesson.name]):
        async with asyncio.timeout(10):
            await store.hanging.wait()
        await stays_async(store.hanging.is_set, 0.05)  # the puts beside it end
    ledger.close()
    store.hang_at = None
    again = open_ledger(tmp_path / "ledger.db", spool)
    async with delivering(spool, store, again, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    again.close()
    assert len(store.once()) == len(set(store.once())) == 9
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_with_a_lost_ledger_what_is_in_the_store_is_recognised(
    tmp_path: Path, spool: Path, ledger: Ledger, store: Watched
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all(2)
    lesson.finish()
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    copy = store.root / PREFIX / lesson.name
    (copy / "teacher/000001.m4s").write_bytes(os.urandom(2000))
    (copy / "sound/000002.m4s").write_bytes(b"cut short")
    store.puts.clear()
    new = open_ledger(tmp_path / "new.db", spool)
    async with delivering(spool, store, new, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    new.close()
    assert sorted(store.once()) == [f"{lesson.name}/sound/000002.m4s", f"{lesson.name}/teacher/000001.m4s"]
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_one_object_that_is_refused_for_ever_holds_up_itself_alone(spool: Path, ledger: Ledger) -> None:
    lessons = [SpooledLesson(spool, f"r204-7f3a-{number:06d}") for number in range(1, 11)]
    for lesson in lessons:
        lesson.grow_all(2)
        lesson.finish()
    bad = {f"{PREFIX}/{lessons[0].name}/teacher/000001.m4s": 500, f"{PREFIX}/{lessons[3].name}/receipt.json": 403}
    async with LyingStore().listening() as server:
        server.refusals = [lambda method, key: (bad[key], "") if method == "PUT" and key in bad else None]
        names = [lesson.name for lesson in lessons]
        async with delivering(spool, server.store(), ledger, policy(wait_s=0.2), ended=names) as delivered:
            good = {name for name in names if not any(name in key for key in bad)}
            await delivered.until(lambda: set(delivered.stored) == good)
            status = delivered.uploader.status()
            assert status.fault in ("store-fails", "credentials")
            in_store = set(server.objects)
            for lesson in (lessons[0], lessons[3]):
                everything = {f"{PREFIX}/{lesson.name}/{path}" for path in scan_lesson_folder(lesson.folder)}
                media = {path for path in everything - bad.keys() if path.endswith(".m4s")}
                assert media <= in_store
                assert f"{PREFIX}/{lesson.name}/lesson.json" not in in_store
            assert f"{PREFIX}/{lessons[0].name}/receipt.json" in in_store
            assert status.pending == len(bad) + 4, (
                "programme, sound, main and lesson.json wait for a segment, two for one"
            )
            bad.clear()
            await delivered.until(lambda: set(delivered.stored) == set(names))
            assert delivered.uploader.status() == UploadStatus(0)


async def test_a_store_that_refuses_everything_is_asked_seldom_and_all_that_waits_is_counted(
    spool: Path, ledger: Ledger
) -> None:
    lessons = [SpooledLesson(spool, f"r204-7f3a-{number:06d}") for number in range(1, 6)]
    for lesson in lessons:
        lesson.grow_all(20)
        lesson.finish()
    files = sum(len(scan_lesson_folder(lesson.folder)) for lesson in lessons)
    names = [lesson.name for lesson in lessons]
    async with LyingStore().listening() as server:
        server.refusals = [lambda *_: (403, "AccessDenied")]
        async with delivering(spool, server.store(), ledger, policy(wait_s=3600), ended=names) as delivered:
            await delivered.until(lambda: delivered.uploader.status().next_try_s is not None)
            assert (delivered.uploader.status().fault, delivered.uploader.status().pending) == ("credentials", files)
        server.refusals.clear()
        async with delivering(spool, server.store(), ledger, policy(wait_s=0.01)):
            await until_async(lambda: any(key.endswith("store-mark.json") for key in server.objects), 10)
        server.refusals = [lambda method, key: (403, "AccessDenied") if method == "PUT" else None]
        server.requests.clear()
        async with delivering(spool, server.store(), ledger, policy(wait_s=3600), ended=names) as delivered:
            await delivered.until(lambda: delivered.uploader.status().next_try_s is not None)
            assert delivered.uploader.status().pending >= files
            assert len([method for method, _ in server.requests if method == "PUT"]) <= 5


async def test_a_lesson_never_overwrites_another_of_the_same_id(
    spool: Path, ledger: Ledger, store: Watched, tmp_path: Path
) -> None:
    """A card image was flashed again, and its lessons were deleted: the same numbers come once more."""
    lesson = SpooledLesson(spool)
    lesson.grow_all(3)
    lesson.finish()
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    again = SpooledLesson(tmp_path / "flashed", lesson.name)
    again.grow_all(3)
    again.finish()
    flashed = open_ledger(tmp_path / "flashed.db", tmp_path / "flashed")
    async with delivering(tmp_path / "flashed", store, flashed, ended=[again.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    flashed.close()
    assert await compare_copies(lesson.folder, store, PREFIX) == []
    assert await compare_copies(again.folder, store, PREFIX) == []
    places = {path.name for path in (store.root / PREFIX).iterdir() if path.is_dir()}
    assert len(places) == 2
    assert (places - {lesson.name}).pop().startswith(f"{lesson.name}~")


async def test_what_an_earlier_version_left_without_a_claim_is_not_overwritten_either(
    spool: Path, ledger: Ledger, store: Watched
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all(3)
    lesson.finish()
    other = store.root / PREFIX / lesson.name
    shutil.copytree(lesson.folder, other)
    (other / "sound/000001.m4s").write_bytes(b"of another lesson")
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    assert {path: path.read_bytes() for path in other.rglob("*") if path.is_file()} == before
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_a_claim_whose_answer_was_lost_is_ours(spool: Path, ledger: Ledger) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    lost = [f"{PREFIX}/{lesson.name}/claim", f"{PREFIX}/store-mark.json"]
    async with LyingStore().listening() as server:
        server.loses_answer = lambda method, key: method == "PUT" and key in lost and not lost.remove(key)
        async with delivering(spool, server.store(), ledger, policy(), ended=[lesson.name]) as delivered:
            await delivered.until(lambda: bool(delivered.stored))
        assert lost == []
        assert not [key for key in server.objects if "~" in key]


async def test_another_store_at_the_same_address_is_noticed_and_gets_everything(
    spool: Path, ledger: Ledger, store: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    ledger.rebuild(spool)
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    ledger.lessons.set_stored(lesson.name)
    shutil.rmtree(store.root)
    store.root.mkdir()
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: delivered.uploader.status().fault == "store-not-there")
        assert os.listdir(store.root) == [], "nothing is copied to where a disk is missing"
        assert "check --store --mark" in delivered.uploader.status().reason
        await write_mark(store, PREFIX)
        await delivered.until(lambda: bool(delivered.stored))
    assert ledger.lessons.get(lesson.name).stored is StoredVerdict.PENDING
    assert await compare_copies(lesson.folder, store, PREFIX) == []


async def test_a_disk_that_comes_to_the_mount_point_and_goes_again(spool: Path, ledger: Ledger, store: Watched) -> None:
    """At first the disk is not mounted and nobody noticed; then it is; then it is pulled out."""
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    assert await missing_from_copy(lesson.folder, store, ledger.outbox, PREFIX) is None, "no other place than here"
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(store.root)]
    if (await asyncio.to_thread(subprocess.run, mount, check=False)).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
            await delivered.until(lambda: bool(delivered.stored))
        assert await missing_from_copy(lesson.folder, store, ledger.outbox, PREFIX) == []
        mark = ledger.outbox.known_store()
    finally:
        await asyncio.to_thread(subprocess.run, ["umount", str(store.root)], check=True)
    with pytest.raises(StoreNotThere):
        await store.put(f"{PREFIX}/x", b"must not land on the disk below")
    puts = len(store.puts)
    async with delivering(spool, store, ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: delivered.uploader.status().fault == "store-not-there")
    assert len(store.puts) == puts
    assert ledger.outbox.known_store() == mark
    assert verify_stored(spool, ledger, lesson.name), "what is on that disk is still known"


async def test_a_garbling_store_gets_a_file_twice_and_then_seldom(spool: Path, ledger: Ledger) -> None:
    lesson = SpooledLesson(spool)
    lesson.grow_all()
    lesson.finish()
    at = dataclasses.replace(policy(), refused_again_s=(3600.0, 3600.0))
    async with LyingStore().listening() as server:
        server.kept = lambda key, body: b"?" if key.endswith("journal.jsonl") else body
        async with delivering(spool, server.store(), ledger, at, ended=[lesson.name]) as delivered:
            await delivered.until(lambda: (delivered.uploader.status().next_try_s or 0) > 1000)
            assert delivered.uploader.status().fault == "garbled"
            puts = [key for method, key in server.requests if method == "PUT"]
            assert sum(key.endswith("journal.jsonl") for key in puts) == 2
            others = [key for key in puts if "probe" not in key and not key.endswith(("journal.jsonl", ".m3u8"))]
            assert len(others) == len(set(others))


EVENTS = st.lists(
    st.one_of(
        st.sampled_from(["teacher", "sound"]),
        st.sampled_from(ALL_FAULTS),
        st.just("rewrite"),
        st.just("restart"),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_whatever_happens_the_store_is_in_order_at_every_moment(
    events: list[str | type[StoreError]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_whatever_happens(events, tmp_path_factory.mktemp("any")))


async def _whatever_happens(events: list[str | type[StoreError]], folder: Path) -> None:
    spool, store = folder / "spool", Watched(folder / "store")
    lesson = SpooledLesson(spool)
    waiting = list(events)
    ended = False
    while True:
        ledger = open_ledger(folder / "ledger.db", spool)
        async with delivering(spool, store, ledger, ended=[lesson.name] if ended else []) as delivered:
            delivered.follow(lesson)
            while waiting and (event := waiting.pop()) != "restart":
                if isinstance(event, type):
                    store.failures.append(event("no"))
                elif event == "rewrite":
                    (lesson.folder / "teacher/init.mp4").write_bytes(os.urandom(30))
                else:
                    lesson.grow(event)
                await stays_async(lambda: not delivered.task.done(), 0.003)
            if not waiting:
                lesson.finish()
                delivered.uploader.lesson_ended(lesson.name)
                await delivered.until(lambda: bool(delivered.stored))
        ledger.close()
        if not waiting:
            break
    assert await compare_copies(lesson.folder, store, PREFIX) == []
    assert store.puts[-1].endswith("lesson.json")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Seaweed]:
    """A server of one test's own, which it may stop."""
    (tmp_path / "seaweed").mkdir()
    made = Seaweed(tmp_path / "seaweed")
    made.start()
    yield made
    made.stop()


async def test_a_server_that_stops_and_comes_back(
    server: Seaweed, spool: Path, ledger: Ledger, scoreboard: Scoreboard
) -> None:
    lesson = SpooledLesson(spool, "r204-5ea0-000001")
    lesson.grow_all(3)
    store = server.store()
    async with delivering(spool, store, ledger, policy(wait_s=0.1)) as delivered:
        await delivered.until(lambda: "sound.m3u8" in ledger.outbox.items(lesson.name))
        await asyncio.to_thread(server.stop)
        delivered.follow(lesson)
        lesson.grow_all(3)
        await delivered.until(lambda: delivered.uploader.status().fault == "unreachable")
        await asyncio.to_thread(server.start)
        lesson.finish()
        delivered.uploader.lesson_ended(lesson.name)
        await delivered.until(lambda: bool(delivered.stored))
    differing = await compare_copies(lesson.folder, store, PREFIX)
    assert differing == []
    scoreboard.record("store-stops", files=len(differing))


async def test_wrong_credentials_are_named_and_nothing_is_lost(
    seaweed: Seaweed, spool: Path, ledger: Ledger, scoreboard: Scoreboard
) -> None:
    lesson = SpooledLesson(spool, "r204-5ea0-000002")
    lesson.grow_all()
    lesson.finish()
    async with delivering(spool, seaweed.store(seaweed.reader), ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: delivered.uploader.status().fault == "credentials")
    async with delivering(spool, seaweed.store(), ledger, ended=[lesson.name]) as delivered:
        await delivered.until(lambda: bool(delivered.stored))
    differing = await compare_copies(lesson.folder, seaweed.store(), PREFIX)
    assert differing == []
    scoreboard.record("store-refuses", files=len(differing))


UPLOADER_PROCESS = """
import asyncio, sys
from pathlib import Path
from edge.ledger.ledger import open_ledger
from pipelines.delivery.open_store import open_store
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.delivery.uploader import Uploader

async def main(folder):
    done = asyncio.Event()
    async def on_stored(lesson):
        done.set()
    ledger = open_ledger(folder / "ledger.db", folder / "spool")
    store = open_store((folder / "store").as_uri())
    uploader = Uploader(folder / "spool", store, ledger.outbox, "school/r204", on_stored)
    uploader.lesson_ended("r204-7f3a-000001")
    task = asyncio.create_task(uploader.run())
    print("running", flush=True)
    await done.wait()
    task.cancel()

asyncio.run(main(Path(sys.argv[1])))
"""


def test_killed_again_and_again_it_arrives_whole(tmp_path: Path, scoreboard: Scoreboard) -> None:
    (tmp_path / "store").mkdir()
    lesson = SpooledLesson(tmp_path / "spool")
    lesson.grow_all(60)
    lesson.finish()
    draw = random.Random(204)
    kills = 0
    while True:
        with subprocess.Popen(
            [sys.executable, "-c", UPLOADER_PROCESS, str(tmp_path)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "running\n"
            if kills < 5:
                pass_time(draw.uniform(0.0, 0.15))
                process.send_signal(signal.SIGKILL)
                kills += 1
                process.wait()
                assert_in_order(tmp_path / "store")
                continue
        assert process.returncode == 0
        break
    differing = asyncio.run(compare_copies(lesson.folder, FolderStore(tmp_path / "store"), PREFIX))
    assert differing == []
    for _ in range(kills):
        scoreboard.record("uploader-killed", files=len(differing))
