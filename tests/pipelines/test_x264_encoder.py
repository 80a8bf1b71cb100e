"""Packets and fragments: every sample and picture at its lesson time, in any muxer, without a tick between them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.h264_annexb import first_sps, join_nal_units, parameter_sets, split_access_unit
from drivers.samples import ColourMatrix
from pipelines.encoding.aac_encoder import FRAME_SAMPLES, AacEncoder, AacSettings
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket, lesson_ns_to_ticks, ticks_to_lesson_ns
from pipelines.encoding.slate import render_slate
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.files.mp4_boxes import FragmentHeader, sps_of_init
from pipelines.recording.mp4_fragmenter import (
    AudioTrackFormat,
    Mp4Fragmenter,
    TrackFormat,
    UnusablePacket,
    VideoTrackFormat,
)
from pipelines.yuv_planes import planes_of

RATE_HZ = 48_000
SOUND = AacSettings(RATE_HZ, 1, 128)
PICTURE = H264Settings(320, 180, Fraction(25), 400, "ultrafast", full_range=True, matrix=ColourMatrix.BT601)


@dataclass
class Kept:
    """An outlet that keeps what it is given."""

    inits: list[bytes] = field(default_factory=list)
    heads: list[FragmentHeader] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)

    def write_init(self, data: bytes) -> None:
        self.inits.append(data)

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        self.heads.append(head)
        self.data.append(data)

    @property
    def file(self) -> bytes:
        return self.inits[0] + b"".join(self.data)


def written(shape: TrackFormat, packets: list[EncodedPacket], end: int) -> Kept:
    kept = Kept()
    fragments = Mp4Fragmenter(shape, kept)
    for packet in packets:
        fragments.push_packet(packet)
    fragments.flush(end)
    fragments.flush(end)
    return kept


def sound_packets(samples: NDArray[np.float32], start: int, part: int = 777) -> list[EncodedPacket]:
    encoder = AacEncoder(SOUND, start)
    packets = []
    for at in range(0, len(samples), part):
        packets += encoder.encode(samples[at : at + part, None])
    packets += encoder.close()
    assert encoder.close() == []
    return packets


def heard(file: bytes) -> tuple[int, NDArray[np.float32]]:
    """The time of the first decoded sample, and all of them."""
    with av.open(io.BytesIO(file), format="mp4") as container:
        frames = list(container.decode(audio=0))
    assert frames[0].pts is not None
    for before, after in pairwise(frames):
        assert after.pts == (before.pts or 0) + before.samples
    return frames[0].pts, np.concatenate([frame.to_ndarray()[0] for frame in frames])


def picture_packets(starts: list[int], coding: H264Settings = PICTURE) -> list[EncodedPacket]:
    encoder = X264Encoder(coding)
    packets: list[EncodedPacket] = []
    second = -1
    for number, start in enumerate(starts):
        frame = av.VideoFrame(coding.width, coding.height, "yuv420p")
        luma, u, v = planes_of(frame)
        luma[:] = (np.arange(coding.width) + 5 * number) % 256
        u[:] = v[:] = 128
        packets += encoder.encode(frame, start, key=start // VIDEO_TIMESCALE != second)
        second = start // VIDEO_TIMESCALE
    assert encoder.close() == []
    return packets


@pytest.mark.parametrize("start", [0, 5 * RATE_HZ + 17])
@pytest.mark.parametrize("after", [2_000, 30_000])
def test_a_click_is_heard_at_its_own_sample(start: int, after: int) -> None:
    samples = np.zeros(RATE_HZ, np.float32)
    samples[after : after + 4] = [0.9, -0.9, 0.9, -0.9]
    kept = written(AudioTrackFormat(250, SOUND), sound_packets(samples, start), start + len(samples))
    first, decoded = heard(kept.file)
    loudest = first + int(np.argmax(np.abs(decoded)))
    assert abs(loudest - (start + after)) <= 4


def test_a_tone_comes_back_as_it_was_at_its_own_time() -> None:
    start = 12_345
    times = np.arange(RATE_HZ)
    tone = (0.5 * np.sin(2 * np.pi * 997 / RATE_HZ * times)).astype(np.float32)
    first, decoded = heard(written(AudioTrackFormat(250, SOUND), sound_packets(tone, start), start + RATE_HZ).file)
    same = slice(4 * FRAME_SAMPLES, 40 * FRAME_SAMPLES)
    ours = decoded[same]
    true = 0.5 * np.sin(2 * np.pi * 997 / RATE_HZ * (first - start + times[same]))
    assert np.sqrt(np.mean(np.square(ours - true))) < 0.01


@given(count=st.integers(1, 12_000), start=st.integers(0, 10**9), part=st.integers(1, 5_000))
@settings(max_examples=25)
def test_sound_has_a_frame_for_every_sample_and_no_more(count: int, start: int, part: int) -> None:
    packets = sound_packets(np.zeros(count, np.float32), start, part)
    assert [packet.start for packet in packets] == list(range(start, start + count, FRAME_SAMPLES))
    kept = written(AudioTrackFormat(100, SOUND), packets, start + count)
    assert kept.heads[0].start == start
    assert sum(head.duration for head in kept.heads) == count


@given(
    gaps=st.lists(st.integers(1, 20_000), min_size=2, max_size=40),
    start=st.integers(0, 3_600 * VIDEO_TIMESCALE),
    fragment_ms=st.sampled_from([100, 250, 1000]),
)
@settings(max_examples=12)
def test_picture_fragments_join_to_the_tick(gaps: list[int], start: int, fragment_ms: int) -> None:
    starts = [start + sum(gaps[:n]) for n in range(len(gaps))]
    end = start + sum(gaps)
    packets = picture_packets(starts)
    assert [packet.start for packet in packets] == starts
    kept = written(VideoTrackFormat(fragment_ms), packets, end)
    at = start
    for head in kept.heads:
        assert head.start == at
        at += head.duration
    assert at == end
    assert sum(head.samples for head in kept.heads) == len(starts)
    keys = {packet.start for packet in packets if packet.key}
    assert {head.start for head in kept.heads if head.is_key} == keys, "a key picture begins a fragment"
    with av.open(io.BytesIO(kept.file), format="mp4") as container:
        assert [frame.pts for frame in container.decode(video=0)] == starts


def test_a_muxer_opened_again_goes_on_at_lesson_time() -> None:
    starts = [n * 3_600 for n in range(60)]
    packets = picture_packets(starts)
    middle = next(n for n in range(30, 60) if packets[n].key)
    kept = Kept()
    fragments = Mp4Fragmenter(VideoTrackFormat(250), kept)
    for packet in packets[:middle]:
        fragments.push_packet(packet)
    fragments.flush(starts[middle])
    first = kept.inits[-1]
    for packet in packets[middle:]:
        fragments.push_packet(packet)
    fragments.flush(60 * 3_600)
    assert kept.inits[-1] == first
    with av.open(io.BytesIO(kept.file), format="mp4") as container:
        assert [frame.pts for frame in container.decode(video=0)] == starts


def test_equal_codings_give_equal_init_segments() -> None:
    early = written(VideoTrackFormat(250), picture_packets([0, 3_600]), 7_200)
    late = written(VideoTrackFormat(250), picture_packets([10**9 + n for n in range(0, 40_000, 3_001)]), 2 * 10**9)
    assert early.inits == late.inits
    silence = np.zeros(5_000, np.float32)
    noise = np.random.default_rng(1).normal(0, 0.1, 9_000).astype(np.float32)
    quiet = written(AudioTrackFormat(250, SOUND), sound_packets(silence, 0), 5_000)
    loud = written(AudioTrackFormat(250, SOUND), sound_packets(noise, 10**8), 10**8 + 9_000)
    assert quiet.inits == loud.inits


def test_encoded_pictures_are_what_the_muxer_writes() -> None:
    """Passing through means that every NAL unit arrives, with its length in place of a start code."""
    packets = picture_packets([0, 3_600, 7_200])
    kept = written(VideoTrackFormat(1000), packets, 10_800)
    with av.open(io.BytesIO(kept.file), format="mp4") as container:
        payloads = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    for packet, payload in zip(packets, payloads, strict=True):
        units = [unit.rstrip(b"\0") for unit in packet.data.split(b"\0\0\1") if unit.strip(b"\0")]
        at = 0
        muxed = []
        while at < len(payload):
            length = int.from_bytes(payload[at : at + 4], "big")
            muxed.append(payload[at + 4 : at + 4 + length].rstrip(b"\0"))
            at += 4 + length
        assert muxed == units


def test_a_track_must_begin_with_a_key_picture() -> None:
    _, second = picture_packets([0, 3_600])
    fragments = Mp4Fragmenter(VideoTrackFormat(250), Kept())
    with pytest.raises(UnusablePacket, match="key picture"):
        fragments.push_packet(second)


@pytest.mark.parametrize("data", [b"", b"no H.264 at all", b"\0\0\0\1\x67", b"\0\0\0\1\x67" + bytes(range(200, 250))])
def test_no_track_begins_with_what_cannot_be_read(data: bytes) -> None:
    with pytest.raises(UnusablePacket):
        Mp4Fragmenter(VideoTrackFormat(250), Kept()).push_packet(EncodedPacket(0, data, True))


def test_another_format_begins_with_another_init_segment() -> None:
    other = replace(PICTURE, width=640, height=360)
    packets = [*picture_packets([0, 3_600]), *picture_packets([7_200, 10_800], other)]
    kept = written(VideoTrackFormat(250), packets, 14_400)
    assert [sps_of_init(head) for head in kept.inits] == [first_sps(packets[at].data) for at in (0, 2)]
    assert [(head.start, head.duration, head.is_key) for head in kept.heads] == [(0, 7_200, True), (7_200, 7_200, True)]


@pytest.mark.parametrize("harm", [slice(0, 0), slice(0, 5), slice(0, 12)])
def test_a_key_picture_with_unreadable_parameter_sets_is_as_if_it_had_not_come(harm: slice) -> None:
    before, key = picture_packets([0]), picture_packets([3_600], replace(PICTURE, width=640, height=360))[0]
    _, at, _ = split_access_unit(key.data)
    sps, *pps = parameter_sets(key.data)
    broken = EncodedPacket(3_600, join_nal_units([sps[:1] + sps[harm], *pps]) + key.data[at:], True)
    kept = Kept()
    fragments = Mp4Fragmenter(VideoTrackFormat(250), kept)
    for packet in before:
        fragments.push_packet(packet)
    with pytest.raises(UnusablePacket):
        fragments.push_packet(broken)
    fragments.push_packet(picture_packets([7_200])[0])
    fragments.flush(10_800)
    assert [(head.start, head.duration) for head in kept.heads] == [(0, 7_200), (7_200, 3_600)]
    assert len(kept.inits) == 1


def test_the_range_is_written_into_the_stream() -> None:
    for full_range in (True, False):
        coding = H264Settings(320, 180, Fraction(25), 400, "ultrafast", full_range=full_range)
        with av.open(io.BytesIO(written(VideoTrackFormat(250), picture_packets([0, 1], coding), 2).file)) as container:
            next(container.decode(video=0))
            assert (container.streams.video[0].codec_context.color_range == 2) == full_range


@given(ns=st.integers(0, 10**14))
def test_ticks_are_the_nearest_to_lesson_time(ns: int) -> None:
    ticks = lesson_ns_to_ticks(ns)
    assert abs(Fraction(ticks, VIDEO_TIMESCALE) - Fraction(ns, 10**9)) <= Fraction(1, 2 * VIDEO_TIMESCALE)
    assert lesson_ns_to_ticks(ticks_to_lesson_ns(ticks, VIDEO_TIMESCALE)) == ticks


@pytest.mark.parametrize("size", [(1920, 1080), (320, 180), (64, 48)])
def test_a_slate_says_something_in_any_size(size: tuple[int, int]) -> None:
    luma, u, v = planes_of(render_slate("teacher", *size))
    assert luma.shape == (size[1], size[0])
    assert luma.max() > 150
    assert (luma == 40).mean() > 0.5
    assert (u == 128).all()
    assert (v == 128).all()
    assert (planes_of(render_slate("students", *size))[0] != luma).any()
    assert (planes_of(render_slate("a role nobody drew", *size))[0] != luma).any()
