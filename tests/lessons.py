"""Lessons made for a test: really encoded, in the exact form the recorder leaves on the disk."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

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

Paint = Callable[[int], NDArray[np.uint8]]
Sing = Callable[[NDArray[np.float64]], NDArray[np.float64]]

_PICTURE = H264Settings(WIDTH, HEIGHT, Fraction(FPS), 400, "ultrafast", full_range=True)
_SOUND = AacSettings(RATE_HZ, 1, 96)
_GROUND = np.random.default_rng(7).integers(60, 190, (HEIGHT, WIDTH), np.uint8)


def moving(number: int) -> NDArray[np.uint8]:
    """Luma of a picture in which everything moves."""
    return np.roll(_GROUND, 3 * number, axis=1)


def still(number: int) -> NDArray[np.uint8]:
    """Luma of a picture that is always the same."""
    return _GROUND if number >= 0 else moving(number)


def frozen_from(seconds: float) -> Paint:
    """Moves, and then stands still for good."""
    return lambda number: moving(min(number, int(seconds * FPS)))


def black(number: int) -> NDArray[np.uint8]:
    """A lens with its cap on."""
    return moving(number) // 32


def speech(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Something as loud and as uneven as a voice."""
    return 0.1 * np.sin(2 * np.pi * 440 * times) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.3 * times))


def noise(level_dbfs: float) -> Sing:
    """What an input gives with nothing behind it: its own noise."""
    generator = np.random.default_rng(11)
    return lambda times: generator.normal(0.0, 10 ** (level_dbfs / 20), len(times))


@dataclass(slots=True)
class Lesson:
    """A lesson being made: its folder, and the entries that will be its journal."""

    folder: Path
    seconds: float
    entries: list[Entry] = field(default_factory=list)

    @property
    def lesson_ns(self) -> int:
        """How long it lasts."""
        return round(self.seconds * 1e9)

    def write_journal(self) -> None:
        """Write the entries as they now are."""
        (self.folder / "journal.jsonl").unlink(missing_ok=True)
        file = JournalFile(self.folder)
        file.append(self.entries)
        file.close()

    def write_playlists(self) -> None:
        """Write the playlists of the segments in the journal."""
        tracks = {entry.track: entry for entry in self.entries if isinstance(entry, Track)}
        shown = next((name for name, track in tracks.items() if track.medium is Medium.PICTURE), None)
        for name, track in tracks.items():
            self._write_playlist(f"{name}.m3u8", track)
            if name == shown:
                self._write_playlist(PROGRAMME_PLAYLIST, track)
        rendition = Rendition("avc1.42c01e", WIDTH, HEIGHT, FPS, 400_000) if shown else None
        (self.folder / MAIN_PLAYLIST).write_text(main_playlist(rendition, 1 if "sound" in tracks else 0))

    def _write_playlist(self, name: str, track: Track) -> None:
        clips = [
            PlaylistSegment(f"{track.track}/{segment_name(entry.segment)}", entry.duration / track.timescale)
            for entry in self.entries
            if isinstance(entry, Segment) and entry.track == track.track
        ]
        text = media_playlist(f"{track.track}/{INIT}", clips, target_s=6, ended=True)
        (self.folder / name).write_text(text)


class _Outlet:
    """Puts a track's boxes into its files and its entries into the lesson."""

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
    pictures: dict[str, Paint] | None = None,
    sing: Sing = speech,
    late_s: float = 0.0,
    hidden: bool = False,
) -> Lesson:
    """Record a lesson into ``folder``: picture tracks by role (``teacher`` alone unless told) and sound.

    The first picture comes at ``late_s``. With ``hidden`` the journal's figures claim that all was well,
    whatever is in the files.
    """
    folder.mkdir(parents=True)
    lesson = Lesson(folder, seconds)
    lesson.entries.append(Begin(lesson=folder.name, school="s", room="r1", boot_id="b", at_ns=0))
    for role, paint in (pictures or {"teacher": moving}).items():
        _record_picture(lesson, role, paint, first=round(late_s * FPS), hidden=hidden)
    _record_sound(lesson, sing, hidden=hidden)
    lesson.entries.append(End(at_ns=lesson.lesson_ns, lesson_ns=lesson.lesson_ns, cause=Cause.TEACHER))
    lesson.write_journal()
    lesson.write_playlists()
    return lesson


def _record_picture(lesson: Lesson, role: str, paint: Paint, *, first: int, hidden: bool) -> None:
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
    outlet = _Outlet(track, lesson)
    fragments = Mp4Fragmenter(VideoTrackFormat(FRAGMENT_MS), outlet)
    encoder = X264Encoder(_PICTURE)
    last = paint(-1)
    for number in range(first, round(lesson.seconds * FPS)):
        luma = paint(number)
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        y, u, v = planes_of(frame)
        y[:], u[:], v[:] = luma, 128, 128
        key = number == first or number % FPS == 0
        for packet in encoder.encode(frame, number * VIDEO_TIMESCALE // FPS, key=key):
            fragments.push_packet(packet)
        if number % FPS == 1:
            change = 12.0 if hidden else float(np.abs(luma.astype(np.int16) - last).mean())
            brightness = 110.0 if hidden else float(luma.mean())
            at_ns = number // FPS * 1_000_000_000
            lesson.entries.append(PictureMeasurement(track=role, lesson_ns=at_ns, luma=brightness, change=change))
        last = luma
    fragments.flush(round(lesson.seconds * VIDEO_TIMESCALE))
    outlet.close()


def _record_sound(lesson: Lesson, sing: Sing, *, hidden: bool) -> None:
    track = Track(track="sound", medium=Medium.SOUND, how="encoded", timescale=RATE_HZ, rate_hz=RATE_HZ, channels=1)
    outlet = _Outlet(track, lesson)
    fragments = Mp4Fragmenter(AudioTrackFormat(FRAGMENT_MS, _SOUND), outlet)
    encoder = AacEncoder(_SOUND, 0)
    for second in range(int(lesson.seconds)):
        samples = sing(second + np.arange(RATE_HZ) / RATE_HZ)
        for packet in encoder.encode(samples[:, None].astype(np.float32)):
            fragments.push_packet(packet)
        rms, peak = float(np.sqrt(np.square(samples).mean())), float(np.abs(samples).max())
        lesson.entries.append(
            SoundMeasurement(
                track="ceiling",
                lesson_ns=second * 1_000_000_000,
                rms_dbfs=-23.0 if hidden else _dbfs(rms),
                peak_dbfs=-17.0 if hidden else _dbfs(peak),
            )
        )
    for packet in encoder.close():
        fragments.push_packet(packet)
    fragments.flush(round(lesson.seconds * RATE_HZ))
    outlet.close()


def _dbfs(amplitude: float) -> float:
    return max(-120.0, 20 * float(np.log10(max(amplitude, 1e-9))))
