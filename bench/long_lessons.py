"""Long films and lessons at no cost: a short one, encoded once, again and again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av

from bench.footage import FOLDER, FPS, RATE_HZ, SyntheticFootage, cached_file, voice_wav
from drivers.camera.packet_decoder import make_decoder
from drivers.samples import AccessUnit
from pipelines.encoding.aac_encoder import FRAME_SAMPLES, AacSettings
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket
from pipelines.files.lesson_layout import INIT, PROGRAMME_PLAYLIST, SOUND_PLAYLIST, segment_name
from pipelines.files.mp4_boxes import FragmentHeader
from pipelines.programme.hls_playlist import PlaylistSegment, media_playlist
from pipelines.recording.mp4_fragmenter import AudioTrackFormat, Mp4Fragmenter, TrackFormat, VideoTrackFormat
from pipelines.recording.segment_writer import SegmentWriter

_PIECE_S = 20
_KBPS = 1500
_FRAGMENT_MS = 250
_SEGMENT_S = 4
_CODING = AacSettings(RATE_HZ, 1, 96)


def h264_mp4(seconds: int) -> Path:
    """An MP4 of 720p30 H.264, a key picture a second; a piece of 20 s, repeated."""
    footage = SyntheticFootage(1280, 720, _PIECE_S * FPS)

    def encode(path: Path) -> None:
        _ffmpeg(
            *("-i", footage.file(), "-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency"),
            *("-pix_fmt", "yuvj420p", "-g", FPS, "-b:v", f"{_KBPS}k", "-f", "mp4", path),
        )

    def repeat(path: Path) -> None:
        _ffmpeg("-stream_loop", seconds // _PIECE_S, "-i", piece, "-t", seconds, "-c", "copy", "-f", "mp4", path)

    piece = cached_file(FOLDER / f"h264-720p-{_KBPS}k-{_PIECE_S}s.mp4", encode)
    return cached_file(FOLDER / f"h264-720p-{_KBPS}k-{seconds}s.mp4", repeat)


def lesson_folder(seconds: int) -> Path:
    """A lesson's folder of that length, as the recorder leaves it: the film and a voice."""

    def write(folder: Path) -> None:
        pictures = _track(folder, "teacher", VideoTrackFormat(_FRAGMENT_MS), _pictures(seconds))
        voice = _track(folder, "sound", AudioTrackFormat(_FRAGMENT_MS, _CODING), _voice(seconds))
        for name, clips in ((PROGRAMME_PLAYLIST, pictures), (SOUND_PLAYLIST, voice)):
            text = media_playlist(f"{clips[0].path.partition('/')[0]}/{INIT}", clips, target_s=6, ended=True)
            (folder / name).write_text(text)

    return cached_file(FOLDER / f"lesson-720p-{_KBPS}k-{seconds}s", write)


def _pictures(seconds: int) -> Iterator[EncodedPacket]:
    with av.open(str(h264_mp4(seconds))) as container:
        stream = container.streams.video[0]
        decoder = make_decoder(stream)
        number = 0
        for packet in container.demux(stream):
            for _, unit in decoder.decode(packet):
                assert isinstance(unit, AccessUnit)
                yield EncodedPacket(number * VIDEO_TIMESCALE // FPS, unit.data, unit.key)
                number += 1


def _voice(seconds: int) -> Iterator[EncodedPacket]:
    piece = cached_file(
        FOLDER / f"voice-{_PIECE_S}s.m4a",
        lambda path: _ffmpeg("-i", voice_wav(_PIECE_S), "-c:a", "aac", "-b:a", "96k", "-f", "mp4", path),
    )
    with av.open(str(piece)) as container:
        frames = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
    for number in range(seconds * RATE_HZ // FRAME_SAMPLES):
        yield EncodedPacket(number * FRAME_SAMPLES, frames[number % len(frames)], True)


def _track(folder: Path, name: str, shape: TrackFormat, packets: Iterable[EncodedPacket]) -> list[PlaylistSegment]:
    (folder / name).mkdir(parents=True)
    outlet = _Outlet(SegmentWriter(folder / name, shape.timescale, _SEGMENT_S), shape.timescale)
    fragments = Mp4Fragmenter(shape, outlet)
    end = 0
    for packet in packets:
        fragments.push_packet(packet)
        end = packet.start + (FRAME_SAMPLES if isinstance(shape, AudioTrackFormat) else VIDEO_TIMESCALE // FPS)
    fragments.flush(end)
    outlet.close()
    return outlet.clips


class _Outlet:
    def __init__(self, files: SegmentWriter, timescale: int) -> None:
        self.clips: list[PlaylistSegment] = []
        self._files = files
        self._timescale = timescale

    def write_init(self, data: bytes) -> None:
        """Write it."""
        self._files.write_init(data)

    def write_fragment(self, head: FragmentHeader, data: bytes) -> None:
        """Append it, to the next segment where this one is full."""
        if self._files.is_full(head):
            self.close()
        self._files.append(head, data)

    def close(self) -> None:
        """Finish a segment."""
        if (done := self._files.close_segment()) is not None:
            path = f"{self._files.track}/{segment_name(done.segment)}"
            self.clips.append(PlaylistSegment(path, float(Fraction(done.duration, self._timescale))))


def _ffmpeg(*arguments: object) -> None:
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)
