"""Cameras that lose, damage, delay and change what they send: a track that plays whole, and a journal that tells."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from offline_track import BEGIN_NS, SECOND_NS, RecordedTrack, record_track

from drivers.camera.jpeg_completion import complete_jpeg
from drivers.camera.simulation import barcode
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.h264_annexb import parameter_sets
from drivers.samples import (
    AccessUnit,
    Coding,
    ColourMatrix,
    DamagedPicture,
    DecodedPicture,
    JpegPicture,
    Picture,
    PictureFormat,
)
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Cause, Dropped, Gap, PictureMeasurement, Segment, Track
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.programme.join_mp4 import join_mp4
from pipelines.programme.playlist_parser import read_media_playlist
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import FindingCode
from pipelines.recording.track_writer import TrackWriter
from pipelines.recovery.recover_lesson import recover_lesson
from pipelines.recovery.rewrite_playlists import rewrite_playlists
from pipelines.yuv_planes import planes_of
from tests.system import media

FPS = 10
FORM = PictureFormat(320, 180, Fraction(FPS), Coding.H264)
# Its parameter sets tell another rate, so that no encoder of ours makes the same ones.
CODING = H264Settings(320, 180, Fraction(25), 300, "superfast", full_range=False)
SMALL = replace(CODING, width=320, height=240, matrix=ColourMatrix.BT601)


_FILES_AT_FAULT = {
    FindingCode.INIT_DAMAGED,
    FindingCode.INIT_MISSING,
    FindingCode.PLAYLIST_DIFFERS,
    FindingCode.PLAYLIST_UNREADABLE,
}


@dataclass
class Camera:
    """An H.264 camera whose pictures carry their number as a bar code; picture 0 is exposed when the lesson begins."""

    key_every_s: float
    before_s: float = 9.0

    def units(self, seconds: float, changed_at_s: float | None = None) -> Iterator[tuple[int, AccessUnit]]:
        """Every picture with its number; ``changed_at_s``: the size is another one from there on."""
        encoder = X264Encoder(CODING)
        first = -round(self.before_s * FPS)
        for number in range(first, round(seconds * FPS)):
            key = (number - first) % round(self.key_every_s * FPS) == 0
            if changed_at_s is not None and number == round(changed_at_s * FPS):
                encoder, key = X264Encoder(SMALL), True
            is_small = changed_at_s is not None and number >= changed_at_s * FPS
            (packet,) = encoder.encode(_frame(number, SMALL if is_small else CODING), number * 9000 + 10**8, key=key)
            yield number, AccessUnit(BEGIN_NS + number * SECOND_NS // FPS, packet.data, key)


def _frame(number: int, coding: H264Settings) -> av.VideoFrame:
    frame = av.VideoFrame(coding.width, coding.height, "yuv420p")
    luma, u, v = planes_of(frame)
    luma[:] = 80
    u[:] = v[:] = 128
    barcode.draw(luma, barcode.Barcode(barcode.role_id("teacher"), number % 1000, 0))
    return frame


def _i420(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """The planes of a frame, one behind the other."""
    return np.concatenate([plane.ravel() for plane in planes_of(frame)])


def numbers_shown(track: RecordedTrack) -> list[tuple[float, int | None]]:
    """Seconds and number of every picture that is shown for longer than an instant; None for the slate."""
    shown = media.pictures(track.folder / "teacher.m3u8")
    ends = [one.seconds for one in shown[1:]] + [shown[-1].seconds + 1]
    return [
        (one.seconds, one.reading.frame if one.reading else None)
        for one, end in zip(shown, ends, strict=True)
        if end - one.seconds > 0.01
    ]


def assert_in_place(track: RecordedTrack, until: int, but: Sequence[int] = ()) -> None:
    """Every picture of the lesson up to ``until``, but these, is shown when it was exposed."""
    shown = numbers_shown(track)
    assert {number for _, number in shown} >= set(range(until)) - set(but)
    for seconds, number in shown:
        assert number is not None
        assert seconds == pytest.approx(number / FPS, abs=0.02)


def assert_plays(track: RecordedTrack) -> None:
    assert media.ffmpeg_complaints(track.folder / "teacher.m3u8") == ""
    assert media.fragments_adjoin(track.folder / "teacher")
    text = (track.folder / "teacher.m3u8").read_text()
    target = int(text.split("TARGETDURATION:")[1].split("\n")[0])
    segments = read_media_playlist(track.folder / "teacher.m3u8").segments
    assert max(segment.duration_s for segment in segments) <= target


@pytest.mark.parametrize("key_every_s", [1, 1.4, 2, 4, 8])
@pytest.mark.parametrize("phase_s", [0.1, 1.3])
def test_a_lesson_begins_at_once_wherever_the_key_pictures_are(
    tmp_path: Path, key_every_s: float, phase_s: float
) -> None:
    camera = Camera(key_every_s, before_s=8 + phase_s)
    track = record_track(tmp_path / "s" / "L1", FORM, (unit for _, unit in camera.units(5)), 5)
    assert_in_place(track, 5 * FPS)
    assert_plays(track)
    entries = track.entries()
    assert list(filter_kinds(entries, Gap)) == []
    assert list(filter_kinds(entries, Dropped)) == []
    hows = {entry.how for entry in filter_kinds(entries, Track)}
    assert hows == ({"passed-through"} if key_every_s <= 2 else {"encoded"})


def test_a_camera_that_begins_with_the_lesson_shows_its_first_picture_from_the_start(tmp_path: Path) -> None:
    camera = Camera(2, before_s=0)
    track = record_track(tmp_path / "s" / "L1", FORM, (unit for _, unit in camera.units(3)), 3)
    assert_in_place(track, 3 * FPS)
    assert list(filter_kinds(track.entries(), Gap)) == []


def test_after_a_loss_nothing_is_shown_that_depends_on_it_and_it_goes_on_with_the_next_key_picture(
    tmp_path: Path,
) -> None:
    def pictures() -> Iterator[Picture]:
        for number, unit in Camera(1).units(6):
            # The driver finds that 23 is missing, and hands out no picture that refers to it.
            if 24 <= number < 30:
                yield DamagedPicture(unit.captured_ns)
            elif number != 23:
                yield unit

    track = record_track(tmp_path / "s" / "L1", FORM, pictures(), 6)
    assert_in_place(track, 6 * FPS, but=range(23, 30))
    assert_plays(track)
    entries = track.entries()
    assert sum(entry.count for entry in filter_kinds(entries, Dropped) if entry.cause == "corrupt") == 6
    seconds = {entry.lesson_ns // SECOND_NS: entry for entry in filter_kinds(entries, PictureMeasurement)}
    assert (seconds[2].pictures, seconds[2].damaged) == (9, 6)
    assert {entry.how for entry in filter_kinds(entries, Track)} == {"passed-through"}


def test_a_key_picture_whose_parameter_sets_no_file_can_have_costs_its_group_and_not_the_track(tmp_path: Path) -> None:
    def pictures() -> Iterator[Picture]:
        for number, unit in Camera(1).units(5):
            sets = parameter_sets(unit.data)
            yield replace(unit, data=unit.data.replace(sets[0], sets[0][:5])) if number == 20 else unit

    track = record_track(tmp_path / "s" / "L1", FORM, pictures(), 5)
    assert_in_place(track, 5 * FPS, but=range(20, 30))
    assert_plays(track)
    dropped = list(filter_kinds(track.entries(), Dropped))
    assert {entry.cause for entry in dropped} == {Cause.CORRUPT}


def test_a_disk_that_was_slow_for_a_while_costs_that_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = False
    monkeypatch.setattr(TrackWriter, "has_room_for_video", property(lambda _self: not slow))

    def pictures() -> Iterator[AccessUnit]:
        nonlocal slow
        for number, unit in Camera(1.4).units(10):
            slow = 30 <= number < 60
            yield unit

    track = record_track(tmp_path / "s" / "L1", FORM, pictures(), 10)
    assert_plays(track)
    shown = [number for _, number in numbers_shown(track) if number is not None]
    assert set(shown) >= {*range(30), *range(75, 100)}
    assert shown[-25:] == list(range(75, 100))
    assert {entry.how for entry in filter_kinds(track.entries(), Track)} == {"passed-through"}
    assert {entry.cause for entry in filter_kinds(track.entries(), Dropped)} == {Cause.DISK}


def test_nothing_of_a_pause_is_in_the_files_and_the_lesson_goes_on_at_once(tmp_path: Path) -> None:
    units = dict(Camera(2).units(8))
    track = record_track(tmp_path / "s" / "L1", FORM, units.values(), 8, pause=(2.5, 4.5))
    shown = [number for _, number in numbers_shown(track)]
    assert set(shown) == {*range(25), *range(45, 80)}
    assert_plays(track)
    files = b"".join(path.read_bytes() for path in (track.folder / "teacher").glob("*.m4s"))
    hidden = [units[number].data.split(b"\0\0\1")[-1] for number in range(26, 45)]
    assert not [one for one in hidden if one in files]
    assert list(filter_kinds(track.entries(), Gap)) == []


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> RecordedTrack:
    """A passed-through camera that sends another size from 6.3 s on."""
    folder = tmp_path_factory.mktemp("changed") / "L1"
    pictures = (unit for _, unit in Camera(1).units(14, changed_at_s=6.3))
    return record_track(folder, FORM, pictures, 14)


def test_another_size_is_another_init_segment_in_journal_and_playlists(changed: RecordedTrack) -> None:
    assert_in_place(changed, 14 * FPS)
    assert_plays(changed)
    tracks = [(entry.width, entry.height, entry.init) for entry in filter_kinds(changed.entries(), Track)]
    assert list(dict.fromkeys(tracks)) == [(320, 180, 1), (320, 240, 2)]
    for name in ("teacher", "programme"):
        lines = (changed.folder / f"{name}.m3u8").read_text().splitlines()
        at = lines.index("#EXT-X-DISCONTINUITY")
        assert lines[at + 1] == '#EXT-X-MAP:URI="teacher/init-2.mp4"'
        assert lines.count("#EXT-X-DISCONTINUITY") == 1
        inits = read_media_playlist(changed.folder / f"{name}.m3u8").inits
        assert inits == ("teacher/init.mp4", "teacher/init-2.mp4")
    sizes = []
    for segment in read_media_playlist(changed.folder / "teacher.m3u8").segments:
        init = changed.folder / (segment.init or "teacher/init.mp4")
        joined = changed.folder.parent / "one.mp4"
        joined.write_bytes(init.read_bytes() + (changed.folder / segment.path).read_bytes())
        with av.open(str(joined)) as container:
            stream = container.streams.video[0]
            sizes += [
                (stream.width, stream.height) == (frame.width, frame.height) for frame in container.decode(stream)
            ]
    assert all(sizes), "every segment agrees with its init segment"


def test_a_lesson_with_two_init_segments_is_checked_joined_and_recovered(
    changed: RecordedTrack, tmp_path: Path
) -> None:
    codes = {finding.code for finding in check_lesson(changed.folder).findings}
    assert not codes & _FILES_AT_FAULT
    join_mp4(changed.folder, tmp_path / "joined.mp4")
    assert media.ffmpeg_complaints(tmp_path / "joined.mp4") == ""
    assert b"avc3" in (tmp_path / "joined.mp4").read_bytes()
    with av.open(str(tmp_path / "joined.mp4")) as container:
        assert {frame.height for frame in container.decode(video=0)} == {180, 240}
    files = [*changed.folder.glob("teacher/init*"), changed.folder / "teacher.m3u8", changed.folder / "programme.m3u8"]
    before = [path.read_bytes() for path in files]
    (changed.folder / "teacher" / "init-2.mp4").write_bytes(b"")
    recovered = recover_lesson(changed.folder)
    rewrite_playlists(recovered, 4)
    assert [loss.path for loss in recovered.losses] == ["teacher/init-2.mp4"]
    assert [path.read_bytes() for path in files] == before
    (changed.folder / "teacher" / "init-2.mp4").unlink()
    assert FindingCode.INIT_MISSING in {finding.code for finding in check_lesson(changed.folder).findings}
    recover_lesson(changed.folder)


def test_a_hole_in_such_a_lesson_is_filled_in_the_size_of_its_segment_whose_init_segment_allows_that(
    changed: RecordedTrack, tmp_path: Path
) -> None:
    folder = tmp_path / "L1"
    shutil.copytree(changed.folder, folder)
    (before,) = [one for one in filter_kinds(read_journal(folder).entries, Segment) if one.segment == 1]
    first = folder / "teacher" / "000001.m4s"
    data = bytearray(first.read_bytes())
    data[data.index(b"mdat", len(data) // 2) + 30] ^= 255
    first.write_bytes(data)
    for losses in (["teacher/000001.m4s"], []):
        recovered = recover_lesson(folder, thorough=True)
        rewrite_playlists(recovered, 4)
        assert [loss.path for loss in recovered.losses] == losses
        (after,) = {one.init for one in recovered.tracks["teacher"].segments if one.segment == 1}
        sizes = [(one.track.width, one.track.height) for one in recovered.tracks.values()]
        assert sizes == [(SMALL.width, SMALL.height)], "the newest description is that of the camera"
    relaxed = folder / "teacher" / f"init-{after}.mp4"
    init = relaxed.read_bytes()
    assert (before.init, after) == (1, 3)
    assert b"avc3" in init
    assert media.ffmpeg_complaints(folder / "teacher.m3u8") == ""
    with av.open(io.BytesIO(init + first.read_bytes())) as container:
        assert {(frame.width, frame.height) for frame in container.decode(video=0)} == {(CODING.width, CODING.height)}
    relaxed.unlink()
    recover_lesson(folder)
    assert relaxed.read_bytes() == init


def test_a_camera_that_goes_away_for_good_leaves_no_segment_longer_than_promised(tmp_path: Path) -> None:
    pictures = (unit for number, unit in Camera(2, before_s=10.1).units(6.0) if number < 58)
    track = record_track(tmp_path / "s" / "L1", FORM, pictures, 16)
    assert_plays(track)
    numbers = [entry.init for entry in filter_kinds(track.entries(), Segment)]
    assert numbers[0] == 1
    assert numbers[-1] == 2, "the slate has parameter sets of its own"
    assert [number for _, number in numbers_shown(track)][-1] is None


def test_a_camera_that_comes_back_has_the_rate_that_it_promises_then(tmp_path: Path) -> None:
    pictures = (unit for number, unit in Camera(1).units(10) if not 20 <= number < 60)
    track = record_track(tmp_path / "s" / "L1", FORM, pictures, 10, reopened=replace(FORM, fps=Fraction(15)))
    promised = [entry.promised_fps for entry in filter_kinds(track.entries(), Track)]
    assert (promised[0], promised[-1]) == (FPS, 15)


def test_one_late_key_picture_is_bridged(tmp_path: Path) -> None:
    def pictures() -> Iterator[AccessUnit]:
        encoder = X264Encoder(CODING)
        for number in range(-20, 80):
            key = number % FPS == 0 and number not in (20, 30)
            (packet,) = encoder.encode(_frame(number, CODING), number * 9000 + 10**8, key=key)
            yield AccessUnit(BEGIN_NS + number * SECOND_NS // FPS, packet.data, key)

    track = record_track(tmp_path / "s" / "L1", FORM, pictures(), 8)
    assert_in_place(track, 8 * FPS)
    assert_plays(track)
    hows = [entry.how for entry in filter_kinds(track.entries(), Track)]
    assert hows[-1] == "passed-through"
    assert list(filter_kinds(track.entries(), Dropped)) == []


@pytest.mark.parametrize("damaged_every", [5, 1])
def test_half_pictures_are_counted_and_shown_only_where_no_whole_one_comes(tmp_path: Path, damaged_every: int) -> None:
    form = replace(FORM, coding=Coding.MJPEG)
    encoder = JpegEncoder(FORM.width, FORM.height, "420", 80)

    def pictures() -> Iterator[JpegPicture]:
        for number in range(6 * FPS):
            data = encoder.encode(_i420(_frame(number, CODING)))
            if number and number % damaged_every == 0:
                data = complete_jpeg(data[: len(data) * 2 // 5]) or b""
            yield JpegPicture(BEGIN_NS + number * SECOND_NS // FPS, data)

    track = record_track(tmp_path / "s" / "L1", form, pictures(), 6)
    entries = track.entries()
    damaged = 60 // damaged_every - 1
    assert sum(entry.count for entry in filter_kinds(entries, Dropped) if entry.cause == "corrupt") == damaged
    assert sum(entry.damaged for entry in filter_kinds(entries, PictureMeasurement)) == damaged
    shown = media.pictures(track.folder / "teacher.m3u8")
    assert len(shown) == pytest.approx(60 - damaged if damaged_every > 1 else 60 - 5, abs=2)
    assert media.ffmpeg_complaints(track.folder / "teacher.m3u8") == ""


def test_a_decoded_camera_that_changes_its_size_keeps_its_shape_and_the_journal_tells(tmp_path: Path) -> None:
    form = replace(FORM, coding=Coding.PLANES)

    def pictures() -> Iterator[DecodedPicture]:
        for number in range(4 * FPS):
            coding = CODING if number < 20 else SMALL
            yield DecodedPicture(BEGIN_NS + number * SECOND_NS // FPS, _frame(number, coding))

    track = record_track(tmp_path / "s" / "L1", form, pictures(), 4)
    whys = [entry.why for entry in filter_kinds(track.entries(), Track)]
    assert whys[-1] == "the camera changed its pictures to 320x240"
    with av.open(str(track.folder / "teacher.m3u8")) as container:
        lumas = [planes_of(frame)[0].copy() for frame in container.decode(video=0)]
    assert {luma.shape for luma in lumas} == {(180, 320)}
    assert lumas[-1][:, :30].mean() < 30 < lumas[-1][:, 50:270].mean()
    assert read_media_playlist(track.folder / "teacher.m3u8").inits == ("teacher/init.mp4",)


def test_the_shape_of_a_pixel_and_the_matrix_are_in_the_file(tmp_path: Path) -> None:
    form = replace(FORM, coding=Coding.PLANES, pixel_aspect=Fraction(64, 45), matrix=ColourMatrix.BT709)
    frames = (
        DecodedPicture(BEGIN_NS + number * SECOND_NS // FPS, _frame(number, CODING), Fraction(64, 45))
        for number in range(3 * FPS)
    )
    track = record_track(tmp_path / "s" / "L1", form, frames, 3)
    with av.open(str(track.folder / "teacher.m3u8")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.sample_aspect_ratio == Fraction(64, 45)
        assert int(next(container.decode(stream)).colorspace) == 1
    main = (track.folder / "main.m3u8").read_text()
    assert "RESOLUTION=456x180" in main or "RESOLUTION=455x180" in main
