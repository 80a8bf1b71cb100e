"""Lessons with cuts among cameras of different sizes and rates, written by the recorder's own folder writer.

Every picture carries its role in large letters, and role, number and lesson time in the simulated camera's bar code;
the sound ticks at each lesson second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera.simulation import barcode
from drivers.samples import ColourMatrix
from pipelines.encoding.aac_encoder import AacEncoder, AacSettings
from pipelines.encoding.degradation_targets import EncoderTargets
from pipelines.encoding.failover_encoder import FailoverEncoder
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.resting_encoder import RestingEncoder
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import Begin, Cause, Cut, End, Entry, Marker, Medium, Track
from pipelines.recording.lesson_folder_writer import LessonFolderWriter, TrackLayout
from pipelines.recording.mp4_fragmenter import AudioTrackFormat, Mp4Fragmenter, VideoTrackFormat
from pipelines.yuv_planes import planes_of

SECOND_NS = 1_000_000_000
RATE_HZ = 48_000
FRAGMENT_MS = 250
_AAC = AacSettings(RATE_HZ, 1, 96)
_LEVELS = {"teacher": 70, "students": 120, "screen": 170, "teacher-close": 95, "students-close": 145}


@dataclass(frozen=True, slots=True)
class CutCamera:
    """A camera of such a lesson; its first picture is at ``phase_s``.

    One that shows ``slides`` sends the same picture, with that moment in its bar code, from each of these seconds on.
    """

    role: str
    width: int = 640
    height: int = 360
    fps: int = 25
    phase_s: float = 0.0
    matrix: ColourMatrix = ColourMatrix.BT709
    slides: tuple[float, ...] = ()

    def changed_ns(self, at_ns: int) -> int:
        """Since when it has sent the picture of this moment."""
        slides_ns = (round(one * SECOND_NS) for one in self.slides)
        return max((one for one in slides_ns if one <= at_ns), default=0) if self.slides else at_ns


CAMERAS = (
    CutCamera("teacher", 480, 270, 25),
    CutCamera("students", 320, 180, 15, 0.013),
    CutCamera("screen", 384, 288, 10, 0.04),
)
"""Three sizes and rates, in different phases of the second."""


@dataclass(slots=True)
class _Written:
    """What a track's encoder gives its file, in order: lesson time at which it is complete, and the job."""

    files: LessonFolderWriter
    track: Track
    jobs: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    _now_ns: int = 0

    def write_init(self, data: bytes) -> None:
        self.jobs.append((self._now_ns, lambda: self.files.write_init(self.track, data)))

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        self._now_ns = (head.start + head.duration) * SECOND_NS // self.track.timescale
        self.jobs.append((self._now_ns, lambda: self.files.write_fragment(self.track.track, head, data)))


def write_cut_lesson(
    folder: Path,
    seconds: int,
    cuts: Iterable[tuple[int, str]],
    cameras: Sequence[CutCamera] = CAMERAS,
    *,
    segment_s: int = 4,
    marks: Sequence[tuple[int, str]] = (),
    entries: Sequence[Entry] = (),
    is_ended: bool = True,
) -> Path:
    """Record a lesson whose programme is cut to these roles at these lesson seconds; return its folder.

    ``entries`` are put into its journal besides. Unless ``is_ended`` it is left as by a recorder that was killed: the
    last segments are not finished.
    """
    folder.mkdir(parents=True)
    tracks = [_picture_track(camera) for camera in cameras]
    sound = Track(track="sound", medium=Medium.SOUND, how="encoded", timescale=RATE_HZ, rate_hz=RATE_HZ, channels=1)
    layouts = [
        TrackLayout(
            one.track, one.timescale, (one.track,), is_video=one is not sound, bits_per_second=400_000,
            size=(one.width, one.height), fps=one.fps, channels=one.channels,
        )
        for one in (*tracks, sound)
    ]  # fmt: skip
    files = LessonFolderWriter(folder, layouts, cameras[0].role, segment_s, lambda _path: None)
    files.write_entries([Begin(lesson=folder.name, school="s", room="r1", boot_id="b", at_ns=0)])
    jobs: list[tuple[int, Callable[[], None]]] = []
    for camera, track in zip(cameras, tracks, strict=True):
        jobs += _pictures(camera, _Written(files, track), seconds)
    jobs += _ticks(_Written(files, sound), seconds)
    for second, role in cuts:
        jobs.append((second * SECOND_NS - 1, _writes_cut(files, second, role)))
    for second, label in marks:
        mark = Marker(lesson_ns=second * SECOND_NS, label=label)
        jobs.append((second * SECOND_NS, lambda mark=mark: files.write_entries([mark])))  # type: ignore[misc]
    for _, job in sorted(jobs, key=lambda one: one[0]):
        job()
    files.write_entries(entries)
    if is_ended:
        for track in (*tracks, sound):
            files.close_track(track.track)
        files.end_lesson([End(at_ns=seconds * SECOND_NS, lesson_ns=seconds * SECOND_NS, cause=Cause.TEACHER)])
    files.close()
    return folder


