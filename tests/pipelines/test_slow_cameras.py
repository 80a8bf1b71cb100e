"""A camera of few pictures a second in a lesson that begins just after one of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from offline_track import BEGIN_NS, SECOND_NS, record_track

from drivers.samples import Coding, JpegPicture, PictureFormat
from pipelines.journal.entries import Gap
from pipelines.journal.journal_file import filter_kinds
from pipelines.recording.gap_filler import REPEAT_INTERVAL_NS
from tests.system import media

SIZE = (320, 180)
SECONDS = 4


@pytest.mark.parametrize("fps", [2, 5, 8, 10, 15, 30])
@pytest.mark.parametrize("late_periods", [0.5, 1.1])
def test_its_first_picture_is_shown_from_the_start_and_no_hole_is_told(
    tmp_path: Path, fps: int, late_periods: float
) -> None:
    late_ns = round(late_periods * SECOND_NS / fps)
    track = record_track(tmp_path / "s" / "L1", _form(fps), _pictures(fps, late_ns), SECONDS)
    assert list(filter_kinds(track.entries(), Gap)) == []
    first, *_ = media.pictures(track.folder / "teacher.m3u8")
    assert first.seconds <= 0.08


def test_a_camera_that_is_late_by_more_was_silent(tmp_path: Path) -> None:
    late_ns = REPEAT_INTERVAL_NS + 50_000_000
    track = record_track(tmp_path / "s" / "L1", _form(15), _pictures(15, late_ns), SECONDS)
    (gap,) = filter_kinds(track.entries(), Gap)
    assert (gap.from_ns, gap.to_ns) == (0, late_ns)


def _form(fps: int) -> PictureFormat:
    return PictureFormat(*SIZE, Fraction(fps), Coding.MJPEG)


def _pictures(fps: int, late_ns: int) -> Iterator[JpegPicture]:
    """What the camera sends from its first picture in the lesson on."""
    for number in range(SECONDS * fps):
        picture = np.full((SIZE[1], SIZE[0], 3), 40 + number % 2 * 100, np.uint8)
        at_ns = BEGIN_NS + late_ns + number * SECOND_NS // fps
        yield JpegPicture(at_ns, cv2.imencode(".jpg", picture)[1].tobytes())
