"""Files that nobody made for the purpose as cameras, each way a stream can come: decoded, JPEG, H.264 as it is."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.journal.entries import Dropped, Gap, Track
from pipelines.journal.journal_file import filter_kinds, read_journal
from tests.system import media
from tests.system.room import Room
from tests.waiting import pass_time

pytestmark = pytest.mark.realtime

VTEST = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
LESSON_S = 9.0
SOURCE_S = 8
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params"]


@dataclass
class Gone:
    """A lesson that is over, and the files its cameras played."""

    folder: Path
    sources: dict[str, Path]

    def hows(self, role: str) -> list[tuple[str, str, str]]:
        """How the track was made, from beginning to end: how, why, and with which encoder."""
        tracks = [track for track in filter_kinds(read_journal(self.folder).entries, Track) if track.track == role]
        told = [(track.how, track.why, track.encoder) for track in tracks]
        return list(dict.fromkeys(told))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that this test makes itself."""
    folder = tmp_path_factory.mktemp("sources")
    _make(folder / "second.mp4", [*X264, "keyint=25:min-keyint=25:scenecut=0:bframes=0"])
    _make(folder / "mjpeg.avi", ["-c:v", "mjpeg", "-q:v", "5"])
    _make(folder / "bframes.mp4", [*X264, "keyint=25:min-keyint=25:scenecut=0:bframes=3:b-adapt=0"])
    _make(folder / "seldom.mp4", [*X264, "keyint=100:min-keyint=100:scenecut=0:bframes=0"])
    return folder


def _make(file: Path, how: list[str]) -> None:
    picture = f"testsrc2=size=480x270:rate=25:duration={SOURCE_S}"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-pix_fmt", "yuv420p", *how, str(file)]
    subprocess.run(command, check=True)


def _lesson(folder: Path, sources: dict[str, Path], watched_s: float = 0) -> Iterator[Gone]:
    with Room(folder) as room:
        room.cameras = {role: f'driver = "stream"\nurl = "{file}"\n' for role, file in sources.items()}
        room.more = ""
        room.start()
        pass_time(watched_s)
        lesson = room.begin_lesson()
        room.wait(lambda: room.status()["lesson_time_s"] > LESSON_S, 30)
        room.end_lesson()
        yield Gone(lesson, sources)


@pytest.fixture(scope="module")
def as_they_come(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gone]:
    """One lesson from three files: each coding leaves its camera in its own way."""
    sources = {"teacher": VTEST, "students": made / "second.mp4", "screen": made / "mjpeg.avi"}
    yield from _lesson(tmp_path_factory.mktemp("as-they-come"), sources)


@pytest.fixture(scope="module")
def unsuited(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gone]:
    """One lesson from two H.264 files that no programme could be cut from."""
    sources = {"teacher": made / "bframes.mp4", "students": made / "seldom.mp4"}
    # Until two key pictures were seen nobody can know how far apart they come.
    yield from _lesson(tmp_path_factory.mktemp("unsuited"), sources, watched_s=5)


def assert_plays_and_is_whole(lesson: Gone) -> None:
    receipt = json.loads((lesson.folder / "receipt.json").read_text())
    lesson_s = receipt["lesson_time_ns"] / 1e9
    assert receipt["recording"] == "good", receipt["findings"]
    for name in ("main", "programme", "sound", *lesson.sources):
        assert media.ffmpeg_complaints(lesson.folder / f"{name}.m3u8") == "", name
    for name in ("sound", *lesson.sources):
        begin, end = media.extent(lesson.folder / f"{name}.m3u8")
        assert (begin, end) == (pytest.approx(0, abs=0.1), pytest.approx(lesson_s, abs=0.1)), name


def assert_at_its_pace(lesson: Gone, role: str, fps: int) -> None:
    """Every picture of the file is there, at the file's rate; the file may have begun again."""
    seconds = [shown.seconds for shown in media.pictures(lesson.folder / f"{role}.m3u8")][2:]
    steps = [round(later - earlier, 4) for earlier, later in pairwise(seconds)]
    assert [step for step in steps if abs(step - 1 / fps) > 0.002] == []


def test_files_as_cameras_play_through(as_they_come: Gone) -> None:
    assert_plays_and_is_whole(as_they_come)
    holes = list(filter_kinds(read_journal(as_they_come.folder).entries, Gap))
    assert [hole for hole in holes if hole.from_ns > 0 or hole.to_ns > 1.1e9] == [], "only beginnings"


def test_an_odd_codec_is_decoded(as_they_come: Gone) -> None:
    assert as_they_come.hows("teacher") == [("encoded", "", "libx264")]
    assert_at_its_pace(as_they_come, "teacher", 10)


def test_jpeg_is_encoded(as_they_come: Gone) -> None:
    assert as_they_come.hows("screen") == [("encoded", "", "libx264")]
    assert_at_its_pace(as_they_come, "screen", 25)


def test_h264_passes_through_and_no_encoder_is_opened(as_they_come: Gone) -> None:
    assert as_they_come.hows("students") == [("passed-through", "the camera sends H.264", "")]
    source = media.slices(as_they_come.sources["students"])
    there = media.slices(as_they_come.folder / "students.m3u8")
    assert len(source) == SOURCE_S * 25
    first = source.index(there[0])
    assert first % 25 == 0, "it begins with a key picture"
    assert there == [source[(first + at) % len(source)] for at in range(len(there))]
    assert len(there) > (LESSON_S - 1.5) * 25


def test_h264_unfit_for_cutting_is_encoded_and_plays_through(unsuited: Gone) -> None:
    assert_plays_and_is_whole(unsuited)
    assert list(filter_kinds(read_journal(unsuited.folder).entries, Dropped)) == []


def test_b_frames_are_encoded_and_the_journal_says_why(unsuited: Gone) -> None:
    assert unsuited.hows("teacher") == [("encoded", "the camera sends B-frames", "libx264")]
    assert_at_its_pace(unsuited, "teacher", 25)


def test_seldom_key_pictures_are_encoded_and_the_journal_says_why(unsuited: Gone) -> None:
    why = "the camera's key pictures are more than 2 s apart"
    assert unsuited.hows("students")[-1] == ("encoded", why, "libx264")
    assert media.extent(unsuited.folder / "students.m3u8")[0] < 0.1, "decoded from a key picture before the lesson"
    assert_at_its_pace(unsuited, "students", 25)
