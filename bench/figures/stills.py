"""What it costs that somebody looks: stills in a lesson, between lessons, and of H.264 that is passed through."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from itertools import islice

import av
from av.video.reformatter import VideoReformatter

from bench.footage import FPS, SyntheticFootage
from bench.result_rows import ResultRow, bound
from drivers.samples import AccessUnit, JpegPicture
from pipelines.capture.frame_converter import FrameConverter
from pipelines.capture.still_picture import shrink, still_of_frame, still_of_picture

_WIDTH, _HEIGHT = 1920, 1080
_PICTURES = 60
_CAMERAS = 3


def measure() -> list[ResultRow]:
    """CPU of one still in each way, and of three cameras a second in a lesson."""
    footage = SyntheticFootage(_WIDTH, _HEIGHT, frames=_PICTURES)
    with av.open(str(footage.file())) as film:
        jpegs = [bytes(packet) for packet in islice(film.demux(video=0), _PICTURES) if packet.size]
    converter = FrameConverter(_WIDTH, _HEIGHT, full_range=True)
    frame = converter.convert(JpegPicture(0, jpegs[0]))
    assert frame is not None
    reformatter = VideoReformatter()
    small = shrink(frame, reformatter)
    key = _key_picture(frame)
    copied_ms = _ms(lambda _: shrink(frame, reformatter))
    made_ms = _ms(lambda _: still_of_frame(small))
    jpeg_ms = _ms(lambda at: still_of_picture(JpegPicture(at, jpegs[at % len(jpegs)])))
    key_ms = _ms(lambda at: still_of_picture(AccessUnit(at, key, key=True)))
    share = _CAMERAS * (copied_ms + made_ms) / 10
    size = f"{_WIDTH}x{_HEIGHT}, JPEG of {sum(map(len, jpegs)) // len(jpegs) // 1000} kB"
    return [
        bound("a still, in the track's thread", copied_ms, "ms", 1.0, size),
        bound(f"stills of {_CAMERAS} cameras in a lesson", share, "% of a core", 1.0, "one a second each"),
        bound(
            f"stills of {_CAMERAS} cameras between lessons",
            _CAMERAS * jpeg_ms / 10,
            "% of a core",
            1.0,
            "one a second each",
        ),
        bound("a still of H.264 passed through", key_ms, "ms", 20.0, f"a key picture of {len(key) // 1000} kB"),
    ]


def _ms(work: Callable[[int], object]) -> float:
    work(0)
    begun_s = time.process_time()
    for at in range(_PICTURES):
        work(at)
    return (time.process_time() - begun_s) / _PICTURES * 1000


def _key_picture(frame: av.VideoFrame) -> bytes:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "crf": "32"}
    (packet, *_) = [*encoder.encode(frame), *encoder.encode(None)]
    return bytes(packet)
