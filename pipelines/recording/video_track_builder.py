"""A picture track put together: which size, encoded or passed through, from where on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from drivers.samples import Coding, Picture, PictureFormat, memory_bytes
from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.timestamp_smoother import TimestampSmoother
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.encoding.encoder_benchmark import threads_for
from pipelines.encoding.encoder_selection import EncoderFactory, encoder_candidates, hardware_roles
from pipelines.encoding.encoder_targets import EncoderTargets
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.video_stage import VideoTrackEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Medium, Track
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.mp4_fragmenter import Mp4Fragmenter, VideoTrackFormat
from pipelines.recording.recording_config import CameraSettings, RecordingSettings
from pipelines.recording.resume_state import KeptTrack
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.track_writer import TrackWriter
from pipelines.recording.video_track import TrackStart, VideoTrack

# Five seconds of a camera: a box that is short of breath catches up rather than lose pictures.
QUEUE_LENGTH = 150
QUEUE_BYTES = 32 << 20
LATE_ARRIVAL_NS = 300_000_000


def describe_video_track(
    plan: CameraSettings, form: PictureFormat | None, kept: KeptTrack | None, fps: Fraction | None = None
) -> Track:
    """The journal's line for a track: as it was before a restart, as the camera is, or as the config asks."""
    if kept is not None and kept.track.width:
        return kept.track
    width, height = (form.width, form.height) if form else (plan.width, plan.height)
    passing = form is not None and form.coding is Coding.H264
    return Track(
        track=plan.role,
        medium=Medium.PICTURE,
        how="passed-through" if passing else "encoded",
        why="the camera sends H.264" if passing else form.why if form else "",
        timescale=VIDEO_TIMESCALE,
        width=width,
        height=height,
        fps=float(fps or (form.fps if form else plan.fps)),
        full_range=form is None or form.coding is Coding.MJPEG,
        encoder="" if passing else X264Encoder.name,
    )


def video_track_layout(track: Track, plan: CameraSettings, kept: KeptTrack | None) -> TrackLayout:
    """What the lesson's folder must know of a picture track."""
    return TrackLayout(
        name=track.track,
        timescale=track.timescale,
        roles=(plan.role,),
        is_video=True,
        bits_per_second=plan.bitrate_kbps * 1000,
        size=(track.width, track.height),
        fps=track.fps,
        segments=kept.segments if kept else (),
    )


class VideoTrackBuilder:
    """Builds the track of one camera; ``track`` is its present description, ``asked`` what its encoder is to do."""

    def __init__(
        self,
        room: RecordingSettings,
        plan: CameraSettings,
        source: DeviceSupervisor[Picture, PictureFormat],
        kept: KeptTrack | None,
    ) -> None:
        self.targets = EncoderTargets(room.initial_preset(os.cpu_count() or 1))
        self._room = room
        self._plan = plan
        self._source = source
        self._kept = kept
        self.track = describe_video_track(plan, source.condition.format, kept)
        self.layout = video_track_layout(self.track, plan, kept)

    def build_thread(
        self,
        files: LessonFolderWriter,
        thread: FileThread,
        timeline: LessonTimeline,
        start: TrackStart,
        on_fragment: Callable[[], None],
    ) -> TrackThread[Picture]:
        """The track in its thread, not started yet."""
        work = self.build_track(files, thread, timeline, start, on_fragment)
        return TrackThread(work.name, work, DropOldestQueue(QUEUE_LENGTH, QUEUE_BYTES, memory_bytes), LATE_ARRIVAL_NS)

    def build_track(
        self,
        files: LessonFolderWriter,
        thread: FileThread,
        timeline: LessonTimeline,
        start: TrackStart,
        on_fragment: Callable[[], None],
    ) -> VideoTrack:
        """The track alone, for whoever feeds it."""
        outlet = TrackWriter(files, thread, lambda: self.track, on_fragment)

        def changed(**update: str) -> None:
            track = self.track.model_copy(update=update)
            if track != self.track:
                self.track = track
                outlet.write_entries([track])

        def made(how: str, why: str) -> None:
            changed(how=how, why=why)

        def encoded_by(name: str, why: str) -> None:
            changed(encoder=name, encoder_why=why)

        fps = Fraction(self.track.fps).limit_denominator(1001)
        coding = self._coding(fps)
        encoder = FailoverEncoder(self._plan.role, coding, self.targets, self._choices(), encoded_by)
        passing = self.track.how == "passed-through"
        maker = VideoTrackEncoder(self._plan.role, coding, encoder, passing=passing, on_change=made)
        return VideoTrack(
            self._plan.role,
            timeline,
            maker,
            self.targets,
            Mp4Fragmenter(VideoTrackFormat(self._room.fragment_ms), outlet),
            outlet,
            replace(start, lesson_ns=self._kept.end_ns, is_continued=True) if self._kept else start,
            TimestampSmoother(fps),
            latency_ns=self._plan.latency_ns,
            silence=self._silence,
        )

    def _coding(self, fps: Fraction) -> H264Settings:
        width, height = self.track.width, self.track.height
        return H264Settings(
            width,
            height,
            fps,
            self._plan.bitrate_kbps,
            self.targets.preset,
            self.track.full_range,
            threads=threads_for(width, height, fps, os.cpu_count() or 1, self._room.encoding_costs),
        )

    def _choices(self) -> tuple[EncoderFactory, ...]:
        rates = {camera.role: camera.pixels_per_second for camera in self._room.cameras}
        return encoder_candidates(self._room.encoder, hardware=self._plan.role in hardware_roles(rates))

    def _silence(self) -> str | None:
        condition = self._source.condition
        return None if condition.state is DeviceState.RUNNING else condition.reason
