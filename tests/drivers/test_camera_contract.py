"""What every camera promises, seen on each that runs here.

The cameras named in EDGE_TEST_CAMERAS (``by-path/…``, separated by commas) are held to the same.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest
import recipes
from jpegs import decoded

from drivers.camera.simulation.simulated_camera import SimulatedCamera
from drivers.camera.stream_camera import StreamCamera
from drivers.camera.v4l2_camera import V4l2Camera
from drivers.errors import DeviceLost, DeviceMissing, DeviceStalled
from drivers.h264_annexb import nal_units
from drivers.protocols import Camera
from drivers.samples import AccessUnit, Coding, DecodedPicture, JpegPicture, Picture, PictureFormat

pytestmark = pytest.mark.realtime

WANTED = PictureFormat(640, 360, Fraction(30), Coding.MJPEG)
VTEST = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
READ_FOR_S = 1.2
REAL = [f"v4l2 {device}" for device in os.environ.get("EDGE_TEST_CAMERAS", "").split(",") if device]
SPS = 7

FILES = {
    "h264.mp4": "-c:v libx264 -preset ultrafast -bf 0 -g 12 -pix_fmt yuv420p",
    "mjpeg.avi": "-c:v mjpeg -huffman optimal -pix_fmt yuvj422p",
    "mjpeg.mov": "-c:v mjpeg -huffman default -pix_fmt yuvj420p",
    "odd.mkv": "-vf scale=321:181 -c:v ffv1 -pix_fmt yuv444p",
}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A second of video in each of several codings, shorter than what is read of it."""
    folder = tmp_path_factory.mktemp("videos")
    for name, coding in FILES.items():
        source = "testsrc2=size=320x180:rate=25:duration=1"
        command = f"ffmpeg -v error -f lavfi -i {source} {coding} {folder / name}"
        subprocess.run(command.split(), check=True, stdin=subprocess.DEVNULL)
    return {"vtest.avi": VTEST, **{name: folder / name for name in FILES}}


@pytest.fixture
def recipe(tmp_path: Path) -> Iterator[Callable[[], Camera]]:
    """Makes the camera of docs/recipes/camera.md, whose code is imported as it stands there."""
    size = f"{WANTED.width}x{WANTED.height}"
    command = f"ffmpeg -v error -f lavfi -i testsrc2=size={size}:duration=1 -pix_fmt yuvj420p {tmp_path}/%03d.jpg"
    subprocess.run(command.split(), check=True, stdin=subprocess.DEVNULL)
    with recipes.imported("recipes/camera.md", "drivers.camera.folder", tmp_path) as module:
        yield lambda: module.FolderCamera("screen", WANTED, module.FolderCameraOptions(folder=str(tmp_path)))


@pytest.fixture(params=["simulated", "simulated apart", "vtest.avi", *FILES, "recipe", *REAL])
def make(request: pytest.FixtureRequest) -> Callable[[], Camera]:
    """Makes one kind of camera."""
    kind: str = request.param
    if kind == "recipe":
        made: Callable[[], Camera] = request.getfixturevalue("recipe")
        return made
    if kind.startswith("simulated"):
        options = SimulatedCamera.Options(ppm=200, buffers=30, process=kind.endswith("apart"))
        return lambda: SimulatedCamera("teacher", WANTED, options)
    if kind in REAL:
        real = V4l2Camera.Options(device=kind.removeprefix("v4l2 "))
        return lambda: V4l2Camera("teacher", WANTED, real)
    videos: dict[str, Path] = request.getfixturevalue("videos")
    return lambda: StreamCamera("teacher", WANTED, StreamCamera.Options(url=str(videos[kind])))


@pytest.fixture
def camera(make: Callable[[], Camera]) -> Iterator[Camera]:
    """A camera that is closed afterwards, with nothing left of it."""
    threads = threading.active_count()
    made = make()
    yield made
    made.close()
    assert threading.active_count() == threads


