"""Poster, thumbnails and screen text of recorded lessons: what is in them, and that nothing of the lesson changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from cut_lessons import CAMERAS, read_picture, role_on_air, write_cut_lesson
from numpy.typing import NDArray
from sample_lessons import FPS, HEIGHT, WIDTH, make_lesson, moving_luma
from slides import characters, found_characters, slides

from pipelines.files.lesson_layout import (
    POSTER_JPG,
    PREVIEW_WORK,
    PROGRAMME_PLAYLIST,
    SCREEN_TEXT_VTT,
    THUMBNAILS_VTT,
    is_preview,
    thumbnail_sheet,
)
from pipelines.files.sha256 import sha256_of_file
from pipelines.files.webvtt import parse_webvtt
from pipelines.previews.key_pictures import KeyPictures
from pipelines.previews.poster import make_poster, sharpness
from pipelines.previews.preview_state import (
    CHILD,
    PreviewTask,
    can_read_text,
    has_unlisted_previews,
    missing_previews,
    programme_note,
    set_listed,
)
from pipelines.previews.screen_stands import SECOND_NS, Stand
from pipelines.previews.screen_text import ReadTexts, read_screens
from pipelines.previews.text_recogniser import TextBox, lines_of
from pipelines.receipt.check_lesson import check_lesson

S = SECOND_NS
_READ = """
import sys, cv2
from pipelines.previews.text_recogniser import RapidTextRecogniser
recogniser = RapidTextRecogniser()
for path in sys.argv[1:]:
    print(*recogniser.read(cv2.imread(path)))
"""
SECONDS = 24


def brightness(second: float) -> int:
    """Luma of the lesson's picture in a second: another one in each."""
    return 40 + 8 * int(second)


