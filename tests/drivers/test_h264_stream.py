"""H.264 as cameras send it: what their parameter sets say, and pictures that never came."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.packet_decoder import make_decoder
from drivers.h264_annexb import first_sps, join_nal_units, parameter_sets, split_access_unit
from drivers.h264_sps import InvalidParameterSet, parse_sps
from drivers.samples import (
    AccessUnit,
    Coding,
    ColourMatrix,
    DamagedPicture,
    DecodedPicture,
    Picture,
    PictureFormat,
)
from pipelines.yuv_planes import planes_of

FPS = 25
WANTED = PictureFormat(1280, 720, Fraction(FPS), Coding.MJPEG)


def encoded(
    pictures: int,
    key_every: int,
    width: int = 322,
    height: int = 182,
    content: Callable[[int], bytes] | None = None,
    x264: str = "",
    **context: object,
) -> list[bytes]:
    """Access units of a stream of ours; ``content`` fills a plane, ``context`` are attributes of the encoder."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}
    encoder.gop_size = key_every
    for name, value in context.items():
        setattr(encoder, name, value)
    encoder.options |= {"x264-params": x264}
    units = []
    for number in range(pictures):
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane in frame.planes:
            size = plane.buffer_size
            plane.update(content(size) if content else bytes([number * 7 % 256]) * size)
        frame.pts = number
        units += [bytes(packet) for packet in encoder.encode(frame)]
    return units


def received(units: list[bytes], *, is_lossy: bool = False, like: list[bytes] | None = None) -> list[Picture]:
    """What a camera's driver makes of these access units of a stream that looked ``like`` that when it was opened."""
    with av.open(io.BytesIO(b"".join(like or encoded(2, 10))), format="h264") as container:
        decoder = make_decoder(container.streams.video[0], is_lossy=is_lossy)
        pictures = []
        for number, unit in enumerate(units):
            packet: av.Packet[av.VideoStream] = av.Packet(unit)
            packet.pts, packet.time_base = number, Fraction(1, FPS)
            pictures += [picture for _, picture in decoder.decode(packet)]
    return pictures


@pytest.mark.parametrize("size", [(322, 182), (1920, 1080), (720, 576)])
@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(64, 45), Fraction(37, 23)])
def test_parameter_sets_tell_what_ffmpeg_finds_in_them(size: tuple[int, int], aspect: Fraction) -> None:
    (unit,) = encoded(1, 1, *size, sample_aspect_ratio=aspect, color_range=2, colorspace=1)
    sps = parse_sps(first_sps(unit))
    assert (sps.width, sps.height, sps.pixel_aspect) == (*size, aspect)
    assert (sps.full_range, sps.matrix, sps.fps) == (True, ColourMatrix.BT709, Fraction(FPS))


@given(data=st.data())
def test_any_bytes_are_parameter_sets_or_invalid(data: st.DataObject) -> None:
    whole = bytearray(first_sps(_KEY))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        sps = parse_sps(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except InvalidParameterSet:
        return
    assert sps.width > 0 < sps.height


_KEY = encoded(1, 1)[0]


def test_whole_pictures_come_as_they_are() -> None:
    units = encoded(30, 10)
    pictures = received(units)
    assert all(isinstance(picture, AccessUnit) for picture in pictures)
    assert [picture.key for picture in pictures if isinstance(picture, AccessUnit)] == [n % 10 == 0 for n in range(30)]


def test_what_refers_to_a_lost_picture_is_damaged_up_to_the_next_key_picture() -> None:
    units = encoded(30, 10)
    del units[13]
    kinds = [isinstance(picture, AccessUnit) for picture in received(units)]
    assert kinds == [True] * 13 + [False] * 6 + [True] * 10


def test_a_picture_that_lost_a_part_on_its_way_is_damaged() -> None:
    noise = np.random.default_rng(1)
    units = encoded(30, 10, content=noise.bytes)
    units[13] = units[13][: len(units[13]) // 2] + units[13][len(units[13]) // 2 + 30 :]
    kinds = [isinstance(picture, AccessUnit) for picture in received(units, is_lossy=True)]
    assert kinds == [True] * 13 + [False] * 7 + [True] * 10


def _without_sps(unit: bytes) -> bytes:
    return join_nal_units([b"\x67", *parameter_sets(unit)[1:]]) + unit[split_access_unit(unit)[1] :]


def _cut_sps(unit: bytes) -> bytes:
    sps, *others = parameter_sets(unit)
    return join_nal_units([sps[:5], *others]) + unit[split_access_unit(unit)[1] :]


@pytest.mark.parametrize("harm", [_without_sps, _cut_sps])
def test_a_key_picture_with_broken_parameter_sets_is_damaged_and_the_next_one_goes_on(
    harm: Callable[[bytes], bytes],
) -> None:
    units = encoded(30, 10)
    units[10] = harm(units[10])
    kinds = [isinstance(picture, AccessUnit) for picture in received(units)]
    assert kinds == [True] * 10 + [False] * 10 + [True] * 10


def test_a_camera_that_never_counts_as_it_should_is_shown_all_the_same() -> None:
    # Every second picture is left out, so that each group counts wrongly from its first picture on.
    units = [unit for number, unit in enumerate(encoded(100, 10)) if number % 10 == 0 or number % 2 == 0]
    damaged = [isinstance(picture, DamagedPicture) for picture in received(units)]
    assert any(damaged[:15])
    assert not any(damaged[15:])


@pytest.mark.parametrize("first", [0, 3])
@pytest.mark.parametrize("is_reordered", [False, True])
def test_a_stream_of_recovery_points_begins_and_goes_on_after_a_loss_with_one(
    first: int, *, is_reordered: bool
) -> None:
    how = "open-gop=1:bframes=2:b-adapt=0" if is_reordered else "intra-refresh=1"
    units = encoded(80, 10, x264=f"{how}:keyint=10:scenecut=0")
    pictures = received([*units[first:37], *units[38:]], like=units)
    kinds = [type(picture) for picture in pictures]
    assert (AccessUnit in kinds) == (first == 0 and not is_reordered), "one IDR picture may be at the very start"
    damaged = [number for number, kind in enumerate(kinds) if kind is DamagedPicture]
    assert 0 < len(damaged) < 25
    assert damaged == list(range(damaged[0], damaged[0] + len(damaged)))
    decoded = [picture for picture in pictures if isinstance(picture, DecodedPicture)]
    assert kinds[-10:] == [DecodedPicture] * 10
    assert {_luma(picture.frame) for picture in decoded} <= {_luma(frame) for frame in _decoded(units)}
    if not is_reordered:
        assert ["IDR" in picture.note for picture in decoded] == [True] + [False] * (len(decoded) - 1)


def _decoded(units: list[bytes]) -> Iterator[av.VideoFrame]:
    codec = av.CodecContext.create("h264", "r")
    for unit in units:
        yield from codec.decode(av.Packet(unit))
    yield from codec.decode(None)


def _luma(frame: av.VideoFrame) -> bytes:
    return planes_of(frame)[0].tobytes()