def role_on_air(cuts: Iterable[tuple[int, str]], second: int, first: str = CAMERAS[0].role) -> str:
    """Who should be seen in a lesson second."""
    return next((role for at, role in sorted(cuts, reverse=True) if at <= second), first)


def read_picture(luma: NDArray[np.uint8], roles: Iterable[str]) -> tuple[str, float] | None:
    """The role of a decoded picture and its lesson time in seconds, by its bar code; None where it cannot be read."""
    code = barcode.read(np.ascontiguousarray(luma))
    names = {barcode.role_id(role): role for role in roles}
    return None if code is None or code.role_id not in names else (names[code.role_id], code.exposed_us / 1e6)


def _writes_cut(files: LessonFolderWriter, second: int, role: str) -> Callable[[], None]:
    cut = Cut(lesson_ns=second * SECOND_NS, role=role, reason="person", mode="manual")
    return lambda: files.write_entries([cut])


def _picture_track(camera: CutCamera) -> Track:
    return Track(
        track=camera.role,
        medium=Medium.PICTURE,
        how="encoded",
        timescale=VIDEO_TIMESCALE,
        width=camera.width,
        height=camera.height,
        fps=camera.fps,
        encoder="libx264",
    )


def _pictures(camera: CutCamera, written: _Written, seconds: int) -> list[tuple[int, Callable[[], None]]]:
    fragmenter = Mp4Fragmenter(VideoTrackFormat(FRAGMENT_MS), written)
    settings = H264Settings(
        camera.width, camera.height, Fraction(camera.fps), 400, "ultrafast", full_range=False, matrix=camera.matrix
    )
    targets = EncoderTargets(settings.preset)
    encoder = RestingEncoder(FailoverEncoder(camera.role, settings, targets, [X264Encoder], lambda _name, _why: None))
    frame, shown_ns = av.VideoFrame(), -1
    for number in range(seconds * camera.fps):
        at_ns = round(camera.phase_s * SECOND_NS) + number * SECOND_NS // camera.fps
        if at_ns >= seconds * SECOND_NS:
            break
        changed_ns, before_ns = camera.changed_ns(at_ns), shown_ns
        if changed_ns != before_ns:
            frame, shown_ns = _picture(camera, number, changed_ns), changed_ns
        encode = encoder.repeat if changed_ns == before_ns else encoder.encode
        for packet in encode(frame, at_ns * VIDEO_TIMESCALE // SECOND_NS):
            fragmenter.push_packet(packet)
    for packet in encoder.close():
        fragmenter.push_packet(packet)
    fragmenter.flush(seconds * VIDEO_TIMESCALE)
    return written.jobs


def _picture(camera: CutCamera, number: int, at_ns: int) -> av.VideoFrame:
    luma = np.full((camera.height, camera.width), _LEVELS.get(camera.role, 100), np.uint8)
    scale = camera.height / 180
    labels = ((camera.role, camera.height // 2, 255, 3), (f"{at_ns / SECOND_NS:7.2f}", camera.height * 3 // 4, 20, 2))
    for text, below, ink, thickness in labels:
        cv2.putText(luma, text, (10, below), cv2.FONT_HERSHEY_SIMPLEX, scale, (ink,), round(thickness * scale))
    barcode.draw(luma, barcode.Barcode(barcode.role_id(camera.role), number, at_ns // 1000))
    frame = av.VideoFrame(camera.width, camera.height, "yuv420p")
    y, u, v = planes_of(frame)
    y[:], u[:], v[:] = luma, 128, 128
    return frame


def _ticks(written: _Written, seconds: int) -> list[tuple[int, Callable[[], None]]]:
    fragmenter = Mp4Fragmenter(AudioTrackFormat(FRAGMENT_MS, _AAC), written)
    encoder = AacEncoder(_AAC, 0)
    times = np.arange(RATE_HZ) / RATE_HZ
    second = np.where(times < 0.05, 0.5 * np.sin(2 * np.pi * 1000 * times), 0.0).astype(np.float32)
    for _ in range(seconds):
        for packet in encoder.encode(second[:, None]):
            fragmenter.push_packet(packet)
    for packet in encoder.close():
        fragmenter.push_packet(packet)
    fragmenter.flush(seconds * RATE_HZ)
    return written.jobs
