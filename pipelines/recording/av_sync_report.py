"""The A/V sync report sync.json: each microphone's clock drift and audio offset over the lesson. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.journal.entries import Drift

MAX_POINTS = 120


class SyncPoint(BaseModel):
    """One measurement: clock error in parts per million, and the offset of the audio (positive: late)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lesson_ns: int
    ppm: float
    offset_ms: float


class MicrophoneSync(BaseModel):
    """One microphone: the median clock error, the point with the largest offset, and the points over time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ppm: float
    worst: SyncPoint
    points: tuple[SyncPoint, ...]


class SyncReport(BaseModel):
    """The file's contents, by track; the track of a single microphone is ``sound``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    microphones: dict[str, MicrophoneSync]


def sync_report(drifts: Iterable[Drift]) -> SyncReport | None:
    """Summarise a lesson's drift measurements, given in order; None if there are none.

    A long lesson is reduced to ``MAX_POINTS``: of each interval the point with the largest offset, so that the worst
    is among them.
    """
    by_track = sorted(drifts, key=lambda drift: drift.track)
    microphones = {
        track: _microphone(
            [SyncPoint(lesson_ns=entry.lesson_ns, ppm=entry.ppm, offset_ms=entry.offset_ms) for entry in entries]
        )
        for track, entries in groupby(by_track, key=lambda drift: drift.track)
    }
    return SyncReport(microphones=microphones) if microphones else None


def _microphone(points: list[SyncPoint]) -> MicrophoneSync:
    interval = -(-len(points) // MAX_POINTS)
    return MicrophoneSync(
        ppm=round(median(point.ppm for point in points), 2),
        worst=_farthest(points),
        points=tuple(_farthest(points[at : at + interval]) for at in range(0, len(points), interval)),
    )


def _farthest(points: list[SyncPoint]) -> SyncPoint:
    return max(points, key=lambda point: abs(point.offset_ms))
