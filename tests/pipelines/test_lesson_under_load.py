"""Lessons on a box that cannot keep up for a while: it gives way, nothing is lost by chance, it comes back."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import av
import pytest
from waiting import pass_time, until

from drivers.camera.simulation import barcode
from drivers.camera.simulation.simulated_camera import SimulatedCamera, SimulatedCameraOptions
from drivers.microphone.simulation.simulated_microphone import SimulatedMicrophone, SimulatedMicrophoneOptions
from drivers.samples import Coding, PictureFormat, SoundFormat
from edge.classroom.recorder_messages import Activity, DesiredState
from edge.recorder.recording_manager import RecordingManager
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.encoding import constant_qp_encoder, encoder_selection
from pipelines.encoding.encoder_benchmark import EncoderBenchmark, EncodingCosts
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Cause, Dropped, EncoderLoadLevel, Gap, Track
from pipelines.journal.journal_file import filter_kinds, read_journal
from pipelines.receipt.check_lesson import check_lesson
from pipelines.receipt.findings import FindingCode, Severity
from pipelines.recording.recording_settings import CameraSettings, MicrophoneSettings, RecordingSettings
from pipelines.recording.room_devices import RoomDevices
from pipelines.yuv_planes import planes_of
from tests import slow_core_room
from tests.virtual_room import VirtualCamera

pytestmark = pytest.mark.realtime

FPS = 12
SLOW_S = (4.0, 20.0)
SECONDS = 63.0
CAMERAS = tuple(VirtualCamera(role, Fraction(FPS), lost=0.0, seed=n) for n, role in enumerate(("students", "teacher")))
# 0.29 of the core at superfast; more than six times that cannot be done, and at ultrafast only a part of it.
CORE = partial(slow_core_room.SimulatedCore, {"superfast": 12.0, "ultrafast": 7.0}, SLOW_S, 6.5)


@pytest.fixture(scope="module", params=["x264", "own"])
def lesson(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    core = CORE()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        for module in (encoder_selection, constant_qp_encoder):
            patch.setattr(module, "X264Encoder", partial(slow_core_room.CostedEncoder, core))
        room = slow_core_room.recording_settings(tmp_path_factory.mktemp("spool") / request.param, CAMERAS)
        yield slow_core_room.record_lesson(replace(room, rate=request.param), CAMERAS, core, "r1", SECONDS)


@cache
def shown(playlist: Path) -> list[tuple[float, int]]:
    """The time and bar code of every picture, decoded from the first to the last with the one init segment."""
    with av.open(str(playlist)) as container:
        frames = [(frame.time, barcode.read(planes_of(frame)[0])) for frame in container.decode(video=0)]
    return [(time, reading.frame) for time, reading in frames if time is not None and reading is not None]


# Preset, roles at half their frame rate, and steps given up, as the journal tells them.
WAYS_DOWN_AND_BACK = {
    "x264": [
        ("superfast", [], 0),
        ("ultrafast", [], 1),
        ("ultrafast", ["students"], 2),
        ("ultrafast", [], 1),
        ("superfast", [], 0),
    ],
    # The quantiser becomes coarser before the preset does. A step back takes 20 s: the lesson ends before the last.
    "own": [
        ("superfast", [], 0),
        ("superfast", [], 1),
        ("ultrafast", [], 2),
        ("ultrafast", ["students"], 3),
        ("ultrafast", [], 2),
        ("superfast", [], 1),
    ],
}


def test_it_gives_way_in_order_and_comes_back(lesson: Path) -> None:
    efforts = list(filter_kinds(read_journal(lesson).entries, EncoderLoadLevel))
    rate = lesson.parent.name
    assert [(one.preset, one.halved, one.steps) for one in efforts] == WAYS_DOWN_AND_BACK[rate]
    halved = next(number for number, one in enumerate(efforts) if one.halved)
    seconds = [one.lesson_ns / 1e9 for one in efforts]
    assert SLOW_S[0] < seconds[1] < seconds[halved] < SLOW_S[0] + 10, "while the belts still hold everything"
    assert SLOW_S[1] < seconds[halved + 1] < seconds[halved + 2] < SECONDS


def test_nothing_is_lost_but_what_was_given_up(lesson: Path) -> None:
    entries = read_journal(lesson).entries
    assert list(filter_kinds(entries, Dropped, Gap)) == []
    teacher = [number for _, number in shown(lesson / "teacher.m3u8")]
    assert teacher == list(range(teacher[0], teacher[-1] + 1))
    assert len(teacher) == pytest.approx(SECONDS * FPS, abs=1)
    students = shown(lesson / "students.m3u8")
    steps = {after[1] - before[1]: before[0] for before, after in pairwise(students)}
    assert set(steps) == {1, 2}, "every other picture at most"
    levels = list(filter_kinds(entries, EncoderLoadLevel))
    at = next(number for number, one in enumerate(levels) if one.halved)
    halved, whole = levels[at : at + 2]
    left_out = [before[0] for before, after in pairwise(students) if after[1] - before[1] == 2]
    # What waited on the belt when the order came was halved too.
    assert halved.lesson_ns / 1e9 - 5 < left_out[0]
    assert left_out[-1] <= whole.lesson_ns / 1e9
    assert len(left_out) == pytest.approx((left_out[-1] - left_out[0]) * FPS / 2, rel=0.02)


@pytest.mark.parametrize("track", ["teacher", "students"])
def test_players_do_not_notice_that_the_encoder_changed(lesson: Path, track: str) -> None:
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", f"{lesson}/{track}.m3u8", "-fps_mode", "passthrough"]
    done = subprocess.run([*command, "-enc_time_base", "-1", "-f", "null", "-"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(filter_kinds(read_journal(lesson).entries, Track))) == 2, "one init segment each, and it serves"
    times = [at for at, _ in shown(lesson / f"{track}.m3u8")]
    assert all(before < after for before, after in pairwise(times))


def test_the_receipt_tells_what_was_given_up(lesson: Path) -> None:
    found = {one.code: one for one in check_lesson(lesson).findings}
    assert found[FindingCode.COARSER].severity is Severity.NOTE
    assert found[FindingCode.COARSER].values["preset"] == "ultrafast"
    assert found[FindingCode.HALVED].severity is Severity.BAD, "more than a hundredth of its pictures are not there"
    assert found[FindingCode.HALVED].track == "students"
    assert found[FindingCode.HALVED].values["seconds"] == pytest.approx(SLOW_S[1] + 20 - SLOW_S[0] - 6, abs=4)


def test_a_weak_box_begins_with_what_it_can_do(tmp_path: Path) -> None:
    """By what it measured while nobody recorded; the preset of a room that names one stays."""
    weak = EncodingCosts({"superfast": 5e4, "ultrafast": 3e4})
    for preset, began in (("auto", ("ultrafast", 2)), ("superfast", ("superfast", 0))):
        room = replace(slow_core_room.recording_settings(tmp_path, CAMERAS), encoding_costs=weak, preset=preset)
        folder = slow_core_room.record_lesson(room, CAMERAS, CORE(), preset, 2.0)
        assert [(one.preset, one.steps) for one in filter_kinds(read_journal(folder).entries, EncoderLoadLevel)] == [
            began
        ]


def test_the_headroom_is_measured_in_a_thread_of_its_own() -> None:
    headroom = EncoderBenchmark()
    headroom.close()
    headroom.start()
    headroom.close()
    headroom.close()
    assert headroom.costs is not None
    assert headroom.costs.best_preset(1.0, 1) == "superfast"


class Slow(X264Encoder):
    """Takes twice a picture's time at superfast."""

    def __init__(self, coding: H264Settings) -> None:
        super().__init__(coding)
        self._is_slow = coding.preset == "superfast"

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        pass_time(0.066 if self._is_slow else 0.001)
        return super().encode(frame, start, key=key)


