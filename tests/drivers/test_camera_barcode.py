"""The bar code survives encoding and scaling and is never misread."""

from __future__ import annotations

import av
import jpegs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.camera.simulation import barcode
from drivers.camera.simulation.barcode import Barcode, role_id
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.camera.simulation.scene import Scene

SIZES = [(320, 180), (640, 360), (768, 576), (854, 480), (1280, 720), (1920, 1080)]

readings = st.builds(
    Barcode,
    role_id=st.integers(0, 2**8 - 1),
    frame=st.integers(0, 2**32 - 1),
    exposed_us=st.integers(0, 2**48 - 1),
)
Luma = NDArray[np.uint8]


def grey(width: int, height: int) -> Luma:
    """A picture with nothing in it."""
    return np.full((height, width), 128, dtype=np.uint8)


@given(reading=readings, size=st.sampled_from(SIZES))
def test_what_is_drawn_is_read_at_every_size(reading: Barcode, size: tuple[int, int]) -> None:
    luma = grey(*size)
    barcode.draw(luma, reading)
    assert barcode.read(luma) == reading
    assert (luma[barcode.strip_height(size[0]) :] == 128).all()


@given(reading=readings)
def test_limited_range_and_a_dim_picture_read_alike(reading: Barcode) -> None:
    luma = grey(640, 360)
    barcode.draw(luma, reading)
    for darkest, share in ((16, 219 / 255), (60, 0.3)):
        assert barcode.read((darkest + luma * share).astype(np.uint8)) == reading


@given(reading=readings, cell=st.tuples(st.integers(0, 2), st.integers(0, 39)))
def test_a_cell_turned_over_is_never_a_wrong_reading(reading: Barcode, cell: tuple[int, int]) -> None:
    luma = grey(320, 180)
    barcode.draw(luma, reading)
    down, across = cell[0] * 8, cell[1] * 8
    luma[down : down + 8, across : across + 8] = 251 - luma[down : down + 8, across : across + 8]
    assert barcode.read(luma) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_has_no_bar_code(level: int) -> None:
    assert barcode.read(np.full((180, 320), level, dtype=np.uint8)) is None


def test_a_picture_too_small_has_no_bar_code() -> None:
    assert barcode.read(grey(100, 60)) is None
    assert barcode.read(grey(640, 40)) is None


def test_roles_are_told_apart() -> None:
    assert [role_id(role) for role in ("teacher", "students", "screen")] == [0xD5, 0xB2, 0x30]


@settings(max_examples=25)
@given(reading=readings, size=st.sampled_from(SIZES), quality=st.integers(20, 95))
def test_it_lives_through_jpeg(reading: Barcode, size: tuple[int, int], quality: int) -> None:
    width, height = size
    planes = scene(width, height).moving(reading)
    data = JpegEncoder(width, height, "420", quality).encode(planes)
    assert barcode.read(jpegs.luma_of(data)) == reading


@settings(max_examples=4)
@given(first=readings, size=st.sampled_from([(320, 180), (1280, 720)]), full_range=st.booleans())
def test_it_lives_through_h264_at_a_low_bit_rate(first: Barcode, size: tuple[int, int], full_range: bool) -> None:
    width, height = size
    sent = [Barcode(first.role_id, (first.frame + n) % 2**32, n * 33_333) for n in range(12)]
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.bit_rate = 30, width * height
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
    decoder = av.CodecContext.create("h264", "r")
    packets = []
    for reading in sent:
        packets += encoder.encode(frame_of(scene(width, height).moving(reading), width, height, full_range))
    packets += encoder.encode(None)
    frames = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    assert [barcode.read(luma_of(frame)) for frame in frames] == sent


def test_it_lives_through_scaling() -> None:
    reading = Barcode(role_id("screen"), 4711, 123_456_789_012)
    frame = frame_of(scene(1280, 720).moving(reading), 1280, 720, full_range=True)
    assert barcode.read(luma_of(frame.reformat(320, 180))) == reading


scenes: dict[tuple[int, int], Scene] = {}


def scene(width: int, height: int) -> Scene:
    """A scene of this size, made once."""
    return scenes.setdefault((width, height), Scene("teacher", width, height, height // 2))


def frame_of(planes: Luma, width: int, height: int, full_range: bool) -> av.VideoFrame:
    """4:2:0 planes as a frame, full range or squeezed to limited."""
    frame = av.VideoFrame.from_ndarray(planes.reshape(height * 3 // 2, width), "yuvj420p")
    return frame if full_range else frame.reformat(format="yuv420p")


def luma_of(frame: av.VideoFrame) -> Luma:
    """The luma plane without padding."""
    plane = frame.planes[0]
    return np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
