"""Generate short recorded lessons for tests: really encoded, exactly as the recorder leaves them on disk."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from drivers.samples import ColourMatrix
from pipelines.encoding.aac_encoder import AacEncoder, AacSettings
from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.files.lesson_layout import INIT, MAIN_PLAYLIST, PROGRAMME_PLAYLIST, segment_name
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.journal.entries import (
    Begin,
    Cause,
    End,
    Entry,
    Medium,
    PictureMeasurement,
    Segment,
    SoundMeasurement,
    Track,
)
from pipelines.journal.journal_file import JournalFile
from pipelines.programme.hls_playlist import PlaylistSegment, Rendition, main_playlist, media_playlist
from pipelines.recording.mp4_fragmenter import AudioTrackFormat, Mp4Fragmenter, VideoTrackFormat
from pipelines.recording.segment_writer import SegmentWriter
from pipelines.yuv_planes import planes_of

WIDTH, HEIGHT, FPS = 320, 180, 25
RATE_HZ = 48_000
SEGMENT_S = 4.0
FRAGMENT_MS = 250

LumaSource = Callable[[int], NDArray[np.uint8]]
AudioSource = Callable[[NDArray[np.float64]], NDArray[np.float64]]

_H264_SETTINGS = H264Settings(
    WIDTH, HEIGHT, Fraction(FPS), 400, "ultrafast", full_range=True, matrix=ColourMatrix.BT601
)
_AAC_SETTINGS = AacSettings(RATE_HZ, 1, 96)
_BACKGROUND = np.random.default_rng(7).integers(60, 190, (HEIGHT, WIDTH), np.uint8)


def moving_luma(number: int) -> NDArray[np.uint8]:
    """Luma (180, 320) of picture ``number`` of a video in which everything moves."""
    return np.roll(_BACKGROUND, 3 * number, axis=1)


def still_luma(number: int) -> NDArray[np.uint8]:
    """Luma of a video that stands still."""
    return _BACKGROUND if number >= 0 else moving_luma(number)


def luma_frozen_from(seconds: float) -> LumaSource:
    """Luma of a video that freezes after so many seconds."""
    return lambda number: moving_luma(min(number, int(seconds * FPS)))


def dark_luma(number: int) -> NDArray[np.uint8]:
    """Luma of a camera with its lens cap on."""
    return moving_luma(number) // 32


def speech_like(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """A tone whose level varies like a voice."""
    return 0.1 * np.sin(2 * np.pi * 440 * times) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.3 * times))


def noise_of(level_dbfs: float) -> AudioSource:
    """The noise of an open input, at a level in dBFS."""
    generator = np.random.default_rng(11)
    return lambda times: generator.normal(0.0, 10 ** (level_dbfs / 20), len(times))


@dataclass(slots=True)
class Lesson:
    """A lesson that is generated: its folder, and the entries of its journal."""

    folder: Path
    seconds: float
    entries: list[Entry] = field(default_factory=list)

    @property
    def lesson_ns(self) -> int:
        """Its duration."""
        return round(self.seconds * 1e9)

    def write_journal(self) -> None:
        """Write the journal from the present entries."""
        (self.folder / "journal.jsonl").unlink(missing_ok=True)
        file = JournalFile(self.folder)
        file.append(self.entries)
        file.close()

    def write_playlists(self) -> None:
        """Write the playlists of all segments in the journal."""
        tracks = {entry.track: entry for entry in self.entries if isinstance(entry, Track)}
        shown = next((name for name, track in tracks.items() if track.medium is Medium.PICTURE), None)
        for name, track in tracks.items():
            self._write_playlist(f"{name}.m3u8", track)
            if name == shown:
                self._write_playlist(PROGRAMME_PLAYLIST, track)
        rendition = Rendition(["avc1.42c01e"], WIDTH, HEIGHT, FPS, 400_000) if shown else None
        (self.folder / MAIN_PLAYLIST).write_text(main_playlist(rendition, 1 if "sound" in tracks else 0))

    def _write_playlist(self, name: str, track: Track) -> None:
        clips = [
            PlaylistSegment(f"{track.track}/{segment_name(entry.segment)}", entry.duration / track.timescale)
            for entry in self.entries
            if isinstance(entry, Segment) and entry.track == track.track
        ]
        text = media_playlist(f"{track.track}/{INIT}", clips, target_s=6, ended=True)
        (self.folder / name).write_text(text)


class _LessonSink:
    """A ``FragmentSink`` that writes a track's files, and collects its journal entries."""

    def __init__(self, track: Track, lesson: Lesson) -> None:
        self._track = track
        self._files = SegmentWriter(lesson.folder / track.track, track.timescale, SEGMENT_S)
        self._lesson = lesson

    def write_init(self, data: bytes) -> None:
        self._files.write_init(data)
        self._lesson.entries.append(self._track.model_copy(update={"init_crc": zlib.crc32(data)}))

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        if self._files.is_full(head):
            self.close()
        self._lesson.entries += self._files.append(head, data)

    def close(self) -> None:
        if (done := self._files.close_segment()) is not None:
            self._lesson.entries.append(done)


