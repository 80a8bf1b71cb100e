"""A virtual lesson on one simulated core that is slow for a while: queues fill, the load governor decides."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import av

from drivers.samples import DecodedPicture, Picture, memory_bytes
from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.encoding.packets import EncodedPacket
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Begin, Cause, EncoderLoadLevel, End
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter
from pipelines.recording.load_control import LoadControl
from pipelines.recording.recording_settings import RecordingSettings
from pipelines.recording.video_track import TrackStart, VideoTrack
from pipelines.recording.video_track_builder import QUEUE_BYTES, QUEUE_LENGTH, VideoTrackBuilder
from tests.virtual_room import BEGIN_NS, SECOND_NS, RunningDevice, VirtualCamera, VirtualRoom

_TICK_NS = SECOND_NS // 10
_CLOSE_S = 30.0


@dataclass(slots=True)
class SimulatedCore:
    """What encoding takes of it: milliseconds a picture by preset, times ``slowness`` at lesson time in seconds."""

    cost_ms: dict[str, float]
    slow_s: tuple[float, float]
    slowness: float
    now_ns: int = BEGIN_NS
    spent_ns: int = 0

    def spend(self, preset: str) -> None:
        """A picture is encoded."""
        slow = self.slow_s[0] <= (self.now_ns - BEGIN_NS) / SECOND_NS < self.slow_s[1]
        self.spent_ns += round(self.cost_ms[preset] * 1e6 * (self.slowness if slow else 1.0))


class CostedEncoder(X264Encoder):
    """libx264 itself, at a price."""

    def __init__(self, core: SimulatedCore, coding: H264Settings) -> None:
        super().__init__(coding)
        self._core = core
        self._preset = coding.preset

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        """Encode, and pay."""
        self._core.spend(self._preset)
        return super().encode(frame, start, key=key)


@dataclass(slots=True)
class QueuedTrack:
    """One track as its thread sees it, without the thread."""

    work: VideoTrack
    queue: DropOldestQueue[Picture] = field(
        default_factory=lambda: DropOldestQueue(QUEUE_LENGTH, QUEUE_BYTES, memory_bytes)
    )
    busy_ns: int = 0
    dropped: int = 0

    @property
    def waiting(self) -> int:
        """How many pictures wait."""
        return len(self.queue)

    def step(self, core: SimulatedCore) -> int:
        """Work on the oldest picture; how long it took."""
        core.spent_ns = 0
        if (count := self.queue.dropped - self.dropped) > 0:
            self.dropped += count
            self.work.on_dropped(count)
        if (picture := self.queue.get(0)) is not None:
            self.work.process(picture)
        self.busy_ns += core.spent_ns
        return core.spent_ns


def record_lesson(
    room: RecordingSettings, cameras: tuple[VirtualCamera, ...], core: SimulatedCore, lesson: str, seconds: float
) -> Path:
    """A lesson of that length; its folder."""
    timeline, end_ns = LessonTimeline(), BEGIN_NS + round(seconds * SECOND_NS)
    folder = room.spool / lesson
    folder.mkdir(parents=True)
    videos = [
        VideoTrackBuilder(room, plan, RunningDevice(DeviceCondition(DeviceState.RUNNING, format=camera.format)), None)  # type: ignore[arg-type]
        for plan, camera in zip(room.cameras, cameras, strict=True)
    ]
    folder_writer = LessonFolderWriter(
        folder, [setup.layout for setup in videos], room.programme_role, room.segment_s, lambda _: None
    )
    file_thread = FileThread(lesson, folder_writer.sync)
    queues = [QueuedTrack(setup.build_track(folder_writer, file_thread, timeline, TrackStart())) for setup in videos]

    def write_level(level: EncoderLoadLevel) -> None:
        file_thread.put(partial(folder_writer.write_entries, [level]))

    load_control = LoadControl(room, list(zip(videos, queues, strict=True)), write_level)
    file_thread.start()
    begin = Begin(lesson=lesson, school=room.school, room=room.room, boot_id=room.boot_id, at_ns=BEGIN_NS)
    file_thread.put(partial(folder_writer.write_entries, [begin]))
    timeline.start(BEGIN_NS)
    ready = deque(queues)
    free_ns = BEGIN_NS
    for at_ns, queue, picture in _deliveries(queues, cameras, end_ns):
        while free_ns <= at_ns and any(one.waiting for one in queues):
            ready.rotate()
            core.now_ns = free_ns
            free_ns += ready[0].step(core)
        free_ns = max(free_ns, at_ns)
        if queue is not None and picture is not None:
            queue.queue.put(picture)
            continue
        for one in queues:
            one.work.tick(at_ns, one.waiting)
        load_control.tick(at_ns, timeline.reached_ns(at_ns))
    for one in queues:
        while one.waiting:
            one.step(core)
    lesson_ns = timeline.stop(end_ns)
    for one in queues:
        one.work.finish(lesson_ns)
    file_thread.put(partial(folder_writer.end_lesson, [End(at_ns=end_ns, lesson_ns=lesson_ns, cause=Cause.TEACHER)]))
    file_thread.put(folder_writer.close)
    if not file_thread.close(_CLOSE_S):
        raise TimeoutError(file_thread.fault)
    return folder


def _deliveries(
    queues: list[QueuedTrack], cameras: tuple[VirtualCamera, ...], end_ns: int
) -> Iterator[tuple[int, QueuedTrack | None, DecodedPicture | None]]:
    """Every picture as it comes to a queue, and every tick."""

    def video_deliveries(
        queue: QueuedTrack, camera: VirtualCamera
    ) -> Iterator[tuple[int, QueuedTrack | None, DecodedPicture | None]]:
        for comes_ns, picture in camera.pictures(end_ns):
            yield comes_ns, queue, picture

    ticks = ((at_ns, None, None) for at_ns in range(BEGIN_NS + _TICK_NS, end_ns, _TICK_NS))
    return heapq.merge(*map(video_deliveries, queues, cameras), ticks, key=lambda event: event[0])


def recording_settings(spool: Path, cameras: tuple[VirtualCamera, ...]) -> RecordingSettings:
    """The room of these cameras, governed."""
    return replace(VirtualRoom(spool, cameras, ()).settings, preset="auto", encoder="libx264")
