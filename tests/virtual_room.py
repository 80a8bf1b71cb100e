"""A virtual room with a simulated clock: whole lessons through the recorder's own tracks, as fast as possible.

Devices and clock are simulated, all else is real: timeline, video tracks with libx264, audio mixer with AAC,
fragments, file thread. Pictures come decoded; no JPEG is read.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation import barcode
from drivers.samples import Coding, DecodedPicture, Picture, PictureFormat, SoundBlock, SoundFormat
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.journal.entries import Begin, Cause, End, Pause, Resumed
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.audio_mixer import CapturedBlock
from pipelines.recording.audio_mixer_builder import AudioMixerBuilder
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter
from pipelines.recording.recording_settings import CameraSettings, MicrophoneSettings, RecordingSettings
from pipelines.recording.video_track import TrackStart
from pipelines.recording.video_track_builder import LATE_ARRIVAL_NS, VideoTrackBuilder
from pipelines.yuv_planes import planes_of

SECOND_NS = 1_000_000_000
BEGIN_NS = 10_000 * SECOND_NS
RATE_HZ = 48_000
BEEP_HZ, BEEP_S, BEEP_EVERY_S = 3_000, 0.02, 10
WIDTH, HEIGHT = 320, 180

_TICK_NS = SECOND_NS // 10
# Devices run before the button is pressed.
_BEFORE_S = 5
_BLOCKS_A_SECOND = 50
_TONE, _BEEP = 0.1, 0.4
_CLOSE_S = 60.0
# The disk has no simulated clock: the lesson waits for it before much has come together.
_TICKS_TO_DRAIN = 100


class RoomCamera(Protocol):
    """A camera of a virtual room."""

    @property
    def role(self) -> str:
        """Its role."""

    @property
    def format(self) -> PictureFormat:
        """What it says when it is opened."""

    def pictures(self, end_ns: int) -> Iterator[tuple[int, Picture]]:
        """Every picture with the moment it comes."""


class RoomMicrophone(Protocol):
    """A microphone of a virtual room."""

    @property
    def role(self) -> str:
        """Its role."""

    @property
    def recorded_channels(self) -> int:
        """The channels of its track."""

    @property
    def format(self) -> SoundFormat:
        """What it says when it is opened."""

    def blocks(self, end_ns: int) -> Iterator[tuple[int, SoundBlock]]:
        """Every block with the moment it comes."""


Delivery = tuple[int, Callable[[], None]]
"""When something comes, and what is done then."""


@dataclass(frozen=True, slots=True)
class VirtualCamera:
    """Delivers late by up to ``delivery_ms``, stamps either way by up to ``stamp_ms``, loses the ``lost`` part."""

    role: str
    fps: Fraction = Fraction(30)
    delivery_ms: float = 20.0
    stamp_ms: float = 5.0
    lost: float = 0.01
    seed: int = 0

    @property
    def format(self) -> PictureFormat:
        """What it says when it is opened."""
        return PictureFormat(WIDTH, HEIGHT, self.fps, Coding.PLANES)

    def pictures(self, end_ns: int) -> Iterator[tuple[int, DecodedPicture]]:
        """Every picture with the moment it comes; its bar code has the true exposure."""
        rng = np.random.default_rng(self.seed)
        background = rng.integers(60, 190, (HEIGHT, WIDTH * 2), np.uint8)
        first_us = BEGIN_NS // 1000 - _BEFORE_S * 1_000_000 + int(rng.integers(0, 33_000))
        number, arrival_ns = 0, 0
        while (exposed_us := first_us + round(number * 1_000_000 / self.fps)) * 1000 < end_ns:
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            luma, blue, red = planes_of(frame)
            luma[:] = background[:, number % WIDTH : number % WIDTH + WIDTH]
            blue[:] = red[:] = 128
            barcode.draw(luma, barcode.Barcode(barcode.role_id(self.role), number, exposed_us))
            stamp_ns = exposed_us * 1000 + int(rng.uniform(-1, 1) * self.stamp_ms * 1e6)
            arrival_ns = max(arrival_ns + 1, exposed_us * 1000 + int(rng.uniform(0, self.delivery_ms) * 1e6))
            if rng.random() >= self.lost:
                yield arrival_ns, DecodedPicture(stamp_ns, frame)
            number += 1


@dataclass(frozen=True, slots=True)
class VirtualMicrophone:
    """Hears a tone that never ends, and a beep centred at ``first_beep_s`` of every ten seconds of the lesson."""

    role: str
    ppm: float = 0.0
    tone_hz: int = 500
    first_beep_s: float = 5.0
    recorded_channels: int = 1
    delivery_ms: float = 20.0
    stamp_ms: float = 5.0
    seed: int = 0

    @property
    def format(self) -> SoundFormat:
        """What it says when it is opened."""
        return SoundFormat(RATE_HZ, 1)

    def blocks(self, end_ns: int) -> Iterator[tuple[int, SoundBlock]]:
        """Every block with the moment it comes."""
        rng = np.random.default_rng(self.seed)
        rate = RATE_HZ * (1 + self.ppm * 1e-6)
        size = RATE_HZ // _BLOCKS_A_SECOND
        count, arrival_ns = 0, 0
        while True:
            seconds = (count + np.arange(RATE_HZ)) / rate - _BEFORE_S
            samples = np.rint(32767 * self._waveform(seconds)).astype(np.int16)[:, None]
            for at in range(0, RATE_HZ, size):
                taken_ns = BEGIN_NS + int(seconds[at] * 1e9)
                if taken_ns >= end_ns:
                    return
                whole_ns = taken_ns + int(size / rate * 1e9)
                arrival_ns = max(arrival_ns + 1, whole_ns + int(rng.uniform(0, self.delivery_ms) * 1e6))
                stamp_ns = taken_ns + int(rng.uniform(-1, 1) * self.stamp_ms * 1e6)
                yield arrival_ns, SoundBlock(stamp_ns, samples[at : at + size])
            count += RATE_HZ

    def _waveform(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        audio_deliveries = _TONE * np.sin(2 * np.pi * self.tone_hz * seconds)
        half = BEEP_EVERY_S / 2
        away = (seconds - self.first_beep_s + half) % BEEP_EVERY_S - half
        near = np.flatnonzero(np.abs(away) < BEEP_S / 2)
        audio_deliveries[near] += _BEEP * beep(away[near])
        return audio_deliveries


def beep(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """A beep's amplitude so far from its middle."""
    shape: NDArray[np.float64] = np.cos(2 * np.pi * BEEP_HZ * seconds) * np.cos(np.pi * seconds / BEEP_S) ** 2
    return shape


