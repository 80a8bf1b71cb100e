"""Devices that were away for a while in a lesson, and the holes that its journal tells of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.journal.entries import Cause, Gap
from pipelines.journal.journal_file import filter_kinds, read_journal

# A machine that is emulated on a busy host may cost a picture; longer than this something was broken.
NOTICED_NS = 500_000_000


@dataclass(frozen=True)
class Outage:
    """A device was out from one moment to the other, both on the guest's CLOCK_MONOTONIC."""

    track: str
    out_ns: int
    in_ns: int


def holes(folder: Path, track: str) -> list[Gap]:
    """The holes of a track that somebody could notice, apart from the moment before its device's first sample."""
    found = [hole for hole in filter_kinds(read_journal(folder).entries, Gap) if hole.track == track and hole.from_ns]
    return [hole for hole in found if hole.to_ns - hole.from_ns > NOTICED_NS]


def assert_told(folder: Path, track: str, from_s: float, until_s: float, longest_s: float) -> tuple[float, float]:
    """The journal tells that the track's device was away between two lesson times, and at most ``longest_s`` more.

    What was lost beyond that time in ms, and how many seconds after it the device was back. A camera that is opened
    again and again while it gives nothing may leave several holes.
    """
    found = [
        hole
        for hole in holes(folder, track)
        if hole.cause is Cause.DEVICE and hole.to_ns / 1e9 > from_s and hole.from_ns / 1e9 < until_s
    ]
    print(f"{track}, away from {from_s:.1f} to {until_s:.1f} s:", [f"{_told(hole)} {hole.reason}" for hole in found])
    assert found, "nothing is told"
    covered_s = sum(min(hole.to_ns / 1e9, until_s) - max(hole.from_ns / 1e9, from_s) for hole in found)
    assert covered_s > (until_s - from_s) / 2
    back_s = found[-1].to_ns / 1e9 - until_s
    assert back_s < longest_s
    lost_s = sum(hole.to_ns - hole.from_ns for hole in found) / 1e9
    return 1e3 * (lost_s - (until_s - from_s)), back_s


def _told(hole: Gap) -> str:
    return f"{hole.from_ns / 1e9:.1f} to {hole.to_ns / 1e9:.1f} s"
