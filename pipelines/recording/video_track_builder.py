"""Build a video track: its size, encoded or passed through, from its start or where it continues."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import av

from drivers.samples import AccessUnit, Coding, ColourMatrix, Picture, PictureFormat, memory_bytes
from pipelines.capture.drop_oldest_queue import DropOldestQueue
from pipelines.capture.timestamp_smoother import TimestampSmoother
from pipelines.devices.device_state import DeviceState
from pipelines.devices.device_supervisor import DeviceSupervisor
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.encoder_benchmark import threads_for
from pipelines.encoding.encoder_selection import EncoderFactory, encoder_candidates, hardware_roles
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.resting_encoder import RestingEncoder
from pipelines.encoding.video_track_encoder import VideoTrackEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.journal.entries import Medium, Track
from pipelines.lesson_timeline import LessonTimeline
from pipelines.recording.file_thread import FileThread
from pipelines.recording.gap_filler import REPEAT_INTERVAL_NS
from pipelines.recording.key_picture_decoder import LOOK_INTERVAL_NS
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.mp4_fragmenter import Mp4Fragmenter, VideoTrackFormat
from pipelines.recording.recording_settings import CameraSettings, RecordingSettings
from pipelines.recording.resume_state import KeptTrack
from pipelines.recording.track_coding import as_init_says, h264_settings, track_fps
from pipelines.recording.track_thread import TrackThread
from pipelines.recording.track_writer import TrackWriter
from pipelines.recording.video_track import TrackStart, VideoTrack

# Five seconds of a camera: a busy machine catches up rather than lose pictures.
QUEUE_LENGTH = 150
QUEUE_BYTES = 32 << 20
LATE_ARRIVAL_NS = 400_000_000
# On a box that cannot keep up a picture waits before the sound does, and before the devices are read.
_NICENESS = 5
# A lesson may begin just after a picture, and the next one may come a little late.
_LATE_PERIODS = 1.2


def describe_video_track(
    camera: CameraSettings, format: PictureFormat | None, kept: KeptTrack | None, fps: Fraction | None = None
) -> Track:
    """The journal entry of a track: as it was before a restart, as the camera is, or as configured."""
    if kept is not None and kept.track.width:
        return kept.track
    rate = fps or (format.fps if format else camera.fps)
    # Until a camera says something else it sends JPEG (JFIF 1.02: full range, BT.601).
    format = format or PictureFormat(camera.width, camera.height, Fraction(0), Coding.MJPEG)
    passing = format.coding is Coding.H264
    is_jpeg = format.coding is Coding.MJPEG
    return Track(
        track=camera.role,
        medium=Medium.PICTURE,
        how="passed-through" if passing else "encoded",
        why="the camera sends H.264" if passing else format.why,
        timescale=VIDEO_TIMESCALE,
        width=format.width,
        height=format.height,
        fps=float(rate),
        promised_fps=float(format.fps),
        full_range=is_jpeg or format.full_range,
        matrix=ColourMatrix.BT601 if is_jpeg else format.matrix,
        pixel_aspect=str(format.pixel_aspect),
        encoder="" if passing else X264Encoder.name,
    )


def video_track_layout(track: Track, camera: CameraSettings, kept: KeptTrack | None) -> TrackLayout:
    """The layout of a video track in the lesson's folder."""
    return TrackLayout(
        name=track.track,
        timescale=track.timescale,
        roles=(camera.role,),
        is_video=True,
        bits_per_second=camera.bitrate_kbps * 1000,
        size=(round(track.width * Fraction(track.pixel_aspect)), track.height),
        fps=track.fps,
        segments=kept.segments if kept else (),
    )


