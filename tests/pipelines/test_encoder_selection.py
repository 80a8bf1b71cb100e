"""One track, several encoders: what is chosen, what takes over when it fails, and a stream that always plays."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from hypothesis import given
from hypothesis import strategies as st

from drivers.h264_annexb import parameter_sets
from drivers.samples import ColourMatrix
from pipelines.encoding.constant_qp_encoder import ConstantQpEncoder
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.encoder_benchmark import EncodingCosts, benchmark_encoder, threads_for
from pipelines.encoding.encoder_selection import (
    EncoderFactory,
    RateControl,
    VideoEncoder,
    encoder_candidates,
    hardware_roles,
)
from pipelines.encoding.errors import EncoderFailed
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.load_governor import PRESETS
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.encoding.parameter_sets import ParameterSetInserter
from pipelines.encoding.v4l2m2m_encoder import V4l2m2mEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of

FPS = 10
CODING = H264Settings(320, 180, Fraction(FPS), 400, "superfast", full_range=True, matrix=ColourMatrix.BT601)
NO_DEVICE = not list(Path("/dev").glob("video*"))

# FFmpeg's other H.264 encoder in the wheel stands in for one in hardware: it looks ahead, so that its packets come
# late and in order, and knows nothing of ours but what every encoder is given.
late_encoder = partial(
    V4l2m2mEncoder, codec="libx264", options={"forced-idr": "1", "rc-lookahead": "5", "sc_threshold": "0"}
)


def frame(number: int) -> av.VideoFrame:
    made = av.VideoFrame(CODING.width, CODING.height, "yuv420p")
    luma, u, v = planes_of(made)
    luma[:] = (np.arange(CODING.width) + 7 * number) % 200 + 20
    u[:] = v[:] = 128
    return made


def start(number: int) -> int:
    return number * VIDEO_TIMESCALE // FPS


def assert_plays(packets: Sequence[EncodedPacket], numbers: Sequence[int]) -> None:
    """Every packet at its time, and every picture the one that went in."""
    assert [packet.start for packet in packets] == [start(number) for number in numbers]
    decoder = av.CodecContext.create("h264", "r")
    shown = [one for packet in packets for one in decoder.decode(av.Packet(packet.data))] + decoder.decode(None)
    for number, picture in zip(numbers, shown, strict=True):
        off = np.abs(planes_of(picture)[0].astype(int) - planes_of(frame(number))[0]).mean()
        assert off < 12, f"picture {number} is not the one that went in"
        assert (picture.color_range, picture.colorspace) == (ColorRange.JPEG, Colorspace.ITU601)


class Fails:
    """A real encoder that loses its device at some picture."""

    name = "h264_v4l2m2m"
    keeps_rate = False
    last_second = None

    def __init__(self, coding: H264Settings, after: int, make: Callable[[H264Settings], VideoEncoder]) -> None:
        self._left = after
        self._encoder = make(coding)
        self._inside = 0

    def follow(self, settings: H264Settings) -> bool:
        return self._encoder.follow(settings)

    def spend(self, start: int, octets: int) -> None:
        self._encoder.spend(start, octets)

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        self._inside += 1
        if not self._left:
            raise EncoderFailed("h264_v4l2m2m failed: No such device", self._inside)
        self._left -= 1
        packets = self._encoder.encode(frame, start, key=key)
        self._inside -= len(packets)
        return packets

    def close(self) -> list[EncodedPacket]:
        return self._encoder.close()


class TrackEncoder:
    """A track's encoder, and the choices it reported."""

    def __init__(self, makes: Sequence[EncoderFactory]) -> None:
        self.choices: list[tuple[str, str]] = []
        self.targets = EncoderTargets("superfast")
        self.encoder = FailoverEncoder(
            "teacher", CODING, self.targets, makes, lambda name, why: self.choices.append((name, why))
        )


@pytest.mark.skipif(not NO_DEVICE, reason="this machine has video devices, which may encode H.264")
def test_a_machine_without_the_hardware_takes_libx264_and_says_so() -> None:
    made = TrackEncoder(encoder_candidates("auto", hardware=True))
    assert_plays(
        [packet for number in range(12) for packet in made.encoder.encode(frame(number), start(number))], range(12)
    )
    ((name, why),) = made.choices
    assert name == "libx264"
    assert why.startswith("h264_v4l2m2m cannot be used: no device of this machine encodes H.264")


