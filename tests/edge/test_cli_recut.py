"""classroom-edge recut, as somebody types it: a lesson here, stored, and in the store alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import av
import pytest
from cut_lessons import SECOND_NS, CutCamera, read_picture, write_cut_lesson

from edge.cli import main as command
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.observations import CameraTrust, PersonCut
from pipelines.directing.recorded_director import RecordedDirector
from pipelines.files.lesson_layout import CUTS_JSON, PROGRAMME_PLAYLIST
from pipelines.journal.entries import Looks
from pipelines.programme.playlist_parser import read_media_playlist

CONFIG = """
[room]
school = "hill"
room = "r1"
[paths]
spool = "spool"
[cameras.teacher]
driver = "simulated"
[store]
url = "file://{store}"
"""
LESSON = "r1-aaaa-000001"
CAMERAS = [CutCamera("teacher", 320, 180, 10), CutCamera("students", 480, 270, 5)]
CUTS = [(0, "teacher"), (4, "students"), (7, "teacher")]
SECONDS = 10


def told() -> list[Looks]:
    """What the director was told: two cameras that are there, and a person who cuts."""
    written: list[Looks] = []
    director = RecordedDirector(DirectorRules(), [camera.role for camera in CAMERAS], 0, written.append)
    for camera in CAMERAS:
        director.push(CameraTrust(camera.role, 0, is_true=True))
    for second in range(SECONDS):
        for at, role in CUTS[1:]:
            if at == second:
                director.push(PersonCut(second * SECOND_NS, role))
        director.tick(second * SECOND_NS)
    director.flush()
    return written


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / LESSON
    return write_cut_lesson(folder, SECONDS, CUTS, CAMERAS, entries=told())


@pytest.fixture
def room(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room with the lesson in its spool and in its store."""
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    (tmp_path / "store").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG.format(store=tmp_path / "store"))
    shutil.copytree(original, tmp_path / "spool" / LESSON)
    copy = shutil.copytree(original, tmp_path / "store/hill/r1" / LESSON)
    (copy / "lesson.json").write_text("{}")
    return tmp_path


def recut(room: Path, *options: str) -> int:
    return command.main(["--config", str(room / "config.toml"), "recut", LESSON, *options])


def shots(folder: Path) -> list[tuple[str, float]]:
    """The cameras of a programme in their order, each with how long it is on air."""
    found: list[tuple[str, float]] = []
    for segment in read_media_playlist(folder / PROGRAMME_PLAYLIST).segments:
        role = segment.path.partition("/")[0]
        before = found.pop()[1] if found and found[-1][0] == role else 0.0
        found.append((role, round(before + segment.duration_s, 3)))
    return found


def test_here_and_in_the_store_and_back_again(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, copy = room / "spool" / LESSON, room / "store/hill/r1" / LESSON
    before = (here / PROGRAMME_PLAYLIST).read_bytes()
    assert shots(here) == [("teacher", 4.0), ("students", 3.0), ("teacher", 3.0)]
    assert recut(room) == 0
    assert shots(here) == shots(copy) == [("teacher", 4.0), ("students", 3.0), ("teacher", 3.0)], "the same rules"
    assert recut(room, "--without-persons") == 0
    assert shots(here) == shots(copy) == [("teacher", 10.0)]
    assert "0 changes" in capsys.readouterr().out
    assert (here / "cuts-1.json").exists(), "the cuts before are kept"
    assert (copy / CUTS_JSON).read_bytes() == (here / CUTS_JSON).read_bytes()
    assert recut(room, "--as-recorded") == 0
    assert (here / PROGRAMME_PLAYLIST).read_bytes() == (copy / PROGRAMME_PLAYLIST).read_bytes() == before
    assert not (copy / CUTS_JSON).exists()


def test_a_lesson_that_is_no_longer_here(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = room / "store/hill/r1" / LESSON
    media = {path: path.stat().st_mtime_ns for path in copy.glob("*/*")}
    shutil.rmtree(room / "spool" / LESSON)
    assert recut(room, "--without-persons") == 0
    assert shots(copy) == [("teacher", 10.0)]
    assert "RESOLUTION=320x180" in (copy / "main.m3u8").read_text()
    assert recut(room, "--as-recorded") == 0
    assert shots(copy) == [("teacher", 4.0), ("students", 3.0), ("teacher", 3.0)]
    assert {path: path.stat().st_mtime_ns for path in copy.glob("*/*")} == media, "no media is copied"
    assert not list((room / "spool").glob("*/"))
    shutil.rmtree(copy)
    assert recut(room) == 2
    assert "no such lesson" in capsys.readouterr().err


def test_rules_are_read_and_mistakes_in_them_are_told(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = room / "calm.toml"
    rules.write_text("min_shot_s = 5\nbusy_shot_s = 6\n")
    assert recut(room, "--rules", str(rules)) == 0
    rules.write_text("min_shots = 5\n")
    assert recut(room, "--rules", str(rules)) == 2
    assert "min_shot_s" in capsys.readouterr().err


def test_a_lesson_that_no_director_saw_is_left_as_it_is(
    original: Path, room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = room / "spool" / LESSON
    shutil.rmtree(here)
    write_cut_lesson(here, 2, [], CAMERAS)
    assert recut(room) == 2
    assert "no director" in capsys.readouterr().err
    assert not (here / CUTS_JSON).exists()


def test_a_best_of_by_marks(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = room / "spool" / LESSON
    shutil.rmtree(here)
    marks = [(21, "a proof"), (75, "an answer"), (76, "well done")]
    write_cut_lesson(here, 100, [(60, "students"), (80, "teacher")], CAMERAS, marks=marks)
    copy = room / "store/hill/r1" / LESSON
    before = (here / PROGRAMME_PLAYLIST).read_bytes()
    assert recut(room, "--best-of", "nothing of the kind") == 2
    assert recut(room, "--best-of") == 0
    assert "an answer · well done" in capsys.readouterr().out
    assert (here / PROGRAMME_PLAYLIST).read_bytes() == before
    names = ["chapters.vtt", "main.m3u8", "programme.m3u8", "sound.m3u8"]
    assert sorted(path.name for path in (copy / "best-of").iterdir()) == names
    pictures = []
    with av.open(str(here / "best-of/programme.m3u8"), options={"allowed_extensions": "ALL"}) as container:
        for frame in container.decode(video=0):
            shown = read_picture(frame.to_ndarray(format="gray"), [camera.role for camera in CAMERAS])
            assert shown is not None
            pictures.append(shown)
    wanted = [*range(1, 41), *range(55, 96)]
    assert list(dict.fromkeys(int(at_s) for _, at_s in pictures)) == wanted
    assert all((role == "students") == (60 <= at_s < 80) for role, at_s in pictures)
    assert len(pictures) == sum(5 if 60 <= second < 80 else 10 for second in wanted)
    for name in ("programme.m3u8", "sound.m3u8"):
        text = (here / "best-of" / name).read_text()
        assert text.count("EXT-X-DISCONTINUITY") == 1
        lasts_s = sum(float(line[8:].rstrip(",")) for line in text.splitlines() if line.startswith("#EXTINF"))
        assert lasts_s == pytest.approx(len(wanted), abs=0.001)
