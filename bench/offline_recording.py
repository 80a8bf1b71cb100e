"""The recorder's own threads, from a device's read to files and journal, as fast as they can work off a file.

Devices are files that are read when a track has room; lesson time lies in the future, so that
nothing counts as late. All else is what a lesson runs: sources, tracks, sound desk, file thread.
"""

from __future__ import annotations

import argparse
import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, get_args

import av
import numpy as np

from drivers.camera.packet_decoder import make_decoder
from drivers.errors import DeviceStalled
from drivers.samples import Picture, PictureFormat, SoundBlock, SoundFormat
from pipelines.capture.preroll_buffer import MIN_PREROLL_NS, VideoPrerollBuffer
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.encoding.encoder_selection import DEFAULT_RATE_CONTROL, RateControl
from pipelines.journal.entries import Begin, Cause, End
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.audio_mixer import CapturedBlock
from pipelines.recording.audio_mixer_builder import AudioMixerBuilder
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter
from pipelines.recording.recording_settings import CameraSettings, MicrophoneSettings, RecordingSettings
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.video_track import TrackStart
from pipelines.recording.video_track_builder import VideoTrackBuilder
from pipelines.system_clocks import boot_id

MICROPHONE = "ceiling"
BLOCK_S = 0.02
_AHEAD = 32
_SOUND_AHEAD_S = 1.0
_LOOK_S = 0.004
_AN_HOUR_NS = 3_600_000_000_000
_END_S = 60.0


@dataclass(slots=True)
class OfflineLesson:
    """What the devices of one run share: when the lesson begins, and how far its pictures are."""

    begins_ns: int = field(default_factory=lambda: time.monotonic_ns() + _AN_HOUR_NS)
    begun: threading.Event = field(default_factory=threading.Event)
    reached_ns: dict[str, int] = field(default_factory=dict)
    ended: dict[str, threading.Event] = field(default_factory=dict)

    def wait_for_beginning(self, role: str, timeout_s: float) -> None:
        """Before the lesson a device has sent its first sample and is silent. DeviceStalled."""
        if not self.begun.wait(timeout_s):
            raise DeviceStalled(role, "the lesson has not begun")

    def over(self, role: str, timeout_s: float) -> DeviceStalled:
        """The file is at its end."""
        self.ended[role].set()
        time.sleep(timeout_s)
        return DeviceStalled(role, "the file is at its end")


class FileCamera:
    """A camera that has its next picture whenever the track has room for it."""

    def __init__(self, role: str, path: Path, stage: OfflineLesson, rate: float) -> None:
        self.role = role
        self.listener: TrackThread[Picture] | None = None
        self._path = path
        self._stage = stage
        self._rate = rate
        self._number = -1
        self._due_s = 0.0
        stage.ended[role] = threading.Event()
        stage.reached_ns[role] = 0

    def open(self) -> PictureFormat:
        """The file's own format."""
        self._container = av.open(str(self._path))
        stream = self._container.streams.video[0]
        self._decoder = make_decoder(stream)
        codec = stream.codec_context
        self._period = 1 / Fraction(stream.guessed_rate or stream.average_rate or 30)
        self._pictures = self._all(stream)
        return PictureFormat(codec.width, codec.height, 1 / self._period, self._decoder.coding)

    def read(self, timeout_s: float) -> Picture:
        """Once a picture of before the lesson, then those of the lesson. DeviceStalled."""
        if self._number >= 0:
            self._stage.wait_for_beginning(self.role, timeout_s)
        if self._rate:
            self._due_s = max(self._due_s + 1 / self._rate, time.monotonic() - 1 / self._rate)
            time.sleep(max(0.0, self._due_s - time.monotonic()))
        while self.listener is not None and self.listener.waiting >= _AHEAD:
            time.sleep(_LOOK_S)
        if self._number < 0:
            self._first = next(self._pictures)
            self._number = 0
            return replace(self._first, captured_ns=self._stage.begins_ns - 1)
        picture = self._first if self._number == 0 else next(self._pictures, None)
        if picture is None:
            raise self._stage.over(self.role, timeout_s)
        at_ns = self._time_of(self._number)
        self._number += 1
        self._stage.reached_ns[self.role] = at_ns
        return replace(picture, captured_ns=self._stage.begins_ns + at_ns)

    def close(self) -> None:
        """Nothing to let go before the process ends."""

    @property
    def length_ns(self) -> int:
        """How long the pictures were that it gave."""
        return self._time_of(self._number)

    def _time_of(self, number: int) -> int:
        return number * self._period.numerator * 1_000_000_000 // self._period.denominator

    def _all(self, stream: av.VideoStream) -> Iterator[Picture]:
        for packet in self._container.demux(stream):
            for _, picture in self._decoder.decode(packet):
                yield picture


class FileMicrophone:
    """A microphone whose blocks keep up with the pictures."""

    def __init__(self, role: str, path: Path, stage: OfflineLesson) -> None:
        self.role = role
        self._path = path
        self._stage = stage
        self._number = -1
        stage.ended[role] = threading.Event()

    def open(self) -> SoundFormat:
        """The file's own format."""
        with wave.open(str(self._path), "rb") as file:
            self._form = SoundFormat(file.getframerate(), file.getnchannels())
            self._data = file.readframes(file.getnframes())
        return self._form

    def read(self, timeout_s: float) -> SoundBlock:
        """The next block, of which the first lies before the lesson. DeviceStalled."""
        if self._number >= 0:
            self._stage.wait_for_beginning(self.role, timeout_s)
        while self._number * BLOCK_S > min(self._stage.reached_ns.values()) / 1e9 + _SOUND_AHEAD_S:
            time.sleep(_LOOK_S)
        length = int(BLOCK_S * self._form.rate_hz) * self._form.channels
        samples = np.frombuffer(self._data, "<i2")[max(0, self._number) * length :][:length]
        if not len(samples):
            raise self._stage.over(self.role, timeout_s)
        at_ns = round(self._number * BLOCK_S * 1e9)
        self._number += 1
        return SoundBlock(self._stage.begins_ns + at_ns, samples.reshape(-1, self._form.channels))

    def close(self) -> None:
        """Nothing to let go before the process ends."""


