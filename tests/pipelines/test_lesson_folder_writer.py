"""The disk refuses at any moment: in the end the lesson is as if it never had, nothing twice and nothing lost."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waiting import SkippableTime, until

from pipelines.files.lesson_layout import JOURNAL_JSONL
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import Cause, Cut, End, Marker, Medium, Segment, Track
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.programme.playlist_parser import read_media_playlist
from pipelines.recording import file_thread
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.track_writer import TrackWriter

TIMESCALE = 90_000
SECONDS = 9
PARTS = 2
TRACKS = [
    Track(track="teacher", medium=Medium.PICTURE, how="encoded", timescale=TIMESCALE, width=64, height=48, fps=25),
    Track(track="students", medium=Medium.PICTURE, how="encoded", timescale=TIMESCALE, width=64, height=48, fps=25),
    Track(track="sound", medium=Medium.SOUND, how="encoded", timescale=TIMESCALE, rate_hz=48_000, channels=1),
]
CUTS = {3: "students", 5: "teacher", 8: "students"}
END = End(at_ns=1, lesson_ns=SECONDS * 10**9, cause=Cause.TEACHER)
PATCHED = ["open", "write", "pwrite", "fdatasync", "fsync", "replace", "ftruncate"]


def plan(track: Track) -> TrackLayout:
    is_picture = track.medium is Medium.PICTURE
    return TrackLayout(track.track, TIMESCALE, (track.track,), is_picture, 1000, (64, 48), 25, 1)


def lesson_jobs(files: LessonFolderWriter) -> Iterator[Callable[[], None]]:
    """A lesson as the tracks hand it to the file thread."""
    for track in TRACKS:
        yield partial(files.write_init, track, f"init of {track.track}".encode())
    for number in range(SECONDS * PARTS):
        start = number * TIMESCALE // PARTS
        for track in TRACKS:
            head = FragmentHeader(start, TIMESCALE // PARTS, 1, number % PARTS == 0)
            yield partial(files.write_fragment, track.track, head, f"{track.track} {number};".encode() * 9)
        if (role := CUTS.get(number // PARTS + 1)) and number % PARTS == 0:
            cut = Cut(lesson_ns=(number // PARTS + 1) * 10**9, role=role, reason="person")
            yield partial(files.write_entries, [cut])
        if number % 5 == 0:
            yield partial(files.write_entries, [Marker(lesson_ns=number, label="m")] * 2)
            yield files.sync
    for track in TRACKS:
        yield partial(files.close_track, track.track)
    yield partial(files.end_lesson, [END])
    yield files.close


@contextmanager
def failing_disk(refused: set[int]) -> Iterator[Counter[str]]:
    """The calls with these numbers are refused; a refused write has written half of it."""
    calls: Counter[str] = Counter()
    before = {name: getattr(os, name) for name in PATCHED}

    def refusing(name: str, *args: Any, **more: Any) -> Any:
        calls["all"] += 1
        if calls["all"] not in refused or name == "ftruncate":
            return before[name](*args, **more)
        calls["refused"] += 1
        if name in ("write", "pwrite") and len(args[1]) > 1:
            return before[name](args[0], args[1][: len(args[1]) // 2], *args[2:])
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.MonkeyPatch.context() as patch:
        for name in PATCHED:
            patch.setattr(os, name, partial(refusing, name))
        yield calls


def recorded(folder: Path, refused: set[int]) -> tuple[dict[str, bytes], list[str], int]:
    """The lesson on a disk that refuses these calls: its files, what was told of them, how many were refused."""
    told: list[str] = []
    folder.mkdir()
    files = LessonFolderWriter(folder, [plan(track) for track in TRACKS], "teacher", 4, told.append)
    with failing_disk(refused) as calls:
        for job in lesson_jobs(files):
            for _ in range(len(refused) + 1):
                try:
                    job()
                except OSError:
                    continue
                break
            else:
                raise AssertionError("a job never succeeds")
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return found, told, calls["refused"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], list[str]]:
    found, told, _ = recorded(tmp_path_factory.mktemp("good") / "lesson", set())
    return found, told


def test_the_lesson_on_a_good_disk(undisturbed: tuple[dict[str, bytes], list[str]], tmp_path: Path) -> None:
    found, told = undisturbed
    segments = {f"{track.track}/{number:06d}.m4s" for track in TRACKS for number in (1, 2, 3)}
    assert set(found) == segments | {
        "journal.jsonl", "teacher/init.mp4", "students/init.mp4", "sound/init.mp4",
        "teacher.m3u8", "students.m3u8", "programme.m3u8", "sound.m3u8", "main.m3u8",
    }  # fmt: skip
    whole = b"".join(found[f"teacher/{number:06d}.m4s"] for number in (1, 2, 3))
    assert whole == b"".join(f"teacher {number};".encode() * 9 for number in range(SECONDS * PARTS))
    for segment in segments:
        assert told.count(segment) == 1
    assert told.count("teacher.m3u8") == 4, "with every segment, and at the end"
    (tmp_path / JOURNAL_JSONL).write_bytes(found[JOURNAL_JSONL])
    entries = read_journal(tmp_path).entries
    done = filter_kinds(entries, Segment)
    assert [(one.track, one.start // TIMESCALE, one.duration // TIMESCALE) for one in done] == [
        (track.track, start, duration) for start, duration in ((0, 4), (4, 4), (8, 1)) for track in TRACKS
    ]  # fmt: skip
    assert entries[-1] == END
    (tmp_path / "programme.m3u8").write_bytes(found["programme.m3u8"])
    playlist = read_media_playlist(tmp_path / "programme.m3u8")
    assert playlist.ended
    assert [(segment.path, segment.duration_s) for segment in playlist.segments] == [
        ("teacher/000001.m4s", 3), ("students/000001.m4s", 1), ("students/000002.m4s", 1),
        ("teacher/000002.m4s", 3), ("students/000003.m4s", 1),
    ]  # fmt: skip


def test_playlists_that_a_power_cut_has_emptied_are_written_once_the_lesson_goes_on(tmp_path: Path) -> None:
    files = LessonFolderWriter(tmp_path, [plan(track) for track in TRACKS], "teacher", 4, lambda _path: None)
    *jobs, _end, close = lesson_jobs(files)
    for job in jobs:
        job()
    close()
    whole = {path: path.read_bytes() for path in tmp_path.glob("*.m3u8")}
    for path in whole:
        path.write_bytes(b"")
    done = list(filter_kinds(read_journal(tmp_path).entries, Segment))
    layouts = [
        replace(plan(track), segments=tuple(one for one in done if one.track == track.track)) for track in TRACKS
    ]
    told: list[str] = []
    files = LessonFolderWriter(tmp_path, layouts, "teacher", 4, told.append)
    files.renew_playlists()
    files.write_entries([])
    files.close()
    assert {path: path.read_bytes() for path in whole} == whole
    assert set(told) >= {path.name for path in whole}


@given(refused=st.sets(st.integers(1, 290), max_size=14))
@settings(max_examples=30)
def test_a_disk_that_refuses_changes_nothing(
    undisturbed: tuple[dict[str, bytes], list[str]], refused: set[int]
) -> None:
    found, told = undisturbed
    with tempfile.TemporaryDirectory() as place:
        again, told_again, count = recorded(Path(place) / "lesson", refused)
    assert count or not refused & set(range(1, 60))
    assert again == found
    assert Counter(told_again) == Counter(told)


def test_an_init_segment_stays_and_another_one_gets_another_name(tmp_path: Path) -> None:
    track = TRACKS[0]
    for data in (b"first", b"second", b"first"):
        files = LessonFolderWriter(tmp_path, [plan(track)], "teacher", 4, lambda _: None)
        files.write_init(track, data)
        files.write_entries([track.model_copy(update={"why": "another way now"})])
        files.close()
    assert (tmp_path / "teacher" / "init.mp4").read_bytes() == b"first"
    assert (tmp_path / "teacher" / "init-2.mp4").read_bytes() == b"second"
    described = list(filter_kinds(read_journal(tmp_path).entries, Track))
    crcs = [(entry.init, entry.init_crc) for entry in described]
    assert crcs == [
        (number, zlib.crc32(data)) for number, data in ((1, b"first"), (2, b"second"), (1, b"first")) for _ in "12"
    ]


@pytest.fixture
def thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileThread]:
    monkeypatch.setattr(file_thread, "_RETRY_S", 0.01)
    thread = FileThread("test", lambda: None, limit_bytes=100)
    yield thread
    if thread._thread.ident is not None:
        thread.close(2.0)


def test_jobs_are_done_in_order_whatever_the_disk_says(thread: FileThread) -> None:
    done: list[int] = []
    broken = threading.Event()
    broken.set()

    def job(number: int) -> None:
        if number == 3 and broken.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done.append(number)

    thread.start()
    for number in range(6):
        thread.put(partial(job, number))
    until(lambda: thread.fault)
    assert thread.fault == "disk-full"
    assert done == [0, 1, 2]
    assert not thread.close(0.1)
    broken.clear()
    until(lambda: len(done) == 6)
    assert done == [0, 1, 2, 3, 4, 5]
    assert thread.close(2.0)
    assert thread.fault == ""


def test_pictures_give_way_before_sound_and_nothing_before_it_must(thread: FileThread) -> None:
    free = threading.Event()
    assert thread.put(free.wait, 74)
    assert thread.has_room_for_video
    assert thread.put(lambda: None, 1)
    assert not thread.has_room_for_video
    assert thread.put(lambda: None, 25)
    assert not thread.put(lambda: None, 1)
    assert thread.put(lambda: None), "what holds nothing is always taken"
    free.set()
    thread.start()
    until(lambda: thread.has_room_for_video)
    assert thread.close(2.0)


def test_a_track_that_lost_a_fragment_goes_on_at_a_key_picture(thread: FileThread, tmp_path: Path) -> None:
    track = TRACKS[0]
    files = LessonFolderWriter(tmp_path, [plan(track)], "teacher", 4, lambda _: None)
    writer = TrackWriter(files, thread, lambda: track)
    writer.write_init(b"init")
    for number, key in enumerate([True, False, False, True]):
        if number == 3:
            thread.start()
            until(lambda: thread.has_room_for_video)
        writer.write_fragment(FragmentHeader(number * 9000, 9000, 1, key), bytes(80))
    writer.close()
    thread.put(files.close)
    assert thread.close(2.0)
    entries = read_journal(tmp_path).entries
    assert [entry.start for entry in entries if entry.kind == "fragment"] == [0, 27000]
    dropped = [(entry.lesson_ns, entry.count) for entry in entries if entry.kind == "dropped"]
    assert dropped == [(100_000_000, 2)], "one line, however long the disk is away"


def test_the_disk_is_asked_to_be_sure_once_a_second_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many syncs as there are seconds, and one for each file that is closed; each job takes a tenth of one."""
    clock = SkippableTime()
    monkeypatch.setattr(file_thread, "time", clock)
    synced: Counter[str] = Counter()
    fdatasync = os.fdatasync

    def counted(fd: int) -> None:
        synced[os.path.basename(os.readlink(f"/proc/self/fd/{fd}"))] += 1
        fdatasync(fd)

    files = LessonFolderWriter(tmp_path, [plan(track) for track in TRACKS], "teacher", 4, lambda _: None)
    thread = FileThread("budget", files.sync)
    thread.start()
    monkeypatch.setattr(os, "fdatasync", counted)
    began = clock.monotonic()
    for job in lesson_jobs(files):
        if job != files.sync:
            thread.put(job)
        thread.put(lambda: clock.skip(0.1))
    assert thread.close(5.0)
    seconds = clock.monotonic() - began
    parts = sum(count for name, count in synced.items() if name.endswith(".m4s.part"))
    assert len(TRACKS) * 3 <= parts <= len(TRACKS) * (seconds + 3)
    assert 2 <= synced[JOURNAL_JSONL] <= seconds + 3