def counted_luma(number: int) -> NDArray[np.uint8]:
    return np.full((HEIGHT, WIDTH), brightness(number // FPS), np.uint8)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_lesson(tmp_path_factory.mktemp("recorded") / "lesson", SECONDS, videos={"teacher": counted_luma}).folder


@pytest.fixture
def folder(recorded: Path, tmp_path: Path) -> Path:
    shutil.copytree(recorded, tmp_path / "lesson")
    return tmp_path / "lesson"


def make(folder: Path, task: str = PreviewTask.PICTURES) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", CHILD, task, folder, "0"], stderr=subprocess.PIPE, text=True, check=False
    )
    return done.returncode, done.stderr


def others(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and PREVIEW_WORK not in path.parts)
    return {str(path.relative_to(folder)): sha256_of_file(path) for path in files if not is_preview(path.name)}


def test_a_key_picture_is_found_at_each_second_and_nothing_else_is_decoded(folder: Path) -> None:
    pictures = KeyPictures(folder, PROGRAMME_PLAYLIST)
    assert pictures.length_s == pytest.approx(SECONDS)
    for second in (0, 0.5, 3, 4, 11.98, 23):
        found = pictures.at(second)
        assert found is not None
        assert (found.role, found.frame.key_frame) == ("teacher", True)
        assert found.frame.to_ndarray(format="gray8").mean() == pytest.approx(brightness(second), abs=4), second
    assert pictures.at(SECONDS + 1) is None
    (folder / "teacher" / "000002.m4s").write_bytes(b"\0" * 5000)
    assert pictures.at(5) is None
    assert pictures.at(9) is not None


def test_thumbnails_show_the_programme_and_tell_where(folder: Path) -> None:
    before, found = others(folder), check_lesson(folder)
    assert missing_previews(folder) == [PreviewTask.PICTURES]
    assert make(folder) == (0, "")
    assert missing_previews(folder) == []
    cues = parse_webvtt((folder / THUMBNAILS_VTT).read_text())
    assert [(one.from_ms, one.to_ms) for one in cues] == [(0, 10_000), (10_000, 20_000), (20_000, 24_000)]
    sheet = cv2.imread(str(folder / thumbnail_sheet(1)))
    for number, cue in enumerate(cues):
        assert cue.text == f"thumbnails-1.jpg#xywh={160 * number},0,160,90"
        cell = sheet[0:90, 160 * number : 160 * number + 160]
        assert cell.mean() == pytest.approx(brightness(10 * number), abs=4)
    assert not (folder / POSTER_JPG).exists(), "an even picture is none"
    assert has_unlisted_previews(folder)
    set_listed(folder)
    assert others(folder) == before
    assert check_lesson(folder) == found


def test_a_programme_that_was_cut_again_gets_new_thumbnails(folder: Path) -> None:
    assert make(folder) == (0, "")
    set_listed(folder)
    made = (folder / thumbnail_sheet(1)).read_bytes()
    playlist = folder / PROGRAMME_PLAYLIST
    lines = playlist.read_text().splitlines()
    named = [number for number, line in enumerate(lines) if line.startswith("teacher/0")]
    for number, name in zip(named, [lines[number] for number in reversed(named)], strict=True):
        lines[number] = name
    playlist.write_text("\n".join(lines) + "\n")
    assert missing_previews(folder) == [PreviewTask.PICTURES]
    assert make(folder) == (0, "")
    assert (folder / thumbnail_sheet(1)).read_bytes() != made
    assert programme_note(folder) in (folder / THUMBNAILS_VTT).read_text()


def test_the_poster_is_a_true_picture_with_something_in_it(tmp_path: Path) -> None:
    def luma(number: int) -> NDArray[np.uint8]:
        """A cap on the lens until the last third."""
        return moving_luma(number) // (1 if number > 6 * FPS else 32)

    lesson = make_lesson(tmp_path / "lesson", 10, videos={"teacher": luma})
    assert make(lesson.folder) == (0, "")
    poster = cv2.imread(str(lesson.folder / POSTER_JPG))
    assert poster.shape == (HEIGHT, WIDTH, 3)
    assert poster.mean() > 100


def test_a_lesson_that_is_gone_or_damaged_is_no_crash(folder: Path) -> None:
    (folder / PROGRAMME_PLAYLIST).write_text("#EXTM3U\n#EXTINF:x\n")
    code, said = make(folder)
    assert (code, said.partition(":")[0]) == (1, "InvalidPlaylist")
    shutil.rmtree(folder)
    assert make(folder) == (0, "")
    assert not folder.exists()


def test_each_screen_is_read_once_also_after_a_kill(tmp_path: Path) -> None:
    def picture_at(lesson_ns: int) -> NDArray[np.uint8]:
        return np.full((1080, 1920, 3), {0: 40, 1: 90, 2: 40, 3: 200}[lesson_ns // (60 * S)], np.uint8)

    read: list[int] = []

    def recognise(pixels: NDArray[np.uint8]) -> list[str]:
        if len(read) == 2:
            raise KeyboardInterrupt
        read.append(int(pixels[0, 0, 0]))
        return ["光合作用", str(read[-1])]

    stands = [Stand(minute * 60 * S, (minute + 1) * 60 * S) for minute in range(4)]
    path = tmp_path / "texts"
    with pytest.raises(KeyboardInterrupt):
        read_screens(stands, picture_at, recognise, ReadTexts(path))
    path.write_bytes(path.read_bytes() + b'{"from_ns": 180000000000, "li')
    assert read == [40, 90]
    read.clear()
    cues = read_screens(stands, picture_at, recognise, ReadTexts(path))
    assert read == [200]
    assert [(one.from_ms, one.text.partition("\n")[2]) for one in cues] == [
        *((0, "40"), (60_000, "90"), (120_000, "40"), (180_000, "200"))
    ]


def test_what_stands_beside_each_other_is_one_line() -> None:
    boxes = [TextBox(500, 12, 52, "光合作用"), TextBox(10, 10, 50, "第三单元"), TextBox(10, 80, 120, "一、光反应")]
    assert lines_of(boxes) == ["第三单元 光合作用", "一、光反应"]


def test_a_screen_that_never_stood_still_has_no_text(tmp_path: Path) -> None:
    folder = make_lesson(tmp_path / "lesson", 4, videos={"screen": moving_luma}).folder
    assert missing_previews(folder) == [PreviewTask.PICTURES, PreviewTask.TEXT]
    assert make(folder, PreviewTask.TEXT) == (0, "")
    assert (folder / SCREEN_TEXT_VTT).read_text() == "WEBVTT\n"


@pytest.mark.skipif(not can_read_text(), reason="rapidocr is not installed")
def test_slides_are_read_without_a_network(tmp_path: Path) -> None:
    """Two of those that ``python -m bench screen`` records, encodes and reads fifty of."""
    shown = list(slides(1, 2))
    for number, slide in enumerate(shown):
        slide.picture.save(tmp_path / f"{number}.png")
    read = subprocess.run(
        [sys.executable, "-c", _READ, *sorted(map(str, tmp_path.glob("*.png")))],
        check=True,
        env={**os.environ, **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")},
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.splitlines()
    for slide, text in zip(shown, read, strict=True):
        truth = characters("".join(slide.lines))
        assert found_characters(truth, characters(text)) >= 0.97 * len(truth)


def test_of_a_programme_of_cuts_each_second_shows_the_camera_that_was_on_air(tmp_path: Path) -> None:
    cuts = [(3, "students"), (5, "screen"), (9, "teacher")]
    folder = write_cut_lesson(tmp_path / "lesson", 12, cuts)
    pictures = KeyPictures(folder, PROGRAMME_PLAYLIST)
    for second in range(12):
        found = pictures.at(second + 0.3)
        assert found is not None
        shown = read_picture(found.frame.to_ndarray(format="gray"), [camera.role for camera in CAMERAS])
        assert shown is not None
        assert (found.role, shown[0]) == (role_on_air(cuts, second),) * 2
        assert shown[1] == pytest.approx(second, abs=0.1)


@pytest.mark.parametrize(
    ("darkest", "brightest", "is_one"), [(60, 190, True), (0, 40, False), (215, 255, False), (120, 130, False)]
)
def test_what_is_dark_bright_or_even_is_no_poster(darkest: int, brightest: int, is_one: bool) -> None:
    pixels = np.random.default_rng(1).choice([darkest, brightest], (180, 320, 1)).astype(np.uint8).repeat(3, axis=2)
    assert (sharpness(pixels) is not None) is is_one


def test_a_slate_is_no_poster(tmp_path: Path) -> None:
    folder = make_lesson(tmp_path / "lesson", 4).folder
    pictures = KeyPictures(folder, PROGRAMME_PLAYLIST)
    assert make_poster(pictures, lambda role, _: role == "teacher") is not None
    assert make_poster(pictures, lambda role, _: role != "teacher") is None
