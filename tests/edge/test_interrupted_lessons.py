"""A recorder that dies between any two steps of a lesson leaves what the next one makes whole by itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest
from sample_lessons import make_lesson

from edge.recorder.resume_interrupted import InterruptedLessons, resume_interrupted
from pipelines.files.lesson_layout import INIT, segment_name
from pipelines.files.mp4_boxes import parse_moof
from pipelines.journal.entries import Begin, Cause, End, Fragment, Medium, Segment, Track
from pipelines.journal.journal_file import iterate_kinds, read_journal
from pipelines.journal.replay import has_ended
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import FindingCode, Severity
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.recording_settings import CameraSettings, RecordingSettings
from pipelines.system_clocks import ClockSnapshot

NAME = "r1-7f3a-000001-0123abcd"
LONG_AFTER = ClockSnapshot("next boot", 0, 0, is_synchronised=False, uptime_ns=3600 * 10**9)
SECONDS = 5.0
# The only microphone's track is the mix.
ROLES = {"teacher": ("teacher",), "sound": ("sound", "ceiling")}


def settings(spool: Path, boot: str = "next boot") -> RecordingSettings:
    camera = CameraSettings("teacher", 320, 180, Fraction(25), 400)
    return RecordingSettings("s", "r1", boot, spool, (camera,), (), "ultrafast", 250, 4, 64)


class Snapshots:
    """Copies of a folder after each operation that reaches the disk: as a kill leaves it, and as a power cut does.

    The power takes from each file what was not synced; the names stay, which ext4 may have written or not.
    """

    def __init__(self, folder: Path, place: Path) -> None:
        self._folder = folder
        self._place = place
        self._synced: dict[int, bytes] = {}
        self.taken: list[Path] = []

    def on_sync(self, fd: int) -> None:
        found = os.fstat(fd)
        with open(f"/proc/self/fd/{fd}", "rb") as file:
            self._synced[found.st_ino] = file.read()

    def take(self, name: str) -> None:
        for kind in ("killed", "unpowered"):
            copy = self._place / f"{len(self.taken):03d}-{kind}-after-{name}" / NAME
            shutil.copytree(self._folder, copy)
            self.taken.append(copy)
            for path in copy.rglob("*") if kind == "unpowered" else ():
                if path.is_file():
                    inode = (self._folder / path.relative_to(copy)).stat().st_ino
                    path.write_bytes(self._synced.get(inode, b""))


@contextmanager
def watched(snapshots: Snapshots) -> Iterator[None]:
    """Every sync, rename and write of the block takes its snapshots."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fdatasync", "write", "replace"):
            patch.setattr(os, name, _watched(name, getattr(os, name), snapshots))
        yield


def _watched(name: str, call: object, snapshots: Snapshots) -> object:
    def watched_call(*arguments: object, **named: object) -> object:
        result = call(*arguments, **named)  # type: ignore[operator]
        if name == "fdatasync":
            snapshots.on_sync(arguments[0])  # type: ignore[arg-type]
        snapshots.take(name)
        return result

    return watched_call


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source") / NAME
    make_lesson(folder, SECONDS, is_hidden=True)
    return folder


@pytest.fixture(scope="module")
def cut(source: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The lesson, written anew by the recorder's writer and cut off after each step of its beginning and its end."""
    spool, place = tmp_path_factory.mktemp("spool"), tmp_path_factory.mktemp("cut")
    folder = spool / NAME
    folder.mkdir()
    snapshots = Snapshots(folder, place)
    snapshots.take("mkdir")
    tracks = {track.track: track for track in iterate_kinds(source, Track)}
    layouts = [
        TrackLayout(name, track.timescale, ROLES[name], track.medium is Medium.PICTURE, 400_000, (320, 180), 25.0, 1)
        for name, track in tracks.items()
    ]
    with watched(snapshots):
        writer = LessonFolderWriter(folder, layouts, "teacher", 4, lambda _: None)
        snapshots.take("open")
        write_lesson(source, writer, snapshots)
        writer.close()
    return snapshots.taken


def write_lesson(source: Path, writer: LessonFolderWriter, snapshots: Snapshots) -> None:
    entries = read_journal(source).entries
    fragments = sorted(
        (one for one in entries if isinstance(one, Fragment)),
        key=lambda one: one.start / (90_000 if one.track == "teacher" else 48_000),
    )
    writer.write_entries([one for one in entries if isinstance(one, Begin)])
    for track in (one for one in entries if isinstance(one, Track)):
        writer.write_init(track, (source / track.track / INIT).read_bytes())
    writer.write_entries([one for one in entries if not isinstance(one, Begin | Track | Fragment | Segment | End)])
    for number, one in enumerate(fragments):
        raw = (source / one.track / segment_name(one.segment)).read_bytes()[one.offset : one.offset + one.length]
        quiet = 3 < number < len(fragments) - 3
        taken = len(snapshots.taken)
        writer.write_fragment(one.track, parse_moof(raw), raw)
        if number % 4 == 3:
            writer.sync()
        for boring in snapshots.taken[taken:] if quiet else ():
            shutil.rmtree(boring.parent)
        del snapshots.taken[taken if quiet else len(snapshots.taken) :]
    for name in {one.track for one in fragments}:
        writer.close_track(name)
    writer.end_lesson([one for one in entries if isinstance(one, End)])


def start(spool: Path) -> InterruptedLessons:
    """What a recorder does at its start, an hour after the power came back."""
    return resume_interrupted(settings(spool), LONG_AFTER)


def test_a_cut_after_any_step_is_mended_at_the_next_start(cut: list[Path]) -> None:
    ended = torn = 0
    for folder in cut:
        playlists = list(folder.glob("*.m3u8"))
        torn += any(not path.stat().st_size for path in playlists)
        before = {path.relative_to(folder) for path in folder.rglob("*.m4s*") if path.stat().st_size}
        was_ended = folder.joinpath("journal.jsonl").exists() and has_ended(folder) and before
        found = start(folder.parent)
        if not before:
            assert not folder.exists(), f"{folder}: a ghost"
            continue
        receipt = check_lesson(folder)
        bad = [one for one in receipt.findings if one.severity is Severity.BAD]
        if was_ended and b'"kind":"end"' in (folder / "journal.jsonl").read_bytes():
            ended += 1
            assert receipt.is_good, (folder, bad)
            (end,) = iterate_kinds(folder, End)
            assert end.cause is Cause.TEACHER
            assert [one.lesson for one in found.ended] in ([], [NAME])
        assert {one.code for one in bad} <= {FindingCode.CUT_SHORT}, (folder, bad)
        for path in playlists:
            assert path.read_text().startswith("#EXTM3U"), path
        if folder / "ceiling.m3u8" in playlists:
            assert (folder / "ceiling.m3u8").read_bytes() == (folder / "sound.m3u8").read_bytes()
        as_mended = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert start(folder.parent).ended == ()
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == as_mended
    assert ended > 10, "the steps between the end and the last playlist"
    assert torn > 10, "playlists that the power has emptied"
