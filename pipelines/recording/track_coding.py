"""How a video track's pictures are encoded, by its description in the journal."""

from __future__ import annotations

from fractions import Fraction

from drivers.h264_sps import InvalidParameterSet, parse_sps
from drivers.samples import ColourMatrix
from pipelines.encoding.x264_encoder import H264Settings
from pipelines.files.mp4_boxes import sps_of_init
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


def as_init_says(track: Track, init: bytes) -> Track:
    """A video track described as its init segment does; as it was where that cannot be read."""
    try:
        sps = parse_sps(sps_of_init(init))
    except InvalidParameterSet:
        return track
    return track.model_copy(
        update={
            "width": sps.width // 2 * 2,
            "height": sps.height // 2 * 2,
            "full_range": sps.full_range,
            "matrix": sps.matrix,
            "pixel_aspect": str(sps.pixel_aspect),
        }
    )
