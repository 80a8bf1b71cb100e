"""Room for the next lesson: stored lessons go, the oldest first, and are remembered whenever a crash comes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ledgers import begin_lesson

from edge.classroom.lesson_events import LessonStored
from edge.cli.main import main
from edge.controller.fault_registry import FaultRegistry
from edge.controller.maintenance import lesson_deletion
from edge.controller.maintenance.disk_cleanup import NOT_REMOVABLE, DiskCleanup, SpaceNeeds
from edge.ledger import removed_lessons
from edge.ledger.ledger import Ledger, open_ledger
from edge.ledger.lessons import LessonState
from edge.school.students_csv import named_table_path
from pipelines import system_clocks
from pipelines.delivery import store_mark
from pipelines.delivery.folder_store import FolderStore
from pipelines.delivery.interfaces import KnownStore, StoredFile
from pipelines.delivery.upload_plan import scan_lesson_folder
from pipelines.delivery.uploader import Uploader
from pipelines.files import disk
from pipelines.files.sha256 import sha256_of_file
from pipelines.journal.journal_file import JournalFile
from pipelines.receipt.receipt import RecordingVerdict, StoredVerdict
from pipelines.recording.storage_budget import StorageDemand

MB = 1_000_000
DISK_MB = 48
DAY_NS = 86_400 * 10**9
# 4 MB a minute of pictures; a lesson of five minutes and the reserve take 30 MB, at the lowest bit rate 19.
DEMAND = StorageDemand(video_bps=533_000, audio_bps=0, seconds=300, reserve_bytes=9 * MB)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own."""
    spool = tmp_path / "spool"
    spool.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(spool)]
    if (refused := subprocess.run(mount, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"a small disk cannot be mounted here: {refused.stderr.strip()}")
    yield spool
    subprocess.run(["umount", str(spool)], check=True)


@pytest.fixture
def ledger(tmp_path: Path, spool: Path) -> Iterator[Ledger]:
    made = open_ledger(tmp_path / "ledger.db", spool)
    mark = store_of(spool) / "s" / "r1" / store_mark.NAME
    mark.parent.mkdir(parents=True)
    mark.write_text('{"id": "ours"}')
    made.outbox.use_store(KnownStore("ours"))
    yield made
    made.close()


def lesson(spool: Path, ledger: Ledger, *, stored: bool = True, days_ago: float | None = 30, size: int = 8 * MB) -> str:
    """A lesson of so many bytes, as the controller leaves one."""
    ended_ns = None if days_ago is None else time.time_ns() - round(days_ago * DAY_NS)
    begun = begin_lesson(ledger, "r1")
    folder = spool / begun
    (folder / "teacher").mkdir(parents=True)
    (folder / "journal.jsonl").touch()
    tables(spool).mkdir(exist_ok=True)
    named_table_path(tables(spool), begun).write_text("names")
    (folder / "teacher" / "000001.m4s").write_bytes(bytes(size))
    ended = None if ended_ns is None else datetime.fromtimestamp(ended_ns / 1e9, UTC).isoformat()
    (folder / "lesson.json").write_text(json.dumps({"lesson": begun, "ended": ended, "cause": "teacher"}))
    ledger.lessons.end(begun, 300 * 10**9, "teacher", ended_ns)
    ledger.lessons.set_recording(begun, RecordingVerdict.GOOD)
    if stored:
        copy = store_of(spool) / "s" / "r1" / begun
        shutil.copytree(folder, copy)
        for path, state in scan_lesson_folder(folder).items():
            ledger.outbox.mark_stored(begun, path, state, StoredFile(sha256_of_file(copy / path), state.size))
        ledger.lessons.set_stored(begun)
    return begun


def tables(spool: Path) -> Path:
    return spool.parent / "results"


def store_of(spool: Path) -> Path:
    return spool.parent / "store"


def lessons_in(spool: Path) -> list[str]:
    return sorted(path.name for path in spool.iterdir() if path.is_dir())


async def never_stored(_lesson: str) -> None:
    raise AssertionError


def cleanup(
    spool: Path,
    ledger: Ledger,
    keep_days: int = 14,
    busy: frozenset[str] = frozenset(),
    store: Path | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> tuple[DiskCleanup, FaultRegistry]:
    faults = FaultRegistry()
    copies = Uploader(spool, FolderStore(store or store_of(spool)), ledger.outbox, "s/r1", never_stored)
    needs = SpaceNeeds(DEMAND, busy)
    look = copies.missing_from_copy
    made = DiskCleanup(
        spool, tables(spool), ledger, keep_days, lambda: needs, faults, look, lambda _event: None, monotonic
    )
    return made, faults


async def check_once(
    spool: Path, ledger: Ledger, keep_days: int = 14, busy: frozenset[str] = frozenset()
) -> FaultRegistry:
    """One check of the cleanup."""
    disk_cleanup, faults = cleanup(spool, ledger, keep_days, busy)
    await disk_cleanup.check()
    assert disk_cleanup.remaining is not None
    assert disk_cleanup.remaining.free_bytes == disk.read_space(spool).free_bytes
    return faults


@pytest.fixture
def known_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_clocks, "is_synchronised", lambda: True)


@pytest.mark.usefixtures("known_date")
async def test_the_oldest_stored_lessons_make_room(spool: Path, ledger: Ledger) -> None:
    size = 6_500_000
    lessons = [lesson(spool, ledger, stored=False, size=size)]
    lessons += [lesson(spool, ledger, days_ago=days, size=size) for days in (30, 30, 1)]
    registry = await check_once(spool, ledger)
    assert lessons_in(spool) == [lessons[0], lessons[2], lessons[3]], "one was enough"
    assert registry.codes() == []
    assert list(removed_lessons.read(spool)) == [lessons[1]]
    assert ledger.lessons.get(lessons[1]).stored is StoredVerdict.YES
    assert ledger.outbox.items(lessons[1]) == {}


@pytest.mark.usefixtures("known_date")
async def test_what_is_not_stored_or_busy_or_changed_stays_and_that_is_told(spool: Path, ledger: Ledger) -> None:
    lessons = [lesson(spool, ledger, stored=False), *(lesson(spool, ledger) for _ in range(3))]
    (spool / lessons[1] / "teacher" / "000002.m4s").write_bytes(b"mended")
    worked_on = JournalFile(spool / lessons[2])
    registry = await check_once(spool, ledger, busy=frozenset({lessons[3]}))
    assert lessons_in(spool) == lessons
    assert registry.has_no_room
    worked_on.close()
    assert not (await check_once(spool, ledger, busy=frozenset({lessons[3]}))).has_no_room
    assert lessons_in(spool) == [lessons[0], lessons[1], lessons[3]]


@pytest.mark.usefixtures("known_date")
async def test_what_the_store_has_lost_goes_there_again_before_the_lesson_goes(
    spool: Path, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    lessons = [lesson(spool, ledger) for _ in range(5)]
    shutil.rmtree(store_of(spool) / "s" / "r1" / lessons[0])
    (store_of(spool) / "s" / "r1" / lessons[1] / "teacher" / "000001.m4s").unlink()
    await check_once(spool, ledger)
    assert lessons_in(spool) == lessons[:2]
    assert ledger.lessons.get(lessons[1]).state is LessonState.CHECKED
    waiting = {path for path, item in ledger.outbox.items(lessons[1]).items() if item.copy is None}
    assert waiting == {"teacher/000001.m4s"}
    assert "the store has lost 1 files (teacher/000001.m4s)" in caplog.text


def _away(store: Path) -> None:
    shutil.rmtree(store)


def _mount_point(store: Path) -> None:
    """Its disk is missing, and the folder that it is mounted on is empty."""
    shutil.rmtree(store)
    store.mkdir()


def _another(store: Path) -> None:
    (store / "s" / "r1" / store_mark.NAME).write_text('{"id": "of another county"}')


@pytest.mark.usefixtures("known_date")
@pytest.mark.parametrize("fault", [_away, _mount_point, _another])
async def test_nothing_goes_on_the_word_of_a_store_that_is_away_or_another(
    spool: Path, ledger: Ledger, fault: Callable[[Path], None]
) -> None:
    lessons = [lesson(spool, ledger) for _ in range(3)] + [lesson(spool, ledger, stored=False)]
    fault(store_of(spool))
    assert (await check_once(spool, ledger)).has_no_room
    assert lessons_in(spool) == lessons


@pytest.mark.usefixtures("known_date")
async def test_a_store_on_the_same_disk_makes_no_room(spool: Path, ledger: Ledger) -> None:
    lessons = [lesson(spool, ledger) for _ in range(3)]
    shutil.move(store_of(spool) / "s", spool / ".store" / "s")
    disk_cleanup, _ = cleanup(spool, ledger, store=spool / ".store")
    await disk_cleanup.check()
    assert lessons_in(spool) == [".store", *lessons]


@pytest.mark.usefixtures("known_date")
async def test_stored_copies_go_before_quality_does_also_within_their_keep_time(spool: Path, ledger: Ledger) -> None:
    lessons = [lesson(spool, ledger, days_ago=1) for _ in range(4)]
    registry = await check_once(spool, ledger, keep_days=14)
    assert registry.codes() == []
    assert lessons_in(spool) == lessons[2:]


def unmount_below(spool: Path) -> None:
    for mounted in spool.glob("*/mounted"):
        subprocess.run(["umount", str(mounted)], check=True)


@pytest.mark.usefixtures("known_date")
async def test_what_cannot_be_removed_is_named_and_the_next_ones_go(
    spool: Path, ledger: Ledger, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lessons = [lesson(spool, ledger) for _ in range(5)]
    elsewhere = tmp_path / "elsewhere"
    shutil.move(spool / lessons[0], elsewhere)
    (spool / lessons[0]).symlink_to(elsewhere)
    mounted = spool / lessons[1] / "mounted"
    mounted.mkdir()
    await asyncio.to_thread(subprocess.run, ["mount", "-t", "tmpfs", "tmpfs", str(mounted)], check=True)
    try:
        registry = await check_once(spool, ledger)
        assert lessons_in(spool) == [f".{lessons[1]}.renamed", lessons[0], lessons[4]]
        assert registry.codes() == [NOT_REMOVABLE]
        assert len(list(elsewhere.rglob("*"))) == 4, "what a link leads to is not ours"
        for refused in lessons[:2]:
            assert f"{refused}: it cannot be removed" in caplog.text
    finally:
        await asyncio.to_thread(unmount_below, spool)


@pytest.mark.usefixtures("known_date")
async def test_lessons_are_looked_at_only_when_something_has_changed(
    spool: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = [lesson(spool, ledger) for _ in range(5)]
    shutil.rmtree(store_of(spool) / "s" / "r1" / lessons[0])
    looks: list[str] = []
    verify = lesson_deletion.verify_stored
    monkeypatch.setattr(lesson_deletion, "verify_stored", lambda *args: looks.append(args[2]) or verify(*args))
    monotonic = 0.0
    busy = frozenset(lessons)
    disk_cleanup, _ = cleanup(spool, ledger, busy=busy, monotonic=lambda: monotonic)
    disk_cleanup._needs = lambda: SpaceNeeds(DEMAND, busy)
    for _ in range(100):
        await disk_cleanup.check()
    assert looks == []
    busy = frozenset(lessons[1:])
    for _ in range(100):
        await disk_cleanup.check()
    assert looks == lessons[:1]
    monotonic = 3600.0
    disk_cleanup.on_event(LessonStored(lessons[0], 1))
    ledger.lessons.set_stored(lessons[0])
    for _ in range(100):
        await disk_cleanup.check()
    assert looks == lessons[:1] * 2


def test_what_was_mended_since_somebody_looked_is_not_removed(spool: Path, ledger: Ledger) -> None:
    one = lesson(spool, ledger)
    (spool / one / "teacher" / "000001.m4s").write_bytes(b"mended")
    assert not lesson_deletion.delete_lesson(spool, tables(spool), ledger, one)
    assert lessons_in(spool) == [one]


async def test_where_the_date_is_not_known_the_first_goes_first(
    spool: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_clocks, "is_synchronised", lambda: False)
    lessons = [lesson(spool, ledger, days_ago=days) for days in (1, None, 5000)]
    registry = await check_once(spool, ledger)
    assert lessons_in(spool) == lessons[1:]
    assert registry.codes() == []


class Crash(BaseException):
    """The power goes."""


def test_a_crash_at_any_moment_leaves_it_whole_or_gone_and_remembered(
    spool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {name: getattr(os, name) for name in ("rename", "unlink", "rmdir", "fsync", "write")}
    survivors = crashes = 0
    while True:
        shutil.rmtree(spool, ignore_errors=True)
        spool.mkdir(exist_ok=True)
        for file in tmp_path.glob("ledger.db*"):
            file.unlink()
        ledger = open_ledger(tmp_path / "ledger.db", spool)
        one = lesson(spool, ledger, size=10)
        before = {path.name: path.read_bytes() for path in (spool / one).rglob("*") if path.is_file()}
        left = crashes

        def crashing(name: str, *args: object, **more: object) -> object:
            nonlocal left
            if left == 0:
                raise Crash
            left -= 1
            return whole[name](*args, **more)

        with monkeypatch.context() as patch:
            for name in whole:
                patch.setattr(os, name, lambda *args, name=name, **more: crashing(name, *args, **more))
            with contextlib.suppress(Crash):
                lesson_deletion.delete_lesson(spool, tables(spool), ledger, one)
                break
        ledger.close()
        for file in tmp_path.glob("ledger.db*") if crashes % 2 else ():
            file.unlink()
        ledger = open_ledger(tmp_path / "ledger.db", spool)
        lesson_deletion.finish_interrupted(spool, tables(spool), ledger)
        assert named_table_path(tables(spool), one).exists() == bool(lessons_in(spool))
        if lessons_in(spool):
            survivors += 1
            assert {path.name: path.read_bytes() for path in (spool / one).rglob("*") if path.is_file()} == before
        else:
            assert removed_lessons.read(spool)[one].cause == "teacher"
            known = ledger.lessons.get(one)
            assert (known.state, known.stored) == (LessonState.STORED, StoredVerdict.YES)
        ledger.close()
        crashes += 1
    assert crashes > survivors > 0


def test_a_removed_lesson_outlives_the_ledger(
    spool: Path, ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = lesson(spool, ledger)
    assert lesson_deletion.delete_lesson(spool, tables(spool), ledger, one)
    with (spool / removed_lessons.NAME).open("ab") as file:
        file.write(b'{"lesson": "torn')
    anew = open_ledger(tmp_path / "another.db", spool)
    known = anew.lessons.get(one)
    assert (known.state, known.stored, known.cause) == (LessonState.STORED, StoredVerdict.YES, "teacher")
    assert known.ended_wall_ns is not None
    assert lesson_deletion.delete_lesson(spool, tables(spool), ledger, lesson(spool, ledger))
    anew.close()
    assert len(removed_lessons.read(spool)) == 2, "a torn line costs no other"
    config = tmp_path / "config.toml"
    config.write_text(
        f'[room]\nschool = "s"\nroom = "r1"\nlanguage = "en"\n[paths]\nspool = "{spool}"\n'
        f'ledger = "{tmp_path}/another.db"\nrun = "{tmp_path}"\n'
    )
    assert main(["--config", str(config), "lessons", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(row["stored"], row["removed"], row["folder"]) for row in listed] == [("yes", True, None)] * 2
    assert main(["--config", str(config), "verify", one]) == 2
    assert f"the store has it under s/r1/{one}/" in capsys.readouterr().err


@pytest.mark.usefixtures("known_date")
async def test_what_becomes_stored_makes_room_at_once(spool: Path, ledger: Ledger) -> None:
    lessons = [lesson(spool, ledger, stored=False), lesson(spool, ledger), lesson(spool, ledger)]
    ledger.lessons.set_lost(lessons[1])
    ledger.lessons.set_lost(lessons[2])
    more = lesson(spool, ledger, stored=False)
    disk_cleanup, faults = cleanup(spool, ledger)
    task = asyncio.create_task(disk_cleanup.run())
    async with asyncio.timeout(5):
        while not faults.has_no_room:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert lessons_in(spool) == [*lessons, more]
        ledger.lessons.set_stored(lessons[1])
        disk_cleanup.on_event(LessonStored(lessons[1], 1))
        while lessons[1] in lessons_in(spool):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_ledger_that_is_not_open_does_not_hide_how_much_room_is_left(spool: Path, ledger: Ledger) -> None:
    ledger.close()
    assert (await check_once(spool, ledger)).codes() == []
    for number in range(3):
        (spool / f"{number}").write_bytes(bytes(13 * MB))
    faults = await check_once(spool, ledger)
    assert faults.codes() == [disk.NO_ROOM]
