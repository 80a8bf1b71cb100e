"""Raw pictures that a grabber sends again: converted once, and every change is seen."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np

from drivers.camera.packet_decoder import make_decoder
from drivers.samples import DecodedPicture
from pipelines.yuv_planes import planes_of

WIDTH, HEIGHT = 64, 128


def test_a_raw_picture_that_comes_again_is_converted_once_and_no_change_is_missed() -> None:
    # The last differs in one sample that no glance falls on.
    levels = [50, 50, 50, 50, 90, 90, 90, 90]
    spots = [0, 0, 0, 0, 0, 0, 0, 255]
    film = io.BytesIO()
    with av.open(film, "w", format="nut") as out:
        stream = out.add_stream("rawvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuyv422"
        for number, (level, spot) in enumerate(zip(levels, spots, strict=True)):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuyv422")
            samples = np.full((HEIGHT, frame.planes[0].line_size), level, np.uint8)
            samples[70, 20] = spot or level
            frame.planes[0].update(samples.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
    film.seek(0)
    with av.open(film) as container:
        decoder = make_decoder(container.streams.video[0])
        pictures = [one for packet in container.demux(video=0) for _, one in decoder.decode(packet)]
    frames = [one.frame for one in pictures if isinstance(one, DecodedPicture)]
    assert [int(planes_of(frame)[0][0, 0]) for frame in frames] == levels
    assert [int(planes_of(frame)[0][70, 10]) for frame in frames] == [50] * 4 + [90] * 3 + [255]
    assert [before is after for before, after in pairwise(frames)] == [False, True, True, False, False, True, False]
