"""A lesson from its press on: what came between finger and recorder is in it, in its place, and nothing earlier."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from waiting import until

from drivers.camera.simulation import barcode
from drivers.samples import AccessUnit, Coding, DecodedPicture, Picture, PictureFormat, SoundBlock, SoundFormat
from pipelines.capture.preroll_buffer import VideoPrerollBuffer, audio_preroll_buffer
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.journal.entries import Begin, Cause, Gap
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.recording.lesson_recording import LessonRecording, RecordingListeners
from pipelines.recording.recording_settings import CameraSettings, MicrophoneSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from pipelines.yuv_planes import planes_of
from tests.system import media

MS = 1_000_000
RATE_HZ = 48_000
INTERVAL_NS = 40 * MS
WAY_NS = 200 * MS
LESSON_NS = 600 * MS
FORM = PictureFormat(320, 180, Fraction(25), Coding.PLANES)
SOUND = SoundFormat(RATE_HZ, 1)
BEFORE_HZ, AFTER_HZ = 3000, 500
RING_NS = 8_000 * MS


class Room:
    """A camera and a microphone that give what they are told to."""

    def __init__(self, spool: Path) -> None:
        self.camera: DeviceSupervisor[Picture, PictureFormat] = _source("teacher", VideoPrerollBuffer(RING_NS))
        self.microphone: DeviceSupervisor[SoundBlock, SoundFormat] = _source("ceiling", audio_preroll_buffer(RING_NS))
        self.camera.condition = DeviceCondition(DeviceState.RUNNING, format=FORM)
        self.microphone.condition = DeviceCondition(DeviceState.RUNNING, format=SOUND)
        self.spool = spool

    def record(self, since_ns: int | None) -> LessonRecording:
        camera = CameraSettings("teacher", FORM.width, FORM.height, FORM.fps, 400)
        microphone = MicrophoneSettings("ceiling")
        plan = RecordingSettings("s", "r1", "b", self.spool, (camera,), (microphone,), "ultrafast", 250, 4, 96)
        sources = RoomDevices({"teacher": self.camera}, {"ceiling": self.microphone})
        return LessonRecording("L1", plan, sources, RecordingListeners(_unheard, _unheard), since_ns=since_ns)

    def capture(self, press_ns: int, from_ns: int, until_ns: int) -> None:
        """Pictures 13 ms off the press, and sound that changes its tone at the press; both relative to it."""
        for number in range(from_ns // INTERVAL_NS, until_ns // INTERVAL_NS):
            at_ns = press_ns + number * INTERVAL_NS + 13 * MS
            self.camera.deliver(FORM, DecodedPicture(at_ns, _frame(number, at_ns)))
        for at_ns in range(from_ns, until_ns, 20 * MS):
            seconds = at_ns / 1e9 + np.arange(RATE_HZ // 50) / RATE_HZ
            tone = 8000 * np.sin(2 * np.pi * (AFTER_HZ if at_ns >= 0 else BEFORE_HZ) * seconds)
            self.microphone.deliver(SOUND, SoundBlock(press_ns + at_ns, tone.astype(np.int16)[:, None]))


def _source(role: str, memory: object) -> DeviceSupervisor:  # type: ignore[type-arg]
    return DeviceSupervisor(role, _unheard, _unheard, memory)  # type: ignore[arg-type]


def _frame(number: int, at_ns: int) -> av.VideoFrame:
    frame = av.VideoFrame(FORM.width, FORM.height, "yuv420p")
    luma, blue, red = planes_of(frame)
    luma[:] = blue[:] = red[:] = 128
    barcode.draw(luma, barcode.Barcode(barcode.role_id("teacher"), number % 1000, at_ns // 1000))
    return frame


def _unheard(*_told: object) -> None:
    """Nobody listens."""


@pytest.fixture
def room(tmp_path: Path) -> Room:
    spool = tmp_path / "spool"
    spool.mkdir()
    return Room(spool)


def _held(room: Room, since: int, captured_ns: int = -400 * MS) -> tuple[int, Path]:
    """Pressed a while ago, recorded from ``since`` on (relative to the press); the press and the folder."""
    press_ns = time.monotonic_ns() - WAY_NS
    room.capture(press_ns, captured_ns, WAY_NS)
    recording = room.record(press_ns + since)
    room.capture(press_ns, WAY_NS, LESSON_NS)
    until(lambda: time.monotonic_ns() >= press_ns + LESSON_NS)
    recording.end(Cause.TEACHER)
    return press_ns, room.spool / "L1"


def _begin(folder: Path) -> Begin:
    return next(filter_kinds(read_journal(folder).entries, Begin))


def _level(sound: NDArray[np.float32], hz: int) -> float:
    seconds = np.arange(len(sound)) / RATE_HZ
    return 2 * abs(complex(np.mean(sound * np.exp(-2j * np.pi * hz * seconds))))


def _sound(folder: Path) -> NDArray[np.float32]:
    with av.open(str(folder / "sound.m3u8")) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def test_what_came_between_the_press_and_the_recorder_is_in_its_place_and_nothing_before(room: Room) -> None:
    press_ns, folder = _held(room, since=0)
    assert _begin(folder).at_ns == press_ns
    true = [one for one in media.pictures(folder / "teacher.m3u8") if one.reading is not None]
    readings = [one.reading for one in true if one.reading is not None]
    assert {reading.frame for reading in readings} == set(range(LESSON_NS // INTERVAL_NS))
    assert true[0].seconds * 1e9 <= INTERVAL_NS
    # The last picture may be held beyond its time.
    for shown, reading in zip(true[: LESSON_NS // INTERVAL_NS], readings, strict=False):
        assert shown.seconds == pytest.approx((reading.exposed_us - press_ns // 1000) / 1e6, abs=0.001)
    begins = _sound(folder)[: RATE_HZ * WAY_NS // 1_000_000_000]
    assert _level(begins, AFTER_HZ) > 0.2
    assert _level(begins, BEFORE_HZ) < 0.01
    holes = [hole for hole in filter_kinds(read_journal(folder).entries, Gap) if hole.from_ns < WAY_NS]
    assert holes == []


def test_a_pre_roll_is_in_it_too(room: Room) -> None:
    press_ns, folder = _held(room, since=-300 * MS)
    assert _begin(folder).at_ns == press_ns - 300 * MS
    first = media.pictures(folder / "teacher.m3u8")[0]
    assert first.reading is not None
    assert first.reading.exposed_us == (press_ns - 267 * MS) // 1000
    assert first.seconds == pytest.approx(0.033, abs=0.001)
    assert _level(_sound(folder)[: RATE_HZ // 5], BEFORE_HZ) > 0.2


def test_a_burst_longer_than_a_belt_and_than_sound_is_held_back_for_is_whole(room: Room) -> None:
    _, folder = _held(room, since=-6_500 * MS, captured_ns=-7_000 * MS)
    numbers = [one.reading.frame for one in media.pictures(folder / "teacher.m3u8") if one.reading is not None]
    wanted = [number % 1000 for number in range(-6_500 * MS // INTERVAL_NS + 1, LESSON_NS // INTERVAL_NS)]
    assert numbers[: len(wanted)] == wanted
    assert _level(_sound(folder)[: 6 * RATE_HZ], BEFORE_HZ) > 0.2


def test_it_begins_no_earlier_than_anything_is_remembered_and_never_in_the_future(room: Room) -> None:
    now_ns = time.monotonic_ns()
    sources = RoomDevices({"teacher": room.camera}, {"ceiling": room.microphone})
    assert sources.preroll_start_ns(now_ns - 5, now_ns) == now_ns
    room.capture(now_ns, -400 * MS, 0)
    first_ns = now_ns - 387 * MS
    assert sources.preroll_start_ns(0, now_ns) == first_ns
    assert sources.preroll_start_ns(first_ns + 1, now_ns) == first_ns + 1
    assert sources.preroll_start_ns(now_ns + 1, now_ns) == now_ns


def test_without_a_press_it_begins_now(room: Room) -> None:
    room.capture(time.monotonic_ns(), -400 * MS, 0)
    now_ns = time.monotonic_ns()
    room.record(None).end(Cause.TEACHER)
    assert _begin(room.spool / "L1").at_ns >= now_ns


def test_nothing_is_remembered_of_a_pause(room: Room) -> None:
    def unit(key: bool) -> AccessUnit:
        return AccessUnit(time.monotonic_ns(), b"", key)

    recording = room.record(None)
    room.camera.deliver(FORM, unit(True))
    assert room.camera.preroll_start_ns is not None
    recording.pause()
    assert room.camera.preroll_start_ns is None
    room.camera.deliver(FORM, unit(True))
    assert room.camera.preroll_start_ns is None
    recording.end(Cause.TEACHER)
    room.camera.deliver(FORM, unit(True))
    assert room.camera.preroll_start_ns is not None
