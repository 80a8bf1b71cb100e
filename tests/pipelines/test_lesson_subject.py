"""What the timetable knew of a lesson: kept in its journal, shown by its playlist and by one file made of it."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

import av
import pytest
from sample_lessons import make_lesson

from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import Cause, ClockReading, End, LessonSubject, Marker, Medium, Track
from pipelines.journal.journal_file import JournalFile, first_of_kind, iterate_kinds
from pipelines.programme.hls_playlist import main_playlist
from pipelines.programme.join_mp4 import join_mp4
from pipelines.programme.playlist_parser import read_main_playlist
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout

S = 1_000_000_000
START_NS = 1_788_220_800 * S  # 2026-09-01 00:00:00 UTC
SOUND = Track(track="sound", medium=Medium.SOUND, how="encoded", timescale=48_000, rate_hz=48_000, channels=1)
LAYOUT = TrackLayout("sound", 48_000, ("sound",), False, 96_000, channels=1)


def subject(title: str = "三（2）班 · 语文 · 张敏") -> LessonSubject:
    return LessonSubject(
        title=title,
        subject="语文",
        teacher="张敏",
        class_name="三（2）班",
        start_wall_ns=START_NS,
        end_wall_ns=START_NS + 2400 * S,
    )


def title_of(folder: Path) -> str:
    line = next(line for line in (folder / "main.m3u8").read_text().splitlines() if "SESSION-DATA" in line)
    return line.removeprefix('#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.title",VALUE="').removesuffix('"')


def write_sound(files: LessonFolderWriter, second: int) -> None:
    files.write_fragment("sound", FragmentHeader(second * 48_000, 48_000, 1, True), b"sound")
    files.close_track("sound")


def test_the_first_subject_counts_also_for_the_recorder_that_resumes_the_lesson(tmp_path: Path) -> None:
    files = LessonFolderWriter(tmp_path, [LAYOUT], None, 4, lambda _: None)
    files.write_init(SOUND, b"init")
    write_sound(files, 0)
    assert "SESSION-DATA" not in (tmp_path / "main.m3u8").read_text()
    files.write_entries([subject()])
    files.write_entries([subject("another"), Marker(lesson_ns=S, label="kept")])
    write_sound(files, 1)
    assert title_of(tmp_path) == "三（2）班 · 语文 · 张敏"
    files.close()
    resumed = LessonFolderWriter(tmp_path, [LAYOUT], None, 4, lambda _: None)
    resumed.write_entries([subject("of a controller that has restarted")])
    write_sound(resumed, 2)
    resumed.end_lesson([End(at_ns=3 * S, lesson_ns=3 * S, cause=Cause.TEACHER)])
    resumed.close()
    assert title_of(tmp_path) == "三（2）班 · 语文 · 张敏"
    assert list(iterate_kinds(tmp_path, LessonSubject)) == [subject()]
    assert first_of_kind(tmp_path, Marker) == Marker(lesson_ns=S, label="kept")


@pytest.mark.parametrize("title", ['she said "no"', 'two\nlines,A="b"', "语文"])
def test_no_title_breaks_the_playlist(tmp_path: Path, title: str) -> None:
    (tmp_path / "main.m3u8").write_text(main_playlist(None, 1, title))
    assert read_main_playlist(tmp_path / "main.m3u8").pictures == ("sound.m3u8",)
    assert len((tmp_path / "main.m3u8").read_text().splitlines()) == 6


def test_a_joined_file_has_title_teacher_date_and_chapters(tmp_path: Path) -> None:
    folder = make_lesson(tmp_path / "lesson", 6).folder
    journal = JournalFile(folder)
    known = ClockReading(at_ns=0, wall_ns=START_NS, synchronised=True)
    marks = [
        Marker(lesson_ns=2 * S, label="板书"),
        Marker(lesson_ns=4 * S, label=""),
        Marker(lesson_ns=4 * S, label=""),
    ]
    journal.append([known, subject(), *marks])
    journal.close()
    out = tmp_path / "lesson.mp4"
    join_mp4(folder, out)
    with av.open(str(out)) as container:
        tags = container.metadata
        chapters = [(one["start"] * one["time_base"], one["metadata"]["title"]) for one in container.chapters()]
        assert {stream.type for stream in container.streams} >= {"video", "audio"}
    assert (tags["title"], tags["artist"]) == ("三（2）班 · 语文 · 张敏", "张敏")
    assert datetime.fromisoformat(tags["date"]).timestamp() == START_NS / S
    assert chapters == [(0, "三（2）班 · 语文 · 张敏"), (2, "板书"), (4, "2")]
    played = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", out, "-f", "null", "-"], capture_output=True)
    assert (played.returncode, played.stderr) == (0, b"")


def test_a_joined_lesson_without_markers_has_no_chapters(tmp_path: Path) -> None:
    folder = make_lesson(tmp_path / "lesson", 2).folder
    join_mp4(folder, tmp_path / "lesson.mp4")
    with av.open(str(tmp_path / "lesson.mp4")) as container:
        assert (container.chapters(), container.metadata["title"]) == ([], "lesson")
        assert "date" not in container.metadata
