"""The stream camera: odd files, and servers that come, fall silent and go."""

from __future__ import annotations

import itertools
import socket
import statistics
import subprocess
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from unittest.mock import Mock

import av
import numpy as np
import priority
import pytest
from jpegs import luma_of
from rtsp_server import RtspServer
from waiting import pass_time, until

from drivers.address import Address
from drivers.camera import stream_camera
from drivers.camera.h264_passthrough import H264Passthrough
from drivers.camera.jpeg_completion import HUFFMAN_TABLES, complete_jpeg
from drivers.camera.simulation.jpeg_encoder import JpegEncoder
from drivers.camera.stream_camera import StreamCamera, believable_rate
from drivers.errors import DeviceError, DeviceLost, DeviceMisconfigured, DeviceMissing, DeviceStalled
from drivers.h264_annexb import ParameterSetCompleter, join_nal_units, nal_units
from drivers.samples import AccessUnit, Coding, ColourMatrix, DecodedPicture, Picture, PictureFormat
from pipelines.yuv_planes import planes_of

pytestmark = pytest.mark.realtime

WANTED = PictureFormat(320, 180, Fraction(25), Coding.H264)
SPS, PPS, IDR, DELTA, DELIMITER = b"\x67sps", b"\x68pps", b"\x65idr", b"\x41delta", b"\x09\xf0"
PICTURE = "-f lavfi -i testsrc2=size=320x180:rate=25"
H264 = "-c:v libx264 -preset ultrafast -tune zerolatency -g 10 -pix_fmt yuv420p"


def ffmpeg(arguments: str) -> subprocess.Popen[bytes]:
    """FFmpeg, started."""
    command = ["ffmpeg", "-v", "error", "-y", *arguments.split()]
    started = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    priority.put(started.pid, priority.FIRST)  # a camera never waits for a processor
    return started


def made(arguments: str, path: Path) -> Path:
    """A file that FFmpeg made."""
    assert ffmpeg(f"{arguments} {path}").wait() == 0
    return path


def camera_of(url: object, **options: object) -> StreamCamera:
    """A camera on this stream."""
    return StreamCamera("teacher", WANTED, StreamCamera.Options(url=str(url), **options))  # type: ignore[arg-type]


def opened(camera: StreamCamera, within_s: float = 5.0) -> PictureFormat:
    """Open it, as soon as its server is there."""
    forms: list[PictureFormat] = []

    def is_open() -> bool:
        with suppress(DeviceMissing):
            forms.append(camera.open())
        return bool(forms)

    until(is_open, within_s)
    return forms[0]


def read_until_lost(camera: StreamCamera) -> list[Picture]:
    """Everything it still gives."""
    pictures = []
    try:
        while True:
            pictures.append(camera.read(3.0))
    except DeviceLost:
        return pictures


# Files.


def test_a_file_that_is_not_looped_ends_as_a_lost_camera(tmp_path: Path) -> None:
    camera = camera_of(made(f"{PICTURE} -t 0.4 {H264}", tmp_path / "short.mp4"), loop=False)
    camera.open()
    assert len(read_until_lost(camera)) == 10
    with pytest.raises(DeviceLost, match="source ended"):
        camera.read(1.0)
    camera.close()


def test_b_frames_are_decoded_in_the_order_in_which_they_are_seen(tmp_path: Path) -> None:
    coding = "-c:v libx264 -preset ultrafast -bf 2 -x264-params b-adapt=0:scenecut=0 -pix_fmt yuv420p"
    camera = camera_of(made(f"{PICTURE} -t 0.6 {coding}", tmp_path / "b.mp4"))
    form = camera.open()
    pictures = [camera.read(1.0) for _ in range(14)]
    camera.close()
    assert (form.coding, form.why) == (Coding.PLANES, "the camera sends B-frames")
    assert all(gap == pytest.approx(40e6, abs=1e5) for gap in gaps([one.captured_ns for one in pictures]))