@dataclass(frozen=True, slots=True)
class RecordingRun:
    """What is recorded, and into which folder; ``rate`` 0 is as fast as it goes."""

    spool: Path
    cameras: dict[str, Path]
    sound: Path | None
    preset: str = "superfast"
    kbps: int = 4000
    rate: float = 0.0
    lesson: str = "bench"
    control: RateControl = DEFAULT_RATE_CONTROL


def record_files(run: RecordingRun) -> None:
    """Record the whole files as one lesson."""
    stage = OfflineLesson()
    cameras = {role: FileCamera(role, path, stage, run.rate) for role, path in run.cameras.items()}
    sources = {role: _camera_source(camera) for role, camera in cameras.items()}
    microphone = _microphone_source(FileMicrophone(MICROPHONE, run.sound, stage)) if run.sound else None
    devices: list[DeviceSupervisor[Any, Any]] = [*sources.values(), *([microphone] if microphone else [])]
    for source in devices:
        source.start()
        while source.condition.state is not DeviceState.RUNNING:
            time.sleep(_LOOK_S)
    room = _plan(run, {role: source.condition.format for role, source in sources.items()})
    folder = run.spool / run.lesson
    folder.mkdir(parents=True)
    pictures = [VideoTrackBuilder(room, plan, sources[plan.role], None) for plan in room.cameras]
    sound = AudioMixerBuilder(room, 0, {}) if microphone else None
    plans = [*(setup.layout for setup in pictures), *(sound.layouts if sound else [])]
    files = LessonFolderWriter(folder, plans, room.programme_role, room.segment_s, _unheard)
    writer = FileThread(run.lesson, files.sync)
    timeline = LessonTimeline()
    tracks = [setup.build_thread(files, writer, timeline, TrackStart()) for setup in pictures]
    desk = sound.build_thread(files, writer, timeline, Cause.DEVICE, _unheard) if sound else None
    threads: list[TrackThread[Any]] = [*tracks, *([desk] if desk else [])]
    writer.start()
    for thread in threads:
        thread.start()
    for track in tracks:
        cameras[track.name].listener = track
        sources[track.name].attach(_pictures_to(track))
    if desk is not None and microphone is not None:
        microphone.attach(_sound_to(desk))
    begin = Begin(lesson=run.lesson, school="s", room="r", boot_id=room.boot_id, at_ns=stage.begins_ns)
    writer.put(partial(files.write_entries, [begin]))
    timeline.start(stage.begins_ns)
    stage.begun.set()
    for ended in stage.ended.values():
        ended.wait()
    lesson_ns = max(camera.length_ns for camera in cameras.values())
    for thread in threads:
        thread.request_end(time.monotonic_ns(), lesson_ns)
    if late := [thread.name for thread in threads if not thread.join(_END_S)]:
        raise TimeoutError(f"these tracks did not end: {late}")
    end = End(at_ns=stage.begins_ns + lesson_ns, lesson_ns=lesson_ns, cause=Cause.TEACHER)
    writer.put(partial(files.end_lesson, [end]))
    writer.put(files.close)
    writer.close(_END_S)


def _camera_source(camera: FileCamera) -> DeviceSupervisor[Picture, PictureFormat]:
    return DeviceSupervisor(camera.role, lambda: camera, _unheard, VideoPrerollBuffer(MIN_PREROLL_NS))


def _microphone_source(microphone: FileMicrophone) -> DeviceSupervisor[SoundBlock, SoundFormat]:
    return DeviceSupervisor(microphone.role, lambda: microphone, _unheard)


def _pictures_to(track: TrackThread[Picture]) -> Callable[[PictureFormat, Picture], None]:
    return lambda _form, picture: track.put(picture)


def _sound_to(desk: TrackThread[CapturedBlock]) -> Callable[[SoundFormat, SoundBlock], None]:
    return lambda form, block: desk.put(CapturedBlock(MICROPHONE, form, block))


def _plan(run: RecordingRun, forms: dict[str, PictureFormat | None]) -> RecordingSettings:
    return RecordingSettings(
        school="s",
        room="r",
        boot_id=boot_id(),
        spool=run.spool,
        cameras=tuple(
            CameraSettings(role, form.width, form.height, form.fps, run.kbps) for role, form in forms.items() if form
        ),
        microphones=(MicrophoneSettings(MICROPHONE),) if run.sound else (),
        preset=run.preset,
        fragment_ms=250,
        segment_s=4,
        audio_kbps=96,
        rate=run.control,
    )


def _unheard(*_told: object) -> None:
    """Nobody listens."""


def main() -> None:
    """``python -m bench.offline_recording SPOOL --camera teacher=FILE``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spool", type=Path)
    parser.add_argument("--camera", action="append", default=[], metavar="ROLE=FILE")
    parser.add_argument("--sound", type=Path)
    parser.add_argument("--preset", default="superfast")
    parser.add_argument("--kbps", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--lesson", default="bench")
    parser.add_argument("--control", choices=get_args(RateControl), default=DEFAULT_RATE_CONTROL)
    args = parser.parse_args()
    cameras = {role: Path(path) for role, _, path in (one.partition("=") for one in args.camera)}
    record_files(
        RecordingRun(args.spool, cameras, args.sound, args.preset, args.kbps, args.rate, args.lesson, args.control)
    )


if __name__ == "__main__":
    main()