def test_playlists_are_made_durable_when_the_lesson_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before that they can be made again: their syncs were most of those of a lesson."""
    synced: list[str] = []
    fdatasync = os.fdatasync

    def counted(fd: int) -> None:
        synced.append(os.path.basename(os.readlink(f"/proc/self/fd/{fd}")))
        fdatasync(fd)

    files = LessonFolderWriter(tmp_path, [plan(track) for track in TRACKS], "teacher", 4, lambda _: None)
    monkeypatch.setattr(os, "fdatasync", counted)
    *jobs, end, close = lesson_jobs(files)
    for job in jobs:
        job()
    playlists = {path.name for path in tmp_path.glob("*.m3u8")}
    assert len(playlists) == 5
    assert not [name for name in synced if ".m3u8" in name]
    end()
    assert sorted(name for name in synced if ".m3u8" in name) == sorted(playlists)
    close()


def test_a_second_that_is_over_at_the_very_end_ends_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last job closes the files, and it is just time to make them durable once more."""
    monkeypatch.setattr(file_thread, "_SYNC_S", 0.0)
    files = LessonFolderWriter(tmp_path, [plan(track) for track in TRACKS], "teacher", 4, lambda _path: None)
    thread = FileThread("end", files.sync)
    thread.put(files.close)
    thread.start()
    assert thread.close(5)
    assert thread.fault == ""
