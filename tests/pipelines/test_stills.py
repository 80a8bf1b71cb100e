"""Stills: made while somebody looks, of every kind of camera, small and current; none in a pause, none left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jpegs import decoded
from waiting import pass_time, stays, until

from drivers.samples import AccessUnit, Coding, DecodedPicture, JpegPicture, Picture, PictureFormat
from pipelines.capture.preroll_buffer import VideoPrerollBuffer
from pipelines.capture.standalone_jpeg import standalone
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.journal.entries import Cause
from pipelines.recording.lesson_recording import LessonRecording, RecordingListeners
from pipelines.recording.recording_settings import CameraSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from pipelines.recording.still_maker import StillMaker

SECOND_NS = 1_000_000_000
SIZE = (1280, 720)


class WatchedRoom:
    """One camera that shows what it is told to, and somebody who may look."""

    def __init__(self, folder: Path, coding: Coding) -> None:
        form = PictureFormat(*SIZE, Fraction(25), coding)
        self.camera: DeviceSupervisor[Picture, PictureFormat] = DeviceSupervisor(
            "teacher",
            _unheard,
            _unheard,
            VideoPrerollBuffer(SECOND_NS),  # type: ignore[arg-type]
        )
        self.camera.condition = DeviceCondition(DeviceState.RUNNING, format=form)
        self.devices = RoomDevices({"teacher": self.camera}, {})
        self.maker = StillMaker(self.devices.stills, self.devices.cameras, folder / "stills")
        self.still = folder / "stills" / "teacher.jpg"
        self.spool = folder / "spool"
        self.spool.mkdir()
        self.form = form
        self._encoder = _h264_encoder()

    def look(self) -> None:
        self.maker.look(time.monotonic_ns() + 5 * SECOND_NS)

    def show(self, luma: int) -> None:
        """The camera delivers a picture, left half black and right half ``luma``."""
        at_ns = time.monotonic_ns()
        image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        image[:, SIZE[0] // 2 :] = luma
        self.camera.deliver(self.form, self._picture(image, at_ns))

    def is_shown(self, luma: int) -> bool:
        """The camera shows it, somebody looks, and the still shows it too."""
        self.look()
        self.show(luma)
        pass_time(0.05)
        try:
            frame = decoded(self.still.read_bytes())
        except FileNotFoundError:
            return False
        row = frame.to_ndarray(format="gray")[frame.height // 2]
        return abs(int(row[frame.width // 4])) < 12 and abs(int(row[frame.width * 3 // 4]) - luma) < 12

    def record(self) -> LessonRecording:
        camera = CameraSettings("teacher", *SIZE, Fraction(25), 400)
        plan = RecordingSettings("s", "r1", "b", self.spool, (camera,), (), "ultrafast", 250, 4, 96)
        return LessonRecording("L1", plan, self.devices, RecordingListeners(_unheard, _unheard))

    def _picture(self, image: np.ndarray, at_ns: int) -> Picture:  # type: ignore[type-arg]
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        match self.form.coding:
            case Coding.MJPEG:
                return JpegPicture(at_ns, cv2.imencode(".jpg", image)[1].tobytes())
            case Coding.H264:
                (packet,) = self._encoder.encode(frame.reformat(format="yuv420p"))
                return AccessUnit(at_ns, bytes(packet), key=True)
            case _:
                return DecodedPicture(at_ns, frame.reformat(format="yuv420p"))


def _h264_encoder() -> av.VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *SIZE, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 25), Fraction(25)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "g": "1"}
    return encoder


def _unheard(*_told: object) -> None:
    """Nobody listens."""


@pytest.fixture(params=[Coding.MJPEG, Coding.H264, Coding.PLANES])
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[WatchedRoom]:
    room = WatchedRoom(tmp_path, request.param)
    room.maker.start()
    yield room
    room.maker.close()
    assert not room.still.exists()


def test_between_lessons_there_is_a_current_still_for_as_long_as_somebody_looks(room: WatchedRoom) -> None:
    room.show(200)
    stays(lambda: not room.still.exists(), 0.3)
    until(lambda: room.is_shown(200))
    assert decoded(room.still.read_bytes()).width == (SIZE[0] if room.form.coding is Coding.MJPEG else 640)
    assert room.devices.stills.is_showing(time.monotonic_ns())
    until(lambda: room.is_shown(90))
    room.maker.look(time.monotonic_ns())
    until(lambda: not room.still.exists())


def test_a_picture_of_a_camera_that_leaves_out_its_huffman_tables_can_be_shown_by_any_browser() -> None:
    image = cv2.resize(np.random.default_rng(3).integers(0, 255, (9, 16, 3), np.uint8), (160, 90))
    whole = cv2.imencode(".jpg", image)[1].tobytes()
    assert standalone(whole) == whole
    tables, scan = whole.index(b"\xff\xc4"), whole.index(b"\xff\xda")
    bare = whole[:tables] + whole[scan:]
    assert standalone(bare) == whole


@given(st.binary(max_size=40) | st.binary(max_size=40).map(b"\xff\xd8\xff".__add__))
def test_bytes_that_are_no_jpeg_make_no_still(data: bytes) -> None:
    made = standalone(data)
    assert made is None or data[:2] == made[:2] == b"\xff\xd8"


def test_none_is_there_in_a_pause_and_none_of_before_it(room: WatchedRoom) -> None:
    recording = room.record()
    until(lambda: room.is_shown(200))
    recording.pause()
    assert not room.still.exists()
    assert not room.devices.stills.is_showing(time.monotonic_ns())
    stays(lambda: not room.is_shown(90) and not room.still.exists(), 1.5)
    recording.resume()
    until(lambda: room.is_shown(150))
    recording.end(Cause.TEACHER)


def test_what_a_killed_process_left_is_gone_at_the_next_start(tmp_path: Path) -> None:
    room = WatchedRoom(tmp_path, Coding.MJPEG)
    room.still.parent.mkdir()
    room.still.write_bytes(b"of yesterday")
    room.maker.start()
    assert not room.still.exists()
    room.maker.close()


def test_a_still_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    room = WatchedRoom(tmp_path, Coding.MJPEG)
    room.maker.start()
    room.look()
    room.camera.deliver(room.camera.condition.format, JpegPicture(time.monotonic_ns(), b"\xff\xd8 cut off"))  # type: ignore[arg-type]
    until(lambda: room.is_shown(200))
    room.maker.close()