def test_the_recorder_itself_gives_way_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Real threads, devices and clock; sound does not notice."""
    monkeypatch.setattr(constant_qp_encoder, "X264Encoder", Slow)
    form, sound = PictureFormat(320, 180, Fraction(30), Coding.MJPEG), SoundFormat(48_000, 1)
    camera, microphone = SimulatedCameraOptions(seed=1), SimulatedMicrophoneOptions(seed=1)
    sources = RoomDevices(
        {"teacher": DeviceSupervisor("teacher", lambda: SimulatedCamera("teacher", form, camera), unheard)},
        {"lapel": DeviceSupervisor("lapel", lambda: SimulatedMicrophone("lapel", sound, microphone), unheard)},
    )
    cameras, microphones = (CameraSettings("teacher", 320, 180, Fraction(30), 400),), (MicrophoneSettings("lapel"),)
    room = RecordingSettings("s", "r1", "boot", tmp_path, cameras, microphones, "auto", 250, 4, 64, encoder="libx264")
    manager = RecordingManager(room, sources, lambda _message: None, 3600 * 10**9)
    states = []
    for source in sources:
        source.start()
    try:
        tick_until(lambda: all(source.condition.state is DeviceState.RUNNING for source in sources), manager)
        manager.reconcile(DesiredState(activity=Activity.RECORDING, lesson="r1-0000-000001", at_ns=time.monotonic_ns()))
        with caplog.at_level(logging.INFO, "pipelines.recording.load_control"):
            tick_until(
                lambda: (given_up := manager.state().given_up) is not None and given_up.preset != "superfast", manager
            )
            tick_until(lambda: manager.state().lesson_time_ns > 8_000_000_000, manager)
        states.append(manager.state())
        manager.reconcile(DesiredState(activity=Activity.IDLE, at_ns=time.monotonic_ns()))
    finally:
        manager.close()
        for source in sources:
            source.close()
    assert states[0].given_up is not None
    assert states[0].given_up.preset == "ultrafast"
    folder = tmp_path / "r1-0000-000001"
    entries = read_journal(folder).entries
    efforts = list(filter_kinds(entries, EncoderLoadLevel))
    assert [(one.preset, one.steps) for one in efforts][:3] == [
        ("superfast", 0),
        ("superfast", 1),
        ("ultrafast", 2),
    ]
    assert len(caplog.records) == len(efforts) - 1, "each step is told once, not every second"
    assert [one for one in filter_kinds(entries, Dropped) if one.cause is Cause.OVERLOAD] == []
    found = check_lesson(folder).findings
    assert [one for one in found if one.track in ("lapel", "sound") and one.severity is Severity.BAD] == []
    assert FindingCode.COARSER in {one.code for one in found}


def unheard(_role: str, _condition: object) -> None:
    """The manager reads conditions from the supervisors."""


def tick_until(true: Callable[[], bool], manager: RecordingManager) -> None:
    def ticked() -> bool:
        manager.tick()
        return true()

    until(ticked, 15)