@dataclass(frozen=True, slots=True)
class RunningDevice:
    """A device that runs, as a track's setup asks for it."""

    condition: DeviceCondition[Any]


@dataclass(frozen=True, slots=True)
class VirtualRoom:
    """Holds lessons one after the other, each at BEGIN_NS of its own clock.

    ``pauses`` are those of every lesson, from and to in seconds since its beginning.
    """

    spool: Path
    cameras: tuple[RoomCamera, ...]
    microphones: tuple[RoomMicrophone, ...]
    kbps: int = 200
    pauses: tuple[tuple[float, float], ...] = ()

    @property
    def settings(self) -> RecordingSettings:
        """The room as the recorder knows it."""
        return RecordingSettings(
            school="s",
            room="r1",
            boot_id="virtual",
            spool=self.spool,
            cameras=tuple(
                CameraSettings(one.role, one.format.width, one.format.height, one.format.fps, self.kbps)
                for one in self.cameras
            ),
            microphones=tuple(MicrophoneSettings(one.role, one.recorded_channels) for one in self.microphones),
            preset="ultrafast",
            fragment_ms=250,
            segment_s=4,
            audio_kbps=96,
        )

    def record_lesson(self, lesson: str, seconds: float, on_minute: Callable[[], None] = lambda: None) -> Path:
        """A lesson of that length; its folder. ``on_minute`` is called after each minute of it."""
        room, timeline, end_ns = self.settings, LessonTimeline(), BEGIN_NS + round(seconds * SECOND_NS)
        folder = self.spool / lesson
        folder.mkdir(parents=True)
        videos = [
            VideoTrackBuilder(
                room, plan, RunningDevice(DeviceCondition(DeviceState.RUNNING, format=camera.format)), None
            )  # type: ignore[arg-type]
            for plan, camera in zip(room.cameras, self.cameras, strict=True)
        ]
        audio = AudioMixerBuilder(room, 0, {})
        plans = [*(setup.layout for setup in videos), *audio.layouts]
        folder_writer = LessonFolderWriter(folder, plans, room.programme_role, room.segment_s, lambda _path: None)
        file_thread = FileThread(lesson, folder_writer.sync)
        tracks = [setup.build_track(folder_writer, file_thread, timeline, TrackStart()) for setup in videos]
        mixer = audio.build_mixer(folder_writer, file_thread, timeline, Cause.DEVICE, lambda _role, _dbfs: None)
        file_thread.start()
        begin = Begin(lesson=lesson, school=room.school, room=room.room, boot_id=room.boot_id, at_ns=BEGIN_NS)
        file_thread.put(partial(folder_writer.write_entries, [begin]))
        timeline.start(BEGIN_NS)

        def ticks() -> Iterator[Delivery]:
            for number in range(1, (end_ns - BEGIN_NS) // _TICK_NS + 1):
                for work in (*tracks, mixer):
                    yield BEGIN_NS + number * _TICK_NS, partial(work.tick, BEGIN_NS + number * _TICK_NS, 0)
                if number % _TICKS_TO_DRAIN == 0:
                    yield BEGIN_NS + number * _TICK_NS, partial(_drain, file_thread)
                if number % 600 == 0:
                    yield BEGIN_NS + number * _TICK_NS, on_minute

        def pauses() -> Iterator[Delivery]:
            for from_s, to_s in self.pauses:
                for at_s, change in ((from_s, pause), (to_s, resume)):
                    at_ns = BEGIN_NS + round(at_s * SECOND_NS)
                    yield at_ns, partial(change, at_ns)

        def pause(at_ns: int) -> None:
            entry = Pause(at_ns=at_ns, lesson_ns=timeline.stop(at_ns))
            file_thread.put(partial(folder_writer.write_entries, [entry]))

        def resume(at_ns: int) -> None:
            timeline.start(at_ns)
            reached_ns = timeline.reached_ns(at_ns)
            entry = Resumed(at_ns=at_ns, lesson_ns=reached_ns, boot_id=room.boot_id, cause=Cause.TEACHER)
            file_thread.put(partial(folder_writer.write_entries, [entry]))

        def video_deliveries(process: Callable[[Picture], None], camera: RoomCamera) -> Iterator[Delivery]:
            for arrival_ns, picture in camera.pictures(end_ns):
                yield arrival_ns, partial(process, picture)

        def audio_deliveries(microphone: RoomMicrophone) -> Iterator[Delivery]:
            form = microphone.format
            for arrival_ns, block in microphone.blocks(end_ns):
                yield arrival_ns, partial(mixer.process, CapturedBlock(microphone.role, form, block))

        stopped = False
        deliveries = heapq.merge(
            *(video_deliveries(track.process, camera) for track, camera in zip(tracks, self.cameras, strict=True)),
            *(audio_deliveries(microphone) for microphone in self.microphones),
            ticks(),
            pauses(),
            key=lambda delivery: delivery[0],
        )
        for at_ns, deliver in deliveries:
            if at_ns >= end_ns and not stopped:
                stopped = True
                timeline.stop(end_ns)
            if at_ns > end_ns + LATE_ARRIVAL_NS:
                break
            deliver()
        lesson_ns = timeline.stop(end_ns)
        for work in (*tracks, mixer):
            work.finish(lesson_ns)
        file_thread.put(
            partial(folder_writer.end_lesson, [End(at_ns=end_ns, lesson_ns=lesson_ns, cause=Cause.TEACHER)])
        )
        file_thread.put(folder_writer.close)
        if not file_thread.close(_CLOSE_S):
            raise TimeoutError(f"{lesson}: {file_thread.fault}")
        return folder


def _drain(file_thread: FileThread) -> None:
    done = threading.Event()
    file_thread.put(done.set)
    if not done.wait(_CLOSE_S):
        raise TimeoutError(f"the disk takes nothing: {file_thread.fault}")