def test_pictures_come_in_time_at_the_rate_and_in_the_form_promised(camera: Camera) -> None:
    form = camera.open()
    assert form.width % 2 == form.height % 2 == 0
    pictures: list[Picture] = []
    ages_ns = []
    stop_ns = time.monotonic_ns() + int(READ_FOR_S * 1e9)
    while time.monotonic_ns() < stop_ns:
        pictures.append(camera.read(2.0))
        ages_ns.append(time.monotonic_ns() - pictures[-1].captured_ns)
    times = [picture.captured_ns for picture in pictures]
    assert all(earlier < later for earlier, later in itertools.pairwise(times))
    assert min(ages_ns) >= 0
    # A camera of the kernel may be in an emulated machine that has not the time for every picture: some wait.
    real = isinstance(camera, V4l2Camera)
    assert sorted(ages_ns)[len(ages_ns) // 2] < (2e9 if real else 50e6)
    rate = (len(times) - 1) / (times[-1] - times[0]) * 1e9
    slowest, fastest = (0.25, 1.1) if real else (0.97, 1.03)
    assert slowest < rate / float(form.fps) < fastest
    check_form(form, pictures)
    contents = [content(picture) for picture in pictures]
    assert all(one != next_one for one, next_one in itertools.pairwise(contents))


def check_form(form: PictureFormat, pictures: list[Picture]) -> None:
    """Each picture is what the format says, and can be decoded by whoever gets it."""
    decoder = av.CodecContext.create("h264", "r")
    for picture in pictures:
        match picture:
            case JpegPicture():
                assert form.coding is Coding.MJPEG
                frame = decoded(picture.data)
                assert (frame.width, frame.height) == (form.width, form.height)
            case AccessUnit():
                assert form.coding is Coding.H264
                assert not picture.reordered
                kinds = [unit[0] & 0x1F for unit in nal_units(picture.data)]
                assert picture.key == (kinds[0] == SPS)
                decoder.decode(av.Packet(picture.data))
            case DecodedPicture(frame=frame):
                assert form.coding is Coding.PLANES
                assert (frame.width, frame.height, frame.format.name) == (form.width, form.height, "yuv420p")
    if isinstance(pictures[0], AccessUnit):
        assert pictures[0].key
        assert (decoder.width, decoder.height) == (form.width, form.height)


def content(picture: Picture) -> bytes:
    """What is in a picture, to compare."""
    return bytes(picture.frame.planes[0]) if isinstance(picture, DecodedPicture) else picture.data


def test_a_read_ends_when_another_thread_closes_and_closing_again_does_nothing(camera: Camera) -> None:
    camera.open()
    camera.read(2.0)
    closing = threading.Timer(0.1, camera.close)
    closing.start()
    started = time.monotonic()
    with pytest.raises(DeviceLost):
        read_for_ever(camera)
    closing.join()
    assert time.monotonic() - started < 1.0
    camera.close()
    with pytest.raises(DeviceLost):
        camera.read(0.1)


def read_for_ever(camera: Camera) -> None:
    """Read until an error ends it."""
    while True:
        camera.read(5.0)


def test_a_camera_opens_again_after_it_was_closed(camera: Camera) -> None:
    first = camera.open()
    camera.close()
    assert camera.open() == first
    assert camera.read(2.0).captured_ns > time.monotonic_ns() - 1e9


def test_a_read_that_may_not_wait_says_stalled(camera: Camera) -> None:
    camera.open()
    with pytest.raises(DeviceStalled):
        read_without_waiting(camera)
    camera.read(2.0)


def read_without_waiting(camera: Camera) -> None:
    """Read faster than pictures come."""
    for _ in range(20):
        camera.read(0.001)


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    fault = tmp_path / "fault"
    fault.write_text("lost")
    cameras: list[Camera] = [
        StreamCamera("teacher", WANTED, StreamCamera.Options(url=str(tmp_path / "none.mp4"))),
        StreamCamera("teacher", WANTED, StreamCamera.Options(url="rtsp://127.0.0.1:9/live")),
        V4l2Camera("teacher", WANTED, V4l2Camera.Options(device="by-id/usb-nobody-video-index0")),
        SimulatedCamera("teacher", WANTED, SimulatedCamera.Options(fault_file=fault)),
        SimulatedCamera("teacher", WANTED, SimulatedCamera.Options(fault_file=fault, process=True)),
    ]
    for camera in cameras:
        with pytest.raises(DeviceMissing):
            camera.open()
        camera.close()
