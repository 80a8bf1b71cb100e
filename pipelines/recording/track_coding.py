"""How a video track's pictures are encoded, by its description in the journal."""

from __future__ import annotations

from fractions import Fraction

from drivers.samples import ColourMatrix
from pipelines.encoding.x264_encoder import H264Settings
from pipelines.journal.entries import Track

_UNKNOWN_FPS = 25


def track_fps(track: Track) -> Fraction:
    """A track's nominal frame rate."""
    return Fraction(track.fps or _UNKNOWN_FPS).limit_denominator(1001)


def h264_settings(track: Track, kbps: int, preset: str, threads: int = 1) -> H264Settings:
    """Settings of an encoder whose pictures look like the track's."""
    # Before the matrix was journalled, full range was JPEG's.
    unwritten = ColourMatrix.BT601 if track.full_range else ColourMatrix.UNKNOWN
    return H264Settings(
        track.width,
        track.height,
        track_fps(track),
        kbps,
        preset,
        track.full_range,
        threads,
        unwritten if track.matrix is None else ColourMatrix(track.matrix),
        Fraction(track.pixel_aspect),
    )
