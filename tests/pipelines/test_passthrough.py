"""H.264 that arrives encoded goes through untouched while a programme can be cut from it, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from unittest.mock import Mock

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.samples import AccessUnit, DecodedPicture
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.encoding.passthrough import MAX_GOP_NS, PassthroughCheck
from pipelines.encoding.resting_encoder import RestingEncoder
from pipelines.encoding.video_track_encoder import VideoTrackEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of

FPS = 10
CODING = H264Settings(320, 180, Fraction(FPS), 400, "ultrafast", full_range=False)
FRAME_NS = 1_000_000_000 // FPS


def frame(number: int) -> av.VideoFrame:
    made = av.VideoFrame(320, 180, "yuv420p")
    luma, u, v = planes_of(made)
    luma[:] = (np.arange(320) + 7 * number) % 200 + 20
    u[:] = v[:] = 128
    return made


def stream(pictures: int, key_every: int) -> list[AccessUnit]:
    """What a camera with an encoder of its own sends."""
    encoder = X264Encoder(CODING)
    units = []
    for number in range(pictures):
        key = number % key_every == 0
        (packet,) = encoder.encode(frame(number), number * VIDEO_TIMESCALE // FPS, key=key)
        units.append(AccessUnit(number * FRAME_NS, packet.data, key))
    return units


@pytest.fixture
def changes() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def opened() -> Mock:
    return Mock(side_effect=X264Encoder)


@pytest.fixture
def maker(changes: list[tuple[str, str]], opened: Mock) -> VideoTrackEncoder:
    encoder = FailoverEncoder("teacher", CODING, EncoderTargets(CODING.preset), [opened], lambda _name, _why: None)
    return VideoTrackEncoder(
        "teacher",
        CODING,
        RestingEncoder(encoder),
        is_passthrough=True,
        on_change=lambda how, why: changes.append((how, why)),
    )


def start_of(unit: AccessUnit) -> int:
    return unit.captured_ns * VIDEO_TIMESCALE // 10**9


def test_every_byte_goes_through_and_no_encoder_is_opened(
    maker: VideoTrackEncoder, changes: list[tuple[str, str]], opened: Mock
) -> None:
    units = stream(40, key_every=FPS)
    for unit in units:
        (packet,) = maker.encode_picture(unit, start_of(unit)).packets
        assert (packet.data, packet.key, packet.start) == (unit.data, unit.key, start_of(unit))
    assert maker.repeat_last(10**6) == []
    assert changes == []
    opened.assert_not_called()


def test_after_a_loss_it_waits_for_a_key_picture(maker: VideoTrackEncoder) -> None:
    units = stream(2 * FPS, key_every=FPS)
    passed = []
    for number, unit in enumerate(units):
        if number == 3:
            maker.on_pictures_lost()
        if maker.encode_picture(unit, start_of(unit)).packets:
            passed.append(number)
    assert passed == [0, 1, 2, *range(FPS, 2 * FPS)]


def test_a_camera_that_was_away_is_passed_through_again(
    maker: VideoTrackEncoder, changes: list[tuple[str, str]], opened: Mock
) -> None:
    units = stream(2 * FPS, key_every=FPS)
    away_ns = 5_000_000_000
    back = [replace(unit, captured_ns=unit.captured_ns + away_ns) for unit in units[FPS:]]
    for unit in units[:FPS]:
        maker.encode_picture(unit, start_of(unit))
    maker.encode_slate(start_of(units[FPS]))
    assert [maker.encode_picture(unit, start_of(unit)).packets[0].data for unit in back] == [unit.data for unit in back]
    assert changes == []
    opened.assert_called_once()


@pytest.mark.parametrize("reason", ["B-frames", "2 s apart", "no longer"])
def test_a_stream_that_cannot_be_cut_is_encoded_from_there_on(
    maker: VideoTrackEncoder, changes: list[tuple[str, str]], reason: str
) -> None:
    key_every = 3 * FPS if reason == "2 s apart" else FPS
    units = stream(3 * FPS, key_every)
    packets = []
    for number, unit in enumerate(units):
        picture: AccessUnit | DecodedPicture = unit
        if number == 25 and reason == "B-frames":
            picture = AccessUnit(unit.captured_ns, unit.data, unit.key, reordered=True)
        if number >= 25 and reason == "no longer":
            picture = DecodedPicture(unit.captured_ns, frame(number))
        packets += maker.encode_picture(picture, start_of(unit)).packets
    ((how, why),) = changes
    assert how == "encoded"
    assert reason in why
    assert not maker.is_passthrough
    decoder = av.CodecContext.create("h264", "r")
    decoder.flags |= av.codec.context.Flags.low_delay
    for number, packet in enumerate(packets):
        (shown,) = decoder.decode(av.Packet(packet.data))
        off = np.abs(planes_of(shown)[0].astype(int) - planes_of(frame(number))[0]).mean()
        assert off < 12, f"picture {number} is not the one that was sent"
    assert len(packets) == len(units)


def test_after_one_late_key_picture_it_goes_on_with_that_one(
    maker: VideoTrackEncoder, changes: list[tuple[str, str]]
) -> None:
    encoder = X264Encoder(CODING)
    lengths = [FPS, 3 * FPS, FPS, FPS]
    keys = {sum(lengths[:number]) for number in range(len(lengths))}
    units = []
    for number in range(sum(lengths)):
        (packet,) = encoder.encode(frame(number), number * VIDEO_TIMESCALE // FPS, key=number in keys)
        units.append(AccessUnit(number * FRAME_NS, packet.data, number in keys))
    packets = [packet for unit in units for packet in maker.encode_picture(unit, start_of(unit)).packets]
    passed = [packet.data == unit.data for packet, unit in zip(packets, units, strict=True)]
    late_from = FPS + 22
    assert [number for number, is_same in enumerate(passed) if not is_same] == list(range(late_from, 4 * FPS))
    assert [how for how, _ in changes] == ["encoded", "passed-through"]
    assert_shows(packets, range(len(units)))


def test_key_pictures_that_are_always_late_are_encoded_for_good(
    maker: VideoTrackEncoder, changes: list[tuple[str, str]]
) -> None:
    for unit in stream(12 * FPS, key_every=4 * FPS):
        maker.encode_picture(unit, start_of(unit))
    assert [how for how, _ in changes] == ["encoded"]


def test_a_lesson_begins_with_the_remembered_key_picture(maker: VideoTrackEncoder, opened: Mock) -> None:
    units = stream(3 * FPS, key_every=2 * FPS)
    for unit in units[:15]:
        maker.skip_picture(unit)
    begun = maker.encode_picture(units[15], 0).packets
    assert [packet.data for packet in begun] == [unit.data for unit in units[:16]]
    assert [packet.start for packet in begun] == list(range(16))
    rest = [packet for unit in units[16:] for packet in maker.encode_picture(unit, start_of(unit)).packets]
    assert [packet.data for packet in rest] == [unit.data for unit in units[16:]]
    assert_shows([*begun, *rest], range(3 * FPS))
    opened.assert_not_called()


def test_a_picture_of_a_pause_is_in_no_packet_and_the_next_ones_are_whole(
    maker: VideoTrackEncoder, changes: list[tuple[str, str]]
) -> None:
    units = stream(4 * FPS, key_every=2 * FPS)
    packets = []
    for number, unit in enumerate(units):
        if 15 <= number < 25:
            maker.skip_picture(unit, is_hidden=True)
        else:
            packets += maker.encode_picture(unit, start_of(unit)).packets
    assert_shows(packets, [*range(15), *range(25, 40)])
    assert units[20].data not in {packet.data for packet in packets}
    assert [how for how, _ in changes] == ["encoded"]


def assert_shows(packets: Sequence[EncodedPacket], numbers: Sequence[int]) -> None:
    """Decoded, the packets are these pictures."""
    decoder = av.CodecContext.create("h264", "r")
    decoder.flags |= av.codec.context.Flags.low_delay
    shown = [one for packet in packets for one in decoder.decode(av.Packet(packet.data))]
    for number, picture in zip(numbers, shown, strict=True):
        off = np.abs(planes_of(picture)[0].astype(int) - planes_of(frame(number))[0]).mean()
        assert off < 12, f"picture {number} is not the one that was sent"


@given(apart=st.lists(st.integers(1, 60), min_size=1, max_size=12), fps=st.sampled_from([5, 25, 30]))
def test_the_first_objection_comes_with_the_first_long_gop(apart: list[int], fps: int) -> None:
    check = PassthroughCheck()
    at_ns = 0
    for length in apart:
        for number in range(length):
            check.push(AccessUnit(at_ns, b"", key=number == 0))
            objection = check.rejection_reason()
            from_key_ns = number * (10**9 // fps)
            assert not objection or "2 s" in objection
            if number:
                assert bool(objection) == (from_key_ns > MAX_GOP_NS * 1.05)
            at_ns += 10**9 // fps
        if length / fps > 2.0:
            return
