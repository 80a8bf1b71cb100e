"""Lessons whose pictures change in mid-lesson, played across the change in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import pytest
from browsing import Trouble, log_in, until, window
from offline_track import BEGIN_NS, SECOND_NS, record_track
from playwright.async_api import Browser, Page

from drivers.samples import AccessUnit, Coding, ColourMatrix, PictureFormat
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Fragment
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.programme.playlist_parser import read_media_playlist
from pipelines.recovery.recover_lesson import recover_lesson
from pipelines.recovery.rewrite_playlists import rewrite_playlists
from pipelines.yuv_planes import planes_of
from tests import sample_lessons
from tests.system import media
from tests.web_site import Site

CHANGING = "r1-7f3a-000001-00000001"
FILLED = "r1-7f3a-000002-00000002"
LENGTH_S = 12
CHANGED_AT_S = 6
HOLE_S = 2
SLATE = (28, 28, 28)  # 40 of limited range
# Red, green and blue of every picture, and how far off a browser may be.
COLOUR = (180, 70, 60)
NEAR = 6
HD = H264Settings(320, 180, Fraction(10), 300, "superfast", full_range=False, matrix=ColourMatrix.BT709)
PAL = H264Settings(
    180, 144, Fraction(25), 300, "superfast", full_range=True, matrix=ColourMatrix.BT601, pixel_aspect=Fraction(64, 45)
)
# Of red and of blue in luma: ITU-R BT.601, 2.5.1 and BT.709, 3.2.
_WEIGHTS = {ColourMatrix.BT601: (0.299, 0.114), ColourMatrix.BT709: (0.2126, 0.0722)}


def picture(coding: H264Settings) -> av.VideoFrame:
    """A picture of that colour, as these settings code it."""
    red, green, blue = (value / 255 for value in COLOUR)
    of_red, of_blue = _WEIGHTS[coding.matrix]
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    u, v = (blue - luma) / (2 - 2 * of_blue), (red - luma) / (2 - 2 * of_red)
    coded = (255 * luma, 255 * u, 255 * v) if coding.full_range else (16 + 219 * luma, 224 * u, 224 * v)
    frame = av.VideoFrame(coding.width, coding.height, "yuv420p")
    for plane, value, middle in zip(planes_of(frame), coded, (0, 128, 128), strict=True):
        plane[:] = round(middle + value)
    return frame


def changing_camera() -> Iterator[AccessUnit]:
    """A camera that sends square pixels at first, and then another size, shape, rate, range and matrix."""
    for coding, begin_s, end_s in ((HD, -2, CHANGED_AT_S), (PAL, CHANGED_AT_S, LENGTH_S)):
        encoder = X264Encoder(coding)
        fps = int(coding.fps)
        for number in range(begin_s * fps, end_s * fps):
            key = number % fps == 0
            (packet,) = encoder.encode(picture(coding), (number + 10 * fps) * 90_000 // fps, key=key)
            yield AccessUnit(BEGIN_NS + number * SECOND_NS // fps, packet.data, key)


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of a camera that changes, and the same one with a hole in it that recovery has filled."""
    spool = tmp_path_factory.mktemp("lessons")
    # It promises another rate than its stream tells, so that no slate has the same parameter sets.
    promise = PictureFormat(HD.width, HD.height, HD.fps + 1, Coding.H264)
    record_track(spool / CHANGING, promise, changing_camera(), LENGTH_S)
    sound = sample_lessons.make_lesson(spool.parent / "sound" / "L1", LENGTH_S).folder
    shutil.copytree(sound / "sound", spool / CHANGING / "sound")
    shutil.copy(sound / "sound.m3u8", spool / CHANGING)
    about = {"lesson": CHANGING, "began": "2026-11-10T01:00:00Z", "lesson_time_s": LENGTH_S}
    (spool / CHANGING / "lesson.json").write_text(json.dumps(about))
    (spool / CHANGING / "receipt.json").write_text(json.dumps({"recording": "good"}))
    (spool / CHANGING / "chapters.vtt").write_text("WEBVTT\n")
    shutil.copytree(spool / CHANGING, spool / FILLED)
    _make_a_hole(spool / FILLED)
    return spool


def _make_a_hole(lesson: Path) -> None:
    """Damage the second of HOLE_S, and have it mended."""
    path = lesson / "teacher" / "000001.m4s"
    data = bytearray(path.read_bytes())
    fragment = next(
        one
        for one in filter_kinds(read_journal(lesson).entries, Fragment)
        if (one.track, one.segment, one.key) == ("teacher", 1, True) and one.start >= HOLE_S * 90_000
    )
    data[fragment.offset + fragment.length - 10] ^= 255
    path.write_bytes(data)
    rewrite_playlists(recover_lesson(lesson, thorough=True), 4)


@dataclass(frozen=True)
class Shown:
    """What a browser shows: the size of its picture, and the colour in its corner."""

    width: int
    height: int
    colour: tuple[int, int, int]


_SHOWN = """() => {
  const video = document.querySelector("#stage video");
  const size = { width: video.videoWidth, height: video.videoHeight };
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const [red, green, blue] = context.getImageData(4, 4, 1, 1).data;
  return [video.videoWidth, video.videoHeight, red, green, blue];
}"""


async def shown_at(page: Page, seconds: float) -> Shown:
    """What is shown once the lesson has come so far by itself."""
    await until(page, f"document.querySelector('#stage video').currentTime > {seconds}")
    width, height, *colour = await page.evaluate(_SHOWN)
    return Shown(width, height, tuple(colour))


def is_right(shown: Shown, coding: H264Settings, colour: tuple[int, int, int] = COLOUR) -> bool:
    """Whether a picture has the shape and the colour of what the camera saw."""
    width = round(coding.width * coding.pixel_aspect)
    return (shown.width, shown.height) == (width, coding.height) and all(
        abs(one - other) <= NEAR for one, other in zip(shown.colour, colour, strict=True)
    )


@pytest.mark.parametrize("lesson", [CHANGING, FILLED])
async def test_a_camera_that_changes_in_mid_lesson_keeps_shape_and_colours_in_browser_and_ffmpeg(
    site: Site, lessons: Path, browser: Browser, trouble: Trouble, lesson: str
) -> None:
    shutil.copytree(lessons, site.config.paths.spool, dirs_exist_ok=True)
    playlist = lessons / lesson / "teacher.m3u8"
    assert len(read_media_playlist(playlist).inits) == (2 if lesson == CHANGING else 3)
    assert media.ffmpeg_complaints(playlist) == ""
    async with window(browser, "tablet", trouble) as page:
        await log_in(page, site, "technician", f"/lessons/{lesson}")
        await page.click("#play")
        hole = await shown_at(page, HOLE_S + 0.3)
        before = await shown_at(page, CHANGED_AT_S - 2)
        after = await shown_at(page, CHANGED_AT_S + 1)
        await until(page, f"document.getElementById('sound').currentTime > {LENGTH_S - 1}")
        assert is_right(hole, HD, SLATE if lesson == FILLED else COLOUR), hole
        assert is_right(before, HD), before
        assert is_right(after, PAL), after
        assert trouble == []
