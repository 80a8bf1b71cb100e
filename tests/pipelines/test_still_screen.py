"""A grabber whose screen stands still: hardly anything is encoded, and every change is in the track at its own time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offline_track import BEGIN_NS, SECOND_NS, RecordedTrack, record_track

from drivers.camera.simulation import barcode
from drivers.samples import Coding, DecodedPicture, JpegPicture, Picture, PictureFormat
from pipelines.encoding.constant_qp_encoder import ConstantQpEncoder
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.encoder_selection import EncoderFactory, RateControl
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.resting_encoder import REFINING_PICTURES, RestingEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Fragment, Gap, PictureMeasurement
from pipelines.journal.journal_file import filter_kinds
from pipelines.programme.join_mp4 import join_mp4
from pipelines.receipt.check_lesson import check_lesson
from pipelines.recovery.recover_lesson import recover_lesson
from pipelines.yuv_planes import planes_of
from tests.cut_lessons import CAMERAS, CutCamera, role_on_air, write_cut_lesson
from tests.system import media

SIZE = (320, 180)
FPS = 10
ROLE = "screen"


@dataclass
class SlideShow:
    """What a grabber of 10 pictures a second sends: another slide from each of the pictures ``changes`` on."""

    changes: Sequence[int]
    seconds: int
    missing: Sequence[int] = ()
    coding: Coding = Coding.MJPEG
    left_out: list[int] = field(default_factory=list)

    def slide(self, number: int) -> int:
        return sum(change <= number for change in self.changes)

    def pictures(self, first: int = 0) -> list[Picture]:
        numbers = [number for number in range(first, self.seconds * FPS) if number not in self.missing]
        return [_picture(BEGIN_NS + number * SECOND_NS // FPS, self.slide(number), self.coding) for number in numbers]

    def record(self, folder: Path, first: int = 0, seconds: float | None = None, **how: Any) -> RecordedTrack:
        form = PictureFormat(*SIZE, Fraction(FPS), self.coding)
        return record_track(folder / "s" / "L1", form, self.pictures(first), seconds or self.seconds, role=ROLE, **how)

    def check(self, track: RecordedTrack, from_number: int = 0) -> None:
        """Every change is shown at its time, and all the time each slide is; each second has its key picture."""
        playlist = track.folder / f"{ROLE}.m3u8"
        assert media.ffmpeg_complaints(playlist) == ""
        shown = media.pictures(playlist)
        times = [one.seconds for one in shown]
        assert all(before < after for before, after in pairwise(times))
        sent = [one for one in range(from_number, self.seconds * FPS) if one not in (*self.missing, *self.left_out)]
        for number in sent:
            now = shown[int(np.searchsorted(times, number / FPS + 1e-4)) - 1]
            assert now.reading is not None, number
            assert now.reading.frame == self.slide(number), number
        for before, after in pairwise(sent):
            if self.slide(before) != self.slide(after):
                assert min(abs(time - after / FPS) for time in times) < 2e-5
        keys = [one.start for one in filter_kinds(track.entries(), Fragment) if one.key]
        assert {key // 90_000 for key in keys} == set(range(self.seconds))


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The times of the pictures that an encoder got, in 1/90000 s."""
    starts: list[int] = []
    encode = X264Encoder.encode

    def count(self: X264Encoder, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        starts.append(start)
        return encode(self, frame, start, key=key)

    monkeypatch.setattr(X264Encoder, "encode", count)
    return starts


@pytest.mark.parametrize("coding", [Coding.MJPEG, Coding.PLANES])
def test_a_slide_that_stands_for_minutes_costs_the_encoder_thirteen_pictures(
    tmp_path: Path, encoded: list[int], coding: Coding
) -> None:
    show = SlideShow((), 60, coding=coding)
    track = show.record(tmp_path)
    # Up to the first second's end, the four of a second (at most 0.3 s each, at this rate), and the last.
    assert len(encoded) == REFINING_PICTURES + 4 + 1
    show.check(track)
    measured = list(filter_kinds(track.entries(), PictureMeasurement))
    assert [one.pictures for one in measured] == [FPS] * 60
    assert {one.change for one in measured} == {0.0}
    assert list(filter_kinds(track.entries(), Gap)) == []
    assert [one.code for one in check_lesson(track.folder).findings if one.severity != "note"] == []


@pytest.mark.parametrize("rate", ["own", "x264"])
def test_changes_at_awkward_moments(tmp_path: Path, encoded: list[int], rate: RateControl) -> None:
    # The second picture, a second's first, its last, its second (the key picture stands alone), two in a row.
    show = SlideShow((1, 60, 99, 121, 150, 151, 189, 190, 191, 230, 259), 30)
    track = show.record(tmp_path, rate=rate)
    show.check(track)
    assert len(encoded) < 110
    assert sorted(path.name for path in track.folder.glob(f"{ROLE}/init*")) == ["init.mp4"]
    out = tmp_path / "joined.mp4"
    join_mp4(track.folder, out)
    assert media.ffmpeg_complaints(out) == ""
    assert media.length(out) == pytest.approx(30, abs=0.01)


@given(
    st.sets(st.integers(1, 79), max_size=6),
    st.integers(0, 79).flatmap(lambda first: st.integers(0, 25).map(lambda count: range(first, first + count))),
    st.booleans(),
    st.sampled_from(["own", "x264"]),
)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_changes_at_any_moment_around_a_gap(
    tmp_path_factory: pytest.TempPathFactory, changes: set[int], missing: range, is_halved: bool, rate: RateControl
) -> None:
    show = SlideShow(sorted(changes), 8, missing)
    if is_halved:
        numbers = [number for number in range(8 * FPS) if number not in missing]
        show.left_out = numbers[0::2]
    show.check(show.record(tmp_path_factory.mktemp("track"), is_halved=is_halved, rate=rate))


def test_a_pause_takes_out_what_changed_in_it(tmp_path: Path) -> None:
    changes = (39, 55, 80)
    track = SlideShow(changes, 12).record(tmp_path, pause=(4.0, 6.0))
    # Lesson time stands still from the 40th picture to the 60th.
    SlideShow((39, 40, 60), 10).check(track)


def test_a_recorder_that_was_killed_loses_the_last_second_and_goes_on(tmp_path: Path) -> None:
    show = SlideShow((12, 65, 93), 12)
    killed = show.record(tmp_path, seconds=6.55, killed=True)
    recovered = recover_lesson(killed.folder)
    kept = recovered.tracks[ROLE]
    assert 5.9 <= kept.end_ns / SECOND_NS <= 6.55
    track = show.record(tmp_path, first=75, kept=kept, goes_on_s=7.5)
    show.check(track, from_number=75)


def test_what_changes_after_a_rest_is_as_if_the_encoder_had_never_rested() -> None:
    still, changed = _frame(0), [_frame(1), _frame(2)]
    encoder = _encoder()
    packets = encoder.encode(still, 0)
    for number in range(1, 58):
        packets += encoder.repeat(still, number * 9_000)
    for number, frame in enumerate(changed):
        packets += encoder.encode(frame, 522_000 + number * 9_000)
    assert [packet.start // 9_000 for packet in packets if packet.key] == [0, 10, 20, 30, 40, 50]
    firsts = [packet for packet in packets if packet.start < 180_000 or packet.start >= 522_000]
    assert len(packets) - len(firsts) == 4 * 4
    whole, without = _digests(packets), _digests(firsts)
    assert whole[-2:] == without[-2:]
    # Each rest shows the very same four pictures.
    assert {tuple(whole[at : at + 4]) for at in range(len(without) - 6, len(whole) - 2, 4)} == {tuple(without[-6:-2])}


@pytest.mark.parametrize(("number", "before"), [(41, 364_500), (42, 369_000), (45, 396_000)])
def test_an_earlier_change_in_a_second_that_was_written_again_begins_with_a_key_picture(
    number: int, before: int
) -> None:
    encoder = _encoder()
    packets = encoder.encode(_frame(0), 0)
    for repeated in range(1, number):
        packets += encoder.repeat(_frame(0), repeated * 9_000)
    packets += encoder.encode(_frame(1), number * 9_000)
    *_, last, changed = packets
    assert [one.start for one in (last, changed)] == [before, number * 9_000]
    assert [one.key for one in (last, changed)] == [False, True]
    # Two key pictures in a row would have to differ in idr_pic_id.
    assert not any(before.key and after.key for before, after in pairwise(packets))
    assert _psnr(packets, _frame(1)) > 40


def test_a_programme_is_cut_to_a_screen_that_stands_still(tmp_path: Path) -> None:
    cuts = [(2, "screen"), (5, "teacher"), (7, "screen"), (8, "teacher"), (9, "screen")]
    screen = CutCamera(ROLE, 384, 216, 30, slides=(3.3, 7.5))
    lesson = write_cut_lesson(tmp_path / "L1", 12, cuts, (CAMERAS[0], screen))
    programme = lesson / "programme.m3u8"
    assert media.ffmpeg_complaints(programme) == ""
    begun: dict[int, float] = {}
    for shown in media.pictures(programme):
        second = int(shown.seconds + 1e-4)
        on_air = role_on_air(cuts, second)
        assert shown.reading is not None
        assert shown.reading.role_id == barcode.role_id(on_air), shown
        if on_air == ROLE:
            assert shown.reading.exposed_ns == screen.changed_ns(round(shown.seconds * SECOND_NS) + 50_000)
        begun.setdefault(second, shown.seconds)
    assert {second: at for second, at in begun.items() if at - second > 1e-3} == {}


def test_a_picture_does_not_rest_at_the_quality_of_a_bad_first_one() -> None:
    still, encoder = _frame(3), _encoder(100)
    rested = encoder.encode(still, 0)
    for number in range(1, 20):
        rested += encoder.repeat(still, number * 9_000)
    assert _psnr(rested, still) > 42.0
    assert _psnr(rested[:1], still) < 36.0


@pytest.mark.parametrize("made_by", [ConstantQpEncoder, X264Encoder])
def test_a_second_is_never_larger_than_the_bit_rate_allows(made_by: EncoderFactory) -> None:
    """Pictures that change all the time after a rest, and are all noise."""
    still = _frame(0)
    encoder = _encoder(kbps := 200, made_by)
    packets = encoder.encode(still, 0)
    for number in range(1, 31):
        packets += encoder.repeat(still, number * 9_000)
    rng = np.random.default_rng(0)
    for number in range(31, 40):
        noise = _frame(0)
        planes_of(noise)[0][:] = rng.integers(0, 255, (SIZE[1], SIZE[0]), np.uint8)
        packets += encoder.encode(noise, number * 9_000)
    _digests(packets)
    still_bytes = sum(len(one.data) for one in packets if 180_000 <= one.start < 279_000)
    assert still_bytes <= kbps * 1000 // 8
    whole_bytes = sum(len(one.data) for one in packets if one.start >= 270_000)
    assert whole_bytes <= 2 * kbps * 1000 // 8 or made_by is X264Encoder
    assert next(one.key for one in packets if one.start >= 279_000), "the track's own encoder goes on"


def _encoder(kbps: int = 2000, made_by: EncoderFactory = X264Encoder) -> RestingEncoder:
    form = H264Settings(*SIZE, Fraction(FPS), kbps, "superfast", full_range=True)
    targets = EncoderTargets("superfast")
    return RestingEncoder(FailoverEncoder("screen", form, targets, [made_by], lambda _name, _why: None))


def _decoded(packets: Sequence[EncodedPacket]) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create("h264", "r")
    decoder.options = {"err_detect": "explode"}
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    return frames + decoder.decode(None)


def _digests(packets: Sequence[EncodedPacket]) -> list[str]:
    frames = _decoded(packets)
    assert len(frames) == len(packets)
    return [hashlib.md5(frame.to_ndarray().tobytes()).hexdigest() for frame in frames]


def _psnr(packets: Sequence[EncodedPacket], frame: av.VideoFrame) -> float:
    last = planes_of(_decoded(packets)[-1])[0].astype(np.float64)
    return float(10 * np.log10(255**2 / np.mean((last - planes_of(frame)[0]) ** 2)))


def _picture(at_ns: int, number: int, coding: Coding) -> Picture:
    if coding is Coding.MJPEG:
        # A copy, as a grabber sends one.
        return JpegPicture(at_ns, bytes(bytearray(_jpeg(number))))
    return DecodedPicture(at_ns, _frame(number))


def _frame(number: int) -> av.VideoFrame:
    frame = av.VideoFrame(*SIZE, "yuv420p")
    luma, blue, red = planes_of(frame)
    luma[:], blue[:], red[:] = _slide(number), 128, 128
    return frame


@cache
def _jpeg(number: int) -> bytes:
    return cv2.imencode(".jpg", _slide(number))[1].tobytes()


@cache
def _slide(number: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    rng = np.random.default_rng(number)
    picture = np.full((SIZE[1], SIZE[0]), int(rng.integers(60, 200)), np.uint8)
    picture[60:160, 20:300] = cv2.resize(rng.integers(0, 255, (25, 70), np.uint8), (280, 100))
    barcode.draw(picture, barcode.Barcode(1, number, number))
    return picture
