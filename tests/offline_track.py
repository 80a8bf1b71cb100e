"""One camera's track recorded with an injected clock: real builder, encoder, muxer, file thread and folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from drivers.samples import Picture, PictureFormat
from pipelines.devices.device_state import DeviceCondition, DeviceState
from pipelines.encoding.encoder_selection import DEFAULT_RATE_CONTROL, RateControl
from pipelines.journal.entries import AnyEntry, Begin, Cause, End
from pipelines.journal.journal_file import read_journal
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter
from pipelines.recording.recording_settings import CameraSettings, RecordingSettings
from pipelines.recording.resume_state import KeptTrack
from pipelines.recording.video_track import TrackStart
from pipelines.recording.video_track_builder import VideoTrackBuilder

SECOND_NS = 1_000_000_000
BEGIN_NS = 1_000 * SECOND_NS
_TICK_NS = SECOND_NS // 10
_CLOSE_S = 60.0


@dataclass
class _RunningCamera:
    condition: DeviceCondition[Any]


@dataclass(frozen=True)
class RecordedTrack:
    """A lesson of one camera that is over."""

    folder: Path

    def entries(self) -> Sequence[AnyEntry]:
        return read_journal(self.folder).entries


def record_track(
    folder: Path,
    camera_format: PictureFormat,
    pictures: Iterable[Picture],
    seconds: float,
    pause: tuple[float, float] | None = None,
    reopened: PictureFormat | None = None,
    *,
    role: str = "teacher",
    kbps: int = 400,
    preset: str = "ultrafast",
    is_halved: bool = False,
    killed: bool = False,
    kept: KeptTrack | None = None,
    goes_on_s: float = 0.0,
    rate: RateControl = DEFAULT_RATE_CONTROL,
) -> RecordedTrack:
    """Record these pictures, whose capture times are on a clock that shows BEGIN_NS when the lesson begins.

    ``seconds`` is the time from begin to end, ``pause`` a part of it.
    After a second without pictures the camera was ``reopened`` and has that format. The frame rate ``is_halved``.
    A recorder that is ``killed`` finishes nothing; another one goes on with the ``kept`` track from ``goes_on_s`` on.
    """
    folder.mkdir(parents=True, exist_ok=kept is not None)
    camera = CameraSettings(role, camera_format.width, camera_format.height, camera_format.fps, kbps)
    room = RecordingSettings("s", "r1", "b", folder.parent, (camera,), (), preset, 250, 4, 96, rate=rate)
    running = _RunningCamera(DeviceCondition(DeviceState.RUNNING, format=camera_format))
    builder = VideoTrackBuilder(room, camera, running, kept)  # type: ignore[arg-type]
    builder.targets.halve_frame_rate = is_halved
    files = LessonFolderWriter(folder, [builder.layout], role, room.segment_s, lambda _path: None)
    thread = FileThread("L1", files.sync)
    begins_ns = _at(goes_on_s)
    timeline = LessonTimeline(begins_ns - BEGIN_NS)
    start = TrackStart(begins_ns - BEGIN_NS, cause=Cause.RESTART) if kept else TrackStart()
    track = builder.build_track(files, thread, timeline, start)
    thread.start()
    if kept is None:
        begin = Begin(lesson="L1", school="s", room="r1", boot_id="b", at_ns=BEGIN_NS)
        thread.put(partial(files.write_entries, [begin]))
    timeline.start(begins_ns)
    end_ns = _at(seconds)
    changes: list[tuple[int, Callable[[int], object]]] = []
    if pause is not None:
        changes = [(_at(pause[0]), timeline.stop), (_at(pause[1]), timeline.start)]
    ticked_ns = latest_ns = begins_ns
    for picture in pictures:
        if reopened is not None and picture.captured_ns - latest_ns > SECOND_NS:
            running.condition = DeviceCondition(DeviceState.RUNNING, format=reopened)
        latest_ns = picture.captured_ns
        while changes and picture.captured_ns >= changes[0][0]:
            at_ns, change = changes.pop(0)
            change(at_ns)
        while ticked_ns < picture.captured_ns:
            track.tick(ticked_ns, 0)
            ticked_ns += _TICK_NS
        if picture.captured_ns < end_ns:
            track.process(picture)
    while ticked_ns < end_ns:
        track.tick(ticked_ns, 0)
        ticked_ns += _TICK_NS
    lesson_ns = timeline.stop(end_ns)
    if not killed:
        track.finish(lesson_ns)
        thread.put(partial(files.end_lesson, [End(at_ns=end_ns, lesson_ns=lesson_ns, cause=Cause.TEACHER)]))
    thread.put(files.close)
    assert thread.close(_CLOSE_S), thread.fault
    return RecordedTrack(folder)


def _at(seconds: float) -> int:
    return BEGIN_NS + round(seconds * SECOND_NS)
