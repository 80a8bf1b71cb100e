"""A picture track put together: which size, encoded or passed through, from where on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from drivers.samples import Coding, Picture, PictureFormat, size_of
from pipelines.capture.belt import Belt
from pipelines.capture.pace import Pace
from pipelines.capture.source import Health, Source
from pipelines.encoding.asked import Asked
from pipelines.encoding.encoders import MakeEncoder, choices, hardware_roles
from pipelines.encoding.h264 import H264Encoder, PictureCoding
from pipelines.encoding.headroom import threads_for
from pipelines.encoding.packets import PICTURE_TIMESCALE
from pipelines.encoding.picture_maker import PictureMaker
from pipelines.encoding.track_encoder import TrackEncoder
from pipelines.journal.entries import Medium, Track
from pipelines.recording.continuation import KeptTrack
from pipelines.recording.file_thread import FileThread
from pipelines.recording.fragments import Fragments, PictureShape
from pipelines.recording.lesson_files import LessonFiles, TrackPlan
from pipelines.recording.outlet import FileOutlet
from pipelines.recording.picture_track import PictureTrack, TrackStart
from pipelines.recording.plan import CameraPlan, RoomPlan
from pipelines.recording.track_thread import TrackThread
from pipelines.timeline import Timeline

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
        encoder="" if passing else H264Encoder.name,
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


class PictureSetup:
    """Builds the track of one camera; ``track`` is its present description, ``asked`` what its encoder is to do."""

    def __init__(
        self,
        room: RoomPlan,
        plan: CameraPlan,
        source: Source[Picture, PictureFormat],
        kept: KeptTrack | None,
    ) -> None:
        self.asked = Asked(room.first_preset(os.cpu_count() or 1))
        self._room = room
        self._plan = plan
        self._source = source
        self._kept = kept
        self.track = picture_description(plan, source.condition.format, kept)
        self.files = picture_files(self.track, plan, kept)

    def build(
        self,
        files: LessonFiles,
        thread: FileThread,
        timeline: Timeline,
        start: TrackStart,
        on_fragment: Callable[[], None],
    ) -> TrackThread[Picture]:
        """The track in its thread, not started yet."""
        work = self.work(files, thread, timeline, start, on_fragment)
        return TrackThread(work.name, work, Belt(BELT_LENGTH, BELT_BYTES, size_of), STRAGGLERS_NS)

    def work(
        self,
        files: LessonFiles,
        thread: FileThread,
        timeline: Timeline,
        start: TrackStart,
        on_fragment: Callable[[], None],
    ) -> PictureTrack:
        """The track alone, for whoever feeds it."""
        outlet = FileOutlet(files, thread, lambda: self.track, on_fragment)

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
        encoder = TrackEncoder(self._plan.role, coding, self.asked, self._choices(), encoded_by)
        passing = self.track.how == "passed-through"
        maker = PictureMaker(self._plan.role, coding, encoder, passing=passing, on_change=made)
        return PictureTrack(
            self._plan.role,
            timeline,
            maker,
            self.asked,
            Fragments(PictureShape(self._room.fragment_ms), outlet),
            outlet,
            replace(start, lesson_ns=self._kept.end_ns, continued=True) if self._kept else start,
            Pace(fps),
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
        return None if condition.health is Health.RUNNING else condition.reason