class VideoTrackBuilder:
    """Builds one camera's track; ``track`` is its present description, ``targets`` are its encoder's.

    ``on_frame`` is called in the track's thread with every frame that is decoded to be encoded, ``on_recorded`` with
    every picture that is recorded, and ``key_look_ns`` asked, see ``VideoTrack``; they must not keep it.
    """

    def __init__(
        self,
        settings: RecordingSettings,
        camera: CameraSettings,
        device: DeviceSupervisor[Picture, PictureFormat],
        kept: KeptTrack | None,
        on_frame: Callable[[av.VideoFrame], None] = lambda _frame: None,
        on_recorded: Callable[[av.VideoFrame | None, int], None] = lambda _frame, _lesson_ns: None,
        key_look_ns: Callable[[], int] = lambda: LOOK_INTERVAL_NS,
    ) -> None:
        self.targets = EncoderTargets(settings.initial_preset(os.cpu_count() or 1))
        self._settings = settings
        self._camera = camera
        self._device = device
        self._kept = kept
        self._on_frame = on_frame
        self._on_recorded = on_recorded
        self._key_look_ns = key_look_ns
        self.track = describe_video_track(camera, device.condition.format, kept)
        self.layout = video_track_layout(self.track, camera, kept)

    def build_thread(
        self, folder_writer: LessonFolderWriter, file_thread: FileThread, timeline: LessonTimeline, start: TrackStart
    ) -> TrackThread[Picture]:
        """The track in its thread, not started yet."""
        work = self.build_track(folder_writer, file_thread, timeline, start)
        queue = DropOldestQueue(QUEUE_LENGTH, QUEUE_BYTES, memory_bytes, self._can_wait)
        return TrackThread(work.name, work, queue, LATE_ARRIVAL_NS, _NICENESS)

    def build_track(
        self, folder_writer: LessonFolderWriter, file_thread: FileThread, timeline: LessonTimeline, start: TrackStart
    ) -> VideoTrack:
        """The track without a thread."""
        writer = TrackWriter(folder_writer, file_thread, lambda: self.track, self._on_init)

        def describe(**update: str | float) -> None:
            track = self.track.model_copy(update=update)
            if track != self.track:
                self.track = track
                writer.write_entries([track])

        def on_camera_back() -> None:
            # It may have come only now, or as another one.
            if (form := self._device.condition.format) is not None:
                describe(promised_fps=float(form.fps))

        def on_change(how: str, why: str) -> None:
            describe(how=how, why=why)

        def on_selected(name: str, why: str) -> None:
            describe(encoder=name, encoder_why=why)

        fps = track_fps(self.track)
        h264 = self._h264_settings(fps)
        encoder = FailoverEncoder(self._camera.role, h264, self.targets, self._candidates(), on_selected)
        is_passthrough = self.track.how == "passed-through"
        track_encoder = VideoTrackEncoder(
            self._camera.role, h264, RestingEncoder(encoder), is_passthrough=is_passthrough, on_change=on_change
        )
        return VideoTrack(
            self._camera.role,
            timeline,
            track_encoder,
            self.targets,
            Mp4Fragmenter(VideoTrackFormat(self._settings.fragment_ms), writer),
            writer,
            replace(start, lesson_ns=self._kept.end_ns, is_continued=True) if self._kept else start,
            TimestampSmoother(fps),
            latency_ns=self._camera.latency_ns,
            longest_interval_ns=max(REPEAT_INTERVAL_NS, round(_LATE_PERIODS * 1_000_000_000 / float(fps))),
            camera_fault=self._camera_fault,
            on_camera_back=on_camera_back,
            on_frame=self._on_frame,
            on_recorded=self._on_recorded,
            key_look_ns=self._key_look_ns,
        )

    def _can_wait(self, picture: Picture) -> bool:
        """Whether a picture only joins those that wait for their fragment: the track looks ten times a second."""
        return isinstance(picture, AccessUnit) and not picture.key and self.track.how == "passed-through"

    def _on_init(self, data: bytes) -> None:
        """Describe the track as this init segment does: a camera that is passed through may have changed."""
        self.track = as_init_says(self.track, data)

    def _h264_settings(self, fps: Fraction) -> H264Settings:
        width, height = self.track.width, self.track.height
        threads = threads_for(width, height, fps, os.cpu_count() or 1, self._settings.encoding_costs)
        return h264_settings(self.track, self._camera.bitrate_kbps, self.targets.preset, threads)

    def _candidates(self) -> tuple[EncoderFactory, ...]:
        rates = {camera.role: camera.pixels_per_second for camera in self._settings.cameras}
        hardware = self._camera.role in hardware_roles(rates)
        return encoder_candidates(self._settings.encoder, hardware=hardware, rate=self._settings.rate)

    def _camera_fault(self) -> str | None:
        condition = self._device.condition
        return None if condition.state is DeviceState.RUNNING else condition.reason
