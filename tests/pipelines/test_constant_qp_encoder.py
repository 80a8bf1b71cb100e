"""Rate control of our own: one track of many encoders, that plays, in one init segment, within its bounds."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from offline_track import BEGIN_NS, SECOND_NS, record_track

from drivers.h264_annexb import nal_type, nal_units, parameter_sets, split_access_unit
from drivers.h264_sps import BitReader, parse_sps
from drivers.samples import Coding, JpegPicture, PictureFormat
from pipelines.encoding import constant_qp_encoder
from pipelines.encoding.constant_qp_encoder import ConstantQpEncoder
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.key_refinement import KeyRefinement
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.encoding.rate_controller import COARSEST_QP, FINEST_QP
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Fragment, PictureMeasurement
from pipelines.journal.journal_file import filter_kinds
from pipelines.yuv_planes import planes_of

FPS = 10
SETTINGS = H264Settings(320, 180, Fraction(FPS), 150, "superfast", full_range=True)
_SEI = 6


def pictures(seconds: float, movement: int, noise: int, seed: int = 1) -> Iterator[NDArray[np.uint8]]:
    dice = np.random.default_rng(seed)
    ground = dice.integers(60, 190, (18, 64)).repeat(10, 0).repeat(10, 1)
    for number in range(round(seconds * FPS)):
        shown = np.roll(ground, number * movement, 1)[:, :320]
        yield np.clip(shown + dice.integers(-noise, noise + 1, shown.shape), 0, 255).astype(np.uint8)


# Calm, a room in noise, calm, white noise, calm.
LESSON = [
    *pictures(3, 0, 1),
    *pictures(3, 9, 25),
    *pictures(2.5, 0, 1),
    *(np.random.default_rng(n).integers(0, 256, (180, 320), np.uint8) for n in range(2 * FPS)),
    *pictures(4.5, 0, 1),
]


def frame(luma: NDArray[np.uint8]) -> av.VideoFrame:
    made = av.VideoFrame(320, 180, "yuv420p")
    for plane, value in zip(planes_of(made), (luma, 128, 128), strict=True):
        plane[:] = value
    return made


def start(number: int) -> int:
    return number * VIDEO_TIMESCALE // FPS


def recorded(encoder: ConstantQpEncoder, lesson: Sequence[NDArray[np.uint8]]) -> list[EncodedPacket]:
    packets = []
    for number, luma in enumerate(lesson):
        packets += encoder.encode(frame(luma), start(number), key=number % FPS == 0)
    assert encoder.close() == encoder.close() == []
    return packets


def idr_ids(packet: EncodedPacket) -> set[int]:
    """``idr_pic_id`` of a key picture's slices (ITU-T H.264, 7.3.3)."""
    bits = next(parse_sps(unit) for unit in parameter_sets(packet.data)).frame_number_bits
    ids = set()
    for unit in nal_units(packet.data):
        if nal_type(unit) == 5:
            reader = BitReader(unit[1:30])
            reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.bits(bits)
            ids.add(reader.unsigned())
    return ids


@pytest.fixture(scope="module")
def track() -> list[EncodedPacket]:
    return recorded(ConstantQpEncoder(SETTINGS), LESSON)


def test_key_pictures_are_finer_where_pictures_stay_the_same() -> None:
    for noise, steps in ((0, 6), (1, 3), (4, 0), (12, 0)):
        refinement = KeyRefinement()
        for number, luma in enumerate(pictures(6, 0, noise)):
            refinement.look(frame(luma), key=number % FPS == 0)
        assert refinement.choose(28) == steps


