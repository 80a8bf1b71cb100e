"""What a slide show costs that a grabber sends as 1080p30, and what it costs to compare pictures that differ."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

import av
import cv2
import numpy as np

from bench.footage import FOLDER, FPS, SyntheticFootage
from bench.result_rows import ResultRow, bound
from drivers.samples import Coding, DecodedPicture, JpegPicture, Picture, PictureFormat
from pipelines.capture.frame_converter import FrameConverter
from pipelines.capture.same_picture import is_same_picture
from tests.offline_track import BEGIN_NS, SECOND_NS, record_track
from tests.slides import SIZE, slides

_SLIDES, _SLIDE_S, _KBPS = 4, 30, 4000
_QUALITY = 90
_COMPARED = 60


def measure() -> list[ResultRow]:
    """CPU and bit rate of a track of slides, from JPEG to files; the time of comparing in vain."""
    seed = secrets.randbelow(1 << 31)
    deck = [_jpeg(np.asarray(one.picture)) for one in slides(seed, _SLIDES)]
    folder = FOLDER / "slide-show"
    shutil.rmtree(folder, ignore_errors=True)
    seconds = _SLIDES * _SLIDE_S
    form = PictureFormat(*SIZE, Fraction(FPS), Coding.MJPEG)
    begun_s = time.process_time()
    track = record_track(folder / "L1", form, _shown(deck), seconds, role="screen", kbps=_KBPS, preset="superfast")
    used_s = time.process_time() - begun_s
    written = sum(path.stat().st_size for path in (track.folder / "screen").iterdir())
    how = f"JPEG of {sum(map(len, deck)) // len(deck) // 1000} kB, seed {seed}; from the driver to the files"
    return [
        bound(f"slides at 1080p30, another every {_SLIDE_S} s", used_s / seconds * 100, "% of a core", 2.0, how),
        bound("their bit rate", written * 8 / seconds / 1e6, "Mbit/s", 1.0, f"of {_KBPS / 1000:g} configured"),
        *_comparing(),
    ]


def _jpeg(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    return cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _shown(deck: Sequence[bytes]) -> Iterator[JpegPicture]:
    for number in range(_SLIDES * _SLIDE_S * FPS):
        # A copy each time, as a grabber sends one.
        data = bytes(bytearray(deck[number // (_SLIDE_S * FPS)]))
        yield JpegPicture(BEGIN_NS + number * SECOND_NS // FPS, data)


def _comparing() -> list[ResultRow]:
    """Of a camera's pictures, which are never the same."""
    converter = FrameConverter(*SIZE, full_range=True)
    with av.open(str(SyntheticFootage(*SIZE, frames=_COMPARED).file())) as film:
        coded: list[Picture] = [JpegPicture(0, bytes(packet)) for packet in film.demux(video=0) if packet.size]
    decoded: list[Picture] = []
    for one in coded[:2]:
        frame = converter.convert(one)
        assert frame is not None
        decoded.append(DecodedPicture(0, frame))
    pairs = {"JPEG": list(pairwise(coded)), "decoded": [(decoded[0], decoded[1])] * _COMPARED}
    return [
        bound(f"comparing pictures that differ, {form}", _ms(both), "ms a picture", 0.1) for form, both in pairs.items()
    ]


def _ms(pairs: Sequence[tuple[Picture, Picture]]) -> float:
    begun_s = time.process_time()
    for before, picture in pairs:
        assert not is_same_picture(before, picture)
    return (time.process_time() - begun_s) / len(pairs) * 1000
