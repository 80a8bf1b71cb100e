"""A picture track put together: which size, encoded or passed through, from where on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from drivers.samples import Coding, Picture, PictureFormat, memory_bytes
from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.timestamp_smoother import TimestampSmoother
from pipelines.devices.device_supervisor import DeviceHealth, DeviceSupervisor
from pipelines.encoding.encoder_benchmark import threads_for
from pipelines.encoding.encoder_selection import MakeEncoder, choices, hardware_roles
from pipelines.encoding.encoder_targets import EncoderTargets
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import PICTURE_TIMESCALE
from pipelines.encoding.video_stage import VideoStage
from pipelines.encoding.x264_encoder import PictureCoding, X264Encoder
from pipelines.journal.entries import Medium, Track
from pipelines.lesson_timeline import Timeline
from pipelines.recording.file_thread import FileThread
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackPlan
from pipelines.recording.mp4_fragmenter import Mp4Fragmenter, VideoTrackFormat
from pipelines.recording.recording_config import CameraPlan, RoomPlan
from pipelines.recording.resume_state import KeptTrack
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.track_writer import TrackWriter
from pipelines.recording.video_track import TrackStart, VideoTrack

# Five seconds of a camera: a box that is short of breath catches up rather than lose pictures.
BELT_LENGTH = 150
BELT_BYTES = 32 << 20
STRAGGLERS_NS = 300_000_000


def picture_description(
    plan: CameraPlan, form: PictureFormat | None, kept: KeptTrack | None, fps: Fraction | None = None
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
        timescale=PICTURE_TIMESCALE,
        width=width,
        height=height,
        fps=float(fps or (form.fps if form else plan.fps)),
        full_range=form is None or form.coding is Coding.MJPEG,
        encoder="" if passing else X264Encoder.name,
    )


def picture_files(track: Track, plan: CameraPlan, kept: KeptTrack | None) -> TrackPlan:
    """What the lesson's folder must know of a picture track."""
    return TrackPlan(
        name=track.track,
        timescale=track.timescale,
        roles=(plan.role,),
        is_picture=True,
        bits_per_second=plan.bitrate_kbps * 1000,
        size=(track.width, track.height),
        fps=track.fps,
        done=kept.done if kept else (),
    )


class VideoTrackBuilder:
    """Builds the track of one camera; ``track`` is its present description, ``asked`` what its encoder is to do."""

    def __init__(
        self,
        room: RoomPlan,
        plan: CameraPlan,
        source: DeviceSupervisor[Picture, PictureFormat],
        kept: KeptTrack | None,
    ) -> None:
        self.asked = EncoderTargets(room.first_preset(os.cpu_count() or 1))
        self._room = room
        self._plan = plan
        self._source = source
        self._kept = kept
        self.track = picture_description(plan, source.condition.format, kept)
        self.files = picture_files(self.track, plan, kept)

    def build(
        self,
        files: LessonFolderWriter,
        thread: FileThread,
        timeline: Timeline,
        start: TrackStart,
        on_fragment: Callable[[], None],
    ) -> TrackThread[Picture]:
        """The track in its thread, not started yet."""
        work = self.work(files, thread, timeline, start, on_fragment)
        return TrackThread(work.name, work, DropOldestQueue(BELT_LENGTH, BELT_BYTES, memory_bytes), STRAGGLERS_NS)

    def work(
        self,
        files: LessonFolderWriter,
        thread: FileThread,
        timeline: Timeline,
        start: TrackStart,
        on_fragment: Callable[[], None],
    ) -> VideoTrack:
        """The track alone, for whoever feeds it."""
        outlet = TrackWriter(files, thread, lambda: self.track, on_fragment)

        def changed(**update: str) -> None:
            track = self.track.model_copy(update=update)
            if track != self.track:
                self.track = track
                outlet.note([track])

        def made(how: str, why: str) -> None:
            changed(how=how, why=why)

        def encoded_by(name: str, why: str) -> None:
            changed(encoder=name, encoder_why=why)

        fps = Fraction(self.track.fps).limit_denominator(1001)
        coding = self._coding(fps)
        encoder = FailoverEncoder(self._plan.role, coding, self.asked, self._choices(), encoded_by)
        passing = self.track.how == "passed-through"
        maker = VideoStage(self._plan.role, coding, encoder, passing=passing, on_change=made)
        return VideoTrack(
            self._plan.role,
            timeline,
            maker,
            self.asked,
            Mp4Fragmenter(VideoTrackFormat(self._room.fragment_ms), outlet),
            outlet,
            replace(start, lesson_ns=self._kept.end_ns, continued=True) if self._kept else start,
            TimestampSmoother(fps),
            latency_ns=self._plan.latency_ns,
            silence=self._silence,
        )

    def _coding(self, fps: Fraction) -> PictureCoding:
        width, height = self.track.width, self.track.height
        return PictureCoding(
            width,
            height,
            fps,
            self._plan.bitrate_kbps,
            self.asked.preset,
            self.track.full_range,
            threads=threads_for(width, height, fps, os.cpu_count() or 1, self._room.costs),
        )

    def _choices(self) -> tuple[MakeEncoder, ...]:
        rates = {camera.role: camera.pixels_a_second for camera in self._room.cameras}
        return choices(self._room.encoder, hardware=self._plan.role in hardware_roles(rates))

    def _silence(self) -> str | None:
        condition = self._source.condition
        return None if condition.health is DeviceHealth.RUNNING else condition.reason