def gaps(times: list[int]) -> list[int]:
    """The steps between times."""
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_a_reader_that_was_away_does_not_make_the_file_hurry(tmp_path: Path) -> None:
    camera = camera_of(made(f"{PICTURE} -t 1 {H264}", tmp_path / "a.mp4"))
    camera.open()
    camera.read(1.0)
    pass_time(1.2)
    pictures = [camera.read(1.0) for _ in range(15)]
    until(lambda: age_ns(camera) < 100e6)
    camera.close()
    assert min(gaps([picture.captured_ns for picture in pictures])) >= 39e6


@pytest.mark.parametrize("content", [b"", b"this is no video" * 100])
def test_a_file_that_is_no_video_needs_a_person(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    with pytest.raises(DeviceMisconfigured, match="no video"):
        camera_of(path).open()


def test_a_file_with_sound_only_needs_a_person(tmp_path: Path) -> None:
    with pytest.raises(DeviceMisconfigured, match="no picture"):
        camera_of(made("-f lavfi -i sine -t 0.2", tmp_path / "sound.wav")).open()


def test_a_rate_that_no_camera_has_is_not_believed() -> None:
    # 90000 is what FFmpeg takes for the rate of H.264 that tells none, 0 what some cameras tell.
    assert believable_rate([Fraction(90_000), Fraction(0), None], WANTED.fps) == WANTED.fps
    assert believable_rate([Fraction(90_000), Fraction(15)], WANTED.fps) == 15


def test_shape_range_and_matrix_go_with_the_picture(tmp_path: Path) -> None:
    colours = "setsar=64/45,scale=out_range=pc -color_range pc -colorspace bt709"
    for coding, name in ((H264, "a.mp4"), ("-c:v mpeg4", "b.mkv"), (f"{H264} -bf 2", "c.mkv")):
        camera = camera_of(made(f"{PICTURE} -t 0.4 -vf {colours} {coding}", tmp_path / name))
        form = camera.open()
        camera.close()
        assert form.pixel_aspect == Fraction(64, 45), name
        if coding != "-c:v mpeg4":
            assert (form.full_range, form.matrix) == (True, ColourMatrix.BT709), name


def test_a_file_that_is_to_be_turned_is_turned(tmp_path: Path) -> None:
    upright = made(f"{PICTURE} -t 0.4 {H264}", tmp_path / "a.mp4")
    with av.open(str(upright)) as source, av.open(str(tmp_path / "turned.mp4"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(-90)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    camera = camera_of(tmp_path / "turned.mp4")
    form = camera.open()
    picture = camera.read(1.0)
    camera.close()
    assert (form.width, form.height, form.coding, form.why) == (180, 320, Coding.PLANES, "the pictures must be turned")
    assert isinstance(picture, DecodedPicture)
    with av.open(str(upright)) as source:
        wanted = np.rot90(planes_of(next(source.decode(video=0)))[0], -1)
    assert np.abs(planes_of(picture.frame)[0].astype(int) - wanted).mean() < 1


def test_pictures_that_change_their_size_in_mid_stream_stay_whole(tmp_path: Path) -> None:
    parts = []
    for number, size in enumerate(("320x180", "640x360", "160x90")):
        source = f"-f lavfi -i testsrc2=size={size}:rate=25 -t 0.4 -output_ts_offset {number}"
        parts.append(made(f"{source} -c:v mpeg2video -q:v 2 -pix_fmt yuv422p -f mpegts", tmp_path / f"{number}.ts"))
    joined = tmp_path / "all.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    camera = camera_of(joined, loop=False)
    camera.open()
    frames = [picture.frame for picture in read_until_lost(camera) if isinstance(picture, DecodedPicture)]
    camera.close()
    assert {(frame.width, frame.height) for frame in frames} == {(320, 180), (640, 360), (160, 90)}
    for part in parts:
        with av.open(str(part)) as one:
            fifth = list(one.decode(video=0))[4]
        ours = [planes_of(frame)[0].astype(int) for frame in frames if frame.width == fifth.width]
        assert min(np.abs(luma - planes_of(fifth)[0]).mean() for luma in ours) < 1


def test_whatever_a_library_raises_is_the_loss_of_this_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(H264Passthrough, "decode", Mock(side_effect=IndexError("tuple index out of range")))
    camera = camera_of(made(f"{PICTURE} -t 0.4 {H264}", tmp_path / "a.mp4"))
    with pytest.raises(DeviceMissing, match="IndexError"):
        camera.open()


# Servers.


@pytest.fixture
def port() -> int:
    """A TCP port that is free."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def test_a_live_stream_ends_and_returns(port: int) -> None:
    url = f"http://127.0.0.1:{port}"
    camera = camera_of(url)
    for _ in range(2):
        server = ffmpeg(f"-re {PICTURE} -t 1.6 {H264} -f mpegts -listen 1 {url}")
        form = opened(camera)
        assert form == PictureFormat(320, 180, Fraction(25), Coding.H264)
        pictures = read_until_lost(camera)
        camera.close()
        assert server.wait(5) == 0
        assert len(pictures) > 25
        assert isinstance(pictures[0], AccessUnit)
        assert pictures[0].key
        times = [picture.captured_ns for picture in pictures]
        assert min(gaps(times)) > 0


def test_a_stream_that_knows_no_time_is_as_old_as_its_arrival(port: int) -> None:
    url = f"http://127.0.0.1:{port}"
    picture = "-f lavfi -i testsrc2=size=320x180:rate=10"
    server = ffmpeg(f"-re {picture} -t 3 -c:v mjpeg -f mpjpeg -listen 1 {url}")
    camera = camera_of(url)
    assert opened(camera).fps == WANTED.fps
    ages_ns, times = [], []
    for _ in range(16):
        times.append(camera.read(2.0).captured_ns)
        ages_ns.append(time.monotonic_ns() - times[-1])
    camera.close()
    server.kill()
    server.wait()
    assert min(ages_ns[-8:]) < 50e6
    assert (times[-1] - times[0]) / 15 == pytest.approx(100e6, rel=0.3)


def test_a_camera_that_tells_no_size_is_opened_when_its_first_key_picture_comes() -> None:
    server = RtspServer()
    # The first packets, with the first key picture and all parameter sets before the tenth second, are thrown away.
    server.silent = True
    sender = ffmpeg(f"-re {PICTURE} {H264.replace('-g 10', '-g 75')} -f rtp rtp://127.0.0.1:{server.rtp_port}")
    pass_time(0.5)
    server.silent = False
    camera = camera_of(server.url)
    try:
        form = camera.open()
        first = camera.read(1.0)
    finally:
        camera.close()
        sender.kill()
        sender.wait()
        server.close()
    assert (form.width, form.height, form.coding) == (320, 180, Coding.H264)
    assert is_key(first)


def test_a_camera_that_sends_no_key_picture_is_missing_and_it_is_said_what_to_set(
    rtsp: RtspServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_camera, "_FIRST_PICTURE_S", 0.0)
    rtsp.silent = True
    with pytest.raises(DeviceMissing, match="let the camera send one every second or two"):
        camera_of(rtsp.url, read_timeout_s=1.0).open()


@pytest.fixture
def rtsp() -> Iterator[RtspServer]:
    """An RTSP server with an H.264 stream in it."""
    server = RtspServer()
    sender = ffmpeg(f"-re {PICTURE} {H264} -f rtp rtp://127.0.0.1:{server.rtp_port}")
    yield server
    sender.kill()
    sender.wait()
    server.close()


def test_an_rtsp_stream_comes_in_time_and_its_silence_is_a_loss(rtsp: RtspServer) -> None:
    camera = camera_of(rtsp.url, read_timeout_s=1.0)
    assert camera.open().coding is Coding.H264
    units = [camera.read(2.0) for _ in range(50)]
    until(lambda: age_ns(camera) < 100e6)
    times = [unit.captured_ns for unit in units]
    assert min(gaps(times)) > 0
    assert statistics.median(gaps(times[-20:])) == pytest.approx(40e6, abs=2e6)
    assert all(isinstance(unit, AccessUnit) and unit.data[4:5] == SPS[:1] for unit in units if is_key(unit))
    rtsp.silent = True
    with pytest.raises(DeviceStalled):
        drain(camera)
    # FFmpeg's parser keeps the last picture back until it knows that nothing follows.
    assert len(read_until_lost(camera)) <= 1
    with pytest.raises(DeviceLost, match="silent"):
        camera.read(1.0)
    camera.close()


def age_ns(camera: StreamCamera) -> int:
    """How old the next picture is when it comes, in nanoseconds; what is late once may be the machine."""
    captured_ns = camera.read(2.0).captured_ns
    return time.monotonic_ns() - captured_ns


def is_key(picture: Picture) -> bool:
    """Whether a decoder can start here."""
    return isinstance(picture, AccessUnit) and picture.key


def drain(camera: StreamCamera) -> None:
    """Read until nothing comes for a while."""
    while True:
        camera.read(0.4)


def test_a_wrong_password_needs_a_person_and_is_not_repeated(rtsp: RtspServer) -> None:
    rtsp.refuses = True
    with pytest.raises(DeviceMisconfigured, match="refuses the user name or password") as refused:
        camera_of(rtsp.url.replace("//", "//admin:secret@") + "?token=secret").open()
    assert "secret" not in str(refused.value)


def test_any_password_reaches_the_camera_as_it_is_and_nobody_else(
    rtsp: RtspServer, caplog: pytest.LogCaptureFixture
) -> None:
    user, password = "ad min", "Wq7#a/b?c[d]%41@e:f&g＃"
    rtsp.credentials = f"{user}:{password}"
    typed = Address.parse(rtsp.url, ("rtsp",))
    url = replace(typed, user=user, password=password).url
    with suppress(DeviceError), closing(camera_of(url, open_timeout_s=0.3, read_timeout_s=0.3)) as camera:
        camera.open()
    assert rtsp.admitted == 1
    refusing = camera_of(url.replace("Wq7", "Wq8"))
    with pytest.raises(DeviceMisconfigured, match="refuses") as refused:
        refusing.open()
    said = "".join(traceback.format_exception(refused.value)) + caplog.text
    assert "Wq" not in said


def test_a_server_that_never_answers_is_missing_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"rtsp://127.0.0.1:{deaf.getsockname()[1]}/live"
        started = time.monotonic()
        with pytest.raises(DeviceMissing):
            camera_of(url, open_timeout_s=0.5).open()
        assert time.monotonic() - started < 2.0


# Bytes.


def test_a_jpeg_without_huffman_tables_gets_the_usual_ones() -> None:
    planes = np.random.default_rng(1).integers(0, 256, 64 * 48 * 3 // 2, np.uint8)
    whole = JpegEncoder(64, 48, "420", 80).encode(planes)
    bare = whole
    for table in HUFFMAN_TABLES.split(b"\xff\xc4")[1:]:
        bare = bare.replace(b"\xff\xc4" + table, b"")
    assert len(bare) == len(whole) - len(HUFFMAN_TABLES)
    restored = complete_jpeg(bare)
    assert restored is not None
    assert (luma_of(restored) == luma_of(whole)).all()
    assert complete_jpeg(whole) is whole
    assert complete_jpeg(whole[:-2]) == whole


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"no jpeg at all", b"\xff\xd8\xff\xc4\x00\x04ab"])
def test_what_is_no_jpeg_is_left_out(data: bytes) -> None:
    assert complete_jpeg(data) is None


def test_a_key_picture_gets_the_parameter_sets_it_lacks() -> None:
    parameters = ParameterSetCompleter(join_nal_units([SPS, PPS]))
    assert parameters.complete(join_nal_units([DELIMITER, IDR])) == (join_nal_units([SPS, PPS, IDR]), True, IDR)
    assert parameters.complete(join_nal_units([DELTA])) == (join_nal_units([DELTA]), False, DELTA)
    changed = join_nal_units([DELIMITER, SPS + b"2", PPS + b"2", IDR])
    assert parameters.complete(changed)[0] == join_nal_units([SPS + b"2", PPS + b"2", IDR])
    assert parameters.complete(join_nal_units([IDR]))[0] == join_nal_units([SPS + b"2", PPS + b"2", IDR])


def test_short_start_codes_and_trailing_zeros_are_understood() -> None:
    assert list(nal_units(b"\0\0\1" + SPS + b"\0\0\0\0\1" + PPS + b"\0\0\1" + IDR + b"\0")) == [SPS, PPS, IDR]
