"""Encoded packets, and conversion between lesson time and a track's time scale."""

from __future__ import annotations

from typing import NamedTuple

VIDEO_TIMESCALE = 90_000


def lesson_ns_to_ticks(lesson_ns: int) -> int:
    """Convert lesson time to ticks of 1/90000 s, rounded to the nearest."""
    return (lesson_ns * VIDEO_TIMESCALE + 500_000_000) // 1_000_000_000


def ticks_to_lesson_ns(ticks: int, timescale: int) -> int:
    """Convert ticks of 1/``timescale`` s to lesson time."""
    return ticks * 1_000_000_000 // timescale


class EncodedSecond(NamedTuple):
    """What a lesson second of a track came to: the last QP, and the bytes of its pictures."""

    second: int
    qp: int
    octets: int


class EncodedPacket(NamedTuple):
    """One encoded picture (Annex B; a key picture carries SPS and PPS) or one AAC frame.

    ``start`` is lesson time in the track's time scale; the next packet's start tells the duration.
    """

    start: int
    data: bytes
    key: bool
