"""A grabber whose screen stands still: hardly anything is encoded, and every change is in the track at its own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from offline_track import BEGIN_NS, SECOND_NS, RecordedTrack, record_track

from drivers.camera.simulation import barcode
from drivers.samples import Coding, JpegPicture, PictureFormat
from pipelines.encoding.x264_encoder import X264Encoder
from pipelines.journal.entries import Fragment, PictureMeasurement
from pipelines.journal.journal_file import filter_kinds
from tests.system import media

WIDTH, HEIGHT = SIZE = (320, 180)
FPS = 10
_FRAME_NS = SECOND_NS // FPS


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The times of the pictures that an encoder got, in 1/90000 s."""
    starts: list[int] = []
    encode = X264Encoder.encode

    def count(self, frame, start, *, key):  # type: ignore[no-untyped-def]
        starts.append(start)
        return encode(self, frame, start, key=key)

    monkeypatch.setattr(X264Encoder, "encode", count)
    return starts


def test_a_slide_show_is_exact_and_hardly_encoded(tmp_path: Path, encoded: list[int]) -> None:
    changes = (17, 60, 99, 170, 171, 230)
    track = _record(tmp_path, changes, seconds=30)
    _check_shown(track, changes, seconds=30)
    print(len(encoded), encoded)


def _record(tmp_path: Path, changes: Sequence[int], seconds: int, **how: object) -> RecordedTrack:
    form = PictureFormat(*SIZE, Fraction(FPS), Coding.MJPEG)
    return record_track(tmp_path / "s" / "L1", form, _pictures(changes, seconds), seconds, **how)  # type: ignore[arg-type]


def _pictures(changes: Sequence[int], seconds: int) -> Iterator[JpegPicture]:
    for number in range(seconds * FPS):
        yield JpegPicture(BEGIN_NS + number * _FRAME_NS, _slide(_slide_at(number, changes)))


def _slide_at(number: int, changes: Sequence[int]) -> int:
    return sum(change <= number for change in changes)


@cache
def _slide(number: int) -> bytes:
    rng = np.random.default_rng(number)
    picture = np.full((HEIGHT, WIDTH), int(rng.integers(60, 200)), np.uint8)
    picture[60:160, 20:300] = cv2.resize(rng.integers(0, 255, (25, 70), np.uint8), (280, 100))
    barcode.draw(picture, barcode.Barcode(1, number, number))
    return cv2.imencode(".jpg", picture)[1].tobytes()


def _check_shown(track: RecordedTrack, changes: Sequence[int], seconds: int) -> None:
    playlist = track.folder / "teacher.m3u8"
    assert media.ffmpeg_complaints(playlist) == ""
    shown = media.pictures(playlist)
    assert all(before.seconds < after.seconds for before, after in pairwise(shown))
    at = [one.seconds for one in shown]
    for number in range(seconds * FPS):
        now = shown[int(np.searchsorted(at, number / FPS + 1e-4)) - 1]
        assert now.reading is not None
        assert now.reading.frame == _slide_at(number, changes), number
    for change in changes:
        assert min(abs(time - change / FPS) for time in at) < 1e-4
    keys = {one.start for one in filter_kinds(track.entries(), Fragment) if one.key}
    assert keys >= {second * 90_000 for second in range(seconds)}
    assert [one.pictures for one in filter_kinds(track.entries(), PictureMeasurement)] == [FPS] * seconds
