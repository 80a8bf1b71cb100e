"""Probing of a track: its description read from its own files, where the journal no longer has it."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import av
from av.video.reformatter import ColorRange

from pipelines.encoding.packets import VIDEO_TIMESCALE
from pipelines.files.lesson_layout import INIT
from pipelines.journal.entries import Medium, Track


def probe_track(folder: Path) -> Track | None:
    """Describe the track in a folder by its init segment and first readable segment; None if they do not tell."""
    try:
        init = (folder / INIT).read_bytes()
    except FileNotFoundError:
        return None
    for segment in sorted(folder.glob("*.m4s*")):
        try:
            with av.open(io.BytesIO(init + segment.read_bytes()), "r", format="mp4") as container:
                return _describe(folder.name, container.streams[0], zlib.crc32(init))
        except (av.FFmpegError, IndexError):
            continue
    return None


def _describe(name: str, stream: av.stream.Stream, init_crc: int) -> Track | None:
    if isinstance(stream, av.AudioStream):
        return Track(
            track=name,
            medium=Medium.SOUND,
            how="encoded",
            timescale=stream.rate,
            rate_hz=stream.rate,
            channels=stream.channels,
            encoder="aac",
            init_crc=init_crc,
        )
    if not isinstance(stream, av.VideoStream):
        return None
    return Track(
        track=name,
        medium=Medium.PICTURE,
        how="encoded",
        why="read from the files",
        timescale=VIDEO_TIMESCALE,
        width=stream.width,
        height=stream.height,
        fps=float(stream.average_rate or 25),
        full_range=stream.codec_context.color_range == ColorRange.JPEG,
        init_crc=init_crc,
    )