def test_every_second_stays_below_twice_the_rate_and_begins_with_a_key_picture(track: list[EncodedPacket]) -> None:
    octets: dict[int, int] = defaultdict(int)
    for packet in track:
        octets[packet.start // VIDEO_TIMESCALE] += len(packet.data)
    assert max(octets.values()) * 8 <= 2 * SETTINGS.bitrate_kbps * 1000
    keys = {packet.start for packet in track if packet.key}
    assert keys >= {second * VIDEO_TIMESCALE for second in range(len(LESSON) // FPS)}


def test_many_encoders_make_one_stream_that_plays(track: list[EncodedPacket]) -> None:
    decoder = av.CodecContext.create("h264", "r")
    decoder.options = {"err_detect": "explode"}
    shown = [one for packet in track for one in decoder.decode(av.Packet(packet.data))] + decoder.decode(None)
    assert len(shown) == len(track)
    for packet, picture in zip(track, shown, strict=True):
        number = packet.start * FPS // VIDEO_TIMESCALE
        if not 85 <= number < 115:
            off = np.abs(planes_of(picture)[0].astype(int) - LESSON[number]).mean()
            assert off < 20, f"picture {number} is not the one that went in"


def test_key_pictures_in_a_row_differ_and_say_nothing_of_their_encoder(
    monkeypatch: pytest.MonkeyPatch, track: list[EncodedPacket]
) -> None:
    made = []

    class Counted(X264Encoder):
        def __init__(self, settings: H264Settings) -> None:
            super().__init__(settings)
            made.append(settings.qp)

    monkeypatch.setattr(constant_qp_encoder, "X264Encoder", Counted)
    for threads in (1, 2):
        made.clear()
        packets = recorded(ConstantQpEncoder(replace(SETTINGS, threads=threads)), LESSON[: 10 * FPS])
        assert len(set(made)) > 3
        ids = [idr_ids(packet) for packet in packets if packet.key]
        assert all(len(one) == 1 for one in ids)
        assert all(before != after for before, after in itertools.pairwise(ids))
        assert not [unit for packet in packets for unit in nal_units(packet.data) if nal_type(unit) == _SEI]


@pytest.mark.parametrize("size", [(320, 180), (1280, 720)])
def test_parameter_sets_are_those_of_libx264s_own_rate_control(size: tuple[int, int]) -> None:
    """So a lesson that is resumed by another version, or with another config, goes on in its init segment."""
    sets = set()
    plain = H264Settings(*size, Fraction(30), 4000, "superfast", full_range=False)
    steps = itertools.product((18, 40, 69), (0, 6), ("superfast", "ultrafast"), (1, 2))
    constant = (replace(plain, qp=qp, key_steps=key, preset=name, threads=threads) for qp, key, name, threads in steps)
    for coding in (plain, *constant):
        (packet,) = X264Encoder(coding).encode(av.VideoFrame(*size, "yuv420p"), 0, key=True)
        sets.add(parameter_sets(packet.data))
    assert len(sets) == 1


def test_another_preset_and_rate_begin_with_a_key_picture_in_the_same_init_segment() -> None:
    targets = EncoderTargets("superfast")
    made = FailoverEncoder("teacher", SETTINGS, targets, [ConstantQpEncoder], lambda _name, _why: None)
    packets = []
    for number, luma in enumerate(pictures(24, 3, 12)):
        if number == 12 * FPS - 5:
            targets.preset, targets.bitrate_share = "ultrafast", 0.25
        packets += made.encode(frame(luma), start(number))
    made.close()
    assert len({parameter_sets(packet.data) for packet in packets if packet.key}) == 1
    assert all(len(split_access_unit(packet.data)[0]) == 2 for packet in packets if packet.key)
    before, after = (
        sum(len(one.data) for one in packets if one.start // VIDEO_TIMESCALE in span) * 8 / len(span) / 1000
        for span in (range(6, 12), range(18, 24))
    )
    assert before > 1.3 * after
    assert after < 0.25 * SETTINGS.bitrate_kbps * 1.2


def test_a_lesson_tells_the_quantiser_and_the_bytes_of_each_second(tmp_path: Path) -> None:
    form = PictureFormat(320, 180, Fraction(FPS), Coding.MJPEG)
    jpegs = [cv2.imencode(".jpg", luma)[1].tobytes() for luma in pictures(6, 0, 3)]
    filmed = (JpegPicture(BEGIN_NS + number * SECOND_NS // FPS, jpeg) for number, jpeg in enumerate(jpegs))
    track = record_track(tmp_path / "s" / "L1", form, filmed, 6, rate="own")
    entries = track.entries()
    written: dict[int, int] = defaultdict(int)
    for entry in filter_kinds(entries, Fragment):
        written[entry.start // VIDEO_TIMESCALE] += entry.length
    told = [entry for entry in filter_kinds(entries, PictureMeasurement) if entry.octets is not None]
    assert [entry.lesson_ns // SECOND_NS for entry in told][:4] == [0, 1, 2, 3]
    for entry in told:
        assert entry.qp is not None
        assert FINEST_QP <= entry.qp <= COARSEST_QP
        assert entry.octets is not None
        assert 0.7 * written[entry.lesson_ns // SECOND_NS] < entry.octets < written[entry.lesson_ns // SECOND_NS]
