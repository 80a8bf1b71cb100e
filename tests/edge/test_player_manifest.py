"""player.json tells the player what a lesson has, and nothing that it has not."""

from __future__ import annotations

import json
from pathlib import Path

from edge.player.manifest import make_manifest, write_manifest
from edge.player.published_files import PAGE, player_files
from tests import sample_lessons

ABOUT = {
    "lesson": "r1-7f3a-000001-00000001",
    "title": "数学 · 王敏",
    "began": None,
    "lesson_time_s": 2.0004,
    "school": "s",
    "room": "r1",
    "timetable": {"subject": "数学", "teacher": "王敏", "class_name": "九（3）班", "period": "第一节"},
}


def test_the_manifest_names_what_is_there_the_programme_first_and_no_microphone(tmp_path: Path) -> None:
    videos = dict.fromkeys(("students", "screen", "teacher", "cupboard"), sample_lessons.moving_luma)
    folder = sample_lessons.make_lesson(tmp_path / "L", 1.0, videos=videos).folder
    (folder / "lapel.m3u8").write_text((folder / "sound.m3u8").read_text())
    (folder / "thumbnails.vtt").write_text("WEBVTT\n")
    manifest = make_manifest(folder, ABOUT)
    assert [one.role for one in manifest.pictures] == ["programme", "teacher", "screen", "students", "cupboard"]
    assert all((folder / one.playlist).is_file() for one in manifest.pictures)
    assert (manifest.sound, manifest.thumbnails, manifest.chapters) == ("sound.m3u8", "thumbnails.vtt", None)
    assert (manifest.subject, manifest.length_s) == ("数学", 2.0)


def test_a_manifest_is_written_again_only_where_it_changes(tmp_path: Path) -> None:
    write_manifest(tmp_path, ABOUT)
    path = tmp_path / "player.json"
    before = path.stat()
    assert json.loads(path.read_text())["pictures"] == []
    write_manifest(tmp_path, ABOUT)
    assert path.stat().st_ino == before.st_ino
    (tmp_path / "poster.jpg").write_bytes(b"")
    write_manifest(tmp_path, ABOUT)
    assert json.loads(path.read_text())["poster"] == "poster.jpg"


def test_the_page_is_published_after_all_that_it_loads_and_has_its_words_in_both_languages() -> None:
    files = {file.path: file.data for file in player_files()}
    assert list(files)[-1] == PAGE
    chinese, english = (json.loads(files[f"words/{language}.json"]) for language in ("zh-CN", "en"))
    assert chinese.keys() == english.keys()
    assert chinese["layout-side"] != english["layout-side"]
    assert not [path for path, data in files.items() if path.endswith((".html", ".css")) and b"//" in data]