def make_lesson(
    folder: Path,
    seconds: float = 10.0,
    *,
    videos: dict[str, LumaSource] | None = None,
    audio: AudioSource = speech_like,
    late_s: float = 0.0,
    is_hidden: bool = False,
) -> Lesson:
    """Record a lesson into ``folder``: video tracks by role (by default ``teacher`` alone) and audio.

    The first picture comes at ``late_s``. With ``is_hidden`` the journal's measurements say that all is well,
    whatever is in the files.
    """
    folder.mkdir(parents=True)
    lesson = Lesson(folder, seconds)
    lesson.entries.append(Begin(lesson=folder.name, school="s", room="r1", boot_id="b", at_ns=0))
    for role, luma_source in (videos or {"teacher": moving_luma}).items():
        _record_video(lesson, role, luma_source, first=round(late_s * FPS), is_hidden=is_hidden)
    _record_audio(lesson, audio, is_hidden=is_hidden)
    lesson.entries.append(End(at_ns=lesson.lesson_ns, lesson_ns=lesson.lesson_ns, cause=Cause.TEACHER))
    lesson.write_journal()
    lesson.write_playlists()
    return lesson


def _record_video(lesson: Lesson, role: str, luma_source: LumaSource, *, first: int, is_hidden: bool) -> None:
    track = Track(
        track=role,
        medium=Medium.PICTURE,
        how="encoded",
        timescale=VIDEO_TIMESCALE,
        width=WIDTH,
        height=HEIGHT,
        fps=FPS,
        encoder="libx264",
    )
    sink = _LessonSink(track, lesson)
    fragmenter = Mp4Fragmenter(VideoTrackFormat(FRAGMENT_MS), sink)
    encoder = X264Encoder(_H264_SETTINGS)
    last = luma_source(-1)
    for number in range(first, round(lesson.seconds * FPS)):
        luma = luma_source(number)
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        y, u, v = planes_of(frame)
        y[:], u[:], v[:] = luma, 128, 128
        key = number == first or number % FPS == 0
        for packet in encoder.encode(frame, number * VIDEO_TIMESCALE // FPS, key=key):
            fragmenter.push_packet(packet)
        if number % FPS == 1:
            change = 12.0 if is_hidden else float(np.abs(luma.astype(np.int16) - last).mean())
            brightness = 110.0 if is_hidden else float(luma.mean())
            at_ns = number // FPS * 1_000_000_000
            lesson.entries.append(PictureMeasurement(track=role, lesson_ns=at_ns, luma=brightness, change=change))
        last = luma
    fragmenter.flush(round(lesson.seconds * VIDEO_TIMESCALE))
    sink.close()


def _record_audio(lesson: Lesson, audio: AudioSource, *, is_hidden: bool) -> None:
    track = Track(track="sound", medium=Medium.SOUND, how="encoded", timescale=RATE_HZ, rate_hz=RATE_HZ, channels=1)
    sink = _LessonSink(track, lesson)
    fragmenter = Mp4Fragmenter(AudioTrackFormat(FRAGMENT_MS, _AAC_SETTINGS), sink)
    encoder = AacEncoder(_AAC_SETTINGS, 0)
    for second in range(int(lesson.seconds)):
        samples = audio(second + np.arange(RATE_HZ) / RATE_HZ)
        for packet in encoder.encode(samples[:, None].astype(np.float32)):
            fragmenter.push_packet(packet)
        rms, peak = float(np.sqrt(np.square(samples).mean())), float(np.abs(samples).max())
        lesson.entries.append(
            SoundMeasurement(
                track="ceiling",
                lesson_ns=second * 1_000_000_000,
                rms_dbfs=-23.0 if is_hidden else _dbfs(rms),
                peak_dbfs=-17.0 if is_hidden else _dbfs(peak),
            )
        )
    for packet in encoder.close():
        fragmenter.push_packet(packet)
    fragmenter.flush(round(lesson.seconds * RATE_HZ))
    sink.close()


def _dbfs(amplitude: float) -> float:
    return max(-120.0, 20 * float(np.log10(max(amplitude, 1e-9))))