@pytest.mark.parametrize(("rate", "software"), [("own", ConstantQpEncoder), ("x264", X264Encoder)])
def test_libx264_is_always_there(rate: RateControl, software: EncoderFactory) -> None:
    assert encoder_candidates("libx264", hardware=True, rate=rate) == (software,)
    assert encoder_candidates("auto", hardware=False, rate=rate) == (software,)
    for wish in ("auto", "h264_v4l2m2m"):
        assert encoder_candidates(wish, hardware=True, rate=rate) == (V4l2m2mEncoder, software)


def test_the_hardware_goes_to_the_most_important_it_has_room_for() -> None:
    full_hd, hd = 1920 * 1080 * 25.0, 1280 * 720 * 25.0
    assert hardware_roles({"students": hd, "teacher": full_hd}) == {"teacher"}
    assert hardware_roles({"students": hd, "teacher": hd, "screen": full_hd}) == {"teacher", "students"}


@pytest.mark.parametrize("after", [0, 1, 14, 15])
@pytest.mark.parametrize("make", [X264Encoder, late_encoder])
def test_a_failing_encoder_gives_way_at_once(after: int, make: EncoderFactory) -> None:
    made = TrackEncoder([partial(Fails, after=after, make=make), X264Encoder])
    packets = [packet for number in range(30) for packet in made.encoder.encode(frame(number), start(number))]
    packets += made.encoder.close()
    assert [name for name, _ in made.choices] == ["h264_v4l2m2m", "libx264"]
    assert made.choices[1][1] == "h264_v4l2m2m failed: No such device"
    numbers = [packet.start * FPS // VIDEO_TIMESCALE for packet in packets]
    assert numbers[-30 + after :] == list(range(after, 30)), "the picture it failed at is there"
    assert packets[numbers.index(after)].key
    assert made.encoder.pop_lost_count() == 30 - len(packets)
    assert made.encoder.pop_lost_count() == 0
    assert_plays(packets, numbers)


def test_packets_that_come_late_all_come_and_keys_stand_at_whole_seconds() -> None:
    made = TrackEncoder([late_encoder])
    packets = [packet for number in range(25) for packet in made.encoder.encode(frame(number), start(number))]
    assert len(packets) < 25
    packets += made.encoder.close()
    assert made.encoder.close() == []
    assert [packet.start // VIDEO_TIMESCALE for packet in packets if packet.key] == [0, 1, 2]
    assert_plays(packets, range(25))
    assert made.encoder.pop_lost_count() == 0


@pytest.mark.parametrize("size", [(320, 180), (1280, 720), (1920, 1080)])
def test_no_preset_bit_rate_or_thread_changes_the_parameter_sets(size: tuple[int, int]) -> None:
    sets = set()
    for preset, kbps, threads in itertools.product(PRESETS, (200, 8000, 30_000), (1, 2)):
        coding = H264Settings(*size, Fraction(30), kbps, preset, full_range=False, threads=threads)
        encoder = X264Encoder(coding)
        packets = [*encoder.encode(av.VideoFrame(*size, "yuv420p"), 0, key=True), *encoder.close()]
        sets.add(parameter_sets(packets[0].data))
    assert len(sets) == 1


@pytest.mark.parametrize(("promised", "real"), [(30, 5), (30, 30), (5, 25)])
def test_a_bit_rate_is_kept_at_the_rate_that_pictures_really_come(promised: int, real: int) -> None:
    coding = H264Settings(320, 180, Fraction(promised), 400, "superfast", full_range=False)
    made = FailoverEncoder("teacher", coding, EncoderTargets("superfast"), [X264Encoder], lambda _name, _why: None)
    rng = np.random.default_rng(1)
    octets = 0
    for number in range(real * 14):
        noisy = av.VideoFrame(320, 180, "yuv420p")
        for plane in planes_of(noisy):
            plane[:] = rng.integers(90, 160, plane.shape, np.uint8)
        packets = made.encode(noisy, number * VIDEO_TIMESCALE // real)
        octets += sum(len(packet.data) for packet in packets if packet.start >= 6 * VIDEO_TIMESCALE)
    assert octets * 8 / 8000 == pytest.approx(400, rel=0.4)


def test_another_preset_begins_with_the_next_key_picture() -> None:
    made = TrackEncoder([X264Encoder])
    packets = []
    for number in range(40):
        if number in (5, 25):
            made.targets.preset = {5: "ultrafast", 25: "superfast"}[number]
        packets += made.encoder.encode(frame(number), start(number))
    assert [name for name, _ in made.choices] == ["libx264"] * 3
    sets = [parameter_sets(packet.data) for packet in packets if packet.key]
    assert len(sets) == 4
    assert len(set(sets)) == 1, "one init segment does for all"
    assert [packet.key for packet in packets] == [number % FPS == 0 for number in range(40)]
    assert_plays(packets, range(40))


def annex_b(packets: Sequence[EncodedPacket]) -> list[list[bytes]]:
    """Each access unit's NAL units."""
    return [
        [unit for unit in packet.data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit] for packet in packets
    ]


@pytest.mark.parametrize("apart", [False, True])
def test_parameter_sets_that_come_once_stand_before_every_key_picture(apart: bool) -> None:
    """As drivers send them: with the first picture only, or before it in a packet of their own."""
    coding = H264Settings(320, 180, Fraction(FPS), 400, "ultrafast", full_range=False)
    encoder = X264Encoder(coding)
    sent = [packet for n in range(30) for packet in encoder.encode(frame(n), start(n), key=n % FPS == 0)]
    sets = ParameterSetInserter(full_range=True, matrix=ColourMatrix.BT601)
    completed = []
    for number, (packet, units) in enumerate(zip(sent, annex_b(sent), strict=True)):
        only = [unit for unit in units if unit[0] & 31 in (7, 8)]
        rest = b"".join(b"\0\0\1" + unit for unit in units if unit not in only)
        head = b"".join(b"\0\0\0\1" + unit for unit in only) if number == 0 else b""
        if apart and head:
            assert sets.insert(head, key=packet.key) == b""
            head = b""
        completed.append(EncodedPacket(packet.start, sets.insert(head + rest, key=packet.key), packet.key))
    assert_plays(completed, range(30))
    for packet in completed:
        with av.open(io.BytesIO(packet.data), format="h264") as alone:
            assert (alone.streams.video[0].width == 320) == packet.key, "a key picture says all that is to be known"


def test_a_key_picture_without_parameter_sets_fails() -> None:
    (packet,) = X264Encoder(CODING).encode(frame(0), 0, key=True)
    bare = b"".join(b"\0\0\1" + unit for unit in annex_b([packet])[0] if unit[0] & 31 not in (7, 8))
    with pytest.raises(EncoderFailed, match="parameter sets"):
        ParameterSetInserter(full_range=False).insert(bare, key=True)


@given(
    cost=st.floats(0.5, 60),
    ratio=st.floats(1, 2),
    rate=st.floats(1e6, 3e8),
    cores=st.integers(1, 16),
    fps=st.integers(1, 60),
)
def test_more_cores_or_fewer_pixels_never_mean_less(
    cost: float, ratio: float, rate: float, cores: int, fps: int
) -> None:
    costs = EncodingCosts({"superfast": cost, "ultrafast": cost / ratio})
    if costs.best_preset(rate, cores) == "superfast":
        assert costs.best_preset(rate, cores + 1) == costs.best_preset(rate / 2, cores) == "superfast"
    threads = threads_for(1280, 720, Fraction(fps), cores, costs)
    assert 1 <= threads <= min(2, cores)
    assert threads_for(640, 360, Fraction(fps), cores, costs) <= threads


def test_what_was_measured_decides_over_what_is_assumed() -> None:
    full_hd = (1920, 1080, Fraction(30))
    assert [threads_for(*full_hd, cores, None) for cores in (1, 2, 4)] == [1, 2, 2]
    assert threads_for(*full_hd, 4, EncodingCosts({"superfast": 3.0, "ultrafast": 2.0})) == 1
    assert threads_for(1280, 720, Fraction(30), 4, EncodingCosts({"superfast": 30.0, "ultrafast": 20.0})) == 2
    # The least of several: another process may take the processor from any of them.
    measured = [benchmark_encoder("x264").ns_per_pixel for _ in range(3)]
    least = {preset: min(costs[preset] for costs in measured) for preset in ("superfast", "ultrafast")}
    assert least["superfast"] > least["ultrafast"] > 0
    assert min(benchmark_encoder("own").ns_per_pixel["superfast"] for _ in range(3)) < least["superfast"]
