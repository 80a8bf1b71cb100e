"""sync.json: how each microphone's clock ran against ours, and how far its sound was from lesson time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.journal.entries import Drift

MOST_POINTS = 120


class SyncPoint(BaseModel):
    """What was measured at one moment; a positive offset is sound that comes late."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lesson_ns: int
    ppm: float
    offset_ms: float


class MicrophoneSync(BaseModel):
    """A microphone over the lesson: its clock's usual error, where its sound was farthest off, and the points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ppm: float
    worst: SyncPoint
    points: tuple[SyncPoint, ...]


class SyncReport(BaseModel):
    """The file's contents, by track: a lone microphone's is ``sound``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    microphones: dict[str, MicrophoneSync]


def sync_report(drifts: Iterable[Drift]) -> SyncReport | None:
    """What a lesson's measurements come to, in their order; None where there are none.

    Of a long lesson ``MOST_POINTS`` stay: of each stretch the one farthest off, so that the worst is among them.
    """
    by_track = sorted(drifts, key=lambda drift: drift.track)
    microphones = {
        track: _microphone([SyncPoint(lesson_ns=one.lesson_ns, ppm=one.ppm, offset_ms=one.offset_ms) for one in found])
        for track, found in groupby(by_track, key=lambda drift: drift.track)
    }
    return SyncReport(microphones=microphones) if microphones else None


def _microphone(points: list[SyncPoint]) -> MicrophoneSync:
    stretch = -(-len(points) // MOST_POINTS)
    return MicrophoneSync(
        ppm=round(median(point.ppm for point in points), 2),
        worst=_farthest(points),
        points=tuple(_farthest(points[at : at + stretch]) for at in range(0, len(points), stretch)),
    )


def _farthest(points: list[SyncPoint]) -> SyncPoint:
    return max(points, key=lambda point: abs(point.offset_ms))
